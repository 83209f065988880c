#include "net/http/request_parser.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>

namespace orderly {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_size = 16 << 10;

parse_refusal refusal_for(const boost::system::error_code& ec) {
  if (ec == http::error::body_limit)
    return body_too_large();
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return header_too_large();
  return {"malformed", error_code::bad_request, "The request is not well-formed HTTP."};
}

using head = http::header<true, http::fields>;

bool has_host(const head& of) { return of.version() < 11 || of.count(http::field::host) == 1; }

/// RFC 9112, 6.1: Beast passes over a Transfer-Encoding that it does not know and takes the body for the next request, where a
/// proxy in front may have seen one request. It refuses Content-Length beside chunked by itself.
bool body_is_delimited(const head& of) {
  const auto codings = of.count(http::field::transfer_encoding);
  return codings == 0 ||
         (codings == 1 && of.version() >= 11 && boost::beast::iequals(of[http::field::transfer_encoding], "chunked"));
}

} // namespace

parse_refusal header_too_large() {
  return {"header_too_large", error_code::header_too_large, "The header is larger than this listener accepts."};
}

parse_refusal body_too_large() {
  return {"body_too_large", error_code::body_too_large, "The body is larger than what is accepted here."};
}

struct request_parser::parts {
  explicit parts(std::size_t most) : buffer(most) {}
  boost::beast::flat_buffer buffer;
  std::optional<http::request_parser<http::string_body>> parser;
};

request_parser::request_parser(const http_limits& limits)
    : limits_(limits), in_(std::make_unique<parts>(limits.max_header + read_size)) {
  next();
}
request_parser::~request_parser() = default;

std::span<char> request_parser::room() {
  const auto free = in_->buffer.max_size() - in_->buffer.size();
  if (free == 0)
    return {};
  const auto into = in_->buffer.prepare(std::min(free, read_size));
  return {static_cast<char*>(into.data()), into.size()};
}
void request_parser::commit(std::size_t bytes) { in_->buffer.commit(bytes); }
void request_parser::clear() { in_->buffer.clear(); }
bool request_parser::has_bytes() const { return in_->buffer.size() != 0; }

void request_parser::skip_blank_lines() {
  for (;;) {
    const auto seen = in_->buffer.cdata();
    const std::string_view text{static_cast<const char*>(seen.data()), seen.size()};
    if (!text.starts_with("\r\n"))
      return;
    in_->buffer.consume(2);
  }
}

void request_parser::next() {
  head_complete_ = false;
  auto& parser = in_->parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(limits_.max_header));
  parser.body_limit(limits_.max_body);
  parser.eager(false); // stops behind the head
}

request_parser::progress request_parser::parse() {
  auto& parser = *in_->parser;
  boost::system::error_code ec;
  in_->buffer.consume(parser.put(in_->buffer.data(), ec));
  progress out;
  if (!head_complete_ && parser.is_header_done() && (!ec || ec == http::error::need_more)) {
    if (!has_host(parser.get()))
      return refuse({"malformed", error_code::bad_request, "HTTP/1.1 needs exactly one Host header."});
    if (!body_is_delimited(parser.get()))
      return refuse({"malformed", error_code::bad_request, "The only Transfer-Encoding known here is chunked, in HTTP/1.1."});
    head_complete_ = out.head_complete = true;
    parser.eager(true);
  }
  if (ec && ec != http::error::need_more)
    return refuse(refusal_for(ec));
  if (!ec && parser.is_done())
    out.result = step::whole;
  else if (!ec && has_bytes())
    out.result = step::more_here;
  return out;
}

bool request_parser::expects_continue() const {
  const auto& of = in_->parser->get();
  return of.version() >= 11 && boost::beast::iequals(of[http::field::expect], "100-continue");
}
std::string_view request_parser::method() const {
  const auto text = in_->parser->get().method_string();
  return {text.data(), text.size()};
}
std::string_view request_parser::target() const {
  const auto text = in_->parser->get().target();
  return {text.data(), text.size()};
}
connection_terms request_parser::terms() const {
  const auto& of = in_->parser->get();
  return {of.keep_alive(), of.version() < 11, of.method() == http::verb::head};
}
bool request_parser::announces_body() const { return in_->parser->chunked() || announced_size() != 0; }
std::uint64_t request_parser::announced_size() const { return in_->parser->content_length().value_or(0); }
std::size_t request_parser::body_size() const { return in_->parser->get().body().size(); }
std::string request_parser::take_body() { return std::move(in_->parser->get().body()); }

header_value request_parser::find(std::string_view name) const {
  const auto [first, end] = in_->parser->get().equal_range({name.data(), name.size()});
  if (first == end)
    return {};
  const auto text = first->value();
  return {{text.data(), text.size()}, static_cast<std::size_t>(std::distance(first, end))};
}

std::string request_parser::list(std::string_view name) const {
  std::string out;
  const auto [first, end] = in_->parser->get().equal_range({name.data(), name.size()});
  for (auto at = first; at != end; ++at) {
    const auto text = at->value();
    out.append(out.empty() ? "" : ",").append(text.data(), text.size());
  }
  return out;
}

} // namespace orderly
