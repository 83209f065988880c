#include "net/api/order_stream.hpp"

#include "net/api/feed_follower.hpp"

#include <algorithm>
#include <utility>

namespace orderly {

order_stream::order_stream(reads& from, const access_port& access, const clock& time, const order_stream_terms& terms)
    : terms_(terms), follower_(std::make_unique<feed_follower>(from, access, time, terms)), thread_([this] { serve(); }) {}

order_stream::~order_stream() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

result<stream_body_ptr> order_stream::open(stream_request what) {
  auto [one, body] = make_stream_listener(std::move(what));
  {
    const std::lock_guard lock{mutex_};
    const auto count = std::count_if(all_.begin(), all_.end(), [&user = one->what.who.user](const auto& each) {
      return !each->over && each->what.who.user == user;
    });
    if (static_cast<std::size_t>(count) >= terms_.per_user)
      return error{error_code::too_many_requests,
                   "This user listens on " + std::to_string(count) + " streams already, and may on " +
                       std::to_string(terms_.per_user) + ".",
                   {}};
    all_.push_back(std::move(one));
  }
  wake_.notify_all();
  return std::move(body);
}

void order_stream::serve() {
  std::unique_lock lock{mutex_};
  while (!ending_) {
    std::erase_if(all_, [](const auto& each) { return each->over.load(); });
    if (all_.empty()) {
      follower_->rest();
      wake_.wait(lock, [this] { return ending_ || !all_.empty(); });
      continue;
    }
    const auto present = all_;
    lock.unlock();
    follower_->turn(present);
    lock.lock();
    wake_.wait_for(lock, terms_.every, [this] { return ending_; });
  }
}

} // namespace orderly
