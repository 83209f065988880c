#include "tools/orderly/top_loop.hpp"

#include "tools/orderly/remote/engine_address.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>

namespace orderly {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds patience{10};    ///< of one request
constexpr seconds retry{2};        ///< after one that failed
constexpr seconds quiet_before{2}; ///< an answer may be so late before that is said

/// What the connection's thread leaves for the loop. Outlives the loop: a late answer may still come.
struct mailbox {
  std::mutex mutex;
  std::optional<reply> came;
};

class top_loop {
public:
  top_loop(connection& engine, const top_settings& settings, const wake_source& wakes)
      : engine_(engine), settings_(settings), wakes_(wakes), window_(settings.window) {}

  exit_code run() {
    for (;;) {
      ask_when_due();
      const auto wake = wakes_.wait_until(next_look());
      switch (wake.why) {
      case wake_source::reason::ended: return wake.signal == SIGINT ? exit_code::done : static_cast<exit_code>(128 + wake.signal);
      case wake_source::reason::suspended:
        screen_.leave();
        wake_source::suspend();
        break;
      case wake_source::reason::other_thread:
        if (const auto end = take_answer())
          return *end;
        break;
      case wake_source::reason::resized:
      case wake_source::reason::time: break;
      }
      draw();
    }
  }

private:
  void ask_when_due() {
    if (asking_ || steady_clock::now() < next_ask_)
      return;
    asking_ = true;
    asked_at_ = steady_clock::now();
    const auto limit = settings_.limit.value_or(std::clamp<std::size_t>(size_of_screen().height, 1, 200));
    engine_.ask(top_target(settings_, limit), patience, [box = box_, &wakes = wakes_](reply came) {
      {
        const std::lock_guard lock{box->mutex};
        box->came = std::move(came);
      }
      wakes.notify();
    });
  }

  [[nodiscard]] steady_clock::time_point next_look() const {
    const auto soon = steady_clock::now() + seconds{1}; // "no answer for 6 s" counts
    return asking_ ? soon : std::min(next_ask_, soon);
  }

  /// How the program ends, if it does.
  std::optional<exit_code> take_answer() {
    std::optional<reply> came;
    {
      const std::lock_guard lock{box_->mutex};
      came = std::exchange(box_->came, std::nullopt);
    }
    if (!came)
      return std::nullopt;
    asking_ = false;
    if (came->good()) {
      take_sample(std::move(*came));
      return std::nullopt;
    }
    if (!sample_ || came->status == 401 || came->status == 403) {
      screen_.leave();
      complain(trouble_of(engine_, *came));
      return exit_code_of(*came);
    }
    failure_ = !came->failure.empty() ? came->failure : std::string{string_at(came->answer, "code")};
    next_ask_ = steady_clock::now() + retry;
    return std::nullopt;
  }

  void take_sample(reply came) {
    sample_ = std::move(came.answer);
    if (settings_.window != engines_window)
      window_.apply(*sample_);
    failure_.clear();
    answered_at_ = steady_clock::now();
    next_ask_ = std::max(asked_at_ + settings_.every, answered_at_);
  }

  [[nodiscard]] std::string trouble() const {
    const auto silent = std::chrono::floor<seconds>(steady_clock::now() - answered_at_);
    if (failure_.empty() && (!asking_ || steady_clock::now() - asked_at_ < quiet_before))
      return {};
    return "no answer for " + std::to_string(silent.count()) + " s: " + (failure_.empty() ? "still waiting" : failure_);
  }

  void draw() {
    if (!sample_)
      return;
    const view::top_options options{size_of_screen().height, settings_.sort, settings_.every, settings_.window, trouble()};
    screen_.draw(view::top_screen(*sample_, style_of_output(), options));
  }

  connection& engine_;
  const top_settings& settings_;
  const wake_source& wakes_;
  view::rate_window window_;
  live_screen screen_;
  const std::shared_ptr<mailbox> box_ = std::make_shared<mailbox>();
  std::optional<json::object> sample_;
  std::string failure_;
  bool asking_ = false;
  steady_clock::time_point next_ask_{}, asked_at_{}, answered_at_{};
};

} // namespace

std::string top_target(const top_settings& settings, std::size_t limit) {
  return "/api/v1/actors?kind=order&sort=-" + url_encoded(settings.sort) + "&limit=" + std::to_string(limit);
}

exit_code draw_samples(connection& engine, const top_settings& settings, const wake_source& wakes) {
  return top_loop{engine, settings, wakes}.run();
}

} // namespace orderly
