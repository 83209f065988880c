#include "net/access/password_thread.hpp"

#include <optional>
#include <utility>

namespace orderly {

password_thread::password_thread(std::size_t most, password_check checks)
    : most_(most), checks_(std::move(checks)), thread_([this] { serve(); }) {}

password_thread::~password_thread() {
  std::deque<job> left;
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
    left.swap(waiting_);
  }
  wake_.notify_all();
  thread_.join();
  for (const auto& one : left)
    one.refuse({error_code::shutting_down, "the engine is draining", {}});
}

void password_thread::hash(std::string password, std::function<void(result<std::string>)> done) {
  push({[password = std::move(password), done] { done(password_hash(password)); }, [done](error why) { done(std::move(why)); }});
}

void password_thread::check(std::string password, std::string hash, std::function<void(result<bool>)> done) {
  push({[this, password = std::move(password), hash = std::move(hash), done] { done(result<bool>{checks_(password, hash)}); },
        [done](error why) { done(std::move(why)); }});
}

void password_thread::push(job one) {
  {
    const std::lock_guard lock{mutex_};
    if (!ending_ && waiting_.size() < most_) {
      waiting_.push_back(std::move(one));
      wake_.notify_one();
      return;
    }
  }
  one.refuse({error_code::too_many_requests, "Too many passwords wait to be checked.", {}});
}

void password_thread::serve() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_)
      return;
    {
      const auto one = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      one.work();
    } // what it holds is let go outside the lock
    lock.lock();
  }
}

} // namespace orderly
