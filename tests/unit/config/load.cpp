// How the configuration is put together, and every problem that it can have; those with its secrets are in secrets.cpp.
#include "config/environment_names.hpp"
#include "config/schema.hpp"
#include "config/value.hpp"
#include "tests/unit/config/written_config.hpp"

#include <map>

using namespace orderly;
using namespace orderly::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_CASE("Without any source the defaults are in force") {
  const auto loaded = load_config({});
  REQUIRE(loaded.problems.empty());
  const auto& c = loaded.values;
  CHECK(c.listen == "127.0.0.1:8080");
  CHECK(c.storage.url == "sqlite:data/orderly.db");
  CHECK(c.http.webhook_deadline == 2500ms);
  CHECK(c.processing.paid_wait == 1h);
  CHECK(c.processing.auto_start);
  CHECK(c.tiktok.previous_app_secrets.empty());
  CHECK(c.tiktok.shops.empty());
}

TEST_CASE("The database is in the data folder wherever that is") {
  CHECK(load_config({{}, {}, {{"data_dir", "/var/lib/orderly"}}}).values.storage.url == "sqlite:/var/lib/orderly/orderly.db");
  CHECK(load_config({{}, {}, {{"data_dir", "x"}, {"storage.url", "sqlite:y.db"}}}).values.storage.url == "sqlite:y.db");
}

TEST_CASE("A later source wins: file, environment, flags") {
  const files in;
  const auto file = in.write("orderly.toml", "listen = \"file:1\"\nadmin_listen = \"file:1\"\n[storage]\nreaders = 7\n");
  const auto loaded = load_config(
      {file, {{"ORDERLY_LISTEN", "environment:2"}, {"ORDERLY_ADMIN_LISTEN", "environment:2"}}, {{"listen", "flags:3"}}});
  REQUIRE(loaded.problems.empty());
  CHECK(loaded.values.listen == "flags:3");
  CHECK(loaded.values.admin_listen == "environment:2");
  CHECK(loaded.values.storage.readers == 7);
  CHECK(loaded.values.storage.load_batch == 200);
}

TEST_CASE("The environment sets every type of key") {
  const auto loaded = load_config({{},
                                   {{"ORDERLY_TIKTOK_APP_SECRET", "s3cret"},
                                    {"ORDERLY_TIKTOK_PREVIOUS_APP_SECRETS", "older,oldest"},
                                    {"ORDERLY_PROCESSING_AUTO_START", "false"},
                                    {"ORDERLY_HTTP_MAX_BODY", "4096"},
                                    {"ORDERLY_HTTP_BODY_TIMEOUT", "1.5s"},
                                    {"ORDERLY_SHUTDOWN_GRACE", "3s"}},
                                   {}});
  REQUIRE(loaded.problems.empty());
  CHECK(loaded.values.tiktok.app_secret == "s3cret");
  CHECK(loaded.values.tiktok.previous_app_secrets == std::vector<std::string>{"older", "oldest"});
  CHECK_FALSE(loaded.values.processing.auto_start);
  CHECK(loaded.values.http.max_body == 4096);
  CHECK(loaded.values.http.body_timeout == 1500ms);
  CHECK(loaded.values.shutdown.grace == 3s);
}

TEST_CASE("Names of the command line tool and of tests are left alone, others under ORDERLY_ are errors") {
  CHECK(load_config({{}, {{"ORDERLY_URL", "x"}, {"ORDERLY_TOKEN", "x"}, {"ORDERLY_STORAGE", "x"}, {"ORDERLY_SEED", "1"}}, {}})
            .problems.empty());
  const auto problem = the_problem_of(load_config({{}, {{"ORDERLY_TIKTOK_APP_SECERT", "s3cret"}}, {}}));
  CHECK(to_string(problem) == "environment: ORDERLY_TIKTOK_APP_SECERT: unknown name; did you mean ORDERLY_TIKTOK_APP_SECRET?");
}

TEST_CASE("A wrong value in the environment or a flag is named as it was written") {
  const auto environment = the_problem_of(load_config({{}, {{"ORDERLY_STORAGE_READERS", "many"}}, {}}));
  CHECK(to_string(environment) == "environment: ORDERLY_STORAGE_READERS: found \"many\"; allowed: a whole number from 1 to 64");
  const auto flag = the_problem_of(load_config({{}, {}, {{"listen", "nowhere"}}}));
  CHECK(to_string(flag) == "flags: listen: found \"nowhere\"; allowed: HOST:PORT, the port from 0 to 65535");
}

TEST_CASE("An unknown key names its line and the nearest known key") {
  const auto problem = the_problem_of(load("log_level = \"info\"\n[storage]\nreders = 2\n"));
  CHECK(problem.line == 3);
  CHECK(problem.key == "storage.reders");
  CHECK(problem.nearest == "storage.readers");
  CHECK(to_string(problem) == problem.file + ":3: storage.reders: unknown key; did you mean storage.readers?");
}

TEST_CASE("A known key in the wrong table leads to the right one") {
  CHECK(the_problem_of(load("readers = 2\n")).nearest == "storage.readers");
}

TEST_CASE("Nothing is suggested when nothing is near") { CHECK(the_problem_of(load("colour_of_the_sky = 2\n")).nearest.empty()); }

TEST_CASE("A key that must be quoted is an unknown key like any other, also where it looks like a part of a list") {
  const auto name = GENERATE(as<std::string>{}, "shops[x]", "shops[0]", "shops[999999999]", "shops[0].id", "shops[", "");
  INFO(name);
  const auto problem = the_problem_of(load("[tiktok]\n\"" + name + "\" = 1\n"));
  CHECK(problem.line == 2);
  CHECK(problem.key == "tiktok.\"" + name + "\"");
  CHECK(problem.found == "unknown key");
  CHECK(the_problem_of(load("\"tiktok.shops[999999999]\" = 1\n")).line == 1);
  CHECK(the_problem_of(load("[\"tiktok.shops[7]\"]\nid = \"1\"\n")).found == "unknown table");
  CHECK(the_problem_of(load("\"two\\nlines\" = 1\n")).key == "\"two\\u000Alines\"");
}

TEST_CASE("A key may be quoted without need") { CHECK(load("\"listen\" = \"h:1\"\n[\"http\"]\nthreads = 2\n").problems.empty()); }

TEST_CASE("A lease must outlast the two calls that are made on it") {
  const auto short_lease = the_problem_of(load("[tiktok]\ntimeout = \"10s\"\n[engine]\nlease = \"20s\"\n"));
  CHECK(said(short_lease) == ":4: engine.lease: found \"20s\" beside a tiktok.timeout of \"10s\"; "
                             "allowed: at least twice tiktok.timeout and 1s: here \"21s\"");
  CHECK(the_problem_of(load("[tiktok]\ntimeout = \"20s\"\n")).line == 2); // the lease is the default
  CHECK(the_problem_of(load_config({{}, {{"ORDERLY_ENGINE_LEASE", "1s"}}, {}})).file == "environment");
  CHECK(load("[engine]\nlease = \"21s\"\n").problems.empty());
  CHECK(load("[engine]\nlease = \"2s\"\n[tiktok]\ntimeout = \"500ms\"\n").problems.empty());
}

TEST_CASE("An unknown table is one problem, however many keys it has") {
  const auto problem = the_problem_of(load("[storge]\nurl = \"sqlite:x\"\nreaders = 2\n"));
  CHECK(problem.key == "storge");
  CHECK(problem.nearest == "storage");
}

TEST_CASE("A wrong type says what was found and what is allowed") {
  const auto [toml, found] = GENERATE(table<std::string, std::string>({
      {"[storage]\nreaders = \"two\"", "found \"two\""},
      {"[storage]\nreaders = 2.5", "found 2.5"},
      {"[storage]\nreaders = true", "found true"},
      {"[storage]\nreaders = [1, 2]", "found an array"},
      {"[storage]\nreaders = 1979-05-27", "found a date or time"},
      {"[storage]\nreaders = {a = 1}", "unknown table"},
      {"listen = 8080", "found 8080"},
      {"[processing]\nauto_start = \"yes\"", "found \"yes\""},
      {"[http]\nidle_timeout = 5", "found 5"},
      {"[http]\nidle_timeout = \"5\"", "found \"5\""},
      {"[shutdown]\ngrace = \"1.5s\"", "found \"1.5s\""},
      {"[tiktok]\nprevious_app_secrets = [1]", "found an array"},
      {"storage = 3", "unknown key"},
      {"tiktok.shops = 3", "found 3"},
  }));
  const auto problem = the_problem_of(load(toml));
  INFO(to_string(problem));
  CHECK(problem.found == (found == "unknown table" ? "found a table" : found));
  CHECK((!problem.allowed.empty() || problem.found == "unknown key"));
}

TEST_CASE("Numbers, ports, durations and addresses have bounds") {
  const auto toml =
      GENERATE(as<std::string>{}, "[storage]\nreaders = 0", "[storage]\nreaders = 65", "[http]\nmax_body = 100",
               "[http]\nmax_body = 99999999999", "[http]\nheader_timeout = \"1ms\"", "[http]\nheader_timeout = \"11m\"",
               "listen = \"127.0.0.1:65536\"", "listen = \"127.0.0.1:-1\"", "listen = \":8080\"", "listen = \"8080\"",
               "listen = \"::1:80\"", "listen = \"a b:80\"", "data_dir = \"\"", "log_level = \"verbose\"",
               "[storage]\nurl = \"mysql://x\"", "[storage]\nurl = \"sqlite:\"", "[tiktok]\napi_base = \"ftp://x\"",
               "[tiktok]\napi_base = \"https://\"", "[tiktok]\napi_base = \"https://host/path\"",
               "[tiktok]\napi_base = \"https://host:0\"", "[tiktok]\napp_key = \"two words\"");
  INFO(toml);
  CHECK(the_problem_of(load(toml)).found.starts_with("found "));
}

TEST_CASE("Values at their bounds are accepted") {
  const auto toml =
      GENERATE(as<std::string>{}, "[storage]\nreaders = 1", "[storage]\nreaders = 64", "listen = \"[::1]:65535\"",
               "listen = \"localhost:0\"", "[http]\nheader_timeout = \"10ms\"", "[tiktok]\napi_base = \"http://[::1]:9\"",
               "[tiktok]\napi_base = \"http://localhost\"", "[storage]\nurl = \"postgresql://host/db\"");
  INFO(toml);
  CHECK(load(toml).problems.empty());
}

TEST_CASE("Every problem of a file is listed, each on a line of its own") {
  const auto loaded = load("lisen = \"x\"\nlog_level = \"loud\"\n[http]\nthreads = 0\n");
  REQUIRE(loaded.problems.size() == 3);
  for (const auto& problem : loaded.problems)
    CHECK(to_string(problem).find('\n') == std::string::npos);
}

TEST_CASE("A file that is not TOML, a number that no type holds or a missing file is a problem, not a crash") {
  const auto broken = the_problem_of(load("listen = \"127.0.0.1:1\"\nlog_level = \n"));
  CHECK(broken.line == 2);
  CHECK(broken.found.starts_with("not TOML: "));
  CHECK(the_problem_of(load("log_level = \"info\"\nlog_level = \"info\"\n")).found.starts_with("not TOML: "));
  CHECK(the_problem_of(load("[http]\nthreads = 99999999999999999999\n")).line == 2);
  const auto missing = the_problem_of(load_config({"/nonexistent/orderly.toml", {}, {}}));
  CHECK(to_string(missing) == "/nonexistent/orderly.toml: cannot be read: No such file or directory; "
                              "allowed: a TOML file that this user can read");
  const files in;
  CHECK(the_problem_of(load_config({in.path().string(), {}, {}})).found == "cannot be read: it is a folder");
}

TEST_CASE("Shops are read with their tokens, and each mistake in one is named") {
  const files in;
  const auto token = in.write("token", "TTP_token\n");
  const auto shop = [&](const std::string& id, const std::string& more = "") {
    return "[[tiktok.shops]]\nid = \"" + id + "\"\nregion = \"GB\"\ncipher = \"c\"\naccess_token_file = \"" + token + "\"\n" +
           more;
  };
  const std::string app = "[tiktok]\napp_key = \"k\"\napp_secret = \"s\"\n";
  const auto load_shops = [&](const std::string& toml) { return load_config({in.write("orderly.toml", toml), {}, {}}); };

  const auto loaded = load_shops(app + shop("1") + shop("2"));
  REQUIRE(loaded.problems.empty());
  REQUIRE(loaded.values.tiktok.shops.size() == 2);
  CHECK(loaded.values.tiktok.shops[1].id == "2");
  CHECK(loaded.values.tiktok.shops[1].access_token == "TTP_token");

  const auto unknown = the_problem_of(load_shops(app + shop("1", "regoin = \"GB\"\n")));
  CHECK(unknown.key == "tiktok.shops[0].regoin");
  CHECK(unknown.line == 9);
  CHECK(unknown.nearest == "region");
  CHECK(the_problem_of(load_shops(app + shop("1") + shop("1"))).found == "found \"1\" a second time");
  CHECK(the_problem_of(load_shops(app + "[[tiktok.shops]]\nid = \"1\"\nregion = \"GB\"\naccess_token_file = \"" + token + "\"\n"))
            .key == "tiktok.shops[0].cipher");
  CHECK(the_problem_of(load_shops(app + "[[tiktok.shops]]\nid = \"1\"\nregion = \"gb\"\ncipher = \"c\"\naccess_token_file = \"" +
                                  token + "\"\n"))
            .found == "found \"gb\"");
  CHECK(the_problem_of(load_shops("[tiktok]\napp_secret = \"s\"\n" + shop("1"))).key == "tiktok.app_key");
  CHECK(the_problem_of(load_shops("[tiktok]\napp_key = \"k\"\n" + shop("1"))).key == "tiktok.app_secret");
  fs::permissions(token, fs::perms{0640});
  CHECK(the_problem_of(load_shops(app + shop("1"))).key == "tiktok.shops[0].access_token_file");
}

TEST_CASE("The printed configuration shows every key, no secret, and reads back the same") {
  const files in;
  const auto token = in.write("token", "hush-token");
  const auto file =
      in.write("orderly.toml", "[storage]\nurl = \"postgresql://user:hush@host/db?password=hush\"\n[tiktok]\napp_key = \"k\"\n"
                               "app_secret = \"hush\"\nprevious_app_secrets = [\"hush\", \"hush\"]\n[[tiktok.shops]]\n"
                               "id = \"1\"\nregion = \"GB\"\ncipher = \"c\"\naccess_token_file = \"" +
                                   token + "\"\n");
  const auto loaded = load_config({file, {}, {{"http.idle_timeout", "1500ms"}}});
  REQUIRE(loaded.problems.empty());
  const auto printed = print_config(loaded.values);
  INFO(printed);
  CHECK(printed.find("hush") == std::string::npos);
  CHECK(printed.find("app_secret = \"(redacted)\"") != std::string::npos);
  CHECK(printed.find("url = \"postgresql://user:***@host/db?password=***\"") != std::string::npos);
  CHECK(printed.find("idle_timeout = \"1500ms\"") != std::string::npos);

  const auto again = load_config({in.write("printed.toml", printed), {}, {}});
  for (const auto& problem : again.problems)
    UNSCOPED_INFO(to_string(problem));
  CHECK(again.problems.empty());
  CHECK(print_config(again.values) == printed);
}

TEST_CASE("What has changed between two configurations is named by key") {
  const auto before = load_config({}).values;
  CHECK(changed_keys(before, before).empty());
  auto after = before;
  after.log_level = "debug";
  after.storage.lanes += 1;
  after.tiktok.previous_app_secrets = {"old"};
  after.tiktok.timeout += 1ms;
  after.shutdown.grace += 1s;
  after.tiktok.shops.push_back({"1", "GB", "c", "token", "TTP_token"});
  CHECK(changed_keys(before, after) == std::vector<std::string>{"log_level", "storage.lanes", "tiktok.previous_app_secrets",
                                                                "tiktok.timeout", "shutdown.grace", "tiktok.shops"});
  auto renewed = after;
  renewed.tiktok.shops[0].access_token = "TTP_other";
  CHECK(changed_keys(after, renewed) == std::vector<std::string>{"tiktok.shops"});
}

TEST_CASE("A byte order mark and Windows' line ends are no problem of a configuration") {
  const auto loaded = load("\xef\xbb\xbflog_level = \"warn\"\r\n[http]\r\nthreads = 2\r\n");
  CHECK(loaded.problems.empty());
  CHECK(loaded.values.http.threads == 2);
}

TEST_CASE("What would exhaust a parser's stack or time is refused before it is parsed") {
  CHECK(the_problem_of(load("listen = " + std::string(8'000, '['))).found ==
        "not TOML: arrays and tables nest too deep; allowed: 32");
  CHECK(the_problem_of(load("a = " + std::string(33, '{'))).line == 1);
  std::string dotted = "\na";
  for (int i = 0; i < 20'000; ++i)
    dotted += ".a";
  const auto problem = the_problem_of(load(dotted + " = 1\n"));
  CHECK(problem.found == "not TOML: a key has too many parts; allowed: 32");
  CHECK(problem.line == 2);
  // Neither in texts nor in comments.
  const std::string many(100, '['), dots(100, '.');
  CHECK(load("# " + many + dots + "\n[tiktok]\napp_key = '" + many + dots + "' # \"" + many + "\napp_secret = \"\\\"" + many +
             "\"\n")
            .problems.empty());
}

TEST_CASE("Durations are a number and a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("2.5s") == 2500ms);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("1.5h") == 90min);
  for (const auto* text : {"", "s", "5", "-1s", "1 s", "1e3s", "1d", "0.0001s", "1ss", "inf s", "nans", "99999999999h"})
    CHECK_FALSE(parse_duration(text).has_value());
  for (const auto value : {0ms, 1ms, 1500ms, 2000ms, 60'000ms, 90'000ms, 3'600'000ms})
    CHECK(parse_duration(format_duration(value)) == value);
  CHECK(format_duration(90'000ms) == "90s");
}

TEST_CASE("No two keys share a name in the environment") {
  std::map<std::string, std::string_view> names;
  for (const auto& spec : config_schema()) {
    INFO(spec.key);
    CHECK(names.emplace(environment_name_of(spec.key), spec.key).second);
    CHECK_FALSE(spec.doc.empty());
  }
}

TEST_CASE("What Kubernetes sets for a Service called orderly is passed over") {
  const std::map<std::string, std::string> environment{{"ORDERLY_PORT", "tcp://10.0.0.7:8080"},
                                                       {"ORDERLY_SERVICE_HOST", "10.0.0.7"},
                                                       {"ORDERLY_SERVICE_PORT", "8080"},
                                                       {"ORDERLY_SERVICE_PORT_HTTP", "8080"},
                                                       {"ORDERLY_PORT_8080_TCP", "tcp://10.0.0.7:8080"},
                                                       {"ORDERLY_PORT_8080_TCP_PROTO", "tcp"},
                                                       {"ORDERLY_PORT_8080_TCP_PORT", "8080"},
                                                       {"ORDERLY_PORT_8080_TCP_ADDR", "10.0.0.7"},
                                                       {"ORDERLY_ADMIN_PORT_53_UDP_ADDR", "10.0.0.7"}};
  CHECK(load_config({{}, environment, {}}).problems.empty());
  for (const auto* wrong : {"ORDERLY_PORT_TCP", "ORDERLY_PORT_8080_TCP_ADDRESS", "ORDERLY_PORT_8080_HTTP", "ORDERLY_SERVICE"}) {
    INFO(wrong);
    CHECK(load_config({{}, {{wrong, "1"}}, {}}).problems.size() == 1);
  }
}

TEST_CASE("No key's name in the environment is one that Kubernetes sets") {
  for (const auto& spec : config_schema()) {
    INFO(spec.key);
    CHECK_FALSE(is_name_of_kubernetes(environment_name_of(spec.key)));
  }
}
