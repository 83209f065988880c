// Addresses and networks as people write them.
#include "base/ip_network.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace orderly;

namespace {

bool contains(const std::string& network, const std::string& address) {
  const auto of = parse_ip_network(network);
  const auto one = parse_ip(address);
  REQUIRE((of && one));
  return of->contains(*one);
}

} // namespace

TEST_CASE("an address is shown in its shortest form, a mapped one as IPv4") {
  CHECK(to_string(*parse_ip("192.0.2.7")) == "192.0.2.7");
  CHECK(to_string(*parse_ip("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(to_string(*parse_ip("2001:DB8:0::0:1")) == "2001:db8::1");
  CHECK(*parse_ip("::FFFF:c000:207") == *parse_ip("192.0.2.7"));
  CHECK(*parse_ip("::1") != *parse_ip("127.0.0.1"));
}

TEST_CASE("what is no address is none") {
  using namespace std::string_literals;
  for (const auto& text : {""s, "localhost"s, "192.0.2"s, "192.0.2.256"s, "192.0.2.7:80"s, "[::1]"s, "fe80::1%eth0"s,
                           " 192.0.2.7"s, "192.0.2.7\0x"s, "0x7f.0.0.1"s}) {
    INFO(text);
    CHECK_FALSE(parse_ip(text));
    CHECK_FALSE(parse_ip_network(text));
  }
}

TEST_CASE("a network has the addresses that begin like it") {
  CHECK(contains("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(contains("192.0.2.7", "192.0.2.6"));
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("172.16.0.0/12", "172.31.255.255"));
  CHECK_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
  CHECK(contains("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  CHECK(contains("::/0", "203.0.113.9"));
  CHECK(contains("fd00::/8", "fdff::1"));
  CHECK_FALSE(contains("fd00::/8", "fe00::1"));
  CHECK(contains("2001:db8::1/128", "2001:db8::1"));
}

TEST_CASE("a mapped IPv4 network is its IPv4 network") {
  CHECK(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK_FALSE(contains("::ffff:10.0.0.0/104", "11.1.2.3"));
}

TEST_CASE("a network's length is a number of bits that its kind of address has") {
  for (const auto* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/ 8", "::1/129", "/8", "10.0.0.0/8/8"}) {
    INFO(text);
    CHECK_FALSE(parse_ip_network(text));
  }
}
