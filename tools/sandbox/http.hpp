#pragma once
// A call and its answer as the sandbox's plain code sees them; Beast stays in server.cpp.

#include <map>
#include <string>
#include <string_view>

namespace orderly::sandbox {

struct request {
  std::string method;
  std::string path;                           ///< as sent, without the query: the signature covers these bytes
  std::map<std::string, std::string> query;   ///< decoded
  std::string repeated;                       ///< a key of the query that came more than once
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;                           ///< raw bytes
  [[nodiscard]] std::string_view header(const std::string& name) const;
};

struct response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers;
  bool close = false; ///< end the connection; with an empty body nothing at all is answered
};

/// Splits and decodes "/path?a=b%2Cc". A "+" in the query is a blank, as in every form decoder: who forgets to
/// percent-encode the "+" of a page token signs other bytes than arrive (sheet 8, case 12).
void read_target(std::string_view target, request& into);

} // namespace orderly::sandbox
