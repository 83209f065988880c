#pragma once
// Behaviours from plain handlers: each message's time of sending is taken off and counted before its handler runs.

#include "actors/plumbing/tell.hpp"

#include <caf/detail/type_list.hpp>
#include <caf/detail/type_traits.hpp>

#include <utility>

namespace orderly {

namespace plumbing {

/// CAF reads a handler's signature from its operator(), so it must not be a template.
template <class Handle, class Handler, class Result, class Parts>
class counted_handler;

template <class Handle, class Handler, class Result, class... Parts>
class counted_handler<Handle, Handler, Result, caf::detail::type_list<Parts...>> {
public:
  explicit counted_handler(Handler handler) : handler_(std::move(handler)) {}
  Result operator()(Parts... parts, sent_at when) {
    traffic_of<Handle>.taken(when.time, std::chrono::steady_clock::now());
    return handler_(std::forward<Parts>(parts)...);
  }

private:
  Handler handler_;
};

template <class Handle, class Handler>
auto counted(Handler handler) {
  using traits = caf::detail::get_callable_trait<Handler>;
  return counted_handler<Handle, Handler, typename traits::result_type, typename traits::arg_types>{std::move(handler)};
}

} // namespace plumbing

/// @tparam Handle the actor's own type, e.g. registry_actor
template <class Handle, class... Handlers>
typename Handle::behavior_type handlers(Handlers... all) {
  return {plumbing::counted<Handle>(std::move(all))...};
}

} // namespace orderly
