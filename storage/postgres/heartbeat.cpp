#include "storage/postgres/presence.hpp"

#include "storage/postgres/roll_call.hpp"

#include <chrono>
#include <memory>

namespace orderly::postgres {
namespace {

// With roll_call::looks_until_gone: an engine is gone once it has been missing for 2.5 s. One whose connection broke notices
// within one pause and is back within the next, unless connecting itself takes two seconds.
constexpr std::chrono::milliseconds between_looks{500};

} // namespace

presence::presence(database where) : where_(std::move(where)), thread_([this] { serve(); }) {}

presence::~presence() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void presence::answer_for(const std::string& engine) {
  {
    std::lock_guard lock(mutex_);
    if (!engines_.insert(engine).second)
      return;
    news_ = true;
  }
  wake_.notify_all();
}

std::vector<std::string> presence::engines() {
  std::lock_guard lock(mutex_);
  return {engines_.begin(), engines_.end()};
}

bool presence::pause() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return news_ || stopping_; };
  engines_.empty() ? wake_.wait(lock, ready) : void(wake_.wait_for(lock, between_looks, ready));
  news_ = false;
  return !stopping_;
}

void presence::serve() {
  std::unique_ptr<roll_call> calls;
  while (pause()) {
    try {
      if (!calls)
        calls = std::make_unique<roll_call>(where_);
    } catch (const std::exception&) {
      continue; // the commits that fail meanwhile say so
    }
    // A failed look is made again with a new connection: the same holds for it.
    static_cast<void>(calls->look(engines()));
  }
}

} // namespace orderly::postgres
