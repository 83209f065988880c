#include "config/environment_names.hpp"

#include <algorithm>

namespace orderly {
namespace {

constexpr std::string_view ours[]{"ORDERLY_URL",  "ORDERLY_TOKEN", "ORDERLY_STORAGE",
                                  "ORDERLY_SEED", "ORDERLY_BIN",   "ORDERLY_JOBS"};

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "8080_TCP", "8080_UDP_ADDR", ...
bool is_port_of_container(std::string_view text) {
  const auto end_of_number = text.find('_');
  if (end_of_number == std::string_view::npos || !is_number(text.substr(0, end_of_number)))
    return false;
  const auto rest = text.substr(end_of_number + 1);
  for (const std::string_view protocol : {"TCP", "UDP", "SCTP"})
    if (rest.starts_with(protocol)) {
      const auto part = rest.substr(protocol.size());
      return part.empty() || part == "_PROTO" || part == "_PORT" || part == "_ADDR";
    }
  return false;
}

} // namespace

bool is_name_of_our_tools(std::string_view name) { return std::find(std::begin(ours), std::end(ours), name) != std::end(ours); }

bool is_name_of_kubernetes(std::string_view name) {
  constexpr std::string_view service_port = "_SERVICE_PORT_", port = "_PORT_";
  if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") || name.ends_with("_PORT"))
    return true;
  if (const auto at = name.find(service_port); at != std::string_view::npos && name.size() > at + service_port.size())
    return true;
  const auto at = name.find(port);
  return at != std::string_view::npos && is_port_of_container(name.substr(at + port.size()));
}

} // namespace orderly
