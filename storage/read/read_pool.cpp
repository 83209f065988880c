#include "storage/read/read_pool.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace orderly {
namespace {

using steady = std::chrono::steady_clock;

struct load_job {
  load_request what;
  reply<loaded_order> done;
};
struct waiting_job {
  std::variant<load_job, read_job> what;
  steady::time_point since;

  [[nodiscard]] bool is_load() const { return std::holds_alternative<load_job>(what); }
  /// What is done to tell who asked that nothing is read.
  void refuse(const error& why) {
    if (is_load())
      std::get<load_job>(what).done(why);
    else
      std::get<read_job>(what).read(why)();
  }
};

constexpr std::array class_names{"load", "page", "export"};
constexpr std::size_t place_of(read_class as) { return static_cast<std::size_t>(as); }

struct class_metrics {
  class_metrics(metrics& m, const metrics::labels& of)
      : depth(m.gauge("orderly_storage_read_queue_depth", "Reads that wait for a reader", of)),
        overloaded(m.counter("orderly_storage_read_overloaded_total", "Reads refused because the queue was full", of)),
        waited(
            m.histogram("orderly_storage_read_wait_seconds", "From the question to a reader that is free for it", bounds(), of)),
        took(m.histogram("orderly_storage_read_seconds", "Time of a read in the store; a batch of loads counts once", bounds(),
                         of)) {}

  static std::vector<double> bounds() {
    return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};
  }
  gauge depth;
  counter overloaded;
  histogram waited, took;
};

double seconds_since(steady::time_point began) { return std::chrono::duration<double>(steady::now() - began).count(); }

error draining() { return {error_code::shutting_down, "the engine is draining", {}}; }

class read_pool final : public reads {
public:
  read_pool(const read_pool_options& options, metrics& m) : options_(options) {
    for (std::size_t i = 0; i < class_names.size(); ++i)
      queues_[i].measured.emplace(m, metrics::labels{{"class", class_names[i]}});
  }

  ~read_pool() override {
    std::vector<waiting_job> left;
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      for (auto& queue : queues_) {
        std::move(queue.jobs.begin(), queue.jobs.end(), std::back_inserter(left));
        queue.jobs.clear();
        queue.measured->depth.set(0);
      }
    }
    wake_reserved_.notify_all();
    wake_others_.notify_all();
    for (auto& thread : threads_)
      thread.join();
    for (auto& one : left)
      one.refuse(draining());
  }

  /// @param classes the first so many are served by it
  void start(std::unique_ptr<order_queries> from, std::size_t classes) {
    threads_.emplace_back([this, from = std::move(from), classes] {
      while (serve_next(*from, classes)) {
      }
    });
  }

  void load(load_request what, reply<loaded_order> done) override {
    push(read_class::loads, load_job{std::move(what), std::move(done)});
  }
  void run_job(read_job job) override {
    const auto as = job.as;
    push(as, std::move(job));
  }

private:
  struct class_queue {
    std::deque<waiting_job> jobs;
    std::optional<class_metrics> measured; ///< always there
  };

  template <class Job>
  void push(read_class as, Job what) {
    waiting_job one{std::move(what), steady::now()};
    bool stopping = false;
    {
      std::lock_guard lock(mutex_);
      auto& queue = queues_[place_of(as)];
      stopping = stopping_;
      if (!stopping && queue.jobs.size() < options_.queue_limit) {
        queue.jobs.push_back(std::move(one));
        queue.measured->depth.set(static_cast<double>(queue.jobs.size()));
        wake_others_.notify_one();
        if (as == read_class::loads)
          wake_reserved_.notify_one();
        return;
      }
      if (!stopping)
        queue.measured->overloaded.add();
    }
    one.refuse(stopping ? draining()
                        : error{error_code::overloaded, "too many reads wait; storage.readers and its queue set the limit", {}});
  }

  class_queue* first_waiting(std::size_t classes) {
    for (std::size_t i = 0; i < classes; ++i)
      if (!queues_[i].jobs.empty())
        return &queues_[i];
    return nullptr;
  }

  /// The next job; with a load come the loads right behind it. Empty: stop.
  std::vector<waiting_job> next(std::size_t classes, class_metrics*& measured) {
    std::unique_lock lock(mutex_);
    auto& wake = classes == queues_.size() ? wake_others_ : wake_reserved_;
    class_queue* from = nullptr;
    wake.wait(lock, [&] { return (from = first_waiting(classes)) || stopping_; });
    std::vector<waiting_job> taken;
    if (!from)
      return taken;
    auto& jobs = from->jobs;
    while (!jobs.empty() && taken.size() < options_.load_batch &&
           (taken.empty() || (taken.front().is_load() && jobs.front().is_load()))) {
      taken.push_back(std::move(jobs.front()));
      jobs.pop_front();
    }
    measured = &*from->measured;
    measured->depth.set(static_cast<double>(jobs.size()));
    return taken;
  }

  /// What was served is gone when it returns: callbacks hold what others wait for. False: stop.
  bool serve_next(order_queries& from, std::size_t classes) {
    class_metrics* measured = nullptr;
    auto jobs = next(classes, measured);
    if (jobs.empty())
      return false;
    for (const auto& one : jobs)
      measured->waited.observe(seconds_since(one.since));
    const auto began = steady::now();
    if (auto* single = std::get_if<read_job>(&jobs.front().what)) {
      const auto tell = single->read(&from);
      measured->took.observe(seconds_since(began));
      tell();
      return true;
    }
    std::vector<load_request> wanted;
    wanted.reserve(jobs.size());
    for (auto& one : jobs)
      wanted.push_back(std::get<load_job>(one.what).what);
    auto loaded = from.load(wanted);
    measured->took.observe(seconds_since(began));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const auto& done = std::get<load_job>(jobs[i].what).done;
      if (loaded)
        done(std::move((*loaded)[i]));
      else
        done(loaded.error());
    }
    return true;
  }

  const read_pool_options options_;
  std::mutex mutex_;
  std::condition_variable wake_reserved_, wake_others_;
  std::array<class_queue, class_names.size()> queues_; ///< by class: the first goes first
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace

result<std::unique_ptr<reads>> make_read_pool(store& from, const read_pool_options& options, metrics& measured) {
  std::vector<std::unique_ptr<order_queries>> readers;
  for (std::size_t i = 0; i < options.threads; ++i) {
    auto one = from.open_reader();
    if (!one)
      return one.error();
    readers.push_back(*std::move(one));
  }
  auto pool = std::make_unique<read_pool>(options, measured);
  for (std::size_t i = 0; i < readers.size(); ++i)
    pool->start(std::move(readers[i]), i == 0 && readers.size() > 1 ? 1 : class_names.size());
  return std::unique_ptr<reads>{std::move(pool)};
}

} // namespace orderly
