#pragma once
// TikTok Shop over real HTTP(S): keep-alive connections, a fresh signature per attempt, every outcome classified (sheet 2, 7).

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "domain/ports/shop_directory.hpp"
#include "domain/ports/tiktok_port.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace orderly {

struct tiktok_client_options {
  std::string api_base = "https://open-api.tiktokglobalshop.com"; ///< scheme, host and optional port; http only for tests
  std::string app_secret;
  std::chrono::milliseconds timeout{10'000}; ///< of a whole call
  std::size_t connections = 8;
  std::size_t queue_limit = 1024;
};

class tiktok_client : public tiktok_port {
public:
  /// From the next call on. Thread-safe.
  virtual void sign_with(std::string app_secret) = 0;
};

/// Each attempt asks the directory for the shop, so that it is signed for what the shop is by then. Runs one thread of its own.
/// Its destructor answers what is under way (outcome_unknown) and joins. Errors: bad_config.
result<std::unique_ptr<tiktok_client>> make_tiktok_client(const tiktok_client_options& options, const shop_directory& shops,
                                                          const clock& time, metrics& measured);

} // namespace orderly
