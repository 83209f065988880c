// Sheet 7.2: every code that TikTok documents, and what it means for the caller.

#include "domain/tiktok/call.hpp"

#include "base/names.hpp"

#include <algorithm>
#include <iterator>

namespace orderly {
namespace {

constexpr std::array<std::string_view, 16> names{
    "ok",         "back_off",       "outcome_unknown", "already_shipped", "on_hold",       "cancelled",      "after_sale_open",
    "reread",     "refused_values", "final_refusal",   "unknown_code",    "token_expired", "not_authorized", "shop_inactive",
    "clock_skew", "our_fault"};

struct known_code {
  std::int64_t code;
  call_class meaning;
};
using enum call_class;
/// `outcome_unknown` stands for "back off; read before repeating a write": a read just backs off.
// clang-format off
constexpr known_code known_codes[] = {
    {36009002, back_off},        {36009037, back_off},        {36009003, back_off},        {36009007, outcome_unknown},
    {36009009, our_fault},       {36009010, our_fault},       {36009014, our_fault},       {36009021, our_fault},
    {36009022, our_fault},       {36009023, our_fault},       {36009033, our_fault},       {36009043, shop_inactive},
    {36009044, shop_inactive},   {101000, not_authorized},    {105002, token_expired},     {105005, not_authorized},
    {106001, our_fault},         {106013, our_fault},         {36004004, not_authorized},  {36004005, not_authorized},
    {10002014, back_off},        {10002015, back_off},        {10037002, back_off},        {10037003, back_off},
    {10037004, back_off},        {10006402, back_off},        {21008111, final_refusal},
    // Fulfilment.
    {11006021, already_shipped}, {21008099, already_shipped}, {21011020, already_shipped}, {21011040, already_shipped},
    {21011006, already_shipped}, {21042056, already_shipped}, {21011027, already_shipped}, {21011044, on_hold},
    {21011041, cancelled},       {21011042, cancelled},       {21011007, after_sale_open}, {21008044, after_sale_open},
    {21011022, refused_values},  {21011025, refused_values},  {21034012, refused_values},  {11028006, refused_values},
    {21004012, refused_values},  {21004015, refused_values},  {21004016, refused_values},  {21011049, final_refusal},
    {21011050, final_refusal},   {21011051, final_refusal},   {21011052, final_refusal},   {21011030, final_refusal},
    {21011001, reread},          {21011028, reread},          {21011029, reread},          {21011003, reread},
    {21032001, reread},          {21011048, refused_values},  {21008025, final_refusal},   {21008106, final_refusal},
    {21011043, final_refusal},   {21011004, final_refusal},   {21001003, outcome_unknown}, {21001008, outcome_unknown},
    {21001011, outcome_unknown}, {11001027, outcome_unknown}, {11001031, outcome_unknown}, {21022029, outcome_unknown},
    {21042001, outcome_unknown}, {21042076, outcome_unknown}, {21008300, outcome_unknown},
    // Brazil wants the invoice first (sheet 5.1): an operator uploads it.
    {21004006, refused_values},  {21004019, refused_values},  {21004020, refused_values},
    // Cancellations and returns.
    {25001001, our_fault},       {25001003, reread},          {25001010, final_refusal},   {25001011, after_sale_open},
    {25001014, refused_values},  {25001015, refused_values},  {25001020, refused_values},  {25001021, refused_values},
    {25001028, back_off},        {25001045, already_shipped}, {25001051, final_refusal},   {25005010, final_refusal},
    {25007006, final_refusal},   {25020003, final_refusal},   {25020004, final_refusal},   {25020005, final_refusal},
    {25020009, cancelled},       {25020010, final_refusal},
    // Shipping documents that are still being made (sheet 5.7).
    {11034023, back_off},        {11034037, back_off},
};
// clang-format on

bool mentions(std::string_view message, std::string_view word) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
  return std::search(message.begin(), message.end(), word.begin(), word.end(), same) != message.end();
}

/// 36009004 has many meanings; only its words tell them apart (sheet 7.2; 8, case 15).
call_class by_message(std::string_view message) {
  if (mentions(message, "timestamp"))
    return clock_skew;
  if (mentions(message, "token"))
    return token_expired;
  return our_fault;
}

/// Without a code that means something: a proxy's page, an empty body, a code newer than the sheet.
std::optional<call_class> by_http_status(int status) {
  if (status == 0 || status == 408)
    return outcome_unknown;
  if (status == 429 || status == 503)
    return back_off;
  if (status >= 500)
    return outcome_unknown;
  if (status == 401)
    return token_expired;
  if (status == 403)
    return not_authorized;
  if (status >= 300)
    return our_fault;
  return std::nullopt;
}

call_class classify(int http_status, std::int64_t code, std::string_view message) {
  constexpr std::int64_t many_meanings = 36009004;
  if (code == many_meanings)
    return by_message(message);
  const auto known =
      std::find_if(std::begin(known_codes), std::end(known_codes), [&](const auto& each) { return each.code == code; });
  if (known != std::end(known_codes))
    return known->meaning;
  if (const auto meaning = by_http_status(http_status))
    return *meaning;
  return code == 0 ? ok : unknown_code;
}

} // namespace

std::string_view name_of(call_class value) { return name_tables::name_in(names, value); }

call_class classify_call(int http_status, std::int64_t code, std::string_view message, bool is_write) {
  const auto meaning = classify(http_status, code, message);
  return meaning == outcome_unknown && !is_write ? back_off : meaning;
}

/// As TikTok itself would answer.
call_outcome not_called(shop_obstacle why) {
  call_outcome outcome;
  switch (why) {
  case shop_obstacle::not_connected:
    outcome.result = not_authorized;
    outcome.message = "the shop is not connected";
    break;
  case shop_obstacle::token_expired:
    outcome.result = token_expired;
    outcome.message = "the shop's access token has expired";
    break;
  case shop_obstacle::deauthorized:
    outcome.result = not_authorized;
    outcome.message = "the seller has withdrawn the app's authorization";
    break;
  case shop_obstacle::inactive:
    outcome.result = shop_inactive;
    outcome.message = "TikTok Shop has closed or suspended the shop";
    break;
  }
  return outcome;
}

} // namespace orderly
