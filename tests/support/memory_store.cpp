#include "tests/support/memory_store.hpp"

#include <algorithm>

namespace orderly::test {

std::optional<timestamp> memory_order::quarantined_since() const {
  const auto mark = attention.find("quarantined");
  return mark == attention.end() || mark->second.until ? std::nullopt : std::optional{mark->second.since};
}

const memory_input* memory_tables::input_of(const input_id& id) const {
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const auto& row) { return row.second.what.id == id; });
  return found == inputs.end() ? nullptr : &found->second;
}

class memory_admin final : public store_admin {
public:
  explicit memory_admin(memory_store& of) : of_(of) {}

  result<policy> remember_policy(policy rules) override {
    std::lock_guard alone(of_.mutex_);
    const auto body = canonical_json(to_json(rules));
    auto& all = of_.tables_.policies;
    const auto held = std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.second == body; });
    rules.version = held != all.end() ? held->first : static_cast<std::int64_t>(all.size()) + 1;
    all[rules.version] = body;
    return rules;
  }
  result<bool> has_users() override {
    std::lock_guard alone(of_.mutex_);
    return !of_.tables_.users.empty();
  }
  result<void> add_user(const stored_user& user, const stored_token& token) override {
    std::lock_guard alone(of_.mutex_);
    if (!of_.tables_.users.emplace(user.name, user).second)
      return error{error_code::refused_by_store, "the name is taken", {}};
    of_.tables_.tokens[token.hash] = {token, false};
    return {};
  }
  result<std::vector<stored_token>> tokens() override {
    std::lock_guard alone(of_.mutex_);
    std::vector<stored_token> in_force;
    for (const auto& [hash, token] : of_.tables_.tokens)
      if (!token.revoked)
        in_force.push_back(token.what);
    return in_force;
  }
  result<std::vector<stored_session>> sessions() override {
    std::lock_guard alone(of_.mutex_);
    std::vector<stored_session> all;
    for (const auto& [hash, session] : of_.tables_.sessions)
      all.push_back(session);
    return all;
  }
  result<std::vector<stored_user>> users() override {
    std::lock_guard alone(of_.mutex_);
    std::vector<stored_user> all;
    for (const auto& [name, user] : of_.tables_.users)
      all.push_back(user);
    return all;
  }

private:
  memory_store& of_;
};

/// Never waits: with nothing to tell it says so at once.
class memory_feed final : public change_feed {
public:
  explicit memory_feed(memory_store& of) : of_(of), next_(of.tables_.commits.size()) {}

  result<std::vector<changed_order>> wait(std::chrono::milliseconds) override {
    std::lock_guard alone(of_.mutex_);
    std::map<tiktok_order_id, std::int64_t> newest;
    for (; next_ < of_.tables_.commits.size(); ++next_)
      newest[of_.tables_.commits[next_].order] = of_.tables_.commits[next_].version;
    std::vector<changed_order> all;
    for (const auto& [order, version] : newest)
      all.push_back({order, version});
    return all;
  }

private:
  memory_store& of_;
  std::size_t next_;
};

result<std::unique_ptr<store_writer>> memory_store::open_writer() { return make_memory_writer(*this); }
result<std::unique_ptr<order_queries>> memory_store::open_reader() { return make_memory_reader(*this); }
result<std::unique_ptr<store_admin>> memory_store::open_admin() {
  return std::unique_ptr<store_admin>{std::make_unique<memory_admin>(*this)};
}
result<std::unique_ptr<access_reader>> memory_store::open_access() {
  return std::unique_ptr<access_reader>{std::make_unique<memory_admin>(*this)};
}
result<std::unique_ptr<change_feed>> memory_store::open_changes() {
  std::lock_guard alone(mutex_);
  return kind_ == kind::embedded ? std::unique_ptr<change_feed>{} : std::make_unique<memory_feed>(*this);
}

void memory_store::void_leases() {
  std::lock_guard alone(mutex_);
  for (auto& [id, p] : tables_.outbox) {
    if (p.state == promise_state::withdrawn)
      continue; // its call may have reached TikTok
    p.lease_owner.clear();
    p.lease_until = std::nullopt;
  }
  for (auto& [id, row] : tables_.shops) {
    row.lease_owner.clear();
    row.lease_until = std::nullopt;
  }
}

} // namespace orderly::test
