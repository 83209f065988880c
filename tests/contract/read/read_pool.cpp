// The reader threads: who goes first, batches, the bounds of the queues, and the end.

#include "storage/read/read_pool.hpp"

#include "domain/ports/export_pages.hpp"
#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

using namespace orderly;
using namespace orderly::test;

namespace {

/// What stands at it keeps its reader until it is opened.
class gate {
public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await_reader() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_ > 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
};

template <class T>
struct asked {
  std::shared_ptr<std::promise<result<T>>> told = std::make_shared<std::promise<result<T>>>();
  std::future<result<T>> later = told->get_future();
  reply<T> done() {
    return [to = told](result<T> r) { to->set_value(std::move(r)); };
  }
};

std::future<result<loaded_order>> load(reads& from, const std::string& id) {
  asked<loaded_order> one;
  from.load({tiktok_order_id{id}, {}, false}, one.done());
  return std::move(one.later);
}

template <class T>
std::future<result<T>> run(reads& from, read_class as, std::function<result<T>(order_queries&)> query) {
  asked<T> one;
  from.run<T>(as, std::move(query), one.done());
  return std::move(one.later);
}

/// A read that takes as long as the gate is closed.
std::future<result<int>> slow(reads& from, read_class as, gate& at) {
  return run<int>(from, as, [&at](order_queries&) {
    at.pass();
    return 1;
  });
}

bool is_told(const std::future<result<loaded_order>>& later) {
  return later.wait_for(std::chrono::seconds{30}) == std::future_status::ready;
}

bool shows(const metrics& measured, const std::string& line) { return measured.render().find(line) != std::string::npos; }

std::unique_ptr<reads> pool_of(store& from, const read_pool_options& options, metrics& measured) {
  return std::move(make_read_pool(from, options, measured).value());
}

} // namespace

TEST_CASE("a read is answered from the store, on a thread of the pool, with the error that the query gave") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  const auto held = stored(*writer, "51");
  metrics measured;
  const auto pool = pool_of(db->store(), {}, measured);
  CHECK(load(*pool, "51").get().value().order == held);
  auto reader = run<std::thread::id>(*pool, read_class::pages, [](order_queries&) { return std::this_thread::get_id(); });
  CHECK(reader.get().value() != std::this_thread::get_id());
  auto listed = run<order_page>(*pool, read_class::pages, [](order_queries& from) { return from.list({}); });
  CHECK(listed.get().value().orders.size() == 1);
  auto missing = run<order_view>(*pool, read_class::loads, [](order_queries& from) { return from.find(tiktok_order_id{"9"}); });
  CHECK(missing.get().error().code == error_code::order_not_found);
  auto all = run<timeline_page>(*pool, read_class::exports, [&](order_queries& from) { return from.timeline(held.id, 10, ""); });
  CHECK(all.get().value().entries.size() == 1);
  CHECK(shows(measured, "orderly_storage_read_seconds_count{class=\"load\"} 2"));
  CHECK(shows(measured, "orderly_storage_read_seconds_count{class=\"page\"} 2"));
  CHECK(shows(measured, "orderly_storage_read_wait_seconds_count{class=\"export\"} 1"));
}

TEST_CASE("what asked is let go when it has been answered, not when the next read comes") {
  const auto db = fresh_sqlite();
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1}, measured);
  struct witness {
    std::promise<void> gone;
    ~witness() { gone.set_value(); }
  };
  auto held = std::make_shared<witness>();
  const auto gone = held->gone.get_future();
  const bool as_load = GENERATE(true, false);
  if (as_load)
    pool->load({tiktok_order_id{"51"}, {}, false}, [held](const result<loaded_order>&) {});
  else
    pool->run<int>(
        read_class::pages, [](order_queries&) { return 1; }, [held](const result<int>&) {});
  held = nullptr;
  CHECK(gone.wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

TEST_CASE("two slow pages hold up no load: a reader is kept for loads") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  stored(*writer, "51");
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 2}, measured);
  auto first = slow(*pool, read_class::pages, closed), second = slow(*pool, read_class::pages, closed);
  auto third = slow(*pool, read_class::exports, closed);
  closed.await_reader();
  auto wanted = load(*pool, "51");
  const bool told = is_told(wanted);
  closed.open();
  REQUIRE(told);
  CHECK(wanted.get().has_value());
  CHECK(first.get().has_value());
  CHECK(second.get().has_value());
  CHECK(third.get().has_value());
}

TEST_CASE("loads go before pages and pages before exports, whoever came first") {
  const auto db = fresh_sqlite();
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1}, measured);
  auto busy = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  std::string order; // of one thread
  const auto note = [&](char what) {
    return [&order, what](order_queries&) {
      order += what;
      return 1;
    };
  };
  auto last = run<int>(*pool, read_class::exports, note('e')), middle = run<int>(*pool, read_class::pages, note('p'));
  auto key = run<int>(*pool, read_class::loads, note('l'));
  closed.open();
  last.get();
  CHECK(order == "lpe");
}

TEST_CASE("an export is read page by page, and lets a page of somebody else in between") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  for (const auto* id : {"51", "52", "53"})
    stored(*writer, id);
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1}, measured);
  std::string order; // of one thread
  std::promise<void> ended;
  page_export<order_page> what;
  what.query = [](order_queries& from, const std::string& cursor) {
    return from.list({.state = {}, .limit = 1, .cursor = cursor});
  };
  what.take = [&](const result<order_page>& page) {
    order += page.value().orders.at(0).order.tiktok_id.str() + ' ';
    if (order.size() == 3)
      pool->run<int>(
          read_class::pages,
          [&order](order_queries&) {
            order += "page ";
            return 1;
          },
          [](const result<int>&) {});
    if (page->next_cursor.empty())
      ended.set_value();
    return true;
  };
  export_pages(*pool, std::make_shared<const page_export<order_page>>(std::move(what)));
  ended.get_future().get();
  CHECK(order == "53 page 52 51 ");
}

TEST_CASE("loads that wait are read together, in batches of the limit") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  for (int i = 0; i < 25; ++i)
    stored(*writer, std::to_string(50 + i));
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1, .queue_limit = 100, .load_batch = 10}, measured);
  auto busy = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  std::vector<std::future<result<loaded_order>>> told;
  for (int i = 0; i < 25; ++i)
    told.push_back(load(*pool, std::to_string(50 + i)));
  CHECK(shows(measured, "orderly_storage_read_queue_depth{class=\"load\"} 25"));
  closed.open();
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].get().value().order.tiktok_id.str() == std::to_string(50 + i));
  CHECK(shows(measured, "orderly_storage_read_seconds_count{class=\"load\"} 3"));
}

TEST_CASE("a full queue answers overloaded at once and counts it, and the other classes go on") {
  const auto db = fresh_sqlite();
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1, .queue_limit = 2, .load_batch = 10}, measured);
  auto first = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  auto second = slow(*pool, read_class::pages, closed), third = slow(*pool, read_class::pages, closed);
  auto fourth = slow(*pool, read_class::pages, closed);
  auto other = load(*pool, "1");
  REQUIRE(fourth.wait_for(std::chrono::seconds{0}) == std::future_status::ready);
  CHECK(fourth.get().error().code == error_code::overloaded);
  CHECK(shows(measured, "orderly_storage_read_overloaded_total{class=\"page\"} 1"));
  closed.open();
  CHECK(first.get().has_value());
  CHECK(second.get().has_value());
  CHECK(third.get().has_value());
  CHECK(other.get().has_value());
}

TEST_CASE("at the end the read under way is answered, and those that wait are told that the engine drains") {
  const auto db = fresh_sqlite();
  gate closed;
  metrics measured;
  auto pool = pool_of(db->store(), {.threads = 1}, measured);
  auto under_way = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  auto waiting = load(*pool, "2");
  auto page = slow(*pool, read_class::pages, closed);
  std::thread end{[&] { pool.reset(); }};
  while (!shows(measured, "orderly_storage_read_queue_depth{class=\"page\"} 0"))
    std::this_thread::yield();
  closed.open();
  end.join();
  CHECK(under_way.get().has_value());
  CHECK(waiting.get().error().code == error_code::shutting_down);
  CHECK(page.get().error().code == error_code::shutting_down);
}

TEST_CASE("one order that cannot be read does not take its neighbours along") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  for (const auto* id : {"50", "51", "52", "53"})
    stored(*writer, id);
  db->execute("update orders set facts = '{\"status\": 7}' where tiktok_order_id = '52'");
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1}, measured);
  auto busy = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  auto good = load(*pool, "51"), bad = load(*pool, "52"), last = load(*pool, "53");
  closed.open();
  CHECK(good.get().has_value());
  CHECK(bad.get().error().code == error_code::order_unreadable);
  CHECK(last.get().has_value());
}

TEST_CASE("a store that cannot be read is asked once for all who wait, not once for each") {
  const auto db = fresh_sqlite();
  gate closed;
  metrics measured;
  const auto pool = pool_of(db->store(), {.threads = 1, .queue_limit = 100, .load_batch = 10}, measured);
  auto busy = slow(*pool, read_class::pages, closed);
  closed.await_reader();
  std::vector<std::future<result<loaded_order>>> told;
  for (int i = 0; i < 8; ++i)
    told.push_back(load(*pool, std::to_string(50 + i)));
  db->execute("alter table orders rename to gone");
  closed.open();
  for (auto& one : told)
    CHECK(one.get().error().code == error_code::storage_unavailable);
  CHECK(shows(measured, "orderly_storage_read_seconds_count{class=\"load\"} 1"));
}
