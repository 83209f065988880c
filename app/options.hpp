#pragma once
// The configuration as each part wants it.

#include "actors/engine/engine.hpp"
#include "config/config.hpp"
#include "domain/order/policy.hpp"
#include "domain/tiktok/shop.hpp"
#include "net/server.hpp"
#include "net/tiktok/client.hpp"
#include "storage/read/read_pool.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

namespace orderly {

policy policy_of(const config& from);
/// @param now since when those that are new are connected
std::vector<shop> shops_of(const config& from, timestamp now);
/// @param vfs of SQLite; empty: its own
store_options store_options_of(const config& from, std::string data_dir, std::string vfs);
read_pool_options read_pool_options_of(const config& from);
tiktok_client_options tiktok_client_options_of(const config& from);
/// What webhooks may be signed with, the app's present secret first.
std::vector<std::string> webhook_secrets_of(const config& from);
/// @param rules as the store numbered them
engine_options engine_options_of(const config& from, const policy& rules);
server_options server_options_of(const config& from, const policy& rules);

} // namespace orderly
