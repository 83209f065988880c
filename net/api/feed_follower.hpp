#pragma once
// Where the stream is in the feed of commits, and its turns. Of the stream's thread alone.

#include "net/api/stream_listener.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace orderly {

class feed_follower {
public:
  feed_follower(reads& from, const access_port& access, const clock& time, const order_stream_terms& terms);

  /// Says goodbye to who may listen no more, greets the new, brings everybody what has come.
  void turn(const std::vector<stream_listener_ptr>& all);
  /// Nobody listens: what comes meanwhile is of no interest.
  void rest() { at_.reset(); }

private:
  using instant = std::chrono::steady_clock::time_point;
  bool find_end(instant now);
  void greet(stream_listener& one, instant now);
  /// Nothing: it cannot be read now.
  std::optional<stream_page> read(const feed_position& from, std::size_t limit, const std::vector<const stream_filter*>& filters);
  void move_on(const std::vector<stream_listener_ptr>& all, instant now);
  void catch_up(stream_listener& one, instant now);
  void make_reload(stream_listener& one);
  void skip_to_end(const std::vector<stream_listener_ptr>& all, instant now);
  void say_goodbye(const std::vector<stream_listener_ptr>& all, instant now);
  void tell_time(const std::vector<stream_listener_ptr>& all, instant now);
  void note(const std::optional<error>& trouble);
  [[nodiscard]] std::chrono::milliseconds lag(instant now) const;

  reads& from_;
  const access_port& access_;
  const clock& time_;
  const order_stream_terms terms_;
  std::optional<feed_position> at_; ///< what the live listeners have seen last
  instant read_to_end_{}, ticked_{}, rechecked_{};
  bool at_end_ = false, failing_ = false;
};

} // namespace orderly
