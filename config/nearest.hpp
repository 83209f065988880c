#pragma once
// "did you mean ...?"

#include <span>
#include <string>
#include <string_view>

namespace orderly {

/// The known name that `given` most likely stands for, or an empty text when none is near: the one with the
/// same last part
/// ("readers" for "storage.readers"), else the one with the fewest edits, at most a third of its length.
std::string nearest_name(std::string_view given, std::span<const std::string> known);

} // namespace orderly
