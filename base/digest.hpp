#pragma once
// SHA-256 and HMAC by OpenSSL, hex, and a comparison that takes the same time wherever the difference is.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderly {

using sha256_digest = std::array<std::uint8_t, 32>;

sha256_digest sha256(std::string_view bytes);
/// HMAC-SHA256 (RFC 2104).
sha256_digest hmac_sha256(std::string_view key, std::string_view message);
/// Lower-case hex.
std::string to_hex(const sha256_digest& digest);
std::string to_hex(std::string_view bytes);
/// Constant time for equal lengths; the length itself is not a secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

} // namespace orderly
