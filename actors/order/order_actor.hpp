#pragma once
// One order (DESIGN I1). A unit of work is everything that waited when it began: load if need be, decide, one commit, then the
// answers. Until the store has answered, later inputs wait; so no decision rests on an uncommitted one.

#include "actors/engine/protocol.hpp"
#include "actors/engine/services.hpp"
#include "actors/order/order_hand.hpp"
#include "base/metrics.hpp"
#include "domain/order/order.hpp"
#include "domain/order/policy.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace orderly {

struct order_metrics {
  explicit order_metrics(metrics& m);
  /// orderly_inputs_total by outcome.
  void count(input_outcome outcome);
  counter loads, redecided;
  std::vector<counter> outcomes; ///< by input_outcome
};

/// What every order needs; one for all of them.
struct order_services : engine_services {
  policy rules;
  std::shared_ptr<order_metrics> measured;
};

struct order_actor_state {
  explicit order_actor_state(order_actor::pointer self);

  /// Begins the next unit if none is under way. (Not `begin`: CAF takes a state with that member for a container.)
  void start_unit();
  void on_loaded(const result<loaded_order>& found);
  /// Another engine may have committed: what is held is read again when it is older.
  void on_changed(std::int64_t version);
  /// Ends, unless something is queued, in hand or at the writer.
  void passivate();

  order_actor::pointer self;
  tiktok_order_id id;
  registry_actor registry;
  std::shared_ptr<const order_services> services;
  std::deque<input_ptr> waiting;
  std::size_t one_at_a_time = 0; ///< inputs still to be taken singly, so that a bad one takes no neighbour along
  std::uint64_t load_generation = 0;
  std::shared_ptr<order_hand> hand; ///< its shard reads it
  static constexpr const char* name = kind_name<order_actor>;

private:
  /// A unit that has been decided, with what to say and to remember when it is committed.
  struct decided {
    order_unit unit;
    std::vector<std::pair<input_id, answer>> answers;
    std::optional<order> after;
    std::map<std::string, settled_input> settled;
    bool due_promise = false;
  };

  void enter(order_phase phase);
  void load();
  void stamp_in_hand(trace_stage stage) const;
  void decide_in_hand();
  decided decide_all(timestamp now) const;
  void decide_one(const input_ptr& in, timestamp now, order& current, std::shared_ptr<const json::object>& document,
                  decided& into) const;
  const settled_input* settled_before(const std::string& key, const decided& unit) const;
  void commit(decided what);
  void read_again();
  void settle_by_reading();
  void give_up_commit();
  void on_committed(decided what);
  void on_refused(const std::string& why);
  void keep_as_dead_letter(const std::string& why);
  void refuse_unread(const error& why);
  void answer_in_hand(const error& refusal, bool unread = false);
  void finish(std::vector<std::pair<input_id, answer>> answers, bool unread = false);
  void forget_order();
  void say_unfit(bool stored, std::string why);

  order_phase phase_ = order_phase::idle;
  std::vector<input_ptr> in_hand_;
  bool loaded_ = false, exists_ = false;
  int unknown_fates_ = 0;        ///< commits of the unit in hand that nobody answered: it may be stored
  std::int64_t newest_seen_ = 0; ///< committed by any engine
  order order_;
  std::shared_ptr<const json::object> document_;             ///< only while a unit needs it
  std::map<std::string, settled_input> found_;               ///< stored outcomes of keys in hand, from the last load
  std::deque<std::pair<std::string, settled_input>> recent_; ///< keys settled lately: a repeat is answered without a conflict
};

struct order_start {
  std::shared_ptr<order_hand> hand;
  std::size_t one_at_a_time = 0; ///< so many inputs are taken singly: those that waited when an earlier incarnation died
};

order_actor::behavior_type order_behavior(order_actor::stateful_pointer<order_actor_state> self, tiktok_order_id id,
                                          registry_actor registry, std::shared_ptr<const order_services> services,
                                          order_start with);

} // namespace orderly
