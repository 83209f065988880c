#include "base/clock.hpp"

#include <algorithm>
#include <cstdio>

namespace orderly {
namespace {

/// A digit wherever the shape has a 0, else the shape's own character.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char given, char wanted) { return wanted == '0' ? given >= '0' && given <= '9' : given == wanted; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits)
    value = value * 10 + (digit - '0');
  return value;
}

} // namespace

std::string to_rfc3339(timestamp at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

std::optional<timestamp> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (!has_shape(text.substr(0, 19), "0000-00-00T00:00:00"))
    return std::nullopt;
  const int y = number(text.substr(0, 4)), mo = number(text.substr(5, 2)), d = number(text.substr(8, 2));
  const int h = number(text.substr(11, 2)), mi = number(text.substr(14, 2)), s = number(text.substr(17, 2));
  std::string_view rest = text.substr(19);
  std::int64_t micros = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    int digits = 0;
    while (digits < 6 && !rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      micros = micros * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
      ++digits;
    }
    if (digits == 0)
      return std::nullopt;
    for (; digits < 6; ++digits)
      micros *= 10;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (rest != "Z" || !date.ok() || h > 23 || mi > 59 || s > 59)
    return std::nullopt;
  return timestamp{sys_days{date}.time_since_epoch() + hours{h} + minutes{mi} + seconds{s} + microseconds{micros}};
}

} // namespace orderly
