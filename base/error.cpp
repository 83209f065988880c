#include "base/error.hpp"

#include <array>

namespace orderly {
namespace {

struct entry {
  std::string_view name;
  int http;
  std::string_view title;
};

constexpr std::array catalogue{
#define ORDERLY_ERROR(name, http, text) entry{#name, http, text},
#include "base/error_codes.def"
#undef ORDERLY_ERROR
};

const entry& entry_of(error_code code) { return catalogue.at(static_cast<std::size_t>(code)); }

} // namespace

std::string_view name_of(error_code code) { return entry_of(code).name; }
std::string_view title_of(error_code code) { return entry_of(code).title; }
int http_status_of(error_code code) { return entry_of(code).http; }

std::optional<error_code> error_code_from(std::string_view name) {
  for (std::size_t i = 0; i < catalogue.size(); ++i)
    if (catalogue[i].name == name)
      return static_cast<error_code>(i);
  return std::nullopt;
}

std::string to_string(const error& e) {
  std::string text{name_of(e.code)};
  return e.message.empty() ? text : text + ": " + e.message;
}

} // namespace orderly
