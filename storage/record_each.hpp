#pragma once
// What becomes of a batch of inputs of which the store refuses one: the others are recorded without it.

#include "storage/store.hpp"

namespace orderly {

/// One by one; the first error that is no refusal, else the refusal.
inline result<void> record_each(store_writer& into, std::span<const input_record> inputs) {
  result<void> refusal;
  for (const auto& one : inputs)
    if (auto alone = into.record({&one, 1}); !alone) {
      if (alone.error().code != error_code::refused_by_store) return alone;
      refusal = std::move(alone);
    }
  return refusal;
}

} // namespace orderly
