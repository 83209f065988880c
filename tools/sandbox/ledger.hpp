#pragma once
// What really happened, written down as it happens: the truth that tests compare an engine's database with.

#include "tools/sandbox/order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace orderly::sandbox {

/// A webhook on its way; `entry` is its place in its order's part of the ledger.
struct webhook {
  int type = 1; ///< topic (sheet 6.4)
  std::string order_id, status, notification_id;
  std::string body; ///< the bytes that are signed and sent, the same on every attempt
  std::size_t entry = 0;
};

struct webhook_answer {
  unsigned status = 0; ///< 0 when none came
  std::size_t body_bytes = 0;
};

class ledger {
public:
  /// @param now_ms real time, milliseconds since the epoch
  explicit ledger(std::function<std::int64_t()> now_ms) : now_ms_(std::move(now_ms)) {}

  void reached(const order& of);
  void shipped(const order& of, const parcel& with, const std::vector<std::string>& lines, const std::string& request_id);
  /// @return the webhook's `entry`
  std::size_t announced(const webhook& what);
  /// A 200 with a body, which TikTok does not want (sheet 6.1), is counted and shows its `body_bytes`.
  void attempted(const webhook& what, const webhook_answer& got, std::int64_t sent_at_ms);
  /// @param outcome delivered, refused (401), given_up, no_url
  void settled(const webhook& what, std::string_view outcome);
  void called(const std::string& endpoint);
  void refused(const std::string& method, const std::string& path, std::int64_t code, const std::string& message,
               const std::string& request_id);

  [[nodiscard]] boost::json::object to_json() const;
  /// Nothing when the order is unknown.
  [[nodiscard]] const boost::json::object* of(const std::string& order_id) const;
  /// Goes up with every entry.
  [[nodiscard]] std::uint64_t version() const { return version_; }

private:
  boost::json::object& entry_of(const std::string& order_id);

  std::function<std::int64_t()> now_ms_;
  std::map<std::string, boost::json::object> orders_;
  std::map<std::string, std::int64_t> calls_;
  boost::json::array refused_;
  std::int64_t refused_total_ = 0, bodies_after_200_ = 0;
  std::uint64_t version_ = 0;
};

} // namespace orderly::sandbox
