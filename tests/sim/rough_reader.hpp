#pragma once
// One engine's readers: they answer at once, or later in any order, or not with what was asked for.

#include "domain/ports/reads.hpp"
#include "storage/store.hpp"
#include "tests/sim/stage.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace orderly::sim {

class rough_reader final : public order_reader {
public:
  /// @param alive false from the instant of a crash
  rough_reader(stage& on, std::unique_ptr<store_reader> inner, const bool& alive)
      : on_(on), inner_(std::move(inner)), alive_(alive) {}

  void load(load_request what, reply<loaded_order> done) override;
  void list(order_filter filter, reply<order_page> done) override { done(inner_->list(filter)); }
  void find(order_key key, reply<order_view> done) override { done(inner_->find(key)); }
  void timeline(order_key key, std::size_t limit, std::string cursor, reply<timeline_page> done) override {
    done(inner_->timeline(key, limit, cursor));
  }
  void pending(pending_request what, reply<pending_page> done) override;
  void dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) override;

  [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
  /// One of the reads that wait is answered.
  void answer_one();
  /// Whoever asked is gone.
  void drop_waiting() { waiting_.clear(); }

private:
  /// Reads now or when it is answered, as the dice say: what a reader found may be old when it arrives.
  template <class T>
  void read(const char* name, std::function<result<T>()> find, reply<T> done);
  void strike_order(const load_request& what);

  stage& on_;
  std::unique_ptr<store_reader> inner_;
  const bool& alive_;
  std::vector<std::function<void()>> waiting_;
};

} // namespace orderly::sim
