#include "actors/plumbing/faults.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace orderly {

caf::error fault_of(std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"something that is no std::exception was thrown"});
  }
}

std::string words_of(const caf::error& reason) {
  if (reason.category() == caf::make_error(caf::exit_reason::kill).category())
    return caf::to_string(static_cast<caf::exit_reason>(reason.code()));
  if (reason.context().size() == 1 && reason.context().match_element<std::string>(0))
    return reason.context().get_as<std::string>(0);
  return caf::to_string(reason);
}

} // namespace orderly
