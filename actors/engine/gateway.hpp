#pragma once
// The engine's side of order_port, actor_port and task_port: spreads a delivery over the registry's shards and joins the answers,
// finds the actor that a wish of an operator is for, and hands writes to the lanes. The listeners hold it, so it outlives what it
// leads to: closed, it answers shutting_down.

#include "actors/engine/lookout.hpp"
#include "actors/engine/protocol.hpp"
#include "actors/engine/views.hpp"
#include "actors/plumbing/actor_ref.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "domain/ports/reads.hpp"
#include "domain/ports/shop_directory.hpp"
#include "storage/store_task.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <vector>

namespace orderly {

class gateway final : public order_port, public actor_port, public task_port {
public:
  /// @param reading counts callbacks that may still come from reader threads
  gateway(const clock& time, id_source& ids, reads& reader, const shop_directory& shops, engine_options options,
          std::shared_ptr<std::atomic<int>> reading);

  /// Once, before the first post.
  void open(look_sources parts);
  /// From now on every delivery is answered shutting_down.
  void close();

  void post(delivery what, delivery_answered done) override;
  void restart(tiktok_order_id order, std::function<void(result<restarted>)> done) override;
  void redrive(redrive_request what, std::function<void(result<redrive_report>)> done) override;
  void look(actors_request what, std::function<void(result<actors_view>)> done) override;
  void tree(std::function<void(result<actor_tree>)> done) override;
  [[nodiscard]] std::span<const std::string_view> kinds() const override { return kind_names; }
  void signature_failed(const shop_id& shop) override;
  void run(task_ptr what, std::function<void(std::optional<error> lost)> done) override;
  /// Deliveries that have not been answered.
  [[nodiscard]] std::size_t under_way() const { return under_way_->load(); }

private:
  void record(const input& what, std::optional<dead_letter_cause> dead, const std::shared_ptr<answer_slot>& slot) const;
  void record(std::shared_ptr<const input_record> what, const std::shared_ptr<answer_slot>& slot) const;
  void look_for(const shard_request& orders, std::function<void(result<engine_seen>)> done);
  void reread(const input& what, const std::shared_ptr<answer_slot>& slot);

  const clock& time_;
  id_source& ids_;
  reads& reader_;
  const shop_directory& shops_;
  const std::shared_ptr<std::atomic<int>> reading_;
  mutable std::shared_mutex mutex_; // post() only reads: held shared, so that nothing is sent after close()
  std::vector<ref_of<registry_actor>> shards_;
  ref_of<writer_actor> writer_;
  ref_of<supervisor_actor> supervisor_;
  const std::shared_ptr<const engine_options> options_;
  const std::shared_ptr<traffic_rates> rates_ = std::make_shared<traffic_rates>();
  std::mutex alarms_mutex_;
  std::map<shop_id, timestamp> alarms_; ///< when signatures of a shop were last said to fail; of shops that are or were ours
  std::shared_ptr<std::atomic<std::size_t>> under_way_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace orderly
