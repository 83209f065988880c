#pragma once
// Errors are values from one catalogue (error_codes.def); nothing else crosses the edge of a part.

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderly {

enum class error_code : std::uint8_t {
#define ORDERLY_ERROR(name, http, input, message, exit, text) name,
#include "base/error_codes.def"
#undef ORDERLY_ERROR
};

/// The stable name that clients branch on, e.g. "illegal_transition".
std::string_view name_of(error_code code);
/// One sentence for people, the same for every occurrence.
std::string_view title_of(error_code code);
/// The HTTP status that carries this error.
int http_status_of(error_code code);
std::optional<error_code> error_code_from(std::string_view name);

/// What an input that is answered with a refusal has become.
enum class input_fate : std::uint8_t {
  decided,  ///< the refusal is what was decided, and stored with it
  dead,     ///< it is stored as a dead letter
  rejected, ///< it was never taken in, or its sender must change it; stored or not, it would be told the same again
  untried,  ///< nothing of this try is stored; of an earlier one something may be
  unknown   ///< stored or not
};
std::string_view name_of(input_fate value);
input_fate input_fate_of(error_code code);
/// Stored, so that it need not come again.
bool is_stored(input_fate fate);
/// Whether `error::message` may quote a database or a file, so that a client gets the title only.
bool is_message_hidden(error_code code);

struct error {
  error_code code = error_code::internal;
  std::string message;         ///< what was wrong here and what is allowed; safe to show to a client unless is_message_hidden()
  boost::json::object details; ///< machine-readable members of the answer, e.g. `allowed`

  friend bool operator==(const error&, const error&) = default;
};

/// "illegal_transition: ..." for logs.
std::string to_string(const error& e);

} // namespace orderly
