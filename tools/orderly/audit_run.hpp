#pragma once
// Every order of a store, read by one thread, checked by all cores, and printed in the order of the store.

#include "storage/audit/audit_source.hpp"
#include "tools/orderly/answered.hpp"

#include <chrono>
#include <functional>

namespace orderly::audit {

struct run_options {
  bool as_json = false, replay = false;
  std::chrono::minutes patience{10};     ///< for inputs that are pending
  std::function<bool()> go_on = nullptr; ///< asked between orders; false ends it
};

/// Prints what is found. True: nothing is damaged. Errors: those of the store, and storage_unavailable when it was ended.
result<bool> run_audit(source& from, answered_list& answered, const run_options& options);

} // namespace orderly::audit
