// TikTok waits three seconds: what is not decided after two is stored as `pending`, answered 200, and decided all the same.

#include "tests/support/catch.hpp"
#include "tests/support/engine_fixture.hpp"
#include "tests/support/metric.hpp"

using namespace orderly;
using namespace orderly::test;

namespace {
const std::string id = "576461413038785752";
constexpr std::int64_t t0 = 1789479000;
} // namespace

TEST_CASE("a webhook that is not decided after two seconds is stored as pending and answered; its order decides it later") {
  engine_fixture f;
  f.reader->hold_loads();
  const auto a = f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  f.advance(std::chrono::milliseconds{1'800});
  CHECK_FALSE(a->has_value());
  f.advance(std::chrono::milliseconds{400});
  REQUIRE(a->has_value());
  CHECK((*a)->outcome == input_outcome::pending);
  CHECK_FALSE((*a)->refusal);
  REQUIRE(f.pending().size() == 1);
  f.reader->release();
  f.drain();
  CHECK(f.pending().empty());
  CHECK(f.history(id).back().seq == f.stored(id).order.version);
  f.advance(std::chrono::seconds{10});
  CHECK(value_of(f.measured, "orderly_sweeper_swept_total") == 0);
}

TEST_CASE("what was pending at a crash is applied after the next start, without anybody sending it again") {
  engine_fixture f;
  f.reader->hold_loads();
  f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  f.advance(std::chrono::milliseconds{2'200});
  REQUIRE(f.pending().size() == 1);
  f.restart();
  CHECK_FALSE(f.stored(id).exists);
  for (int i = 0; i < 7; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::unpaid);
}

TEST_CASE("the sweeper leaves alone what the order still has in hand") {
  engine_fixture f;
  f.reader->hold_loads();
  f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  for (int i = 0; i < 10; ++i)
    f.advance(std::chrono::seconds{1});
  f.reader->release();
  f.drain();
  f.advance(std::chrono::seconds{2});
  CHECK(f.pending().empty());
  CHECK(f.history(id).front().type == event_type::created);
  CHECK(f.deliveries(id) == 1);
}

TEST_CASE("what its order has in hand for long is brought back once and keeps nothing else out") {
  engine_options options;
  options.workers = 1;
  engine_fixture f{0, options};
  f.reader->hold_loads();
  for (int n = 0; n < 5; ++n)
    f.post(f.webhook(id, "UNPAID", t0 + n));
  f.drain();
  for (int i = 0; i < 120; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(value_of(f.measured, "orderly_sweeper_under_way") == 5);
  CHECK(value_of(f.measured, "orderly_sweeper_swept_total") == 5);
  f.reader->release();
  f.drain();
  CHECK(value_of(f.measured, "orderly_sweeper_under_way") == 0);
  CHECK(f.pending().empty());
}

TEST_CASE("a webhook whose order cannot be read now is stored as pending and answered at once; the sweeper brings it back") {
  engine_fixture f;
  f.reader->fail_loads(1);
  CHECK(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::pending);
  REQUIRE(f.pending().size() == 1);
  CHECK_FALSE(f.stored(id).exists);
  for (int i = 0; i < 7; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(f.pending().empty());
  CHECK(f.stored(id).order.facts.status->status == tiktok_status::unpaid);
  CHECK(f.deliveries(id) == 1);
}

TEST_CASE("a repeated webhook whose order cannot be read now stays what it was") {
  engine_fixture f;
  const auto hook = f.webhook(id, "UNPAID", t0);
  REQUIRE(f.ask(hook).outcome == input_outcome::applied);
  f.restart();
  f.reader->fail_loads(1);
  auto again = hook;
  again.id = f.webhook(id, "UNPAID", t0).id;
  CHECK_FALSE(f.ask(again).refusal);
  CHECK(f.pending().empty());
  CHECK(f.deliveries(id) == 2);
}

TEST_CASE("a webhook whose order cannot be read gets no 200 when the store cannot commit it either") {
  engine_fixture f;
  f.reader->fail_loads(1);
  f.faults->plan->refuse_records = true;
  const auto told = f.ask(f.webhook(id, "UNPAID", t0));
  REQUIRE(told.refusal);
  CHECK(told.refusal->code == error_code::storage_unavailable);
  CHECK(f.pending().empty());
}

TEST_CASE("the two seconds begin when the webhook came, not when its shard found time for it") {
  engine_fixture f;
  f.reader->hold_loads();
  auto late = f.webhook(id, "UNPAID", t0);
  late.received_at -= std::chrono::milliseconds{1'900};
  const auto a = f.post(late);
  f.drain();
  CHECK_FALSE(a->has_value());
  f.advance(std::chrono::milliseconds{200});
  REQUIRE(a->has_value());
  CHECK((*a)->outcome == input_outcome::pending);
}

TEST_CASE("a webhook that the store cannot hold even as pending is refused once its order is quarantined, not tried for ever") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.sql("insert into order_attention(order_id, kind, since, detail) select id, 'quarantined', 0, '{}' from orders");
  f.restart();
  const auto bad = f.webhook(id, "ON_HOLD", t0 + 10);
  f.faults->plan->poison.insert(bad.dedupe_key);
  const auto answered = f.ask(bad);
  REQUIRE(answered.refusal);
  CHECK(answered.refusal->code == error_code::quarantined);
  for (int i = 0; i < 10; ++i)
    f.advance(std::chrono::seconds{1});
  CHECK(value_of(f.measured, "orderly_storage_refused_total") == 1);
}

TEST_CASE("a command is not parked: its asker waits for the decision") {
  engine_fixture f;
  REQUIRE(f.ask(f.webhook(id, "UNPAID", t0)).outcome == input_outcome::applied);
  f.restart();
  f.reader->hold_loads();
  const auto a = f.post(f.command(id, add_note{"slow"}));
  f.drain();
  f.advance(std::chrono::seconds{5});
  CHECK_FALSE(a->has_value());
  CHECK(f.pending().empty());
  f.reader->release();
  f.drain();
  REQUIRE(a->has_value());
  CHECK((*a)->outcome == input_outcome::applied);
}

TEST_CASE("a store that cannot keep a pending input gets no 200") {
  engine_fixture f;
  f.reader->hold_loads();
  f.faults->plan->refuse_records = true;
  const auto a = f.post(f.webhook(id, "UNPAID", t0));
  f.drain();
  f.advance(std::chrono::milliseconds{2'400});
  CHECK_FALSE(a->has_value()); // the listener's deadline answers 503
  f.faults->plan->refuse_records = false;
  f.advance(std::chrono::milliseconds{400});
  REQUIRE(a->has_value());
  CHECK((*a)->outcome == input_outcome::pending);
}

TEST_CASE("beyond the bound of parked inputs nobody promises 200") {
  engine_options options;
  options.workers = 1;
  options.max_parked = 2;
  engine_fixture f{0, options};
  f.reader->hold_loads();
  std::vector<std::shared_ptr<std::optional<answer>>> answers;
  for (int n = 0; n < 3; ++n)
    answers.push_back(f.post(f.webhook(std::to_string(576461413038000000 + n), "UNPAID", t0)));
  f.drain();
  f.advance(std::chrono::milliseconds{2'400});
  int answered = 0;
  for (const auto& at : answers)
    answered += at->has_value();
  CHECK(answered == 2);
  f.reader->release();
  f.drain();
  for (const auto& at : answers)
    CHECK(at->has_value());
}
