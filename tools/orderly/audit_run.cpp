#include "tools/orderly/audit_run.hpp"

#include "tools/orderly/audit_order.hpp"
#include "tools/orderly/audit_report.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace orderly::audit {
namespace {

struct piece {
  order_dossier stored;
  std::span<const answered_webhook> answered;
};
using pieces = std::vector<piece>;
using reports = std::vector<order_report>;

/// The next orders, with what was answered about them; also orders that something was answered about and nothing is stored of.
class piecewise {
public:
  piecewise(source& from, answered_list& answered, const std::function<bool()>& go_on)
      : from_(from), answered_(answered), go_on_(go_on) {}

  /// Empty at the end.
  result<pieces> next() {
    pieces some;
    while (some.size() < orders_a_piece && !at_end_) {
      if (go_on_ && !go_on_())
        return error{error_code::storage_unavailable, "interrupted", {}};
      auto one = from_.next();
      if (!one)
        return one.error();
      at_end_ = !one->has_value();
      take_missing(at_end_ ? std::nullopt : std::optional{(*one)->id}, some);
      if (at_end_)
        break;
      const auto answered = answered_.take((*one)->id.str());
      some.push_back({**std::move(one), answered});
    }
    return some;
  }

private:
  static constexpr std::size_t orders_a_piece = 100;

  void take_missing(const std::optional<tiktok_order_id>& before, pieces& into) {
    for (auto some = answered_.take_before(before); !some.empty(); some = answered_.take_before(before)) {
      piece missing{.stored = {}, .answered = some};
      missing.stored.id = tiktok_order_id{std::string{some.front().order}};
      into.push_back(std::move(missing));
    }
  }

  source& from_;
  answered_list& answered_;
  const std::function<bool()>& go_on_;
  bool at_end_ = false;
};

reports audit_some(const pieces& some, const settings& by) {
  reports all;
  for (const auto& [stored, answered] : some)
    all.push_back(audit_order(stored, answered, by));
  return all;
}

/// One thread reads, each further core checks; what is in memory is bounded by their number.
result<void> audit_orders(piecewise from, const settings& by, printer& out) {
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::deque<std::future<reports>> under_way; // in the order of the store, and so is what is printed
  const auto print_first = [&] {
    for (const auto& one : under_way.front().get())
      out.add(one);
    under_way.pop_front();
  };
  for (;;) {
    auto some = from.next();
    if (!some)
      return some.error();
    if (some->empty())
      break;
    if (under_way.size() == workers)
      print_first();
    under_way.push_back(std::async(std::launch::async, [some = *std::move(some), &by] { return audit_some(some, by); }));
  }
  while (!under_way.empty())
    print_first();
  return {};
}

} // namespace

result<bool> run_audit(source& from, answered_list& answered, const run_options& options) {
  const auto bodies = from.policies();
  if (!bodies)
    return bodies.error();
  auto known = read_policies(*bodies);
  if (!known)
    return known.error();
  const settings by{*std::move(known), options.replay, system_clock{}.now() - options.patience};
  printer out{options.as_json};
  if (auto done = audit_orders({from, answered, options.go_on}, by, out); !done)
    return done.error();
  const auto ownerless = from.ownerless();
  if (!ownerless)
    return ownerless.error();
  for (const auto& id : *ownerless)
    out.add_ownerless(id);
  return out.finish(options.patience);
}

} // namespace orderly::audit
