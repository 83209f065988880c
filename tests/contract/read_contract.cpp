// Readers: loads, lists with their cursors, single orders.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <algorithm>
#include <map>

using namespace orderly;
using namespace orderly::test;

namespace {

std::vector<std::string> ids(const order_page& page) {
  std::vector<std::string> all;
  for (const auto& row : page.orders)
    all.push_back(row.order.tiktok_id.str());
  return all;
}

order_page list(order_queries& from, order_filter filter) {
  auto page = from.list(filter);
  if (!page)
    FAIL(to_string(page.error()));
  return *std::move(page);
}

void touch(store_writer& into, order_queries& from, const std::string& id, timestamp when) {
  auto step = next_step(load(from, id).order, "w:touch:" + to_string(next_id()), when);
  REQUIRE(commit(into, step) == commit_verdict::committed);
}

template <class T>
std::optional<error_code> code_of(const result<T>& of) {
  return of ? std::nullopt : std::optional{of.error().code};
}

} // namespace

TEST_CASE("a batch of loads answers each request at its place, with the document only when asked") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  stored(*writer, "52");
  const std::vector<load_request> wanted{{tiktok_order_id{"52"}, {"w:create:52", "w:none"}, true},
                                         {tiktok_order_id{"59"}, {"w:create:52"}, true},
                                         {tiktok_order_id{"51"}, {}, false}};
  const auto loaded = reader->load(wanted).value();
  REQUIRE(loaded.size() == 3);
  CHECK(loaded[0].value().exists);
  CHECK(loaded[0]->order.tiktok_id.str() == "52");
  CHECK(loaded[0]->document);
  CHECK(loaded[0]->settled.size() == 1);
  CHECK_FALSE(loaded[1].value().exists);
  CHECK(loaded[1]->order.tiktok_id.str() == "59");
  CHECK(loaded[1]->order.version == 0);
  CHECK_FALSE(loaded[1]->document);
  CHECK(loaded[2].value().exists);
  CHECK_FALSE(loaded[2]->document);
}

TEST_CASE("a reader sees a commit as soon as it is answered") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  CHECK_FALSE(load(*reader, "51").exists);
  stored(*writer, "51");
  CHECK(load(*reader, "51").exists);
}

TEST_CASE("an order is found by the engine's id and by TikTok's") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  auto unit = creation("576461413038785752", "w:1");
  unit.document = json::object{{"id", "576461413038785752"}};
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  for (const order_key& key : {order_key{unit.after->id}, order_key{tiktok_order_id{"576461413038785752"}}}) {
    const auto found = reader->find(key);
    REQUIRE(found.has_value());
    CHECK(found->order == *unit.after);
    CHECK(found->document == *unit.document);
  }
  CHECK(reader->find(tiktok_order_id{"1"}).error().code == error_code::order_not_found);
  CHECK(reader->find(order_id{next_id()}).error().code == error_code::order_not_found);
}

TEST_CASE("a list has the newest change first and can be filtered by state") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const std::vector<order_state> states{order_state::received,  order_state::processing, order_state::shipped,
                                        order_state::delivered, order_state::failed,     order_state::processing};
  for (std::size_t i = 0; i < states.size(); ++i) {
    auto unit = creation(std::to_string(50 + i), "w:" + std::to_string(i), at(static_cast<std::int64_t>(i)));
    unit.after->state = states[i];
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  }
  CHECK(ids(list(*reader, {})) == std::vector<std::string>{"55", "54", "53", "52", "51", "50"});
  CHECK(ids(list(*reader, {order_state::processing, 50, ""})) == std::vector<std::string>{"55", "51"});
  touch(*writer, *reader, "51", at(100));
  CHECK(ids(list(*reader, {})).front() == "51");
  CHECK(ids(list(*reader, {order_state::processing, 50, ""})) == std::vector<std::string>{"51", "55"});
}

TEST_CASE("pages follow one another by cursor, also where many orders changed in one microsecond") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const bool filtered = GENERATE(true, false);
  for (int i = 0; i < 23; ++i)
    stored(*writer, std::to_string(5000 + i), at(i / 9));
  std::vector<std::string> seen;
  order_filter filter{filtered ? std::optional{order_state::received} : std::nullopt, 5, ""};
  std::size_t pages = 0;
  do {
    const auto page = list(*reader, filter);
    for (auto& id : ids(page))
      seen.push_back(id);
    filter.cursor = page.next_cursor;
    REQUIRE(++pages <= 5);
  } while (!filter.cursor.empty());
  CHECK(pages == 5);
  CHECK(seen.size() == 23);
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("paging while orders change repeats none and skips none that stayed as it was") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  for (int i = 0; i < 30; ++i)
    stored(*writer, std::to_string(5000 + i), at(i));
  std::map<std::string, int> seen;
  order_filter filter{{}, 4, ""};
  std::int64_t now = 1000;
  do {
    const auto page = list(*reader, filter);
    for (const auto& id : ids(page))
      ++seen[id];
    filter.cursor = page.next_cursor;
    touch(*writer, *reader, "5003", at(++now));                                   // not reached yet when it first changes
    touch(*writer, *reader, page.orders.back().order.tiktok_id.str(), at(++now)); // the cursor's own row moves away
    ++now;
    stored(*writer, std::to_string(6000 + now), at(now));
  } while (!filter.cursor.empty());
  for (int i = 0; i < 30; ++i)
    if (i != 3) {
      INFO(5000 + i);
      CHECK(seen[std::to_string(5000 + i)] == 1);
    }
  CHECK(seen["5003"] <= 1);
}

TEST_CASE("a cursor that no list gave out is refused") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  stored(*writer, "52");
  const auto good = list(*reader, {{}, 1, ""}).next_cursor;
  REQUIRE(!good.empty());
  const auto of_timeline = reader->timeline(tiktok_order_id{"51"}, 1, "").value().next_cursor;
  for (const std::string& bad :
       {std::string{"x"}, good + "0", good.substr(1), good.substr(0, good.size() - 1), "' or 1=1 --" + good, of_timeline + "t"}) {
    INFO(bad);
    CHECK(reader->list({{}, 1, bad}).error().code == error_code::invalid_cursor);
    CHECK(reader->timeline(tiktok_order_id{"51"}, 1, bad).error().code == error_code::invalid_cursor);
  }
}

TEST_CASE("a made-up cursor whose time no row can have is refused, one of the bounds of time is not") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  const std::string seq(16, '0'), id = to_string(uuid{});
  const auto answered = [&](const std::string& time) {
    pending_request what;
    what.cursor = "p" + time + id;
    dead_letter_filter filter;
    filter.cursor = "d" + time + seq;
    return std::vector{code_of(reader->list({{}, 1, "l" + time + id})), code_of(reader->pending(what)),
                       code_of(reader->timeline(tiktok_order_id{"51"}, 1, "t" + seq + time + id)),
                       code_of(reader->dead_letters(filter))};
  };
  const std::vector<std::optional<error_code>> refused(4, error_code::invalid_cursor), taken(4);
  // The year 10,000; what PostgreSQL counts over 64 bits; a microsecond from either bound; one before 1970.
  for (const auto* time : {"0384440ccc736000", "7000000000000000", "7ffffffffffffffe", "8000000000000001", "ffffffffffffffff"}) {
    INFO(time);
    CHECK(answered(time) == refused);
  }
  for (const auto* time : {"0384440ccc735fff", "0000000000000000", "7fffffffffffffff", "8000000000000000"}) {
    INFO(time);
    CHECK(answered(time) == taken);
  }
}

TEST_CASE("a page has at least one order and at most two hundred") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  std::vector<order_unit> batch;
  for (int i = 0; i < 205; ++i)
    batch.push_back(creation(std::to_string(5000 + i), "w:" + std::to_string(i)));
  REQUIRE(writer->commit(batch).has_value());
  CHECK(list(*reader, {{}, 0, ""}).orders.size() == 1);
  CHECK(list(*reader, {{}, 100000, ""}).orders.size() == 200);
}

TEST_CASE("an order whose row no program wrote so is unreadable, and only that order") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  stored(*writer, "52");
  for (const auto* facts : {R"({"status": 7})", R"([1, 2])", R"("text")"}) {
    INFO(facts);
    db->execute("update orders set facts = '" + std::string{facts} + "' where tiktok_order_id = '51'");
    const auto found = reader->find(tiktok_order_id{"51"});
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == error_code::order_unreadable);
    CHECK(found.error().message.find("facts of order 51") != std::string::npos);
    const std::vector<load_request> both{{tiktok_order_id{"51"}, {"w:create:51"}, true}, {tiktok_order_id{"52"}, {}, false}};
    const auto loaded = reader->load(both).value();
    REQUIRE(loaded.size() == 2);
    CHECK(loaded[0].error().code == error_code::order_unreadable);
    CHECK(loaded[1].value().exists);
  }
}

TEST_CASE("a list shows an order whose facts cannot be read by its other columns, and goes on behind it") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  for (int i = 0; i < 6; ++i) {
    auto unit = creation(std::to_string(50 + i), "w:" + std::to_string(i), at(i));
    unit.after->state = order_state::processing;
    unit.after->held = true;
    unit.after->facts.shop = shop_id{"7495"};
    REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  }
  // Pages of two: the first ends with a bad row, the second has only bad ones.
  db->execute("update orders set facts = '{\"status\": 7}' where tiktok_order_id in ('54', '53', '52')");
  for (const auto state : {std::optional<order_state>{}, std::optional{order_state::processing}}) {
    order_filter filter{state, 2, ""};
    std::vector<std::string> seen;
    do {
      const auto page = list(*reader, filter);
      for (const auto& row : page.orders) {
        const auto id = row.order.tiktok_id.str();
        const bool bad = id == "52" || id == "53" || id == "54";
        CHECK(row.unreadable.empty() != bad);
        if (bad)
          CHECK(row.unreadable.find("facts of order " + id) != std::string::npos);
        CHECK(row.order.state == order_state::processing);
        CHECK(row.order.held);
        CHECK(row.order.version == 1);
        CHECK(row.order.updated_at == at(std::stoll(id) - 50));
        CHECK(row.order.facts.shop == shop_id{"7495"});
        seen.push_back(id);
      }
      filter.cursor = page.next_cursor;
    } while (!filter.cursor.empty());
    CHECK(seen == std::vector<std::string>{"55", "54", "53", "52", "51", "50"});
  }
}

TEST_CASE("a stored answer that cannot be read is the store's trouble, neither the order's nor the input's") {
  const auto db = fresh(GENERATE(from_range(databases())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  for (const auto* answer : {"null", "'[]'", "'{}'", R"('{"outcome":"applied","state":"lost"}')"}) {
    INFO(answer);
    db->execute("update inputs set answer = " + std::string{answer});
    const load_request with_key{tiktok_order_id{"51"}, {"w:create:51"}, false};
    const std::vector<load_request> wanted{with_key, {tiktok_order_id{"51"}, {}, false}};
    const auto loaded = reader->load(wanted).value();
    REQUIRE_FALSE(loaded[0].has_value());
    CHECK(loaded[0].error().code == error_code::storage_unavailable);
    CHECK(loaded[0].error().message.find("the stored answer of input ") != std::string::npos);
    CHECK(loaded[1].value().exists); // whoever asks for another key is served
    CHECK(load(*reader, "51", {"w:another"}).exists);
  }
}

TEST_CASE("text that is not JSON at all is told like JSON of a wrong shape") {
  const auto db = fresh_sqlite(); // PostgreSQL lets none in
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  db->execute("update inputs set answer = '{\"outcome\":'");
  const load_request with_key{tiktok_order_id{"51"}, {"w:create:51"}, false};
  CHECK(try_load(*reader, with_key).error().code == error_code::storage_unavailable);
  db->execute("update orders set facts = '{'");
  CHECK(try_load(*reader, with_key).error().code == error_code::order_unreadable);
}
