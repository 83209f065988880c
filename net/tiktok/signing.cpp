#include "net/tiktok/signing.hpp"

#include "base/digest.hpp"

namespace orderly {

std::string sign_request(std::string_view app_secret, std::string_view path, const std::map<std::string, std::string>& query,
                         std::string_view body, std::string_view content_type) {
  std::string text{app_secret};
  text += path;
  for (const auto& [key, value] : query) // std::map sorts by bytes, as the algorithm does
    if (key != "sign" && key != "access_token" && key != "x-tts-access-token") {
      text += key;
      text += value;
    }
  const auto media_type =
      content_type.substr(0, content_type.find(';')); // "multipart/form-data; boundary=..." (sheet 2.1, step 5)
  if (media_type != "multipart/form-data")
    text += body;
  text += app_secret;
  return to_hex(hmac_sha256(app_secret, text));
}

std::string sign_webhook(std::string_view app_key, std::string_view app_secret, std::string_view raw_body) {
  std::string text{app_key};
  text += raw_body;
  return to_hex(hmac_sha256(app_secret, text));
}

bool verify_webhook(std::string_view app_key, std::string_view app_secret, std::string_view raw_body,
                    std::string_view authorization) {
  // Upper-case hex is not TikTok's: comparing the text refuses it without decoding.
  return equal_in_constant_time(sign_webhook(app_key, app_secret, raw_body), authorization);
}

} // namespace orderly
