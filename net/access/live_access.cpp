#include "net/access/live_access.hpp"

#include "base/log.hpp"
#include "net/access/secrets.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace orderly {
namespace {

struct live_session {
  access_session what; ///< `until` as it is here and now
  timestamp written{}; ///< `until` as it is in the store, or soon will be
};

struct tables {
  std::unordered_map<std::string, principal> tokens;      ///< by hash
  std::unordered_map<std::string, live_session> sessions; ///< by hash
  std::unordered_map<std::string, access_user> users;     ///< by name
};

timestamp latest_end(const access_session& of) { return of.created_at + longest_session; }

tables tables_of(access_rows rows) {
  tables all;
  for (auto& token : rows.tokens)
    all.tokens.emplace(token.hash, principal{std::move(token.user), token.role, token.hash});
  for (auto& session : rows.sessions) {
    const auto hash = session.hash;
    const auto until = session.until;
    all.sessions.emplace(hash, live_session{std::move(session), until});
  }
  for (auto& user : rows.users) {
    const auto name = user.name;
    all.users.emplace(name, std::move(user));
  }
  return all;
}

/// The store knows less of what was done in a session than this engine.
void keep_activity(const tables& before, tables& now) {
  for (auto& [hash, session] : now.sessions) {
    const auto known = before.sessions.find(hash);
    if (known == before.sessions.end())
      continue;
    session.what.until = std::max(session.what.until, known->second.what.until);
    session.written = std::max(session.written, known->second.written);
  }
}

} // namespace

struct live_access::shared {
  mutable std::mutex mutex;
  tables all;
  std::uint64_t changes = 0; ///< by writes of this engine

  template <class Change>
  void change(Change what) {
    const std::lock_guard lock{mutex};
    what(all);
    ++changes;
  }
  /// What was not written is written with the next activity.
  void not_extended(const std::string& hash, timestamp written) {
    const std::lock_guard lock{mutex};
    if (const auto found = all.sessions.find(hash); found != all.sessions.end())
      found->second.written = written;
  }
};

live_access::live_access(access_store& kept, const clock& time, std::chrono::milliseconds every)
    : kept_(kept), time_(time), every_(every), shared_(std::make_shared<shared>()) {}

live_access::~live_access() { stop(); }

result<void> live_access::start() {
  if (auto first = read(); !first)
    return first;
  thread_ = std::thread{[this] { serve(); }};
  return {};
}

void live_access::stop() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void live_access::serve() {
  bool failed = false;
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, every_, [this] { return ending_; })) {
    lock.unlock();
    const auto done = read();
    if (!done && !std::exchange(failed, true))
      log(log_level::warn, "access.not_read", "Users, tokens and sessions cannot be read; those that were read last count",
          {{"why", to_string(done.error())}});
    failed = !done;
    lock.lock();
  }
}

/// What is read is older than a change that was made meanwhile: then it is read again.
result<void> live_access::read() {
  for (;;) {
    const auto before = [&] {
      const std::lock_guard lock{shared_->mutex};
      return shared_->changes;
    }();
    auto found = kept_.read();
    if (!found)
      return found.error();
    auto now = tables_of(*std::move(found));
    const std::lock_guard lock{shared_->mutex};
    if (shared_->changes != before)
      continue;
    keep_activity(shared_->all, now);
    std::swap(shared_->all, now);
    return {};
  }
}

std::optional<principal> live_access::find_token(std::string_view token) const {
  const auto hash = secret_hash(token);
  const std::lock_guard lock{shared_->mutex};
  const auto found = shared_->all.tokens.find(hash);
  return found == shared_->all.tokens.end() ? std::nullopt : std::optional{found->second};
}

std::optional<access_user> live_access::find_user(const std::string& name) const {
  const std::lock_guard lock{shared_->mutex};
  const auto found = shared_->all.users.find(name);
  return found == shared_->all.users.end() ? std::nullopt : std::optional{found->second};
}

/// The role is the user's present one. Hashes are compared, so the time that it takes tells nothing of a secret.
result<login_session> live_access::find_session(std::string_view id, std::string_view csrf_token) {
  const auto hash = secret_hash(id), csrf_hash = secret_hash(csrf_token);
  const auto now = time_.now();
  timestamp until{}, written_before{};
  login_session found;
  {
    const std::lock_guard lock{shared_->mutex};
    const auto at = shared_->all.sessions.find(hash);
    if (at == shared_->all.sessions.end() || now >= std::min(at->second.what.until, latest_end(at->second.what)))
      return error{error_code::unauthorized, {}, {}};
    auto& session = at->second;
    const auto user = shared_->all.users.find(session.what.user);
    if (user == shared_->all.users.end())
      return error{error_code::unauthorized, {}, {}};
    if (session.what.csrf_hash != csrf_hash)
      return error{error_code::forbidden, "The CSRF token is not this session's.", {}};
    session.what.until = std::max(session.what.until, std::min(now + longest_idle, latest_end(session.what)));
    found = {{session.what.user, user->second.role, hash}, latest_end(session.what)};
    if (session.what.until - session.written < activity_written_every)
      return found;
    until = session.what.until;
    written_before = std::exchange(session.written, until);
  }
  kept_.extend_session(hash, until, [to = shared_, hash, written_before](const result<void>& done) {
    if (!done)
      to->not_extended(hash, written_before);
  });
  return found;
}

/// Tokens and sessions are both random, so their hashes need no marks to tell them apart.
bool live_access::still_admits(const principal& who) const {
  const auto now = time_.now();
  const std::lock_guard lock{shared_->mutex};
  if (const auto token = shared_->all.tokens.find(who.credential); token != shared_->all.tokens.end())
    return token->second.role >= who.role;
  const auto at = shared_->all.sessions.find(who.credential);
  if (at == shared_->all.sessions.end() || now >= std::min(at->second.what.until, latest_end(at->second.what)))
    return false;
  const auto user = shared_->all.users.find(at->second.what.user);
  return user != shared_->all.users.end() && user->second.role >= who.role;
}

void live_access::add_token(std::string user, role may, std::function<void(result<std::string>)> done) {
  auto token = random_token();
  const api_token kept{secret_hash(token), std::move(user), may};
  kept_.add_token(kept, [to = shared_, kept, token = std::move(token), done = std::move(done)](const result<void>& added) {
    if (!added)
      return done(added.error());
    to->change([&](tables& all) { all.tokens.insert_or_assign(kept.hash, principal{kept.user, kept.role, kept.hash}); });
    done(token);
  });
}

void live_access::revoke_token(std::string hash, std::function<void(result<void>)> done) {
  kept_.revoke_token(hash, [to = shared_, hash, done = std::move(done)](const result<void>& revoked) {
    // One that was not in force, or may be revoked, is none that should let anybody in: reading again brings it back if it is.
    to->change([&](tables& all) { all.tokens.erase(hash); });
    done(revoked);
  });
}

void live_access::open_session(const access_user& of, std::function<void(result<new_login>)> done) {
  const auto now = time_.now();
  auto id = random_secret();
  const auto hash = secret_hash(id);
  new_login made{std::move(id), random_secret(), {{of.name, of.role, hash}, now + longest_session}};
  const access_session kept{hash, of.name, secret_hash(made.csrf_token), now, now + longest_idle};
  kept_.open_session(kept, [to = shared_, kept, made = std::move(made), done = std::move(done)](const result<void>& opened) {
    if (!opened)
      return done(opened.error());
    to->change([&](tables& all) { all.sessions.insert_or_assign(kept.hash, live_session{kept, kept.until}); });
    done(made);
  });
}

void live_access::end_session(std::string_view id, std::function<void(result<void>)> done) {
  const auto hash = secret_hash(id);
  kept_.end_session(hash, [to = shared_, hash, done = std::move(done)](const result<void>& ended) {
    to->change([&](tables& all) { all.sessions.erase(hash); }); // as for a token
    done(ended);
  });
}

} // namespace orderly
