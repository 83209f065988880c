#pragma once
// The sandbox's HTTP side, on the caller's io_context; one thread.

#include "tools/sandbox/api.hpp"
#include "tools/sandbox/control.hpp"

#include <boost/asio/io_context.hpp>

#include <string>

namespace orderly::sandbox {

/// Listens on HOST:PORT (port 0 = any) until the io_context stops.
/// @return host:port as bound, or "" with `why` filled when it cannot be bound
std::string serve(boost::asio::io_context& loop, const std::string& listen, api& open_api, control& own_api,
                  obstacles& in_the_way, std::string& why);

} // namespace orderly::sandbox
