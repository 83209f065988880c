#include "net/access/live_tokens.hpp"

#include "base/log.hpp"
#include "net/access/secrets.hpp"

#include <utility>

namespace orderly {

struct live_tokens::shared {
  mutable std::mutex mutex;
  table all;
  std::uint64_t changes = 0; ///< by writes of this engine

  template <class Change>
  void change(Change what) {
    const std::lock_guard lock{mutex};
    what(all);
    ++changes;
  }
};

live_tokens::live_tokens(token_store& kept, std::chrono::milliseconds every)
    : kept_(kept), every_(every), shared_(std::make_shared<shared>()) {}

live_tokens::~live_tokens() { stop(); }

result<void> live_tokens::start() {
  if (auto first = read(); !first)
    return first;
  thread_ = std::thread{[this] { serve(); }};
  return {};
}

void live_tokens::stop() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void live_tokens::serve() {
  bool failed = false;
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, every_, [this] { return ending_; })) {
    lock.unlock();
    const auto done = read();
    if (!done && !std::exchange(failed, true))
      log(log_level::warn, "tokens.not_read", "API tokens cannot be read; those that were read last count",
          {{"why", to_string(done.error())}});
    failed = !done;
    lock.lock();
  }
}

/// What is read is older than a change that was made meanwhile: then it is read again.
result<void> live_tokens::read() {
  for (;;) {
    const auto before = [&] {
      const std::lock_guard lock{shared_->mutex};
      return shared_->changes;
    }();
    auto found = kept_.tokens();
    if (!found)
      return found.error();
    table now;
    for (auto& token : *found)
      now.emplace(std::move(token.hash), principal{std::move(token.user), token.role});
    const std::lock_guard lock{shared_->mutex};
    if (shared_->changes != before)
      continue;
    shared_->all.swap(now);
    return {};
  }
}

std::optional<principal> live_tokens::find(std::string_view token) const {
  const auto hash = token_hash(token);
  const std::lock_guard lock{shared_->mutex};
  const auto found = shared_->all.find(hash);
  return found == shared_->all.end() ? std::nullopt : std::optional{found->second};
}

void live_tokens::add(std::string user, role may, std::function<void(result<std::string>)> done) {
  auto token = random_token();
  const api_token kept{token_hash(token), std::move(user), may};
  kept_.add(kept, [to = shared_, kept, token = std::move(token), done = std::move(done)](const result<void>& added) {
    if (!added)
      return done(added.error());
    to->change([&](table& all) { all.insert_or_assign(kept.hash, principal{kept.user, kept.role}); });
    done(token);
  });
}

void live_tokens::revoke(std::string hash, std::function<void(result<void>)> done) {
  kept_.revoke(hash, [to = shared_, hash, done = std::move(done)](const result<void>& revoked) {
    // One that was not in force, or may be revoked, is none that should let anybody in: reading again brings it back if it is.
    to->change([&](table& all) { all.erase(hash); });
    done(revoked);
  });
}

} // namespace orderly
