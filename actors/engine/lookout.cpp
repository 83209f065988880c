#include "actors/engine/lookout.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace orderly {
namespace {

constexpr std::chrono::seconds patience{1}; // whoever has a backlog longer than that is named as not seen

/// Shared by the questions of one look; the last answer, or the end of all of them, calls back.
class looking {
public:
  looking(std::size_t shards, std::function<void(engine_seen)> done) : done_(std::move(done)) { seen.shards.resize(shards); }
  ~looking() { done_(std::move(seen)); }
  looking(const looking&) = delete;
  looking& operator=(const looking&) = delete;

  engine_seen seen;

private:
  std::function<void(engine_seen)> done_;
};

} // namespace

caf::behavior look_around(caf::event_based_actor* self, const look_sources& from, const shard_request& orders,
                          std::function<void(engine_seen)> done) {
  const auto all = std::make_shared<looking>(from.shards.size(), std::move(done));
  const auto nothing = [all](const caf::error&) {};
  if (const auto whom = from.supervisor->get())
    ask_within(patience, self, whom, atom::look::value)
        .then([all](const parts_seen_ptr& seen) { all->seen.parts = seen; }, nothing);
  if (const auto whom = from.writer->get())
    ask_within(patience, self, whom, atom::look::value)
        .then([all](const lanes_seen_ptr& seen) { all->seen.lanes = seen; }, nothing);
  for (std::size_t i = 0; i < from.shards.size(); ++i)
    if (const auto whom = from.shards[i]->get())
      ask_within(patience, self, whom, atom::look::value, orders)
          .then([all, i](const shard_seen_ptr& seen) { all->seen.shards[i] = seen; }, nothing);
  return {};
}

} // namespace orderly
