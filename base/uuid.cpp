#include "base/uuid.hpp"

namespace orderly {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

std::uint64_t seed_from_system() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) ^ device();
}

} // namespace

std::string to_string(const uuid& id) {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (dash_before(i))
      text += '-';
    text += hex_digits[id.bytes[i] >> 4];
    text += hex_digits[id.bytes[i] & 15];
  }
  return text;
}

std::optional<uuid> uuid_from(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (dash_before(i) && text[at++] != '-')
      return std::nullopt;
    const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return id;
}

uuid_v7_source::uuid_v7_source(const clock& time, std::uint64_t seed)
    : time_(time), random_(seed != 0 ? seed : seed_from_system()) {}

uuid uuid_v7_source::next() {
  std::lock_guard lock(mutex_);
  const auto millis = to_micros(time_.now()) / 1000;
  if (millis > last_millis_) {
    last_millis_ = millis;
    counter_ = static_cast<std::uint16_t>(random_() & 0x7ff); // half of the 4096 left to count up
  } else if (++counter_ > 0xfff) {
    ++last_millis_; // RFC 9562 6.2: borrow from the next millisecond rather than repeat
    counter_ = 0;
  }
  uuid id;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(last_millis_ >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 8));
  id.bytes[7] = static_cast<std::uint8_t>(counter_ & 0xff);
  const auto tail = random_();
  for (std::size_t i = 8; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(tail >> (8 * (i - 8)));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

} // namespace orderly
