#pragma once
// A store behind one lane that fails as a test says, and remembers what it was asked.

#include "storage/store.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderly::test {

/// Fails as told, one code an asking; then everything works.
struct failing_store final : store {
  int connections = 0, askings = 0;
  bool is_reachable = true;
  std::deque<error_code> failures;
  bool commits = true; ///< else whatever writes fails, and what writes nothing goes well
  bool throws = false; ///< whatever is asked
  std::string told;    ///< a letter an asking: c commit, r record, n note, a claim (it finds nothing), p probe, o other

  result<std::unique_ptr<store_writer>> open_writer() override;
  result<std::unique_ptr<order_queries>> open_reader() override { return gone(); }
  result<std::unique_ptr<store_admin>> open_admin() override { return gone(); }
  result<std::unique_ptr<access_reader>> open_access() override { return gone(); }
  [[nodiscard]] std::size_t max_lanes() const override { return 1; }

  static error gone() { return {error_code::storage_unavailable, "the test says so", {}}; }
  std::optional<error> next_failure(char what) {
    ++askings;
    told += what;
    if (throws)
      throw std::runtime_error("the test says so");
    if (!commits && what != 'a')
      return gone();
    if (failures.empty())
      return std::nullopt;
    const auto code = failures.front();
    failures.pop_front();
    return error{code, "the test says so", {}};
  }
};

class failing_writer final : public store_writer {
public:
  explicit failing_writer(failing_store& of) : of_(of) {}
  result<std::vector<unit_result>> commit(std::span<const order_unit> units) override {
    if (auto why = of_.next_failure('c'))
      return *why;
    return std::vector<unit_result>(units.size());
  }
  result<void> record(std::span<const input_record> inputs) override {
    if (inputs.size() > 1) { // one of them is bad
      ++of_.askings;
      return error{error_code::refused_by_store, "one of them", {}};
    }
    return done('r');
  }
  result<void> note(std::span<const attention_note>) override { return done('n'); }
  result<std::vector<input>> redrive(std::span<const std::int64_t>, timestamp) override {
    if (auto why = of_.next_failure('o'))
      return *why;
    return std::vector<input>{};
  }
  result<claimed_rows> claim(const claim_request&) override {
    if (auto why = of_.next_failure('a'))
      return *why;
    return claimed_rows{};
  }
  result<void> upsert_shops(std::span<const shop>) override { return done('o'); }
  result<bool> hold_shop(const shop_lease&) override { return true; }
  result<void> release_shop(const shop_id&, const std::string&) override { return {}; }
  result<void> add_token(const stored_token&) override { return done('o'); }
  result<void> revoke_token(const std::string&) override { return done('o'); }
  result<void> open_session(const stored_session&) override { return done('o'); }
  result<void> extend_session(const std::string&, timestamp) override { return done('o'); }
  result<void> end_session(const std::string&) override { return done('o'); }
  result<void> probe() override { return done('p'); }

private:
  result<void> done(char what) {
    if (auto why = of_.next_failure(what))
      return *why;
    return {};
  }
  failing_store& of_;
};

inline result<std::unique_ptr<store_writer>> failing_store::open_writer() {
  ++connections;
  if (!is_reachable)
    return gone();
  return std::unique_ptr<store_writer>{std::make_unique<failing_writer>(*this)};
}

} // namespace orderly::test
