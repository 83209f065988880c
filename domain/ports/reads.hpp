#pragma once
// Committed rows, read apart from the writer on threads of the readers' own: one kind of job, whatever is asked.

#include "base/result.hpp"
#include "domain/ports/order_queries.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace orderly {

/// Who goes first. A reader is kept for the first class, so that nothing else holds up an input.
enum class read_class : std::uint8_t {
  loads,  ///< short and by key, with an input waiting for it
  pages,  ///< one page for a person, or for a part of the engine
  exports ///< one page of many (export_pages.hpp)
};

template <class T>
using reply = std::function<void(result<T>)>;

struct read_job {
  read_class as = read_class::pages;
  /// Called once, with what to read from or with why nothing is read. What it returns is called once and tells who asked.
  std::function<std::function<void()>(result<order_queries*>)> read;
};

/// Thread-safe; never blocks. Each question is answered once: by a reader thread, or at once on the caller's thread with
/// `overloaded` (its queue is full) or `shutting_down`.
class reads {
public:
  virtual ~reads() = default;
  /// Loads that wait are read together. Errors: order_unreadable.
  virtual void load(load_request what, reply<loaded_order> done) = 0;
  virtual void run_job(read_job job) = 0;

  /// `query` runs where the read does and must not block on anything else; `done` may come on any thread.
  template <class R>
  void run(read_class as, std::function<result<R>(order_queries&)> query, reply<R> done) {
    // `done` is moved all the way: what it holds is let go where it is called.
    run_job({as, [query = std::move(query), done = std::move(done)](result<order_queries*> from) mutable {
               auto found = from ? query(**from) : result<R>{from.error()};
               return std::function<void()>{
                   [done = std::move(done), found = std::move(found)]() mutable { done(std::move(found)); }};
             }});
  }
};

} // namespace orderly
