#include "tools/sandbox/http.hpp"

#include <charconv>

namespace orderly::sandbox {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

} // namespace

std::string_view request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

void read_target(std::string_view target, request& into) {
  const auto question = target.find('?');
  into.path = target.substr(0, question);
  if (question == std::string_view::npos)
    return;
  auto rest = target.substr(question + 1);
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    if (const auto key = decoded(pair.substr(0, equals)); !pair.empty() && !into.query.emplace(key, decoded(value)).second)
      into.repeated = key;
    rest.remove_prefix(pair.size() < rest.size() ? pair.size() + 1 : rest.size());
  }
}

} // namespace orderly::sandbox
