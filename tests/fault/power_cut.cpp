// The power goes at any write or flush: every commit that was answered is there wholly afterwards, every other wholly or not at
// all.

#include "tests/contract/orders.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dropping_vfs.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <sqlite3.h>

#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <sstream>

using namespace orderly;
using namespace orderly::test;

namespace {

/// What must be stored of an order.
struct expected_order {
  order row;
  json::object document;
  std::vector<std::string> keys;
  std::string open_promises = "0";
  friend bool operator==(const expected_order&, const expected_order&) = default;
};

class machine {
public:
  explicit machine(std::uint64_t seed) : random(seed) {}

  /// Opens the store, works until the power goes or `batches` are done, closes. True: the power went.
  /// @param before_closing when everything is answered
  bool work(
      int batches, const std::function<void()>& before_closing = [] {});
  /// Opens again and compares. What of the last batch is there is learned, for it was never answered.
  std::vector<std::string> problems();

  std::mt19937_64 random;
  temp_dir dir;
  dropping_vfs vfs{"dropping"};
  std::uint64_t answered = 0, cuts_while_committing = 0;

private:
  using orders = std::map<std::string, expected_order>;

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  [[nodiscard]] store_options options() const {
    return {.url = "sqlite:" + dir.file("orderly.db"), .data_dir = dir.path().string(), .vfs = "dropping"};
  }
  order_unit next_unit(const std::string& id);
  std::vector<order_unit> next_batch();
  bool commit_batch(store_writer& into);
  bool record_some(store_writer& into);
  void checkpoint();
  std::string scalar(const std::string& sql);
  void compare(order_queries& from, std::vector<std::string>& wrong);
  void settle_last_batch(order_queries& from, std::vector<std::string>& wrong);
  void compare_inputs(std::vector<std::string>& wrong);
  std::optional<expected_order> stored_now(order_queries& from, const std::string& id, const std::vector<std::string>& keys);

  orders committed_;                    ///< answered
  orders unanswered_;                   ///< what the last batch would have made
  std::map<std::string, int> recorded_; ///< orderless inputs that were answered
  int next_key_ = 0;
};

order_unit machine::next_unit(const std::string& id) {
  const auto key = "w:" + std::to_string(++next_key_);
  const auto held = committed_.find(id);
  auto unit = held == committed_.end() ? creation(id, key) : next_step(held->second.row, key, at(next_key_));
  unit.after->state = all_order_states()[below(5)];
  unit.after->facts.fetch_attempts = next_key_;
  unit.after->facts.unknown_status = std::string(below(200), 's');
  for (auto more = below(3); more > 0; --more)
    add_event(unit, event_type::fact_updated, {{"filler", std::string(below(300), 'e')}});
  if (below(3) == 0 || held == committed_.end())
    unit.document = json::object{{"id", id}, {"filler", std::string(below(4) == 0 ? below(40'000) : below(200), 'd')}};
  unit.promises.emplace_back().state = below(2) == 0 ? promise_state::open : promise_state::done;
  return unit;
}

std::vector<order_unit> machine::next_batch() {
  unanswered_.clear();
  std::vector<order_unit> batch;
  for (auto count = 1 + below(8); count > 0; --count) {
    const auto id = std::to_string(576461413038785000 + below(60));
    if (unanswered_.contains(id))
      continue;
    batch.push_back(next_unit(id));
    const auto& unit = batch.back();
    auto& after = unanswered_[id];
    if (const auto held = committed_.find(id); held != committed_.end())
      after = held->second;
    after.row = *unit.after;
    if (unit.document)
      after.document = *unit.document;
    after.keys.push_back(unit.inputs.front().what->dedupe_key);
    after.open_promises = unit.promises.front().state == promise_state::open ? "1" : "0";
  }
  return batch;
}

bool machine::commit_batch(store_writer& into) {
  const auto batch = next_batch();
  const auto told = into.commit(batch);
  if (!told) {
    ++cuts_while_committing;
    return false;
  }
  for (const auto& one : *told)
    REQUIRE(one.verdict == commit_verdict::committed);
  for (auto& [id, after] : unanswered_)
    committed_[id] = std::move(after);
  unanswered_.clear();
  ++answered;
  return true;
}

bool machine::record_some(store_writer& into) {
  const auto record = recorded(make_input("", "w:orderless:" + std::to_string(below(40))), input_outcome::ignored);
  if (!into.record({&record, 1}))
    return false;
  ++recorded_[record.what->dedupe_key];
  return true;
}

void machine::checkpoint() {
  sqlite3* db = nullptr;
  if (sqlite3_open_v2(dir.file("orderly.db").c_str(), &db, SQLITE_OPEN_READWRITE, "dropping") == SQLITE_OK)
    sqlite3_exec(db, below(2) == 0 ? "pragma wal_checkpoint(passive)" : "pragma wal_checkpoint(truncate)", nullptr, nullptr,
                 nullptr);
  sqlite3_close(db);
}

bool machine::work(int batches, const std::function<void()>& before_closing) {
  auto opened = open_store(options());
  if (!opened)
    return vfs.is_off();
  {
    const auto writer = (*opened)->open_writer();
    for (int i = 0; writer && i < batches && !vfs.is_off(); ++i) {
      if (!commit_batch(**writer))
        break;
      if (below(5) == 0 && !record_some(**writer))
        break;
      if (below(12) == 0)
        checkpoint();
    }
    if (!vfs.is_off())
      before_closing();
  }
  opened->reset(); // closing writes the log back: the power may go there too
  return vfs.is_off();
}

std::optional<expected_order> machine::stored_now(order_queries& from, const std::string& id,
                                                  const std::vector<std::string>& keys) {
  const load_request what{tiktok_order_id{id}, keys, true};
  const auto answer = try_load(from, what);
  if (!answer) {
    expected_order unreadable;
    unreadable.keys.push_back(to_string(answer.error()));
    return unreadable;
  }
  const auto& loaded = *answer;
  if (!loaded.exists)
    return std::nullopt;
  const auto of_order = " join orders o on o.id = order_id where o.tiktok_order_id = '" + id + "'";
  expected_order now{
      loaded.order, *loaded.document, {}, scalar("select count(*) from outbox x" + of_order + " and x.state = 'open'")};
  for (const auto& key : keys)
    if (loaded.settled.contains(key))
      now.keys.push_back(key);
  const auto events = scalar("select count(*) || ' ' || min(seq) || ' ' || max(seq) from order_events" + of_order);
  const auto version = std::to_string(now.row.version);
  if (events != version + " 1 " + version)
    now.keys.push_back("a hole in the history: " + events);
  return now;
}

void machine::settle_last_batch(order_queries& from, std::vector<std::string>& wrong) {
  std::size_t there = 0, absent = 0;
  for (const auto& [id, after] : unanswered_) {
    const auto now = stored_now(from, id, after.keys);
    const auto before = committed_.find(id);
    if (now == after)
      ++there;
    else if (before == committed_.end() ? !now : now == before->second)
      ++absent;
    else
      wrong.push_back("order " + id + " of the unanswered batch is neither as before nor as after");
  }
  if (there > 0 && absent > 0)
    wrong.push_back("of the unanswered batch a part is there");
  if (there > 0)
    for (auto& [id, after] : unanswered_)
      committed_[id] = std::move(after);
  unanswered_.clear();
}

void machine::compare(order_queries& from, std::vector<std::string>& wrong) {
  for (const auto& [id, expected] : committed_)
    if (stored_now(from, id, expected.keys) != expected)
      wrong.push_back("order " + id + " is not as it was answered");
  if (scalar("select count(*) from orders") != std::to_string(committed_.size()))
    wrong.push_back("there are orders that nobody wrote, or too few");
}

void machine::compare_inputs(std::vector<std::string>& wrong) {
  for (auto& [key, count] : recorded_) {
    const auto stored = std::atoi(scalar("select deliveries from inputs where dedupe_key = '" + key + "'").c_str());
    if (stored < count)
      wrong.push_back("input " + key + " was answered " + std::to_string(count) + " times and counts " + std::to_string(stored));
    count = stored; // one more may have been under way
  }
}

std::string machine::scalar(const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* query = nullptr;
  std::string value = "unreadable";
  if (sqlite3_open_v2(dir.file("orderly.db").c_str(), &db, SQLITE_OPEN_READWRITE, "dropping") == SQLITE_OK &&
      sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr) == SQLITE_OK) {
    if (sqlite3_step(query) == SQLITE_ROW && sqlite3_column_text(query, 0))
      value = reinterpret_cast<const char*>(sqlite3_column_text(query, 0));
    sqlite3_finalize(query);
  }
  sqlite3_close(db);
  return value;
}

std::vector<std::string> machine::problems() {
  auto opened = open_store(options());
  if (!opened)
    return {to_string(opened.error())};
  const auto reader = std::move((*opened)->open_reader().value());
  std::vector<std::string> wrong;
  settle_last_batch(*reader, wrong);
  compare(*reader, wrong);
  compare_inputs(wrong);
  if (const auto check = scalar("pragma integrity_check"); check != "ok")
    wrong.push_back(check);
  if (const auto check = scalar("pragma foreign_key_check"); check != "unreadable")
    wrong.push_back("a row points nowhere: " + check);
  return wrong;
}

std::string joined(const std::vector<std::string>& lines) {
  std::ostringstream out;
  for (const auto& line : lines)
    out << line << "\n";
  return out.str();
}

} // namespace

TEST_CASE("whenever the power goes, what was answered is there and the rest is there wholly or not at all") {
  machine m{seed_of_run()};
  std::uint64_t cuts = 0;
  for (int round = 0; round < 150; ++round) {
    const bool closing = round % 5 == 4;
    const auto most = closing ? 40u : std::array{40u, 600u, 2500u}[static_cast<std::size_t>(round) % 3];
    const auto operations = 1 + m.random() % most;
    const power_cut how{m.random(), std::array{0.0, 0.5, 0.9, 1.0}[m.random() % 4]};
    const auto cut_later = [&] { m.vfs.power_off_after(operations, how); };
    if (!closing)
      cut_later();
    cuts += closing ? m.work(5, cut_later) : m.work(25);
    m.vfs.power_on();
    INFO("round " << round << ", power gone after " << operations << " operations, survival " << how.survival);
    const auto wrong = m.problems();
    INFO(joined(wrong));
    REQUIRE(wrong.empty());
  }
  std::cout << cuts << " power cuts, " << m.cuts_while_committing << " of them in a commit, " << m.answered
            << " batches answered, " << m.vfs.dropped() << " writes dropped\n";
  CHECK(cuts > 100);
  CHECK(m.cuts_while_committing > 50);
  CHECK(cuts - m.cuts_while_committing > 15); // while checkpointing or closing
  CHECK(m.vfs.dropped() > 100);
}

TEST_CASE("a disk that does not flush loses what was answered, and this test sees it") {
  const double survival = GENERATE(0.0, 0.5);
  machine m{seed_of_run()};
  REQUIRE_FALSE(m.work(5));
  REQUIRE(m.problems().empty());
  m.vfs.lie_about_flushes(true);
  REQUIRE_FALSE(m.work(20));
  REQUIRE(m.problems().empty()); // nothing is lost while the power is there
  m.vfs.power_off({seed_of_run(), survival});
  m.vfs.power_on();
  m.vfs.lie_about_flushes(false);
  CHECK_FALSE(m.problems().empty());
}
