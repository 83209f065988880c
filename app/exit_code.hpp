#pragma once
// The exit codes of every binary (CONTRACT "Commands"), after sysexits.h.

#include "base/error.hpp"

namespace orderly {

enum class exit_code : int { done = 0, usage = 64, unavailable = 69, internal = 70, bad_config = 78 };

inline exit_code exit_code_of(const error& e) {
  switch (e.code) {
  case error_code::bad_config: return exit_code::bad_config;
  case error_code::storage_unavailable:
  case error_code::storage_outcome_unknown:
  case error_code::storage_newer:
  case error_code::tiktok_unreachable: return exit_code::unavailable;
  default: return exit_code::internal;
  }
}

} // namespace orderly
