#pragma once
// An order_port that keeps what was posted and answers from a thread of its own, as an engine does: at once, with a refusal, or
// when told.

#include "domain/ports/order_port.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace orderly::test {

class recording_port final : public order_port {
public:
  using answering = std::function<answer(const input&)>;

  recording_port() : worker_([this] { work(); }) {}
  ~recording_port() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

  void post(delivery what, delivery_answered done) override {
    const std::lock_guard lock{mutex_};
    posted_.push_back(what);
    waiting_.emplace_back(std::move(what), std::move(done));
    changed_.notify_all();
  }

  void answer_with(answering how) {
    const std::lock_guard lock{mutex_};
    how_ = std::move(how);
  }
  void hold() { set_held(true); }
  void release() { set_held(false); }
  [[nodiscard]] std::vector<delivery> posted() {
    const std::lock_guard lock{mutex_};
    return posted_;
  }
  void forget() {
    const std::lock_guard lock{mutex_};
    posted_.clear();
  }
  /// Waits until `count` deliveries have arrived.
  bool wait_for(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds{10}) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return posted_.size() >= count; });
  }

private:
  void set_held(bool held) {
    const std::lock_guard lock{mutex_};
    held_ = held;
    changed_.notify_all();
  }
  void work() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || (!held_ && !waiting_.empty()); });
      if (stopping_)
        return;
      auto [what, done] = std::move(waiting_.front());
      waiting_.pop_front();
      const auto how = how_;
      lock.unlock();
      std::vector<answer> answers;
      for (const auto& in : what.inputs)
        answers.push_back(how(in));
      done(std::move(answers));
      done = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<delivery> posted_;
  std::deque<std::pair<delivery, delivery_answered>> waiting_;
  answering how_ = [](const input& in) {
    answer a;
    a.order = order_id{in.id.value};
    a.version = 1;
    return a;
  };
  bool held_ = false, stopping_ = false;
  std::thread worker_; // last: starts when the rest stands
};

inline answer refused(error_code code, std::string message = {}, json::object details = {}) {
  answer a;
  a.outcome = input_outcome::refused;
  a.refusal = error{code, std::move(message), std::move(details)};
  return a;
}

} // namespace orderly::test
