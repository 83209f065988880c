#pragma once
// The reference model: a few simple books about what must be true, kept apart from how the engine does it. It looks at every
// commit and every answer at the instant when they happen, and at everything once all is quiet.
//   auditor.cpp    commits and answers
//   end_state.cpp  what must be true at the end

#include "domain/order/order.hpp"
#include "tests/sim/fake_tiktok.hpp"
#include "tests/sim/front_door.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/stage.hpp"
#include "tests/support/memory_store.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderly::sim {

class auditor {
public:
  auditor(stage& on, orderly::test::memory_store& store);

  void posted(const ticket& at, const delivery& what);
  void answered(const ticket& at, const std::vector<answer>& answers);
  /// From now on a person may make dead inputs pending again.
  void redrives() { redriving_ = true; }

  /// Once nothing moves any more.
  void look_at_the_end(const fake_tiktok& tiktok, const people& persons);

private:
  void wrote_unit(const order_unit& unit, const orderly::test::memory_order* now);
  void wrote_input(const orderly::test::memory_input& now, std::optional<input_outcome> before);
  void judge(const ticket& at, const ticket::named_input& in, const answer& told);
  [[nodiscard]] bool was_redriven(const input_id& id) const;
  void judge_undone(const ticket::named_input& in, error_code why);
  void judge_not_now(const ticket& at, const ticket::named_input& in, error_code why);

  void check_rows();
  void check_inputs();
  void check_dead_letters();
  void check_promises(const fake_tiktok& tiktok);
  void check_truth(const fake_tiktok& tiktok);
  void check_reports(const fake_tiktok& tiktok);
  void check_wishes(const people& persons);

  /// An order as its committed events tell it.
  struct shadow {
    order folded;
    std::vector<event> events;
  };
  stage& on_;
  orderly::test::memory_store& store_;
  std::map<tiktok_order_id, shadow> shadows_;
  std::map<orderly::test::input_place, int> posts_; ///< requests with this input
  std::set<orderly::test::input_place> promised_;   ///< answered as if it were decided, or will be
  bool redriving_ = false;
};

} // namespace orderly::sim
