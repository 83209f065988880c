#pragma once
// The folder of the engine's own files (docs/operations.md lists them). Private to the user that runs the
// engine.

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace orderly {

/// JSON: pid, listen, admin_listen. There while the engine serves.
inline constexpr std::string_view ready_file = "orderlyd.ready";
inline constexpr std::string_view admin_password_file = "initial-admin-password";
inline constexpr std::string_view admin_token_file = "initial-admin-token";

class data_dir {
public:
  /// Creates the folder (mode 0700) when it is not there. Errors: bad_config with path and reason, also when
  /// it cannot be written.
  static result<data_dir> open(const std::string& path);

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  /// Mode 0600, durable, and by rename: a reader sees the old file or the whole new one. Errors: internal,
  /// with path and reason.
  result<void> write(std::string_view name, std::string_view text) const;
  /// No error when it is not there.
  void remove(std::string_view name) const;

private:
  explicit data_dir(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

} // namespace orderly
