#pragma once
// A page of the console as the listener sees it: what GET /stream says, event by event.

#include "base/json.hpp"
#include "tests/http/support/raw_http.hpp"

#include <optional>
#include <string>
#include <utility>

namespace orderly::test {

struct heard_event {
  std::string id, type;
  json::object data;
};

class stream_reader {
public:
  /// @param query "?order=51"; @param token a bearer token
  explicit stream_reader(const std::string& address, const std::string& query = {}, const std::string& last_event_id = {},
                         const std::string& token = "viewer-token")
      : connection_(address) {
    header_list headers{{"Authorization", "Bearer " + token}};
    if (!last_event_id.empty())
      headers.emplace_back("Last-Event-ID", last_event_id);
    connection_.send(request_text("GET", "/api/v1/stream" + query, {}, headers));
    head = connection_.receive(true);
  }

  /// Nothing: the stream has ended, or is silent for longer than the connection's patience.
  std::optional<heard_event> next() {
    auto end = text_.find("\n\n");
    while (end == std::string::npos) {
      const auto chunk = connection_.receive_chunk();
      if (!chunk || chunk->empty())
        return std::nullopt;
      text_ += *chunk;
      end = text_.find("\n\n");
    }
    heard_event heard = event_of(text_.substr(0, end));
    text_.erase(0, end + 2);
    return heard;
  }
  /// The next of this type; what comes before it is passed over.
  std::optional<heard_event> next(std::string_view type) {
    auto heard = next();
    while (heard && heard->type != type)
      heard = next();
    return heard;
  }

  std::optional<raw_response> head;

private:
  static heard_event event_of(std::string_view lines) {
    heard_event heard;
    while (!lines.empty()) {
      const auto line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(std::min(line.size() + 1, lines.size()));
      const auto value = line.substr(line.find(": ") + 2);
      if (line.starts_with("id: "))
        heard.id = value;
      else if (line.starts_with("event: "))
        heard.type = value;
      else if (line.starts_with("data: "))
        heard.data = parse_json(value).value().as_object();
    }
    return heard;
  }

  raw_connection connection_;
  std::string text_;
};

} // namespace orderly::test
