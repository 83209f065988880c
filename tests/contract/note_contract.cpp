// Attention that no decision raises: apart from any order's commit and from its history. Above all: quarantine.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {

attention_note of_order(const std::string& order, bool raised, timestamp when, json::object detail = {}) {
  return {tiktok_order_id{order}, {}, "quarantined", raised, when, std::move(detail)};
}

void note(store_writer& into, const attention_note& one) {
  const auto done = into.note({&one, 1});
  if (!done)
    FAIL(to_string(done.error()));
}

/// Of the only row there is: open or not, and its times in the order in which they were given.
std::string row(store_under_test& db, const std::string& table) {
  return db.scalar("select kind || case when until is null then ' open' else ' cleared' end from " + table);
}

} // namespace

TEST_CASE("quarantine is seen by loads while it is open, and moves no version") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  stored(*writer, "52");
  CHECK_FALSE(load(*reader, "51").quarantined);
  CHECK(reader->quarantined_orders().value() == 0);
  note(*writer, of_order("51", true, at(5), {{"why", "it killed its actor three times"}}));
  CHECK(load(*reader, "51").quarantined);
  CHECK(load(*reader, "51", {}, true).quarantined);
  CHECK_FALSE(load(*reader, "52").quarantined);
  CHECK(load(*reader, "51").order == held);
  for (const order_key& key : {order_key{held.id}, order_key{held.tiktok_id}})
    CHECK(reader->find(key).value().quarantined_since == at(5));
  CHECK_FALSE(reader->find(tiktok_order_id{"52"}).value().quarantined_since);
  for (const auto state : {std::optional<order_state>{}, std::optional{order_state::received}})
    for (const auto& each : reader->list({.state = state, .cursor = {}}).value().orders)
      CHECK(each.quarantined_since == (each.order.tiktok_id.str() == "51" ? std::optional{at(5)} : std::nullopt));
  CHECK(reader->quarantined_orders().value() == 1);
  CHECK(db->scalar("select count(*) from order_events") == "2"); // of the two creations
  note(*writer, of_order("51", false, at(9)));
  CHECK_FALSE(load(*reader, "51").quarantined);
  CHECK_FALSE(reader->find(held.id).value().quarantined_since);
  CHECK(reader->quarantined_orders().value() == 0);
  CHECK(row(*db, "order_attention") == "quarantined cleared");
}

TEST_CASE("quarantine survives the order's commits, and the order is listed and found meanwhile") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  const auto held = stored(*writer, "51");
  note(*writer, of_order("51", true, at(5)));
  auto unit = next_step(held, "w:2", at(6));
  add_event(unit, event_type::attention_raised, {{"kind", "unknown_status"}});
  add_event(unit, event_type::attention_cleared, {{"kind", "unknown_status"}});
  REQUIRE(commit(*writer, unit) == commit_verdict::committed);
  CHECK(load(*reader, "51").quarantined);
  CHECK(reader->list({}).value().orders.size() == 1);
  CHECK(reader->find(held.id).value().order == *unit.after);
  CHECK(reader->timeline(held.id, 10, "").value().entries.size() == 4);
}

TEST_CASE("raising what is open changes nothing; raising what was cleared opens it anew") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  stored(*writer, "51");
  const auto since = [&] { return db->scalar("select since from order_attention"); };
  const auto detail = [&] { return db->scalar("select detail from order_attention"); };
  note(*writer, of_order("51", true, at(5), {{"n", 1}}));
  const auto first = since(), said = detail();
  note(*writer, of_order("51", true, at(6), {{"n", 2}}));
  CHECK(since() == first);
  CHECK(detail() == said);
  note(*writer, of_order("51", false, at(7)));
  const auto until = db->scalar("select until from order_attention");
  note(*writer, of_order("51", false, at(8))); // it is cleared already
  CHECK(db->scalar("select until from order_attention") == until);
  note(*writer, of_order("51", true, at(9), {{"n", 3}}));
  CHECK(since() > until);
  CHECK(detail() != said);
  CHECK(row(*db, "order_attention") == "quarantined open");
}

TEST_CASE("attention of an order or shop that is not stored is not kept") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  note(*writer, of_order("51", true, at(1)));
  note(*writer, of_order("51", false, at(2)));
  note(*writer, {{}, shop_id{"7495"}, "token_expired", true, at(1), {}});
  note(*writer, {{}, shop_id{"7495"}, "token_expired", false, at(2), {}});
  note(*writer, {{}, {}, "token_expired", true, at(1), {}});
  CHECK(db->scalar("select count(*) from order_attention") == "0");
  CHECK(db->scalar("select count(*) from shop_attention") == "0");
}

TEST_CASE("attention of a shop is raised, cleared and raised again like an order's") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const shop known{shop_id{"7495"}, "GB", "cipher", ""};
  REQUIRE(db->writer()->upsert_shops({&known, 1}).has_value());
  const attention_note raised{{}, shop_id{"7495"}, "token_expired", true, at(1), {{"n", 1}}};
  note(*writer, raised);
  CHECK(row(*db, "shop_attention") == "token_expired open");
  auto other = raised;
  other.raised = false;
  other.at = at(4);
  note(*writer, other);
  CHECK(row(*db, "shop_attention") == "token_expired cleared");
  note(*writer, raised);
  CHECK(row(*db, "shop_attention") == "token_expired open");
}

TEST_CASE("notes of one call are written in their order, all of them or none") {
  const auto db = fresh(GENERATE(from_range(backends())));
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  stored(*writer, "52");
  const std::vector<attention_note> both{of_order("51", true, at(1)), of_order("52", true, at(1)), of_order("51", false, at(2))};
  REQUIRE(writer->note(both).has_value());
  CHECK_FALSE(load(*reader, "51").quarantined);
  CHECK(load(*reader, "52").quarantined);
  std::vector<attention_note> spoilt{of_order("51", true, at(3)), of_order("52", false, at(3))};
  spoilt.back().kind = std::string{"nul\0", 4};
  const auto told = writer->note(spoilt);
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().code == error_code::refused_by_store);
  CHECK_FALSE(load(*reader, "51").quarantined);
}
