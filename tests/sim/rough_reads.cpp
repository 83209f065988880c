#include "tests/sim/rough_reads.hpp"

#include "tests/support/direct_reads.hpp"

#include <stdexcept>
#include <utility>

namespace orderly::sim {

/// A defect in the handling of an input ends its order's actor. It stands here because an actor that has just begun always reads.
void rough_reads::strike_order(const load_request& what) {
  if (on_.actor != "order")
    return;
  for (const auto& key : what.keys)
    if (on_.is_marked(key, "deadly", on_.with.chances.deadly_keys)) {
      ++on_.deaths;
      on_.note("  FAULT deadly input ", key);
      throw std::runtime_error("a deadly input: the simulation says so");
    }
}

/// Reads now or when it is answered, as the dice say: what a reader found may be old when it arrives.
void rough_reads::run_job(read_job job) {
  if (!alive_)
    return job.read(error{error_code::shutting_down, "the engine is gone", {}})();
  if (on_.strikes(on_.with.chances.read_fails)) {
    ++on_.misreads;
    on_.note("  FAULT the reader fails");
    return job.read(on_.random.in_100(80) ? error{error_code::storage_unavailable, "the simulation says so", {}}
                                          : error{error_code::overloaded, "the simulation says so", {}})();
  }
  if (!on_.strikes(on_.with.chances.read_waits))
    return job.read(inner_.get())();
  if (on_.random.in_100(50))
    waiting_.push_back(job.read(inner_.get()));
  else
    waiting_.push_back([this, read = std::move(job.read)] { read(inner_.get())(); });
}

void rough_reads::load(load_request what, reply<loaded_order> done) {
  strike_order(what);
  const bool spoilt = on_.actor == "order" && on_.strikes(on_.with.chances.unreadable);
  run<loaded_order>(
      read_class::loads,
      [this, what = std::move(what), spoilt](order_queries& from) -> result<loaded_order> {
        if (spoilt) {
          ++on_.deaths;
          on_.note("  FAULT order ", what.order.str(), " cannot be read");
          return error{error_code::order_unreadable, "the simulation says so", {}};
        }
        return orderly::test::load_one(from, what);
      },
      std::move(done));
}

void rough_reads::answer_one() {
  auto& chosen = on_.random.one_of(waiting_);
  const auto answer = std::exchange(chosen, std::move(waiting_.back()));
  waiting_.pop_back();
  answer();
}

} // namespace orderly::sim
