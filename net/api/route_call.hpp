#pragma once
// A row of the admin listener's table, and what its handler is given.

#include "net/api/api_context.hpp"
#include "net/api/caller.hpp"
#include "net/http/route_table.hpp"
#include "net/http/target.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace orderly {

/// Valid while the handler runs: what is needed later is copied.
struct route_call {
  const api_context_ptr& with;
  const http_request& request;
  const request_target& target; ///< for its query
  const route_index::entry& path;
  const caller& by; ///< with at least the row's role; nobody, where anybody may ask
  const responder_ptr& to;

  /// What `{name}` of the row's path stands for, decoded.
  [[nodiscard]] std::string_view parameter(std::string_view name) const { return parameter_in(path, target.path, name); }
};

struct api_route : route_row {
  answer_time (*time)(const api_context&);
  void (*serve)(const route_call&);
  std::optional<std::size_t> max_body{}; ///< bytes; nothing: http.max_body
  bool open_to_loopback = false;         ///< when admin.metrics says so: to programs of this machine, without a token
};

/// For reads, for which no admission is needed: the reader's own queue has a bound.
answer_time read_time(const api_context&);
/// For commands to an order.
answer_time command_time(const api_context& with);
/// For what the engine itself sets a limit to.
answer_time engine_time(const api_context&);
/// For what needs neither.
answer_time immediately(const api_context&);

} // namespace orderly
