#pragma once
// result<T>: a value or an error. `if (!r) return r.error();`, `*r`. Built on Boost.System's result.

#include "base/error.hpp"

#include <boost/system/result.hpp>

#include <stdexcept>

namespace orderly {

template <class T>
using result = boost::system::result<T, error>;

/// Called by result::value() on an error: a programmer asked for a value without looking.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::logic_error("unchecked result: " + to_string(e));
}

} // namespace orderly
