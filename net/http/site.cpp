#include "net/http/site.hpp"

#include "net/http/problem.hpp"

namespace orderly {

answer_time at_once() {
  return {std::chrono::seconds{10}, [] { return problem(error_code::internal); }};
}

http_route answers(std::string_view label, http_response response) {
  return {label, at_once(),
          [response = std::move(response)](const http_request&, const responder_ptr& to) { to->answer(response); }, std::nullopt,
          true};
}

http_route no_such_path() { return answers("unknown", problem(error_code::not_found, "No such path.")); }

http_route wrong_method(std::string_view label, std::string allow) {
  auto response = problem(error_code::method_not_allowed, "This path allows: " + allow + ".");
  response.headers.emplace_back("Allow", std::move(allow));
  return answers(label, std::move(response));
}

} // namespace orderly
