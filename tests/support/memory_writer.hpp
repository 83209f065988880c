#pragma once
// The writer of the store in memory: the outbox's part of it is in memory_outbox.cpp, the rest in memory_writer.cpp.

#include "tests/support/memory_store.hpp"

namespace orderly::test {

class memory_writer final : public store_writer {
public:
  explicit memory_writer(memory_store& of) : of_(of) {}

  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override;
  result<void> record(std::span<const input_record> inputs) override;
  result<void> note(std::span<const attention_note> notes) override;
  result<std::vector<input>> redrive(std::span<const std::int64_t> dead_letters, timestamp now) override;
  result<claimed_rows> claim(const claim_request& what) override;
  result<void> upsert_shops(std::span<const shop> shops) override;
  result<bool> hold_shop(const shop_lease& lease) override;
  result<void> release_shop(const shop_id& shop, const std::string& owner) override;
  result<void> add_token(const stored_token& token) override;
  result<void> revoke_token(const std::string& hash) override;
  result<void> open_session(const stored_session& session) override;
  result<void> extend_session(const std::string& hash, timestamp until) override;
  result<void> end_session(const std::string& hash) override;
  result<void> probe() override { return {}; }

private:
  unit_result commit_one(const order_unit& unit);
  /// Why the unit cannot be written whatever else is done; empty when it can.
  std::string refusal_of(const order_unit& unit, const memory_order* stored) const;
  void write_order(const order_unit& unit, memory_order* stored);
  void write_input(const input_record& record, std::int64_t events);
  void write_promise(const memory_order& of, const promise_change& change);
  void write_dead_letter(const input_id& input, const input_record& record);
  void count_delivery(const input_place& at);
  void record_one(const input_record& record);
  static void note_one(std::map<std::string, memory_attention>& in, const attention_note& note);
  bool is_claimable(const memory_promise& p, timestamp now) const;
  bool is_blocked(const memory_promise& p, timestamp now) const;
  std::optional<timestamp> next_due(timestamp now) const;

  memory_tables& t() const { return of_.tables_; }
  memory_store& of_;
};

} // namespace orderly::test
