#pragma once
// What an exception in a handler becomes: the actor ends with an error that still has the exception's words, for the log of
// whoever supervises it. CAF alone would print them on stdout and say "runtime_error".

#include <caf/error.hpp>

#include <exception>
#include <string>

namespace orderly {

caf::error fault_of(std::exception_ptr& thrown);

/// As one line, for logs.
std::string words_of(const caf::error& reason);

/// First thing in every behaviour.
template <class Self>
void keep_words_of_faults(Self* self) {
  self->set_exception_handler(fault_of);
}

} // namespace orderly
