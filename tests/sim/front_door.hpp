#pragma once
// What stands for net/: takes requests to an engine, with their deadlines, and gives each its one answer. The product's own
// functions make the inputs of a webhook and judge its answers.

#include "domain/ports/order_port.hpp"
#include "tests/sim/stage.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly::sim {

/// Somebody's request at one engine.
struct ticket {
  std::uint64_t number = 0;
  int engine = 0;
  bool is_webhook = false;
  struct named_input {
    std::string key;
    tiktok_order_id order;
    input_id id;
  };
  std::vector<named_input> inputs;
  std::chrono::milliseconds posted{0}, deadline{0}; ///< on the actors' clock
  std::optional<std::int64_t> faults;               ///< that had struck by then; none while a part is away
  std::int64_t deaths = 0, misreads = 0;            ///< of orders, that had happened by then
  bool answered = false;
  bool cut_off = false;  ///< its engine is gone
  bool too_late = false; ///< its asker has been told 503
};
using ticket_ptr = std::shared_ptr<ticket>;

/// An answer, or nothing when none came in time or the connection broke.
using heard = std::function<void(const std::vector<answer>* answers)>;

class front_door {
public:
  explicit front_door(stage& on) : on_(on) {}

  /// Told of each answer before its asker is.
  std::function<void(const ticket&, const std::vector<answer>&)> on_answer;
  /// Whether an engine lacks a part just now.
  std::function<bool(int engine)> is_mending;
  /// Told of each request.
  std::function<void(const ticket&, const delivery&)> on_post;

  void webhook(int engine, order_port& at, id_source& ids, timestamp now, const std::string& raw, heard done);
  void command(int engine, order_port& at, input what, heard done);

  /// Whoever has waited too long is told.
  void look_at_deadlines();
  /// The engine crashed: everybody who waits for it sees a broken connection.
  void cut_off(int engine);
  /// Requests without an answer of the engine, which it owes while it lives.
  [[nodiscard]] std::vector<ticket_ptr> open() const;
  [[nodiscard]] bool has_open(int engine) const;

private:
  void post(int engine, order_port& at, delivery what, bool is_webhook, heard done);

  struct waiting {
    ticket_ptr at;
    heard done;
  };
  stage& on_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, waiting> waiting_;
};

/// All of them are stored outcomes: TikTok gets its 200.
bool is_durable_answer(const std::vector<answer>& answers);

} // namespace orderly::sim
