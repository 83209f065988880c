#pragma once
// `storage.readers` threads, each with its own read-only connection, behind one bounded queue a class. One thread of several is
// kept for loads; the others, and a thread that is alone, take loads first, then pages, then exports.

#include "base/metrics.hpp"
#include "domain/ports/reads.hpp"
#include "storage/store.hpp"

#include <memory>

namespace orderly {

struct read_pool_options {
  std::size_t threads = 2;
  std::size_t queue_limit = 16384; ///< of waiting reads of each class; beyond it: overloaded
  std::size_t load_batch = 200;    ///< activations read together
};

/// Its destructor answers what waits with shutting_down and joins. Errors: those of open_reader.
result<std::unique_ptr<reads>> make_read_pool(store& from, const read_pool_options& options, metrics& measured);

} // namespace orderly
