#pragma once
// Users, tokens and sessions kept in memory, shared by the engines of a test.

#include "domain/ports/access_store.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace orderly::test {

/// Its argon2id hash is made with the smallest parameters, so that a test may log in often.
inline constexpr std::string_view
    a_password = "correct horse battery",
    its_hash = "$argon2id$v=19$m=8,t=1,p=1$8nPr1BFRROoOaNUSRWiMOA$upfyDAMgsnVLeqj4PKZ8ay4OqZmUqzOrLhLGcCbLiAA";

/// Thread-safe; durable at once.
class kept_access final : public access_store {
public:
  result<access_rows> read() override {
    if (broken)
      return error{error_code::storage_unavailable, "the test says so", {}};
    access_rows found;
    std::function<void()> meanwhile;
    {
      const std::lock_guard lock{mutex_};
      for (const auto& [hash, token] : tokens_)
        found.tokens.push_back(token);
      for (const auto& [hash, session] : sessions_)
        found.sessions.push_back(session);
      for (const auto& [name, user] : users_)
        found.users.push_back(user);
      meanwhile.swap(after_read_);
    }
    ++reads;
    if (meanwhile)
      meanwhile();
    return found;
  }
  void add_token(api_token token, written done) override {
    write([&] { tokens_[token.hash] = token; }, done);
  }
  void revoke_token(std::string hash, written done) override {
    write([&] { tokens_.erase(hash); }, done);
  }
  void open_session(access_session session, written done) override {
    write([&] { sessions_[session.hash] = session; }, done);
  }
  void extend_session(std::string hash, timestamp until, written done) override {
    ++extensions;
    write(
        [&] {
          if (const auto found = sessions_.find(hash); found != sessions_.end())
            found->second.until = std::max(found->second.until, until);
        },
        done);
  }
  void end_session(std::string hash, written done) override {
    write([&] { sessions_.erase(hash); }, done);
  }

  // As a person with a shell would.
  void put_user(access_user user) {
    const std::lock_guard lock{mutex_};
    users_[user.name] = std::move(user);
  }
  void drop_user(const std::string& name) {
    const std::lock_guard lock{mutex_};
    users_.erase(name);
  }
  [[nodiscard]] std::size_t open_sessions() {
    const std::lock_guard lock{mutex_};
    return sessions_.size();
  }
  /// Once, before what was read is given back.
  void after_next_read(std::function<void()> meanwhile) {
    const std::lock_guard lock{mutex_};
    after_read_ = std::move(meanwhile);
  }

  std::atomic<bool> broken = false, read_only = false;
  std::atomic<int> reads = 0, extensions = 0;

private:
  template <class Change>
  void write(Change what, const written& done) {
    if (read_only)
      return done(error{error_code::storage_unavailable, "the test says so", {}});
    {
      const std::lock_guard lock{mutex_};
      what();
    }
    done({});
  }

  std::mutex mutex_;
  std::function<void()> after_read_;
  std::map<std::string, api_token> tokens_;
  std::map<std::string, access_session> sessions_;
  std::map<std::string, access_user> users_;
};

} // namespace orderly::test
