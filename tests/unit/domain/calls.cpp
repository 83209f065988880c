#include "domain/ports/tiktok_port.hpp"
#include "tests/support/catch.hpp"

namespace orderly::test {
using enum call_class;

TEST_CASE("success is code 0 with an answer of TikTok, whatever else") {
  CHECK(classify_call(200, 0, "Success", true) == ok);
  CHECK(classify_call(200, 0, "", false) == ok);
}

TEST_CASE("every code of the sheet has its class") {
  const std::vector<std::pair<call_class, std::vector<std::int64_t>>> table{
      {back_off,
       {36009002, 36009037, 36009003, 10002014, 10002015, 10037002, 10037003, 10037004, 10006402, 25001028, 11034037, 11034023}},
      {outcome_unknown, {36009007, 21001003, 21001008, 21001011, 11001027, 11001031, 21022029, 21042001, 21042076, 21008300}},
      {already_shipped, {11006021, 21008099, 21011020, 21011040, 21011006, 21042056, 21011027, 25001045}},
      {on_hold, {21011044}},
      {cancelled, {21011041, 21011042, 25020009}},
      {after_sale_open, {21011007, 21008044, 25001011}},
      {reread, {21011001, 21011028, 21011029, 21011003, 21032001, 25001003}},
      {refused_values,
       {21011022, 21011025, 21034012, 11028006, 21004012, 21004015, 21004016, 21011048, 21004006, 21004019, 21004020, 25001021,
        25001014}},
      {final_refusal,
       {21011049, 21011050, 21011051, 21011052, 21011030, 21008025, 21008106, 21011043, 21008111, 25001051, 25005010}},
      {token_expired, {105002}},
      {not_authorized, {105005, 101000, 36004004, 36004005}},
      {shop_inactive, {36009043, 36009044}},
      {our_fault, {36009009, 36009010, 36009014, 36009021, 36009022, 36009023, 36009033, 106001, 106013, 25001001}},
  };
  for (const auto& [meaning, codes] : table)
    for (auto code : codes) {
      INFO(code);
      CHECK(classify_call(200, code, "", true) == meaning);
      CHECK(classify_call(200, code, "", false) == (meaning == outcome_unknown ? back_off : meaning));
    }
}

TEST_CASE("36009004 means what its message says") {
  CHECK(classify_call(200, 36009004, "Invalid timestamp. The request has expired", true) == clock_skew);
  CHECK(classify_call(200, 36009004, "The `x-tts-access-token` header is invalid", true) == token_expired);
  CHECK(classify_call(200, 36009004, "Invalid Access Token", false) == token_expired);
  CHECK(classify_call(200, 36009004, "shop_cipher is not required", true) == our_fault);
  CHECK(classify_call(200, 36009004, "", true) == our_fault);
}

TEST_CASE("a code that is known decides before the HTTP status does") {
  CHECK(classify_call(401, 36009043, "", false) == shop_inactive); // no expired token (sheet 8, case 50)
  CHECK(classify_call(429, 36009037, "", true) == back_off);
  CHECK(classify_call(500, 21011040, "", true) == already_shipped);
}

TEST_CASE("without TikTok's envelope the HTTP status decides") {
  for (int status : {0, 408, 500, 502, 504}) {
    INFO(status);
    CHECK(classify_call(status, 0, "", true) == outcome_unknown);
    CHECK(classify_call(status, 0, "", false) == back_off);
  }
  for (int status : {429, 503})
    CHECK(classify_call(status, 0, "", true) == back_off);
  CHECK(classify_call(401, 0, "", false) == token_expired);
  CHECK(classify_call(403, 0, "", false) == not_authorized);
  CHECK(classify_call(404, 0, "404 page not found", false) == our_fault);
  CHECK(classify_call(302, 0, "", false) == our_fault);
}

TEST_CASE("a code newer than the sheet is no success") {
  CHECK(classify_call(200, 99999999, "", true) == unknown_code);
  CHECK(classify_call(200, 99999999, "", false) == unknown_code);
  CHECK(classify_call(429, 99999999, "", true) == back_off);
}

TEST_CASE("classes have names") {
  CHECK(name_of(ok) == "ok");
  CHECK(name_of(outcome_unknown) == "outcome_unknown");
  CHECK(name_of(final_refusal) == "final_refusal");
  CHECK(name_of(unknown_code) == "unknown_code");
  CHECK(name_of(our_fault) == "our_fault");
}

} // namespace orderly::test
