#pragma once
// What an answer of TikTok Shop's API means (sheet 7).

#include "domain/tiktok/shop.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderly {

/// What an answer means for the caller (sheet 7.2).
enum class call_class : std::uint8_t {
  ok,
  back_off,        ///< nothing happened; again later
  outcome_unknown, ///< a time-out or broken connection after the request left: read before repeating a write
  already_shipped, ///< success only if a re-read shows our tracking number
  on_hold,
  cancelled,
  after_sale_open,
  reread,         ///< the package or state is not what we thought
  refused_values, ///< tracking number, provider: an operator corrects
  final_refusal,  ///< no repeat can help
  unknown_code,   ///< none that the sheet has: no reason to repeat a write, none to give up a read
  token_expired,
  not_authorized,
  shop_inactive,
  clock_skew,
  our_fault ///< signature, parameter, path: a bug or a configuration error; never loop
};
std::string_view name_of(call_class value);

/// @param http_status 0 when no answer came
/// @param code        TikTok's `code`; 0 with an HTTP error means that the body was not TikTok's envelope
call_class classify_call(int http_status, std::int64_t code, std::string_view message, bool is_write);

struct call_outcome {
  call_class result = call_class::ok;
  int http_status = 0;
  std::int64_t code = 0;
  std::string message, request_id;
  std::chrono::seconds retry_after{0};
};
/// Of a call that is not made, because the shop cannot be called.
call_outcome not_called(shop_obstacle why);

} // namespace orderly
