#pragma once
// The engine's side of order_port: spreads a delivery over the registry's shards and joins the answers.

#include "actors/drop_box.hpp"
#include "actors/protocol.hpp"
#include "base/clock.hpp"
#include "domain/order_port.hpp"

#include <atomic>
#include <cstddef>
#include <shared_mutex>
#include <vector>

namespace orderly {

class gateway final : public order_port {
public:
  explicit gateway(const clock& time) : time_(time) {}

  /// Once, before the first post.
  void open(std::vector<box_of<registry_actor>> shards, box_of<writer_actor> writer);
  /// From now on every delivery is answered shutting_down.
  void close();

  void post(delivery what, delivery_answered done) override;
  /// Deliveries that have not been answered.
  [[nodiscard]] std::size_t under_way() const { return under_way_->load(); }

private:
  void record(const delivery& what, const std::shared_ptr<answer_slot>& slot);

  const clock& time_;
  mutable std::shared_mutex mutex_; // post() only reads: held shared, so that nothing is sent after close()
  std::vector<box_of<registry_actor>> shards_;
  box_of<writer_actor> writer_;
  std::shared_ptr<std::atomic<std::size_t>> under_way_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace orderly
