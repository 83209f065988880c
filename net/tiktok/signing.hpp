#pragma once
// TikTok's two signatures (sheet 2.1, 6.1). Shared with the sandbox and the load generator.

#include <map>
#include <string>
#include <string_view>

namespace orderly {

/// lower hex HMAC-SHA256 over secret + path + sorted query (without sign, access_token) + body + secret. Query values un-escaped.
/// @param body what goes on the wire; not signed for multipart/form-data
std::string sign_request(std::string_view app_secret, std::string_view path, const std::map<std::string, std::string>& query,
                         std::string_view body, std::string_view content_type = "application/json");

/// lower hex HMAC-SHA256(app_secret, app_key + raw body): the `Authorization` header of a webhook, without a scheme word.
std::string sign_webhook(std::string_view app_key, std::string_view app_secret, std::string_view raw_body);

/// Constant time. 64 lower-case hex digits exactly, or false.
bool verify_webhook(std::string_view app_key, std::string_view app_secret, std::string_view raw_body,
                    std::string_view authorization);

} // namespace orderly
