#include "net/api/refusal_log.hpp"

#include "base/log.hpp"

#include <chrono>
#include <utility>

namespace orderly {
namespace {

struct told_as {
  std::string_view event, sentence;
};
constexpr std::array<told_as, 4> lines{{
    {"access.login_failed", "Somebody was not logged in"},
    {"access.token_refused", "A token that is not in force was shown"},
    {"access.forbidden", "A request was refused to somebody who may not make it"},
    {"access.misdirected", "A request for a name that is not in admin.hosts was refused"},
}};

} // namespace

void refusal_log::tell(refusal what, std::string_view client, boost::json::object more) {
  const auto which = static_cast<std::size_t>(what);
  const auto now = time_.now();
  {
    const std::lock_guard lock{mutex_};
    auto& of = kinds_[which];
    if (now - of.since >= std::chrono::minutes{1} || now < of.since)
      of.since = now, of.told = 0;
    if (of.told == most_a_minute) {
      ++of.left_out;
      return;
    }
    ++of.told;
    if (const auto left_out = std::exchange(of.left_out, 0); left_out != 0)
      more["left_out"] = left_out;
  }
  more["client"] = client;
  log(log_level::warn, lines[which].event, lines[which].sentence, std::move(more));
}

} // namespace orderly
