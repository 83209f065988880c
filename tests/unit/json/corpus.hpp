#pragma once
// Bodies to try a parser on: what TikTok and clients send, and what becomes of it by accident or malice.

#include <random>
#include <string>
#include <vector>

namespace orderly::test {

/// The vectors of tests/data and the bodies in them, the JSON that stands in the tests' sources, the webhooks and details of a
/// day in the sandbox's shop.
const std::vector<std::string>& json_corpus();

/// A body of the corpus after one to three accidents: bytes flipped, cut, spliced or repeated, other numbers, other escapes, more
/// levels.
std::string mutated_body(std::mt19937_64& random);

/// A number of JSON that is hard to read or to keep.
std::string odd_number(std::mt19937_64& random);

} // namespace orderly::test
