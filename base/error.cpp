#include "base/error.hpp"

#include "base/exit_code.hpp"
#include "base/names.hpp"

#include <array>

namespace orderly {
namespace {

enum class message_is : bool { shown, hidden };

struct entry {
  std::string_view name;
  int http;
  input_fate input;
  message_is message;
  exit_code exit;
  std::string_view title;
};

constexpr std::array catalogue{
#define ORDERLY_ERROR(name, http, input, message, exit, text)                                                                    \
  entry{#name, http, input_fate::input, message_is::message, exit_code::exit, text},
#include "base/error_codes.def"
#undef ORDERLY_ERROR
};

constexpr std::array<std::string_view, 5> fates{"decided", "dead", "rejected", "untried", "unknown"};

const entry& entry_of(error_code code) { return catalogue.at(static_cast<std::size_t>(code)); }

} // namespace

std::string_view name_of(error_code code) { return entry_of(code).name; }
std::string_view title_of(error_code code) { return entry_of(code).title; }
int http_status_of(error_code code) { return entry_of(code).http; }
exit_code exit_code_of(error_code code) { return entry_of(code).exit; }

std::string_view name_of(input_fate value) { return name_tables::name_in(fates, value); }
input_fate input_fate_of(error_code code) { return entry_of(code).input; }
bool is_stored(input_fate fate) { return fate == input_fate::decided || fate == input_fate::dead; }
bool is_message_hidden(error_code code) { return entry_of(code).message == message_is::hidden; }

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
