#include "domain/order/input.hpp"

#include "base/names.hpp"
#include "domain/order/json_fields.hpp"
#include "domain/tiktok/webhook.hpp"

namespace orderly {
namespace {

constexpr std::array<std::string_view, 6> sources{"webhook", "api", "tiktok", "poll", "replay", "engine"};
constexpr std::array<std::string_view, 5> report_results{"accepted", "try_again", "on_hold", "cancelled", "refused"};

outbox_ref promise_from(field_reader& from) {
  field_reader in{*from.object("promise")};
  outbox_ref promise{in.number("row"), static_cast<int>(in.number("attempt"))};
  if (!in.ok())
    from.wrong("promise");
  return promise;
}

input_body read_detail(field_reader& in) {
  fetched_detail b{*in.object("order"), from_micros(in.number("requested_at")), std::nullopt, in.text("shop_region")};
  if (in.has("promise"))
    b.promise = promise_from(in);
  return b;
}

input_body read_fetch_failed(field_reader& in) {
  return fetch_failed{promise_from(in),   in.flag("retry"),          in.text("code"),
                      in.text("message"), in.micros("requested_at"), std::chrono::seconds{in.number("retry_after")}};
}

input_body read_report_answered(field_reader& in) {
  const auto report = uuid_from(in.text("report"));
  const auto result = name_tables::value_in<report_result>(report_results, in.text("result"));
  if (!report)
    in.wrong("report");
  if (!result)
    in.wrong("result");
  return report_answered{
      promise_from(in),   input_id{report.value_or(uuid{})}, result.value_or(report_result::try_again),     in.text("code"),
      in.text("message"), package_id{in.text("package_id")}, std::chrono::seconds{in.number("retry_after")}};
}

input_body read_move(field_reader& in) {
  move_order b;
  const auto to = order_state_from(in.text("to"));
  if (!to)
    in.wrong("to");
  b.to = to.value_or(order_state::received);
  b.reason = in.text("reason");
  if (in.has("expected_version"))
    b.expected_version = in.number("expected_version");
  b.tracking_number = in.text("tracking_number");
  b.shipping_provider_id = in.text("shipping_provider_id");
  b.lines = in.ids<line_item_id>("line_item_ids");
  if (in.has("report"))
    b.report = in.flag("report");
  b.retry = in.flag("retry");
  return b;
}

struct wire_form {
  std::string_view type;
  input_body (*read)(field_reader&);
};
/// The bodies that the engine writes itself (wire.hpp).
constexpr std::array<wire_form, 9> wire_forms{{
    {"create",
     [](field_reader& in) -> input_body {
       return create_order{*in.object("order_data"), shop_id{in.text("shop_id")}};
     }},
    {"transition", read_move},
    {"hold", [](field_reader& in) -> input_body { return hold_order{in.text("reason")}; }},
    {"release", [](field_reader&) -> input_body { return release_order{}; }},
    {"note", [](field_reader& in) -> input_body { return add_note{in.text("text")}; }},
    {"clear_attention", [](field_reader& in) -> input_body { return clear_attention{in.text("kind")}; }},
    {"order_detail", read_detail},
    {"fetch_failed", read_fetch_failed},
    {"report_answered", read_report_answered},
}};

result<input_body> read_wire(const wire_form& form, std::string_view raw) {
  const auto value = parse_json(raw);
  if (!value)
    return value.error();
  const auto* object = value->if_object();
  if (!object)
    return error{error_code::invalid_field, "the body of `" + std::string{form.type} + "` is not an object", {}};
  field_reader in{*object};
  auto body = form.read(in);
  if (!in.ok())
    return in.failure(form.type);
  return body;
}

input_body from_webhook(std::string_view raw, const tiktok_order_id& order) {
  for (auto& [id, seen] : parse_webhook(raw).orders)
    if (id == order)
      return body_of(std::move(seen));
  return std::monostate{};
}

} // namespace

std::string_view name_of(input_source source) { return name_tables::name_in(sources, source); }
std::optional<input_source> input_source_from(std::string_view name) {
  return name_tables::value_in<input_source>(sources, name);
}
std::string_view name_of(report_result result) { return name_tables::name_in(report_results, result); }

input_body body_of(observation seen) {
  return std::visit([](auto& what) -> input_body { return std::move(what); }, seen);
}

bool needs_document(const input& in) {
  return std::holds_alternative<fetched_detail>(in.body) || std::holds_alternative<create_order>(in.body);
}

bool is_command(const input_body& what) {
  return std::visit(
      [](const auto& body) {
        using body_type = std::decay_t<decltype(body)>;
        return std::is_same_v<body_type, create_order> || std::is_same_v<body_type, move_order> ||
               std::is_same_v<body_type, hold_order> || std::is_same_v<body_type, release_order> ||
               std::is_same_v<body_type, add_note> || std::is_same_v<body_type, clear_attention>;
      },
      what);
}

result<input_body> parse_body(input_source source, std::string_view type, std::string_view raw, const tiktok_order_id& order) {
  if (source != input_source::webhook)
    for (const auto& form : wire_forms)
      if (form.type == type)
        return read_wire(form, raw);
  return from_webhook(raw, order); // a replayed webhook keeps its topic as its type
}

} // namespace orderly
