#pragma once
// Names under ORDERLY_ in the environment that are no key of the configuration.

#include <string_view>

namespace orderly {

/// Of the command line tool and of the scripts and tests of this repository.
bool is_name_of_our_tools(std::string_view name);

/// What Kubernetes sets in each container for a Service called `orderly` or `orderly-...` ("Discovering services"): ORDERLY_PORT,
/// ORDERLY_SERVICE_HOST, ORDERLY_SERVICE_PORT_HTTP, ORDERLY_PORT_8080_TCP_ADDR. No key of ours may have such a name.
bool is_name_of_kubernetes(std::string_view name);

} // namespace orderly
