#include "net/http/responder.hpp"

#include "base/log.hpp"
#include "net/http/problem.hpp"

namespace orderly {

responder::~responder() {
  if (answered_)
    return;
  log(log_level::error, "http.answer_lost", "A request was dropped without an answer; the client gets a 500");
  answer(problem(error_code::internal));
}

} // namespace orderly
