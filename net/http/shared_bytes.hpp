#pragma once
// Bytes that several answers send without copying them: an embedded file, an event that a thousand readers get.

#include <memory>
#include <string>
#include <string_view>

namespace orderly {

struct shared_bytes {
  std::string_view bytes;
  std::shared_ptr<const void> owner; ///< keeps them; null: they live as long as the program
};

/// Precondition: `bytes` are of static storage.
inline shared_bytes static_bytes(std::string_view bytes) { return {bytes, nullptr}; }
inline shared_bytes share(std::shared_ptr<const std::string> text) {
  const std::string_view bytes{*text};
  return {bytes, std::move(text)};
}
inline shared_bytes share(std::string text) { return share(std::make_shared<const std::string>(std::move(text))); }

} // namespace orderly
