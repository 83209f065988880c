#pragma once
// The opaque cursors of lists and timelines: positions in a sort order, so that paging neither repeats nor
// skips rows that stay as they are.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace orderly {

/// The last row that was given out of a list, newest change first. The default stands before every row.
struct list_position {
  timestamp updated_at = timestamp::max();
  uuid id{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
};
/// The next row of each of the two streams that a timeline merges, so that what happens meanwhile stays out
/// of the later pages.
struct timeline_position {
  std::int64_t seq = std::numeric_limits<std::int64_t>::max();
  list_position input; ///< by the time it was received
};
/// Behind the last row of a stream.
inline constexpr std::int64_t no_more_events = 0;
inline constexpr list_position no_more_inputs{timestamp::min(), uuid{}};

/// The last pending input that was given out, oldest first.
struct pending_position {
  timestamp received_at = timestamp::min();
  uuid id;
};
/// The last dead letter that was given out, newest death first.
struct dead_letter_position {
  timestamp last_at = timestamp::max();
  std::int64_t id = std::numeric_limits<std::int64_t>::max();
};

std::string to_cursor(const list_position& at);
std::string to_cursor(const timeline_position& at);
std::string to_cursor(const pending_position& at);
std::string to_cursor(const dead_letter_position& at);
/// An empty text is the default. Errors: invalid_cursor.
result<list_position> list_position_from(std::string_view cursor);
result<timeline_position> timeline_position_from(std::string_view cursor);
result<pending_position> pending_position_from(std::string_view cursor);
result<dead_letter_position> dead_letter_position_from(std::string_view cursor);

} // namespace orderly
