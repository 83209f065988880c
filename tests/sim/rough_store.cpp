#include "tests/sim/rough_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderly::sim {
namespace {

error away() { return {error_code::storage_unavailable, "the simulation says so", {}}; }
error unknown() { return {error_code::storage_outcome_unknown, "the simulation says so", {}}; }

std::string name_of_unit(const order_unit& unit) {
  std::string text = unit.order.str() + " v" + std::to_string(unit.decided_on) + "+" + std::to_string(unit.events.size());
  for (const auto& in : unit.inputs)
    text += " " + in.what->type + "=" + std::string{orderly::name_of(in.outcome)};
  for (const auto& key : unit.repeated_keys)
    text += " again " + key.substr(0, 12);
  return text;
}

char mark_of(const unit_result& r) {
  return r.verdict == commit_verdict::committed ? '+' : r.verdict == commit_verdict::conflict ? '~' : '!';
}

} // namespace

class rough_writer final : public store_writer {
public:
  rough_writer(rough_store& of, std::unique_ptr<store_writer> inner) : of_(of), inner_(std::move(inner)) {}

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override {
    return tried<std::vector<unit_result>>("commit", [&] { return commit_good(units); });
  }
  result<void> record(std::span<const input_record> inputs) override {
    return tried<void>("record", [&] { return record_all(inputs); });
  }
  result<void> note(std::span<const attention_note> notes) override {
    return tried<void>("note", [&] {
      for (const auto& each : notes)
        of_.on_.note("  store: ", each.kind, each.raised ? " raised of " : " cleared of ", each.order.str());
      return inner_->note(notes);
    });
  }
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override {
    return tried<std::vector<input>>("redrive", [&] { return inner_->redrive(dead_letters, now); });
  }
  result<claimed_rows> claim(const claim_request& what) override {
    return tried<claimed_rows>("claim", [&] { return claim_rows(what); });
  }
  result<void> upsert_shops(std::span<const shop> shops) override {
    return tried<void>("upsert_shops", [&] { return inner_->upsert_shops(shops); });
  }
  result<bool> hold_shop(const shop_lease& lease) override {
    return tried<bool>("hold_shop", [&] { return inner_->hold_shop(lease); });
  }
  result<void> release_shop(const shop_id& shop, const std::string& owner) override {
    return tried<void>("release_shop", [&] { return inner_->release_shop(shop, owner); });
  }
  result<void> add_token(const stored_token& token) override {
    return tried<void>("add_token", [&] { return inner_->add_token(token); });
  }
  result<void> revoke_token(const std::string& hash) override {
    return tried<void>("revoke_token", [&] { return inner_->revoke_token(hash); });
  }
  result<void> open_session(const stored_session& session) override {
    return tried<void>("open_session", [&] { return inner_->open_session(session); });
  }
  result<void> extend_session(const std::string& hash, timestamp until) override {
    return tried<void>("extend_session", [&] { return inner_->extend_session(hash, until); });
  }
  result<void> end_session(const std::string& hash) override {
    return tried<void>("end_session", [&] { return inner_->end_session(hash); });
  }
  result<void> probe() override {
    return tried<void>("probe", [&] { return inner_->probe(); });
  }

private:
  template <class T, class Do>
  result<T> tried(std::string_view what, Do&& work) {
    auto& on = of_.on_;
    if (!of_.alive_)
      return away();
    const auto& with = on.with.chances;
    if (on.strikes(with.store_away)) {
      on.fault(what, ": the store is away");
      return away();
    }
    const bool lost = on.strikes(with.outcome_lost), dies = on.strikes(with.lane_dies);
    const bool done = (!lost && !dies) || on.random.in_100(50);
    if (lost || dies)
      on.fault(what, ": ", dies ? "the lane dies " : "the outcome is lost ", done ? "after it" : "before it");
    result<T> told = done ? work() : result<T>{away()};
    if (dies)
      throw std::runtime_error("the lane dies: the simulation says so");
    return lost ? result<T>{unknown()} : std::move(told);
  }

  /// Except by itself as a dead letter.
  bool is_refused(const input_record& in) const {
    return in.outcome != input_outcome::dead && in.outcome != input_outcome::pending &&
           of_.on_.is_marked(in.what->dedupe_key, "refused", of_.on_.with.chances.refused_keys);
  }

  result<std::vector<unit_result>> commit_good(std::span<const order_unit> units) {
    std::vector<order_unit> good;
    std::vector<unit_result> told(units.size(), unit_result{commit_verdict::refused, "the simulation says so"});
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < units.size(); ++i)
      if (std::none_of(units[i].inputs.begin(), units[i].inputs.end(), [&](const auto& in) { return is_refused(in); })) {
        good.push_back(units[i]);
        places.push_back(i);
      }
    auto done = inner_->commit(good);
    if (!done)
      return done;
    for (std::size_t i = 0; i < places.size(); ++i)
      told[places[i]] = (*done)[i];
    for (std::size_t i = 0; i < units.size(); ++i) {
      of_.on_.mark(static_cast<std::uint64_t>(told[i].verdict));
      of_.on_.note("  store: ", mark_of(told[i]), " ", name_of_unit(units[i]));
    }
    return told;
  }

  result<void> record_all(std::span<const input_record> inputs) {
    for (const auto& each : inputs)
      of_.on_.note("  store: ", orderly::name_of(each.outcome), " alone ", each.what->order.str(), " ", each.what->dedupe_key);
    return inner_->record(inputs);
  }

  result<claimed_rows> claim_rows(const claim_request& what) {
    auto claimed = inner_->claim(what);
    if (claimed)
      for (const auto& row : claimed->rows) {
        of_.leases.until[row.id] = what.lease_until;
        of_.on_.note("  store: ", what.owner, " claims ", orderly::name_of(row.kind), " of ", row.tiktok_order.str(),
                     ", attempt ", row.attempt);
      }
    return claimed;
  }

  rough_store& of_;
  std::unique_ptr<store_writer> inner_;
};

/// Tells late, or fails.
class rough_feed final : public change_feed {
public:
  rough_feed(rough_store& of, std::unique_ptr<change_feed> inner, std::shared_ptr<std::size_t> told)
      : of_(of), inner_(std::move(inner)), told_(std::move(told)) {}

  result<std::vector<changed_order>> wait(std::chrono::milliseconds patience) override {
    if (!of_.alive_)
      return away();
    if (of_.on_.strikes(of_.on_.with.chances.read_fails)) {
      of_.on_.fault("the change feed breaks");
      return away();
    }
    *told_ = of_.inner_.look().commits.size();
    return inner_->wait(patience);
  }

private:
  rough_store& of_;
  std::unique_ptr<change_feed> inner_;
  std::shared_ptr<std::size_t> told_;
};

result<std::unique_ptr<store_writer>> rough_store::open_writer() {
  if (!alive_)
    return away();
  return std::unique_ptr<store_writer>{std::make_unique<rough_writer>(*this, std::move(*inner_.open_writer()))};
}

result<std::unique_ptr<change_feed>> rough_store::open_changes() {
  auto inner = inner_.open_changes();
  if (!inner || !*inner)
    return inner;
  told_ = std::make_shared<std::size_t>(inner_.look().commits.size());
  return std::unique_ptr<change_feed>{std::make_unique<rough_feed>(*this, std::move(*inner), told_)};
}

} // namespace orderly::sim
