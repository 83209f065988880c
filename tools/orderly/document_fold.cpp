#include "tools/orderly/document_fold.hpp"

#include "domain/order/detail.hpp"
#include "domain/order/input.hpp"

namespace orderly::audit {
namespace {

/// A detail went into the document.
bool has_detail(const event& e) {
  return e.type == event_type::detail_updated ||
         (e.type == event_type::fact_updated && bool_at(e.detail, "addresses_renewed").value_or(false));
}

} // namespace

bool document_fold::take(const event& e) {
  const auto* cause = all_.input_of(e);
  const bool merges = has_detail(e);
  if (!merges && (e.type != event_type::created || !cause || cause->row->type != "create"))
    return true;
  if (!cause || !cause->raw_is_whole)
    return false;
  auto object = object_of(*cause->row);
  if (!object) {
    out_.add(rule::document, "the body of " + name_of(*cause->row) + ", cause of seq " + said(e.seq), "no order object",
             "TikTok's order object");
    return false;
  }
  if (merges)
    merge(*std::move(object));
  else
    begin(*std::move(object));
  return true;
}

void document_fold::compare(const std::string& stored) {
  const auto parsed = parse_json(stored);
  const auto* held = parsed ? parsed->if_object() : nullptr;
  if (!held)
    return out_.add(rule::readable, "order_data", "what cannot be read", "a JSON object");
  if (known_)
    say_difference(*held, document_);
  else if (last_) // whatever was there before: merging the same detail once more changes nothing
    say_difference(*held, merge_detail(*held, *last_, false));
}

/// POST /orders: the document, also of a row inserted by hand, which had none or this one. If it is a detail, `detail_updated`
/// follows and merges it into itself.
void document_fold::begin(json::object posted) {
  document_ = std::move(posted);
  known_ = true;
}

void document_fold::merge(json::object fresh) {
  document_ = merge_detail(document_, fresh, false);
  last_ = std::move(fresh);
}

std::optional<json::object> document_fold::object_of(const input_row& in) const {
  const auto source = input_source_from(in.source);
  auto body = source ? parse_body(*source, in.type, in.raw, all_.stored.id) : result<input_body>{error{}};
  if (!body)
    return std::nullopt;
  if (auto* fetched = std::get_if<fetched_detail>(&*body))
    return std::move(fetched->order);
  if (auto* posted = std::get_if<create_order>(&*body))
    return std::move(posted->order_data);
  return std::nullopt;
}

void document_fold::say_difference(const json::object& found, const json::object& expected) {
  std::string names;
  const auto name = [&](std::string_view member) { (names += names.empty() ? "" : ", ") += member; };
  for (const auto& member : expected)
    if (const auto* held = found.if_contains(member.key()); !held || !same_value(*held, member.value()))
      name(member.key());
  for (const auto& member : found)
    if (!expected.contains(member.key()))
      name(member.key());
  if (!names.empty())
    out_.add(rule::document, "order_data", "other values of " + names, "the details of its inputs, merged");
}

} // namespace orderly::audit
