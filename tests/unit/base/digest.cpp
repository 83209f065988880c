// SHA-256 and HMAC-SHA256 against published vectors: FIPS 180-2 (appendix B) and RFC 4231 (section 4).
#include "base/digest.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace orderly;

TEST_CASE("SHA-256 gives the digests of FIPS 180-2") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(std::string(1'000'000, 'a'))) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("HMAC-SHA256 gives the digests of RFC 4231") {
  struct vector {
    std::string key, message, digest;
  };
  const std::string counting = [] {
    std::string key;
    for (char byte = 1; byte <= 25; ++byte)
      key += byte;
    return key;
  }();
  const vector vectors[]{
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counting, std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs "
       "to be hashed before being "
       "used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const auto& v : vectors) {
    INFO(v.message);
    CHECK(to_hex(hmac_sha256(v.key, v.message)) == v.digest);
  }
}

TEST_CASE("Zero bytes are bytes like others") {
  CHECK(sha256(std::string_view{"a\0b", 3}) != sha256(std::string_view{"a\0c", 3}));
  CHECK(hmac_sha256(std::string_view{"\0k", 2}, "m") != hmac_sha256(std::string_view{"\0j", 2}, "m"));
}

TEST_CASE("Two texts are equal only if every byte is") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("bbc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time("", "a"));
}
