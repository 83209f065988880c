#include "storage/postgres/notifier.hpp"

namespace orderly::postgres {
namespace {

constexpr std::chrono::milliseconds shortest_gap{20}, pause_after_failure{500};

} // namespace

notifier::notifier(database where) : where_(std::move(where)), thread_([this] { serve(); }) {}

notifier::~notifier() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void notifier::committed() {
  {
    std::lock_guard lock(mutex_);
    if (pending_)
      return;
    pending_ = true;
  }
  wake_.notify_all();
}

bool notifier::wait_for_commits() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return pending_ || stopping_; });
  pending_ = false;
  return !stopping_;
}

void notifier::pause(std::chrono::milliseconds how_long) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, how_long, [this] { return stopping_; });
}

bool notifier::send() {
  try {
    if (!session_ || !session_->is_open()) {
      session_ = std::make_unique<session>(where_, access::write);
      pqxx::nontransaction setup{session_->raw()};
      setup.exec("set synchronous_commit = off"); // nothing is written that could be lost
    }
    pqxx::nontransaction at_once{session_->raw()};
    at_once.exec(std::string{"notify "} + changes_channel);
    return true;
  } catch (const std::exception&) {
    session_.reset(); // the others look every second anyway
    return false;
  }
}

void notifier::serve() {
  while (wait_for_commits())
    pause(send() ? shortest_gap : pause_after_failure);
}

} // namespace orderly::postgres
