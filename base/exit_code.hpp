#pragma once
// The exit codes of every program (CONTRACT "Commands"), after sysexits.h.

#include "base/error.hpp"

namespace orderly {

enum class exit_code : int {
  done = 0,
  damage = 1, ///< done, and what was looked at is not as it should be
  usage = 64,
  refused = 65, ///< the engine has understood and does not do it: its answer says why
  unavailable = 69,
  internal = 70,
  no_permission = 77, ///< the engine does not take the token, or its role may not
  bad_config = 78
};

/// How a program ends that fails by this error.
exit_code exit_code_of(error_code code);

} // namespace orderly
