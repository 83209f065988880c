#pragma once
// Stands between the listeners and the engine, so that a request that comes while the engine goes meets
// neither half of it.

#include "actors/engine/engine.hpp"
#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"

#include <mutex>
#include <shared_mutex>

namespace orderly {

/// Thread-safe; outlives the engine and the listeners.
class engine_gate final : public order_port, public actor_port {
public:
  void open(engine& to) {
    std::unique_lock lock(mutex_);
    engine_ = &to;
  }
  /// From now on every delivery is answered shutting_down; afterwards nothing reaches the engine any more.
  void close() {
    std::unique_lock lock(mutex_);
    engine_ = nullptr;
  }

  void post(delivery what, delivery_answered done) override {
    {
      std::shared_lock lock(mutex_);
      if (engine_)
        return engine_->port().post(std::move(what), std::move(done));
    }
    answer refused;
    refused.outcome = input_outcome::ignored;
    refused.refusal = error{error_code::shutting_down, "the engine is draining", {}};
    done(std::vector<answer>(what.inputs.size(), refused));
  }
  void restart(tiktok_order_id order, std::function<void(result<restarted>)> done) override {
    ask([&](actor_port& to) { to.restart(std::move(order), done); }, done);
  }
  void redrive(redrive_request what, std::function<void(result<redrive_report>)> done) override {
    ask([&](actor_port& to) { to.redrive(what, done); }, done);
  }
  void signature_failed(const shop_id& shop) override {
    std::shared_lock lock(mutex_);
    if (engine_)
      engine_->actors().signature_failed(shop);
  }
  [[nodiscard]] bool healthy() const {
    std::shared_lock lock(mutex_);
    return engine_ && engine_->healthy();
  }

private:
  template <class Ask, class Done>
  void ask(Ask forward, const Done& done) {
    {
      std::shared_lock lock(mutex_);
      if (engine_)
        return forward(engine_->actors());
    }
    done(error{error_code::shutting_down, "the engine is draining", {}});
  }

  mutable std::shared_mutex mutex_;
  engine* engine_ = nullptr;
};

} // namespace orderly
