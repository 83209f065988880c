#pragma once
// An engine process: the product's own assembly of actors on CAF's test scheduler, which runs one message at a time, of the actor
// that is chosen. Destroyed without a stop it is a crash: from one message to the next nothing of it reaches anybody.

#include "domain/ports/actor_port.hpp"
#include "domain/ports/order_port.hpp"
#include "tests/sim/fake_tiktok.hpp"
#include "tests/sim/rough_reads.hpp"
#include "tests/sim/rough_store.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderly::sim {

class engine_host {
public:
  /// @param life counts the processes of this engine
  engine_host(stage& on, orderly::test::memory_store& store, fake_tiktok& tiktok, const policy& rules, int number, int life);
  ~engine_host();
  engine_host(const engine_host&) = delete;
  engine_host& operator=(const engine_host&) = delete;

  /// An actor that has something to do.
  struct job {
    std::uint64_t id = 0; ///< grows with the actors that were made: the same in every run
    std::string_view name;
    void* who = nullptr;
  };
  /// In the order of their ids. One that waits for commits of others stands here only when there are some.
  [[nodiscard]] std::vector<job> jobs();
  /// It handles one message.
  void run(const job& of, bool throws = false);
  /// It dies instead.
  void kill(const job& of);
  /// A part has died and whoever starts it anew has not yet done so: what is sent to it is lost.
  [[nodiscard]] bool is_mending();
  void advance(std::chrono::milliseconds by);

  /// Connects the shop, or disconnects it: then no call is made, and what was promised waits.
  void connect_shop(bool connected);
  [[nodiscard]] bool is_shop_connected() const;

  order_port& port();
  id_source& ids();
  [[nodiscard]] timestamp now() const;
  /// Restart and re-drive.
  actor_port& operations();
  rough_reads& reads();
  /// SIGTERM.
  void begin_stop(std::chrono::milliseconds grace);
  [[nodiscard]] bool is_stopping() const;
  [[nodiscard]] bool has_stopped() const;
  /// It cannot mend itself: the process ends by itself.
  [[nodiscard]] bool has_failed() const;

  [[nodiscard]] double gauge(const std::string& name) const;
  [[nodiscard]] double residents() const;
  [[nodiscard]] double counter(const std::string& name) const;
  /// Alive now.
  [[nodiscard]] std::size_t actors() const;

  const int number;

private:
  void end();

  struct process;
  stage& on_;
  std::unique_ptr<process> p_;
};

} // namespace orderly::sim
