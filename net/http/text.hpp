#pragma once
// Text that a client sent, on its way into an answer that quotes it: problem details are JSON, so they must be UTF-8.

#include <span>
#include <string>
#include <string_view>

namespace orderly {

/// RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// `text` as an answer may quote it: at most 80 bytes, cut between two code points and ended by "..." when there is more, and
/// U+FFFD for every byte that is no UTF-8.
std::string shown(std::string_view text);

/// "one of: a, b, c". Precondition: not empty.
std::string one_of(std::span<const std::string_view> names);

} // namespace orderly
