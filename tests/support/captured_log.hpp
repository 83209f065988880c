#pragma once
// What is logged while it stands: until start_logging each line goes to stderr at once, from `warn` on.

#include "base/json.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace orderly::test {

class captured_log {
public:
  captured_log() : kept_(::dup(STDERR_FILENO)), file_(std::tmpfile()) {
    if (kept_ < 0 || !file_ || ::dup2(::fileno(file_), STDERR_FILENO) < 0)
      throw std::runtime_error("stderr cannot be captured");
  }
  ~captured_log() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
    std::fclose(file_);
  }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  /// So far, as it was written.
  [[nodiscard]] std::string text() const {
    std::string out(static_cast<std::size_t>(::lseek(::fileno(file_), 0, SEEK_END)), '\0');
    const auto read = ::pread(::fileno(file_), out.data(), out.size(), 0);
    out.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
    return out;
  }
  /// The lines of that event.
  [[nodiscard]] std::vector<json::object> lines(std::string_view event) const {
    std::vector<json::object> out;
    const auto all = text();
    for (std::size_t at = 0; at < all.size();) {
      const auto end = std::min(all.find('\n', at), all.size());
      auto line = parse_json(std::string_view{all}.substr(at, end - at));
      if (line && line->is_object() && string_at(line->get_object(), "event") == event)
        out.push_back(std::move(line->get_object()));
      at = end + 1;
    }
    return out;
  }

private:
  const int kept_;
  std::FILE* const file_;
};

} // namespace orderly::test
