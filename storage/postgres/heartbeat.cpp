#include "storage/postgres/heartbeat.hpp"

#include "storage/postgres/liveness.hpp"

#include <chrono>
#include <memory>

namespace orderly::postgres {
namespace {

// With liveness::looks_until_gone: an engine is gone once it has been missing for 2.5 s. One whose connection broke notices
// within one pause and is back within the next, unless connecting itself takes two seconds.
constexpr std::chrono::milliseconds between_looks{500};

} // namespace

heartbeat::heartbeat(database where) : where_(std::move(where)), thread_([this] { serve(); }) {}

heartbeat::~heartbeat() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void heartbeat::announce(const std::string& engine) {
  {
    std::lock_guard lock(mutex_);
    if (!engines_.insert(engine).second)
      return;
    pending_ = true;
  }
  wake_.notify_all();
}

std::vector<std::string> heartbeat::engines() {
  std::lock_guard lock(mutex_);
  return {engines_.begin(), engines_.end()};
}

bool heartbeat::pause() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return pending_ || stopping_; };
  engines_.empty() ? wake_.wait(lock, ready) : void(wake_.wait_for(lock, between_looks, ready));
  pending_ = false;
  return !stopping_;
}

std::optional<std::uint64_t> heartbeat::looks_alone() { return looks_alone_after({}); }

std::optional<std::uint64_t> heartbeat::looks_alone_after(std::chrono::milliseconds how_long) {
  std::unique_lock lock(mutex_);
  met_.wait_for(lock, how_long, [this] { return !alone_; });
  return alone_ ? std::optional{looks_} : std::nullopt;
}

void heartbeat::looked(bool alone) {
  {
    std::lock_guard lock(mutex_);
    alone_ = alone;
    ++looks_;
  }
  met_.notify_all();
}

void heartbeat::serve() {
  std::unique_ptr<liveness> live;
  while (pause()) {
    try {
      if (!live)
        live = std::make_unique<liveness>(where_);
    } catch (const std::exception&) {
      continue; // the commits that fail meanwhile say so, and nobody was told that we are alone
    }
    // A failed look is made again with a new connection: the same holds for it.
    static_cast<void>(live->look(engines()));
    looked(live->is_alone());
  }
}

} // namespace orderly::postgres
