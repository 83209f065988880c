#include "net/api/feed_follower.hpp"

#include "base/log.hpp"
#include "net/api/stream_event.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace orderly {
namespace {

/// A listener that comes back reads by itself what it missed: larger pages, so that it overtakes what is committed meanwhile.
constexpr std::size_t catch_up_pages = 4;

/// Waits for the answer.
template <class R>
result<R> ask(reads& from, std::function<result<R>(order_queries&)> query) {
  const auto told = std::make_shared<std::promise<result<R>>>(); // shared: it is still being told when the answer is here
  auto answer = told->get_future();
  from.run<R>(read_class::pages, std::move(query), [told](result<R> got) { told->set_value(std::move(got)); });
  return answer.get();
}

} // namespace

feed_follower::feed_follower(reads& from, const access_port& access, const clock& time, const order_stream_terms& terms)
    : from_(from), access_(access), time_(time), terms_(terms) {}

void feed_follower::turn(const std::vector<stream_listener_ptr>& all) {
  const auto now = std::chrono::steady_clock::now();
  say_goodbye(all, now);
  if (!at_ && !find_end(now))
    return;
  for (const auto& one : all)
    if (!one->greeted)
      greet(*one, now);
  move_on(all, now);
  for (const auto& one : all)
    if (!one->live)
      catch_up(*one, now);
  tell_time(all, now);
}

bool feed_follower::find_end(instant now) {
  auto end = ask<feed_position>(from_, [](order_queries& from) { return from.feed_end(); });
  note(end ? std::nullopt : std::optional{end.error()});
  if (!end)
    return false;
  at_ = *end;
  read_to_end_ = now;
  at_end_ = true;
  return true;
}

void feed_follower::greet(stream_listener& one, instant now) {
  one.greeted = true;
  one.at = one.what.from.value_or(*at_);
  one.live = !one.what.from || *one.what.from == *at_;
  one.behind_since = now;
  one.tell(hello_event({one.at, time_.now(), lag(now), at_->epoch}));
}

std::optional<stream_page> feed_follower::read(const feed_position& from, std::size_t limit,
                                               const std::vector<const stream_filter*>& filters) {
  auto events = ask<event_page>(from_, [from, limit](order_queries& in) { return in.events_after(from, limit); });
  note(events ? std::nullopt : std::optional{events.error()});
  if (!events)
    return std::nullopt;
  stream_page page{*std::move(events)};
  const auto orders = page.orders_for(filters);
  if (orders.empty())
    return page;
  auto rows = ask<std::vector<listed_order>>(from_, [&orders](order_queries& in) { return in.rows_of(orders); });
  note(rows ? std::nullopt : std::optional{rows.error()});
  if (!rows)
    return std::nullopt;
  page.put_rows(*std::move(rows));
  return page;
}

void feed_follower::move_on(const std::vector<stream_listener_ptr>& all, instant now) {
  std::vector<const stream_filter*> filters;
  for (const auto& one : all)
    if (one->live)
      filters.push_back(&one->what.only);
  auto page = read(*at_, terms_.page, filters);
  if (!page) {
    if (lag(now) > terms_.longest_lag) // should one event be the reason, what is behind it can still be shown
      skip_to_end(all, now);
    return;
  }
  at_end_ = page->is_end();
  if (at_end_)
    read_to_end_ = now;
  if (page->lost() || lag(now) > terms_.longest_lag)
    return skip_to_end(all, now);
  at_ = page->next();
  for (const auto& one : all)
    if (one->live && !one->hear(*page))
      one->fall_behind(now);
}

void feed_follower::skip_to_end(const std::vector<stream_listener_ptr>& all, instant now) {
  if (!find_end(now))
    return;
  for (const auto& one : all)
    if (one->live)
      make_reload(*one);
}

/// Whoever reads anew after it gets here what comes after that.
void feed_follower::make_reload(stream_listener& one) {
  one.live = one.tell(reload_event(*at_));
  if (one.live)
    one.at = *at_;
}

void feed_follower::catch_up(stream_listener& one, instant now) {
  if (one.over || !one.has_room)
    return;
  if (now - one.behind_since > terms_.longest_lag)
    return make_reload(one);
  auto page = read(one.at, terms_.page * catch_up_pages, {&one.what.only});
  if (!page)
    return;
  if (page->lost())
    return make_reload(one);
  if (one.at > *at_)
    return; // what it has seen comes to everybody with the next turns
  const bool has_all = page->next() >= *at_ || page->size() < terms_.page * catch_up_pages;
  page->cut_after(*at_); // the rest comes with everybody's
  if (one.hear(*page) && has_all) {
    one.live = true;
    one.at = *at_;
  }
}

void feed_follower::say_goodbye(const std::vector<stream_listener_ptr>& all, instant now) {
  if (now - rechecked_ < terms_.recheck)
    return;
  rechecked_ = now;
  for (const auto& one : all)
    if (!access_.still_admits(one->what.who))
      one->say_bye("signed_out");
}

void feed_follower::tell_time(const std::vector<stream_listener_ptr>& all, instant now) {
  if (now - ticked_ < terms_.tick)
    return;
  ticked_ = now;
  for (const auto& one : all)
    if (one->greeted)
      one->tell(tick_event({one->at, time_.now(), lag(now), at_->epoch}));
}

void feed_follower::note(const std::optional<error>& trouble) {
  if (trouble && !std::exchange(failing_, true))
    log(log_level::warn, "stream.not_read", "The feed of commits cannot be read; the streams stand still",
        {{"why", to_string(*trouble)}});
  failing_ = trouble.has_value();
}

std::chrono::milliseconds feed_follower::lag(instant now) const {
  return at_end_ && !failing_ ? std::chrono::milliseconds{0}
                              : std::chrono::duration_cast<std::chrono::milliseconds>(now - read_to_end_);
}

} // namespace orderly
