#include "net/http/message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace orderly {
namespace {

constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void append_date(std::string& out, timestamp at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(at - day)};
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", weekdays[weekday{day}.c_encoding()],
                static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  out += text;
}

/// RFC 9110, 8.6 and 15.4.5: these have no body, and a length of 0 would be said of the one that they stand for.
bool has_no_length(int status) { return status == 204 || status == 304; }

} // namespace

std::string_view reason_of(int status) {
  switch (status) {
  case 200: return "OK";
  case 201: return "Created";
  case 202: return "Accepted";
  case 204: return "No Content";
  case 302: return "Found";
  case 303: return "See Other";
  case 304: return "Not Modified";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 412: return "Precondition Failed";
  case 413: return "Content Too Large";
  case 415: return "Unsupported Media Type";
  case 421: return "Misdirected Request";
  case 422: return "Unprocessable Content";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 502: return "Bad Gateway";
  case 503: return "Service Unavailable";
  default: return "Unknown";
  }
}

std::string http_date(timestamp at) {
  std::string out;
  append_date(out, at);
  return out;
}

std::optional<timestamp> from_http_date(std::string_view text) {
  using namespace std::chrono;
  char name[4] = {};
  int d = 0, y = 0, h = 0, m = 0, s = 0, used = 0;
  const std::string copy{text};
  if (std::sscanf(copy.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT%n", &d, name, &y, &h, &m, &s, &used) != 6 ||
      used != static_cast<int>(copy.size()))
    return std::nullopt;
  for (unsigned i = 0; i < months.size(); ++i)
    if (std::string_view{name} == months[i]) {
      const year_month_day date{year{y}, month{i + 1}, day{static_cast<unsigned>(d)}};
      if (!date.ok() || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60)
        return std::nullopt;
      return timestamp{sys_days{date}.time_since_epoch() + hours{h} + minutes{m} + seconds{s}};
    }
  return std::nullopt;
}

std::string_view bytes_of(const http_body& body) {
  if (const auto* text = std::get_if<std::string>(&body))
    return *text;
  const auto* shared = std::get_if<shared_bytes>(&body);
  return shared ? shared->bytes : std::string_view{};
}

void add_standing(http_response& to, std::span<const standing_header> headers) {
  for (const auto& [name, value] : headers) {
    const auto has = std::any_of(to.headers.begin(), to.headers.end(), [&](const auto& each) { return each.first == name; });
    if (!has)
      to.headers.emplace_back(name, value);
  }
}

void append_head(std::string& out, const http_response& response, const connection_terms& terms, timestamp now) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_of(response.status);
  out += "\r\nDate: ";
  append_date(out, now);
  out += "\r\n";
  if (!response.content_type.empty())
    add_header(out, "Content-Type", response.content_type);
  if (!std::holds_alternative<stream_body_ptr>(response.body)) {
    if (!has_no_length(response.status))
      add_header(out, "Content-Length", std::to_string(bytes_of(response.body).size()));
  } else if (!terms.http_1_0) {
    add_header(out, "Transfer-Encoding", "chunked");
  }
  for (const auto& [name, value] : response.headers)
    add_header(out, name, value);
  if (!terms.keep_alive)
    add_header(out, "Connection", "close");
  else if (terms.http_1_0)
    add_header(out, "Connection", "keep-alive");
  out += "\r\n";
}

} // namespace orderly
