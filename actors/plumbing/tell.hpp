#pragma once
// The only way in which a message is sent (a test of the architecture forbids CAF's own): each carries when, and is counted.

#include "actors/plumbing/traffic.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/duration.hpp>
#include <caf/replies_to.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <utility>

namespace orderly {

/// The last part of every message.
struct sent_at {
  std::chrono::steady_clock::time_point time;
};

/// A clause of a protocol: what an actor takes.
template <class... Parts>
using takes = caf::reacts_to<Parts..., sent_at>;
/// ... and answers: `answers_to<atom::restart, tiktok_order_id>::with<restart_reply>`.
template <class... Parts>
struct answers_to {
  template <class Reply>
  using with = typename caf::replies_to<Parts..., sent_at>::template with<Reply>;
};

namespace plumbing {

template <class Handle>
sent_at stamp_for(std::chrono::steady_clock::duration later = {}) {
  traffic_of<Handle>.sent();
  return {std::chrono::steady_clock::now() + later};
}

} // namespace plumbing

/// From an actor.
template <class Self, class Handle, class... Parts>
void tell(Self* self, const Handle& to, Parts&&... parts) {
  self->send(to, std::forward<Parts>(parts)..., plumbing::stamp_for<Handle>());
}

/// From any thread, or where no actor is the sender.
template <class Handle, class... Parts>
void tell_from_outside(const Handle& to, Parts&&... parts) {
  caf::anon_send(to, std::forward<Parts>(parts)..., plumbing::stamp_for<Handle>());
}

/// To itself.
template <class Self, class... Parts>
void tell_self(Self* self, Parts&&... parts) {
  self->send(self, std::forward<Parts>(parts)..., plumbing::stamp_for<typename Self::actor_hdl>());
}

/// To itself, later, on the actor system's clock.
template <class Self, class Rep, class Period, class... Parts>
void remind(Self* self, std::chrono::duration<Rep, Period> after, Parts&&... parts) {
  self->delayed_send(self, after, std::forward<Parts>(parts)..., plumbing::stamp_for<typename Self::actor_hdl>(after));
}

/// Of an actor that answers whatever happens. With a limit CAF would keep a timer and the asking actor until it is over.
template <class Self, class Handle, class... Parts>
auto ask(Self* self, const Handle& whom, Parts&&... parts) {
  return self->request(whom, caf::infinite, std::forward<Parts>(parts)..., plumbing::stamp_for<Handle>());
}

/// Of one that may not.
template <class Self, class Handle, class Rep, class Period, class... Parts>
auto ask_within(std::chrono::duration<Rep, Period> limit, Self* self, const Handle& whom, Parts&&... parts) {
  return self->request(whom, limit, std::forward<Parts>(parts)..., plumbing::stamp_for<Handle>());
}

} // namespace orderly

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::sent_at)
