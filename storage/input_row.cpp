#include "storage/input_row.hpp"

#include "base/log.hpp"
#include "storage/order_row.hpp"

#include <algorithm>
#include <tuple>

namespace orderly {

std::vector<input> inputs_from(std::vector<input_row> rows) {
  std::vector<input> all;
  all.reserve(rows.size());
  for (auto& row : rows) {
    const auto source = input_source_from(row.source);
    if (!source) {
      log(log_level::error, "input.unreadable", "an input of an unknown source is left as it is",
          {{"input", to_string(row.what.id)}, {"source", row.source}});
      continue;
    }
    auto& what = row.what;
    what.source = *source;
    if (!what.order.empty())
      if (auto body = parse_body(what.source, what.type, *what.raw, what.order))
        what.body = *std::move(body);
    all.push_back(std::move(what));
  }
  return all;
}

std::vector<input> oldest_first(std::vector<input> all) {
  std::sort(all.begin(), all.end(), [](const input& a, const input& b) {
    return std::tie(a.received_at, a.id.value) < std::tie(b.received_at, b.id.value);
  });
  return all;
}

result<settled_input> settled_from(input_id id, const sha256_digest& raw_hash, std::string_view answer) {
  const auto what = "answer of input " + to_string(id);
  const auto body = stored_object(answer, what);
  auto outcome = body ? answer_from(*body) : result<orderly::answer>{body.error()};
  if (!outcome) // a newer version wrote it, say: a fault of the store, neither of the input that asks nor of its order
    return error{error_code::storage_unavailable, "the stored " + what + " cannot be read: " + outcome.error().message, {}};
  return settled_input{id, raw_hash, *std::move(outcome)};
}

result<dead_letter_cause> cause_from(std::string_view name) {
  if (const auto cause = dead_letter_cause_from(name))
    return *cause;
  return error{error_code::internal, "a stored dead letter has an unknown cause: " + std::string{name}, {}};
}

timestamp died_at(const input_record& record) { return std::max(record.what->received_at, record.decided_at); }

} // namespace orderly
