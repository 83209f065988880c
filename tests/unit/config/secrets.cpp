// Where the configuration's secrets may stand, what they may hold, and that none is ever shown.
#include "config/value.hpp"
#include "tests/unit/config/written_config.hpp"

using namespace orderly;
using namespace orderly::test;
namespace fs = std::filesystem;

TEST_CASE("A secret inline in a file that others can read is refused and not shown") {
  const auto toml =
      GENERATE(as<std::string>{}, "[tiktok]\napp_secret = \"hush\"", "[tiktok]\nprevious_app_secrets = [\"hush\"]",
               "[storage]\nurl = \"postgresql://user:hush@host/db\"", "[storage]\nurl = \"postgresql://user:?hush@host/db\"",
               "[storage]\nurl = \"postgresql://user@host/db?pass%77ord=hush\"");
  const auto mode = GENERATE(0640, 0604);
  INFO(toml);
  const auto problem = the_problem_of(load(toml, mode));
  CHECK(problem.line == 2);
  CHECK(problem.found.find("group or others can read") != std::string::npos);
  CHECK(problem.allowed.find("0600") != std::string::npos);
  CHECK(said(problem).find("hush") == std::string::npos);
  CHECK(load(toml, 0600).problems.empty());
}

TEST_CASE("A file without secrets may be read by everyone") { CHECK(load("[tiktok]\napp_key = \"k\"\n", 0644).problems.empty()); }

TEST_CASE("A wrong value of a secret is never shown") {
  const auto text = said(the_problem_of(load("[tiktok]\napp_secret = \"hush hush\"\n")));
  CHECK(text.find("hush") == std::string::npos);
  CHECK(said(the_problem_of(load("[tiktok]\napp_secret = 77\n"))).find("77") == std::string::npos);
  CHECK(said(the_problem_of(load("[tiktok]\napp_secert = \"hush\"\n"))).find("hush") == std::string::npos);
  CHECK(said(the_problem_of(load("[storage]\nurl = \"postgres://u:hush@h/d\"\n"))).find("hush") == std::string::npos);
}

TEST_CASE("The app's secret can come from a file of its own") {
  const files in;
  const auto secret = in.write("secret", "from-file\n");
  const auto main = in.write("orderly.toml", "[tiktok]\napp_secret_file = \"" + secret + "\"\n", 0644);
  const auto loaded = load_config({main, {}, {}});
  REQUIRE(loaded.problems.empty());
  CHECK(loaded.values.tiktok.app_secret == "from-file");

  SECTION("the environment wins over it") {
    const auto other = load_config({main, {{"ORDERLY_TIKTOK_APP_SECRET", "from-environment"}}, {}});
    REQUIRE(other.problems.empty());
    CHECK(other.values.tiktok.app_secret == "from-environment");
  }
  SECTION("it wins over an inline secret of an earlier source") {
    const auto inline_file = in.write("inline.toml", "[tiktok]\napp_secret = \"inline\"\n");
    const auto other = load_config({inline_file, {{"ORDERLY_TIKTOK_APP_SECRET_FILE", secret}}, {}});
    REQUIRE(other.problems.empty());
    CHECK(other.values.tiktok.app_secret == "from-file");
  }
  SECTION("both in one source contradict each other") {
    const auto both = in.write("both.toml", "[tiktok]\napp_secret = \"a\"\napp_secret_file = \"" + secret + "\"\n");
    CHECK(the_problem_of(load_config({both, {}, {}})).line == 3);
  }
  SECTION("a file that others can read, an empty one, one with two words and a missing one are refused") {
    fs::permissions(secret, fs::perms{0644});
    CHECK(the_problem_of(load_config({main, {}, {}})).found.find("group or others can read it (mode 0644)") != std::string::npos);
    in.write("secret", "\n");
    CHECK(the_problem_of(load_config({main, {}, {}})).found.find("it is empty") != std::string::npos);
    in.write("secret", "two words");
    CHECK(the_problem_of(load_config({main, {}, {}})).found.ends_with("byte 0x20 at place 4 (a blank)"));
    fs::remove(secret);
    CHECK(the_problem_of(load_config({main, {}, {}})).found.find("No such file") != std::string::npos);
  }
}

TEST_CASE("A password with an @ in it is redacted whole") {
  CHECK(without_password("postgresql://user:p@ss:word@host:5432/db") == "postgresql://user:***@host:5432/db");
  CHECK(without_password("postgresql://user@host:5432/db") == "postgresql://user@host:5432/db");
  CHECK(without_password("sqlite:/x@y:z") == "sqlite:/x@y:z");
}

TEST_CASE("A password is found wherever libpq finds it") {
  CHECK(without_password("postgresql://u:pa?ss@h/db") == "postgresql://u:***@h/db");
  CHECK(without_password("postgresql://u:?password=x@h/db") == "postgresql://u:***@h/db");
  CHECK(without_password("postgresql://u:p?a@ss@h") == "postgresql://u:***@h");
  CHECK(without_password("postgresql://h?pass%77ord=abc&user=u") == "postgresql://h?pass%77ord=***&user=u");
  CHECK(without_password("postgresql://u:p@h?%70assword=a@b/c") == "postgresql://u:***@h?%70assword=***");
  CHECK(without_password("postgresql:///db?host=h&sslpassw%6frd=abc") == "postgresql:///db?host=h&sslpassw%6frd=***");
  for (const std::string open :
       {"postgresql://u@h/db?application_name=a:b@c", "postgresql://u@h?user=%", "postgresql://h/a@b:c@d",
        "postgresql://:5432/db", "postgresql://h?", "postgresql://u@h/db?sslmode=require&passfile=/x"})
    CHECK_FALSE(has_password(open));
}

TEST_CASE("Where a password's end cannot be told nothing of the URL is shown") {
  CHECK(without_password("postgresql://user:pa/ss@host/db") == "postgresql://***");
  CHECK(without_password("postgresql://user:pa/s@s@host:5432/db") == "postgresql://***");
  CHECK(without_password("postgresql://[::1]:5432/a@b") == "postgresql://[::1]:5432/a@b");
  CHECK(has_password("postgresql://user:pa/ss@host/db"));
}

TEST_CASE("One rule for secrets, wherever they come from, names the byte that is wrong and shows no other") {
  const auto [bytes, found] = GENERATE(table<std::string, std::string>({
      {"\xef\xbb\xbfhush", "byte 0xEF at place 1 (a byte order mark)"},
      {"hush\xc2\xa0", "byte 0xC2 at place 5 (a no-break space)"},
      {std::string{"hu\0sh", 5}, "byte 0x00 at place 3"},
      {"hush\x7f", "byte 0x7F at place 5"},
      {"hush\nhush", "byte 0x0A at place 5 (a line's end)"},
  }));
  const files in;
  const auto secret = in.write("secret", bytes);
  const auto of_file = the_problem_of(load("[tiktok]\napp_secret_file = \"" + secret + "\"\n"));
  CHECK(of_file.found.ends_with("it has " + found));
  const auto of_environment = the_problem_of(load_config({{}, {{"ORDERLY_TIKTOK_APP_SECRET", bytes}}, {}}));
  CHECK(of_environment.found == "found a secret with " + found);
  CHECK(said(of_environment).find("hush") == std::string::npos);
}
