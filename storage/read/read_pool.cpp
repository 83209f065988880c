#include "storage/read/read_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

namespace orderly {
namespace {

struct load_job {
  load_request what;
  reply<loaded_order> done;
};
struct list_job {
  order_filter filter;
  reply<order_page> done;
};
struct find_job {
  order_key key;
  reply<order_view> done;
};
struct timeline_job {
  order_key key;
  std::size_t limit;
  std::string cursor;
  reply<timeline_page> done;
};
struct pending_job {
  pending_request what;
  reply<pending_page> done;
};
struct dead_letters_job {
  dead_letter_filter filter;
  reply<dead_letter_page> done;
};
using job = std::variant<load_job, list_job, find_job, timeline_job, pending_job, dead_letters_job>;

struct read_metrics {
  explicit read_metrics(metrics& m)
      : depth(m.gauge("orderly_storage_read_queue_depth", "Reads that wait for a reader")),
        overloaded(m.counter("orderly_storage_read_overloaded_total", "Reads refused because the queue was full")),
        load(seconds(m, "load")), list(seconds(m, "list")), find(seconds(m, "find")), timeline(seconds(m, "timeline")),
        pending(seconds(m, "pending")), dead_letters(seconds(m, "dead_letters")) {}

  static histogram seconds(metrics& m, const std::string& what) {
    return m.histogram("orderly_storage_read_seconds", "Time of a read in the store; a batch of loads counts once",
                       {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1}, {{"what", what}});
  }
  gauge depth;
  counter overloaded;
  histogram load, list, find, timeline, pending, dead_letters;
};

class stopwatch {
public:
  explicit stopwatch(histogram& into) : into_(into) {}
  ~stopwatch() { into_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count()); }
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;

private:
  histogram& into_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

template <class F>
auto timed(histogram& into, F&& read) {
  stopwatch watch{into};
  return read();
}

class read_pool final : public order_reader {
public:
  read_pool(const read_pool_options& options, metrics& measured) : options_(options), measured_(measured) {}

  ~read_pool() override {
    std::deque<job> left;
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      left.swap(waiting_);
      measured_.depth.set(0);
    }
    wake_.notify_all();
    for (auto& thread : threads_)
      thread.join();
    for (auto& one : left)
      std::visit([](auto& j) { j.done(error{error_code::shutting_down, "the engine is draining", {}}); }, one);
  }

  void start(std::unique_ptr<store_reader> from) {
    threads_.emplace_back([this, from = std::move(from)] { serve(*from); });
  }

  void load(load_request what, reply<loaded_order> done) override { push(load_job{std::move(what), std::move(done)}); }
  void list(order_filter filter, reply<order_page> done) override { push(list_job{std::move(filter), std::move(done)}); }
  void find(order_key key, reply<order_view> done) override { push(find_job{std::move(key), std::move(done)}); }
  void timeline(order_key key, std::size_t limit, std::string cursor, reply<timeline_page> done) override {
    push(timeline_job{std::move(key), limit, std::move(cursor), std::move(done)});
  }
  void pending(pending_request what, reply<pending_page> done) override { push(pending_job{std::move(what), std::move(done)}); }
  void dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) override {
    push(dead_letters_job{std::move(filter), std::move(done)});
  }

private:
  template <class Job>
  void push(Job one) {
    bool stopping = false;
    {
      std::lock_guard lock(mutex_);
      stopping = stopping_;
      if (!stopping && waiting_.size() < options_.queue_limit) {
        waiting_.emplace_back(std::move(one));
        measured_.depth.set(static_cast<double>(waiting_.size()));
        wake_.notify_one();
        return;
      }
    }
    if (!stopping)
      measured_.overloaded.add();
    one.done(stopping ? error{error_code::shutting_down, "the engine is draining", {}}
                      : error{error_code::overloaded, "too many reads wait; storage.readers and its queue set the limit", {}});
  }

  /// The next job; with a load come the loads right behind it. Empty: stop.
  std::vector<job> next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    std::vector<job> taken;
    const auto is_load = [](const job& j) { return std::holds_alternative<load_job>(j); };
    while (!waiting_.empty() && taken.size() < options_.load_batch &&
           (taken.empty() || (is_load(taken.front()) && is_load(waiting_.front())))) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    measured_.depth.set(static_cast<double>(waiting_.size()));
    return taken;
  }

  void serve(store_reader& from) {
    while (serve_next(from)) {
    }
  }

  /// What was served is gone when it returns: callbacks hold what others wait for. False: stop.
  bool serve_next(store_reader& from) {
    auto jobs = next();
    if (!jobs.empty()) {
      if (auto* one = std::get_if<list_job>(&jobs.front()))
        one->done(timed(measured_.list, [&] { return from.list(one->filter); }));
      else if (auto* wanted = std::get_if<find_job>(&jobs.front()))
        wanted->done(timed(measured_.find, [&] { return from.find(wanted->key); }));
      else if (auto* page = std::get_if<timeline_job>(&jobs.front()))
        page->done(timed(measured_.timeline, [&] { return from.timeline(page->key, page->limit, page->cursor); }));
      else if (auto* waiting = std::get_if<pending_job>(&jobs.front()))
        waiting->done(timed(measured_.pending, [&] { return from.pending(waiting->what); }));
      else if (auto* dead = std::get_if<dead_letters_job>(&jobs.front()))
        dead->done(timed(measured_.dead_letters, [&] { return from.dead_letters(dead->filter); }));
      else
        load_all(from, jobs);
    }
    return !jobs.empty();
  }

  void load_all(store_reader& from, std::vector<job>& jobs) {
    std::vector<load_request> wanted;
    wanted.reserve(jobs.size());
    for (const auto& one : jobs)
      wanted.push_back(std::get<load_job>(one).what);
    auto loaded = timed(measured_.load, [&] { return from.load(wanted); });
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      auto& done = std::get<load_job>(jobs[i]).done;
      if (loaded)
        done(std::move((*loaded)[i]));
      else
        done(loaded.error());
    }
  }

  const read_pool_options options_;
  read_metrics measured_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace

result<std::unique_ptr<order_reader>> make_read_pool(store& from, const read_pool_options& options, metrics& measured) {
  std::vector<std::unique_ptr<store_reader>> readers;
  for (std::size_t i = 0; i < options.threads; ++i) {
    auto one = from.open_reader();
    if (!one)
      return one.error();
    readers.push_back(*std::move(one));
  }
  auto pool = std::make_unique<read_pool>(options, measured);
  for (auto& one : readers)
    pool->start(std::move(one));
  return std::unique_ptr<order_reader>{std::move(pool)};
}

} // namespace orderly
