// How much the writer says to the server.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"
#include "tests/support/postgres_server.hpp"

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace orderly;
using namespace orderly::test;

namespace {

/// What the session that created orders asked of the server, in order: "statement: begin", "execute create_orders: ...". Of one
/// that has several lines the first. Without "discard plans", which depends on how often the session was used.
std::vector<std::string> messages_in(const std::string& log) {
  constexpr std::string_view mark = " ms  ";
  std::map<std::string, std::vector<std::string>> by_session;
  std::string creator;
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);) {
    const auto session = line.substr(0, line.find("] LOG:  duration: ")); // ends with its process
    const auto at = line.find(mark);
    if (session.size() == line.size() || at == std::string::npos)
      continue;
    if (line.ends_with("discard plans"))
      continue;
    const auto process = session.substr(session.rfind('[') + 1);
    by_session[process].push_back(line.substr(at + mark.size()));
    if (by_session[process].back().starts_with("execute create_orders:"))
      creator = process;
  }
  return by_session[creator];
}

} // namespace

TEST_CASE("a batch takes the same messages to the server whatever its size") {
  const auto db = fresh("postgresql");
  const auto writer = db->writer();
  const server_setting logged{"log_min_duration_statement", "0"};
  const auto messages_of = [&](int size, int first) {
    std::vector<order_unit> batch;
    for (int n = first; n < first + size; ++n) {
      batch.push_back(creation(std::to_string(n), "w:" + std::to_string(n)));
      batch.back().promises.emplace_back();
      add_event(batch.back(), event_type::attention_raised, {{"kind", "unknown_status"}});
    }
    const auto before = server_log().size();
    CHECK(writer->commit(batch).value().back().verdict == commit_verdict::committed);
    return messages_in(server_log().substr(before));
  };
  messages_of(1, 5000); // which prepares what it runs
  const auto alone = messages_of(1, 5100);
  REQUIRE(alone.size() > 4);
  CHECK(alone.front().starts_with("statement: "));
  CHECK(alone.back().starts_with("statement: "));
  CHECK(messages_of(300, 6000) == alone);
}
