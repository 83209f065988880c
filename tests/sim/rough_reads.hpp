#pragma once
// One engine's reads: answered at once, or later in any order, or not with what was asked for.

#include "domain/ports/reads.hpp"
#include "tests/sim/stage.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace orderly::sim {

class rough_reads final : public reads {
public:
  /// @param alive false from the instant of a crash
  rough_reads(stage& on, std::unique_ptr<order_queries> inner, const bool& alive)
      : on_(on), inner_(std::move(inner)), alive_(alive) {}

  void load(load_request what, reply<loaded_order> done) override;
  void run_job(read_job job) override;

  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// One of the reads that wait is answered.
  void answer_one();
  /// Whoever asked is gone.
  void drop_waiting() { waiting_.clear(); }

private:
  void strike_order(const load_request& what);

  stage& on_;
  std::unique_ptr<order_queries> inner_;
  const bool& alive_;
  std::vector<std::function<void()>> waiting_;
};

} // namespace orderly::sim
