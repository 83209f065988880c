#include "tests/unit/json/corpus.hpp"

#include "base/json.hpp"
#include "tests/support/source_dir.hpp"
#include "tools/sandbox/document.hpp"
#include "tools/sandbox/shop.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

namespace orderly::test {
namespace {

namespace files = std::filesystem;
using namespace std::string_literals;

std::string content_of(const files::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What stands between R"( and )" in the sources of the tests.
void add_raw_strings(std::vector<std::string>& to) {
  for (const auto& entry : files::recursive_directory_iterator{source_file("tests")}) {
    if (entry.path().extension() != ".cpp")
      continue;
    const auto text = content_of(entry.path());
    const std::string opening = "R\"(";
    for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
      at += opening.size();
      const auto end = text.find(")\"", at);
      if (end != std::string::npos)
        to.push_back(text.substr(at, end - at));
    }
  }
}

void add_vectors(std::vector<std::string>& to) {
  to.push_back(content_of(source_file("tests/data/tiktok-shop-vectors.json")));
  const auto parsed = parse_json(to.back());
  for (const auto& group : parsed.value().as_object())
    if (const auto* items = group.value().if_array())
      for (const auto& item : *items)
        if (const auto* vector = item.if_object(); vector && !string_at(*vector, "body").empty())
          to.emplace_back(string_at(*vector, "body"));
}

/// Every webhook and every detail of some orders, from unpaid to delivered.
void add_day_in_the_sandbox(std::vector<std::string>& to) {
  std::int64_t now = 1'789'482'600;
  std::deque<std::function<void()>> later;
  sandbox::settings with;
  with.address_change_percent = 30;
  sandbox::ledger book{[&] { return now * 1000; }};
  sandbox::shop shop{with,
                     {[&] { return ++now; },
                      [&](std::chrono::milliseconds, std::function<void()> then) { later.push_back(std::move(then)); },
                      [&](const sandbox::webhook& sent) { to.push_back(sent.body); }},
                     book};
  const auto ids = shop.create_orders(6);
  shop.cancel(ids.front(), "BUYER", "Need to change the address");
  for (int steps = 0; steps < 200 && !later.empty(); ++steps) {
    const auto next = std::move(later.front());
    later.pop_front();
    next();
    for (const auto& [id, order] : shop.orders()) {
      if (order.open_to_shipping())
        shop.mark_shipped({id, "1Z" + id, "7117858858072016686", {}}, "request");
      if (steps % 4 == 0)
        to.push_back(R"({"code":0,"message":"Success","request_id":"1","data":{"orders":[)" +
                     json::serialize(sandbox::document_of(order)) + "]}}");
    }
  }
}

std::size_t below(std::mt19937_64& random, std::size_t bound) { return bound == 0 ? 0 : random() % bound; }

template <std::size_t Size>
std::string one_of(std::mt19937_64& random, const std::array<std::string, Size>& all) {
  return all[random() % Size];
}

std::string digits(std::mt19937_64& random, std::size_t most) {
  std::string out;
  for (auto left = 1 + below(random, most); left > 0; --left)
    out += static_cast<char>('0' + random() % 10);
  return out;
}

/// A place after which a value stands, more often than not.
void put_value(std::string& body, std::mt19937_64& random, const std::string& value) {
  const auto at = body.find_first_of(":[,", below(random, body.size()));
  if (at == std::string::npos)
    return;
  const auto end = std::min(body.find_first_of(",]}", at + 1), body.size());
  body.replace(at + 1, end - at - 1, value);
}

void put_in_string(std::string& body, std::mt19937_64& random, const std::string& piece) {
  const auto at = body.find('"', below(random, body.size()));
  if (at != std::string::npos)
    body.insert(at + 1, piece);
}

void wrap(std::string& body, std::mt19937_64& random) {
  const auto levels = random() % 2 == 0 ? 1 + below(random, 4) : 58 + below(random, 10);
  for (std::size_t i = 0; i < levels; ++i)
    body = random() % 2 == 0 ? "[" + body + "]" : "{\"a\":" + body + "}";
}

void change(std::string& body, std::mt19937_64& random) {
  static const std::array escapes{"\\u0000"s, "\\ud83d"s, "\\ud83d\\ude00"s,  "\\udc00\\ud83d"s, "\\\\u0000"s, "\\u12"s, "\\x"s,
                                  "\\\\\\"s,  "\\/"s,     "\\b\\f\\n\\r\\t"s, "\\uD83D\\uD83D"s, "\\u00e9"s,   "\\\""s};
  static const std::array bytes{"\xc3\xa9"s,
                                "\xf0\x9f\x98\x80"s,
                                "\xff"s,
                                "\xc3"s,
                                "\xed\xa0\x80"s,
                                "\xc0\x80"s,
                                "\xf4\x90\x80\x80"s,
                                "\0"s,
                                "\x1f"s,
                                "\x7f"s,
                                "\t"s,
                                "\n"s,
                                "\xef\xbb\xbf"s};
  constexpr std::string_view signs = "{}[]\":,\\/ tfn019eE+-.\t\r\n";
  const auto at = below(random, body.size());
  const auto length = 1 + below(random, 40);
  switch (random() % 11) {
  case 0:
    if (!body.empty())
      body[at] = static_cast<char>(static_cast<unsigned char>(body[at]) ^ (1u << random() % 8));
    break;
  case 1:
    if (!body.empty())
      body[at] = signs[random() % signs.size()];
    break;
  case 2: body.insert(at, 1, signs[random() % signs.size()]); break;
  case 3: body.resize(at); break;
  case 4: body.erase(at, length); break;
  case 5: body.insert(at, body.substr(at, length)); break;
  case 6: {
    const auto& other = json_corpus()[random() % json_corpus().size()];
    body = body.substr(0, at) + other.substr(below(random, other.size()));
    break;
  }
  case 7: put_value(body, random, odd_number(random)); break;
  case 8: put_in_string(body, random, one_of(random, escapes)); break;
  case 9: put_in_string(body, random, one_of(random, bytes)); break;
  default: wrap(body, random); break;
  }
}

} // namespace

const std::vector<std::string>& json_corpus() {
  static const auto all = [] {
    std::vector<std::string> bodies;
    add_vectors(bodies);
    add_raw_strings(bodies);
    add_day_in_the_sandbox(bodies);
    return bodies;
  }();
  return all;
}

std::string odd_number(std::mt19937_64& random) {
  static const std::array known{"0"s,
                                "-0"s,
                                "-0.0"s,
                                "0e0"s,
                                "1.0"s,
                                "1.50"s,
                                "1e2"s,
                                "1E+2"s,
                                "1e-2"s,
                                "0.1"s,
                                "-1"s,
                                "01"s,
                                "+1"s,
                                "1."s,
                                ".5"s,
                                "1e"s,
                                "-"s,
                                "1e400"s,
                                "-1e400"s,
                                "1e-400"s,
                                "0e400"s,
                                "5e-324"s,
                                "2.5e-324"s,
                                "1.7976931348623157e308"s,
                                "1.7976931348623159e308"s,
                                "9223372036854775807"s,
                                "9223372036854775808"s,
                                "-9223372036854775808"s,
                                "-9223372036854775809"s,
                                "18446744073709551615"s,
                                "18446744073709551616"s,
                                "1180591620717411303424"s,
                                "100000000000000000000000"s,
                                "0.1000000000000000055511"s,
                                "9007199254740993.0"s,
                                "0.30000000000000004"s,
                                "1e99999999999"s,
                                "1e-99999999999"s,
                                "0e99999999999"s,
                                "1e0000000000000000001"s};
  switch (random() % 4) {
  case 0: return one_of(random, known);
  case 1: return (random() % 2 == 0 ? "-" : "") + digits(random, 24);
  case 2: return std::to_string(random() % 1000) + "." + digits(random, random() % 2 == 0 ? 4 : 22);
  default: return digits(random, 1) + "." + digits(random, 17) + "e" + (random() % 2 == 0 ? "-" : "") + digits(random, 3);
  }
}

std::string mutated_body(std::mt19937_64& random) {
  const auto& all = json_corpus();
  auto body = all[random() % all.size()];
  for (auto left = 1 + random() % 3; left > 0; --left)
    change(body, random);
  return body;
}

} // namespace orderly::test
