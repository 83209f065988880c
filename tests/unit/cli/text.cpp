// What a terminal may be shown, how wide it is, how numbers and times are said.
#include "tests/support/catch.hpp"
#include "tests/support/seed.hpp"
#include "tools/orderly/view/table.hpp"

using namespace orderly;
using namespace orderly::view;
using namespace std::chrono_literals;

namespace {

const timestamp noon = *from_rfc3339("2026-11-27T12:00:00Z");

style screen(std::size_t width, bool utf8 = true) { return {.width = width, .bounded = true, .utf8 = utf8, .now = noon}; }

} // namespace

TEST_CASE("Nothing that a terminal would obey is shown") {
  CHECK(printable("a\x1b[2Jb\x07", true) == "a?[2Jb?");
  CHECK(printable("two\nlines\tand a tab\r", true) == "two lines and a tab ");
  CHECK(printable("\x7f\xc2\x9b", true) == "??"); // DEL, and the C1 form of ESC [
  CHECK(printable("\xe2\x80\xae"
                  "gpj.exe\xe2\x81\xa6",
                  true) == "?gpj.exe?"); // turned direction
  CHECK(printable("\xff\xc0\xaf\xed\xa0\x80\xf5", true).find_first_not_of('?') == std::string::npos);
  CHECK(printable("Zo\xc3\xab \xe6\x97\xa5", true) == "Zo\xc3\xab \xe6\x97\xa5");
  CHECK(printable("Zo\xc3\xab \xe6\x97\xa5", false) == "Zo? ?");
}

TEST_CASE("Whatever bytes come, what is shown is printable, and fits once it is cut") {
  const auto seed = test::seed_of_run();
  INFO("ORDERLY_SEED=" << seed);
  std::mt19937_64 random{seed};
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, ' ');
    for (auto& byte : bytes)
      byte = static_cast<char>(random() % 256);
    const auto utf8 = random() % 2 == 0;
    const auto shown_text = printable(bytes, utf8);
    CHECK(printable(shown_text, utf8) == shown_text);
    for (const char c : shown_text)
      CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    const auto width = random() % 20 + 1;
    CHECK(cells(cut(shown_text, width)) <= width);
    for (const auto& line : wrapped(shown_text, width + 1, random() % 5))
      CHECK(cells(line) <= std::max<std::size_t>(width + 1, 2 + 5));
  }
}

TEST_CASE("Wide letters take two cells, combining marks none") {
  CHECK(cells("abc") == 3);
  CHECK(cells("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(cells("e\xcc\x81") == 1);
  CHECK(cut("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5) == "\xe6\x97\xa5...");
  CHECK(cut("processing", 10) == "processing");
  CHECK(cut("processing", 9) == "proces...");
  CHECK(cut("processing", 2) == "pr");
}

TEST_CASE("An id is shortened from the left") {
  CHECK(short_id("576461413038785752") == "...785752");
  CHECK(short_id("785752") == "785752");
  CHECK(short_id("123456789") == "123456789");
}

TEST_CASE("Text is broken at blanks, and what follows is indented") {
  CHECK(wrapped("one two three four", 9, 2) == lines{"one two", "  three", "  four"});
  CHECK(wrapped("a576461413038785752", 10) == lines{"a576461413", "038785752"});
  CHECK(wrapped("", 10).empty());
  CHECK(wrapped("   indented words here", 12, 3) == lines{"   indented", "   words", "   here"});
  CHECK(wrapped("         576461413038785752", 15, 2).front() == "         576461");
}

TEST_CASE("Times have three digits at most and a unit that fits") {
  CHECK(duration(0us) == "0.0 ms");
  CHECK(duration(400us) == "0.4 ms");
  CHECK(duration(98'240us) == "98.2 ms");
  CHECK(duration(210'140us) == "210 ms");
  CHECK(duration(999'400us) == "999 ms");
  CHECK(duration(1'203'400us) == "1.2 s");
  CHECK(duration(59s) == "59.0 s");
  CHECK(duration(5min) == "5 min");
  CHECK(duration(3h + 20min) == "3 h");
  CHECK(duration(76h) == "3 d");
  CHECK(duration(-1s) == "0.0 ms");
  CHECK(milliseconds(std::nullopt) == "-");
  CHECK(milliseconds(1203.4) == "1.2 s");
}

TEST_CASE("What is not known is a dash and never a zero") {
  CHECK(rate(std::nullopt) == "-");
  CHECK(rate(0.0) == "0.0");
  CHECK(rate(4.12) == "4.1");
  CHECK(rate(99.96) == "100");
  CHECK(rate(212.4) == "212");
  CHECK(plain_number(std::nullopt) == "-");
  CHECK(plain_number(1203.44) == "1203.4");
  CHECK(amount(8204) == "8,204");
  CHECK(amount(-1234567) == "-1,234,567");
  CHECK(amount(204) == "204");
}

TEST_CASE("Ages are in whole units, and what is to come says so") {
  CHECK(age(noon, noon) == "now");
  CHECK(age(noon - 12s, noon) == "12 s");
  CHECK(age(noon - 59min, noon) == "59 min");
  CHECK(age(noon - 47h, noon) == "47 h");
  CHECK(age(noon - 80h, noon) == "3 d");
  CHECK(age(noon + 5min, noon) == "in 5 min");
  CHECK(due(noon + 52min, noon) == "in 52 min");
  CHECK(due(noon - 12min, noon) == "late 12 min");
  CHECK(moment(noon) == "2026-11-27 12:00:00 UTC");
  CHECK(words("AWAITING_SHIPMENT") == "awaiting shipment");
}

TEST_CASE("A table that does not fit leaves out what is least needed, then cuts its last column") {
  table rows{{{"ID"}, {"STATUS", alignment::left, 0, 2}, {"AGE", alignment::right, 0, 1}, {"NOTES"}, {"EMPTY"}}};
  rows.add({"1", "awaiting shipment", "3 s", "held", ""});
  rows.add({"22", "on hold", "12 min", "", ""});
  CHECK(rows.page(screen(80)) ==
        lines{"ID  STATUS                AGE  NOTES", "1   awaiting shipment     3 s  held", "22  on hold            12 min"});
  CHECK(rows.page(screen(20)) == lines{"ID     AGE  NOTES", "1      3 s  held", "22  12 min"});
  CHECK(rows.page(screen(12)) == lines{"ID  NOTES", "1   held", "22"});
  CHECK(set(rows.page(screen(6)), screen(6)) == lines{"ID ...", "1  ...", "22"});
  CHECK(rows.page({.width = 6}).front() == "ID  STATUS                AGE  NOTES");
}
