#include "net/access/secrets.hpp"

#include "base/digest.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace orderly {
namespace {

/// Before the first use of libsodium; thread-safe.
void need_sodium() {
  static const int ready = sodium_init();
  if (ready < 0)
    throw std::runtime_error("libsodium finds no source of randomness");
}

} // namespace

std::string random_password() {
  need_sodium();
  constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  std::string password;
  for (int i = 0; i < 24; ++i)
    password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return password;
}

std::string random_secret() {
  need_sodium();
  std::array<unsigned char, 32> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  char text[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text;
}

std::string random_token() { return "orderly_" + random_secret(); }

std::string secret_hash(std::string_view secret) { return to_hex(sha256(secret)); }

result<std::string> password_hash(const std::string& password) {
  need_sodium();
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return error{error_code::internal, "not enough memory to hash a password", {}};
  return std::string{hash};
}

/// The parameters of password_hash(); salt and hash are zeros, which no password leads to.
std::string_view nobodys_hash() {
  return "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

bool is_password(const std::string& password, const std::string& hash) {
  need_sodium();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

} // namespace orderly
