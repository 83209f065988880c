// The reader threads: batches, the bound of the queue, and the end.

#include "storage/read/read_pool.hpp"

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

/// Sits in front of a real reader: holds it back until opened, and remembers the sizes of its batches.
class gated_store final : public store {
public:
  explicit gated_store(store& inner) : inner_(inner) {}
  result<std::unique_ptr<store_writer>> open_writer() override { return inner_.open_writer(); }
  result<std::unique_ptr<store_admin>> open_admin() override { return inner_.open_admin(); }
  result<std::unique_ptr<access_reader>> open_access() override { return inner_.open_access(); }
  [[nodiscard]] std::size_t max_lanes() const override { return 1; }
  result<std::unique_ptr<store_reader>> open_reader() override {
    return std::unique_ptr<store_reader>{std::make_unique<gated_reader>(*this, std::move(inner_.open_reader().value()))};
  }

  void open_gate() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Until a reader stands at the gate.
  void await_reader() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return at_gate_ > 0; });
  }
  std::vector<std::size_t> batches;
  std::optional<error> trouble; ///< of every load

private:
  void pass() {
    std::unique_lock lock(mutex_);
    ++at_gate_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --at_gate_;
  }

  class gated_reader final : public store_reader {
  public:
    gated_reader(gated_store& gate, std::unique_ptr<store_reader> inner) : gate_(gate), inner_(std::move(inner)) {}
    result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) override {
      gate_.pass();
      gate_.batches.push_back(what.size());
      if (gate_.trouble)
        return *gate_.trouble;
      return inner_->load(what);
    }
    result<order_page> list(const order_filter& filter) override { return inner_->list(filter); }
    result<order_view> find(const order_key& key) override { return inner_->find(key); }
    result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) override {
      return inner_->timeline(key, limit, cursor);
    }
    result<pending_page> pending(const pending_request& what) override { return inner_->pending(what); }
    result<dead_letter_page> dead_letters(const dead_letter_filter& filter) override { return inner_->dead_letters(filter); }

  private:
    gated_store& gate_;
    std::unique_ptr<store_reader> inner_;
  };

  store& inner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int at_gate_ = 0;
};

std::future<result<loaded_order>> load(order_reader& from, const std::string& id) {
  auto told = std::make_shared<std::promise<result<loaded_order>>>();
  auto later = told->get_future();
  from.load({tiktok_order_id{id}, {}, false}, [told](result<loaded_order> r) { told->set_value(std::move(r)); });
  return later;
}

} // namespace

TEST_CASE("every kind of read is answered from the store, on a thread of the pool") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  metrics measured;
  const auto pool = std::move(make_read_pool(db->store(), {}, measured).value());
  CHECK(load(*pool, "51").get().value().order == held);
  std::promise<std::thread::id> on;
  pool->list({}, [&](result<order_page> page) {
    CHECK(page.value().orders.size() == 1);
    on.set_value(std::this_thread::get_id());
  });
  CHECK(on.get_future().get() != std::this_thread::get_id());
  std::promise<error_code> missing;
  pool->find(tiktok_order_id{"9"}, [&](result<order_view> v) { missing.set_value(v.error().code); });
  CHECK(missing.get_future().get() == error_code::order_not_found);
  std::promise<std::size_t> entries;
  pool->timeline(held.id, 10, "", [&](result<timeline_page> p) { entries.set_value(p.value().entries.size()); });
  CHECK(entries.get_future().get() == 1);
  auto dead = recorded(make_input("", "w:dead"), input_outcome::dead);
  dead.dead = dead_letter_cause::unparsable;
  const std::vector<input_record> apart{dead, recorded(make_input("51", "w:slow"), input_outcome::pending)};
  REQUIRE(writer->record(apart).has_value());
  std::promise<std::size_t> waiting, letters;
  pool->pending({}, [&](result<pending_page> p) { waiting.set_value(p.value().inputs.size()); });
  CHECK(waiting.get_future().get() == 1);
  pool->dead_letters({}, [&](result<dead_letter_page> p) { letters.set_value(p.value().letters.size()); });
  CHECK(letters.get_future().get() == 1);
  const auto text = measured.render();
  for (const auto* what : {"load", "list", "find", "timeline", "pending", "dead_letters"})
    CHECK(text.find(std::string{"orderly_storage_read_seconds_count{what=\""} + what + "\"} 1") != std::string::npos);
}

TEST_CASE("what asked is let go when it has been answered, not when the next read comes") {
  const auto db = fresh_sqlite();
  metrics measured;
  const auto pool = std::move(make_read_pool(db->store(), {.threads = 1}, measured).value());
  struct witness {
    std::promise<void> gone;
    ~witness() { gone.set_value(); }
  };
  auto held = std::make_shared<witness>();
  const auto gone = held->gone.get_future();
  pool->load({tiktok_order_id{"51"}, {}, false}, [held](const result<loaded_order>&) {});
  held = nullptr;
  CHECK(gone.wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

TEST_CASE("loads that wait are read together, in batches of the limit") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  for (int i = 0; i < 25; ++i)
    stored(*writer, std::to_string(50 + i));
  gated_store gated{db->store()};
  metrics measured;
  const auto pool = std::move(make_read_pool(gated, {.threads = 1, .queue_limit = 100, .load_batch = 10}, measured).value());
  std::vector<std::future<result<loaded_order>>> told;
  told.push_back(load(*pool, "50"));
  gated.await_reader();
  for (int i = 1; i < 25; ++i)
    told.push_back(load(*pool, std::to_string(50 + i)));
  CHECK(measured.render().find("orderly_storage_read_queue_depth 24") != std::string::npos);
  gated.open_gate();
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].get().value().order.tiktok_id.str() == std::to_string(50 + i));
  CHECK(gated.batches == std::vector<std::size_t>{1, 10, 10, 4});
}

TEST_CASE("a full queue answers overloaded at once and counts it") {
  const auto db = fresh_sqlite();
  gated_store gated{db->store()};
  metrics measured;
  const auto pool = std::move(make_read_pool(gated, {.threads = 1, .queue_limit = 2, .load_batch = 10}, measured).value());
  auto first = load(*pool, "1");
  gated.await_reader();
  auto second = load(*pool, "2"), third = load(*pool, "3");
  auto fourth = load(*pool, "4");
  REQUIRE(fourth.wait_for(std::chrono::seconds{0}) == std::future_status::ready);
  CHECK(fourth.get().error().code == error_code::overloaded);
  CHECK(measured.render().find("orderly_storage_read_overloaded_total 1") != std::string::npos);
  gated.open_gate();
  CHECK(first.get().has_value());
  CHECK(second.get().has_value());
  CHECK(third.get().has_value());
}

TEST_CASE("at the end the read under way is answered, and those that wait are told that the engine drains") {
  const auto db = fresh_sqlite();
  gated_store gated{db->store()};
  metrics measured;
  auto pool = std::move(make_read_pool(gated, {.threads = 1, .queue_limit = 10, .load_batch = 10}, measured).value());
  auto under_way = load(*pool, "1");
  gated.await_reader();
  auto waiting = load(*pool, "2");
  std::thread end{[&] { pool.reset(); }};
  while (measured.render().find("orderly_storage_read_queue_depth 0") == std::string::npos)
    std::this_thread::yield();
  gated.open_gate();
  end.join();
  CHECK(under_way.get().has_value());
  CHECK(waiting.get().error().code == error_code::shutting_down);
}

TEST_CASE("one order that cannot be read does not take its neighbours along") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  for (const auto* id : {"50", "51", "52", "53"})
    stored(*writer, id);
  db->execute("update orders set facts = '{\"status\": 7}' where tiktok_order_id = '52'");
  gated_store gated{db->store()};
  metrics measured;
  const auto pool = std::move(make_read_pool(gated, {.threads = 1, .queue_limit = 10, .load_batch = 10}, measured).value());
  auto first = load(*pool, "50");
  gated.await_reader();
  auto good = load(*pool, "51"), bad = load(*pool, "52"), last = load(*pool, "53");
  gated.open_gate();
  CHECK(good.get().has_value());
  CHECK(bad.get().error().code == error_code::order_unreadable);
  CHECK(last.get().has_value());
}

TEST_CASE("a store that cannot be read is asked once for all who wait, not once for each") {
  const auto db = fresh_sqlite();
  gated_store gated{db->store()};
  gated.trouble = error{error_code::storage_unavailable, "the disk is gone", {}};
  metrics measured;
  const auto pool = std::move(make_read_pool(gated, {.threads = 1, .queue_limit = 100, .load_batch = 10}, measured).value());
  std::vector<std::future<result<loaded_order>>> told;
  told.push_back(load(*pool, "50"));
  gated.await_reader();
  for (int i = 1; i < 9; ++i)
    told.push_back(load(*pool, std::to_string(50 + i)));
  gated.open_gate();
  for (auto& one : told)
    CHECK(one.get().error().message == "the disk is gone");
  CHECK(gated.batches == std::vector<std::size_t>{1, 8});
}
