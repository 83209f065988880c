// Metrics as Prometheus reads them.
#include "base/metrics.hpp"

#include "tests/support/catch.hpp"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace orderly;

namespace {

bool has_line(const metrics& all, const std::string& wanted) {
  std::istringstream text{all.render()};
  for (std::string line; std::getline(text, line);)
    if (line == wanted)
      return true;
  UNSCOPED_INFO(all.render());
  return false;
}

} // namespace

TEST_CASE("A counter, a gauge and a histogram are rendered with help, type and labels") {
  metrics all;
  auto requests = all.counter("orderly_http_requests_total", "Requests answered", {{"status", "200"}});
  requests.add();
  requests.add(2);
  auto depth = all.gauge("orderly_writer_waiting_units", "Units that wait");
  depth.set(5);
  depth.add(-2);
  auto seconds = all.histogram("orderly_commit_seconds", "Time of a commit", {0.1, 1});
  seconds.observe(0.05);
  seconds.observe(0.5);
  seconds.observe(7);

  CHECK(requests.value() == 3);
  CHECK(depth.value() == 3);
  for (const auto* line : {"# HELP orderly_http_requests_total Requests answered", "# TYPE orderly_http_requests_total counter",
                           "orderly_http_requests_total{status=\"200\"} 3", "# TYPE orderly_writer_waiting_units gauge",
                           "orderly_writer_waiting_units 3", "# TYPE orderly_commit_seconds histogram",
                           "orderly_commit_seconds_count 3", "orderly_commit_seconds_bucket{le=\"0.1\"} 1",
                           "orderly_commit_seconds_bucket{le=\"1\"} 2", "orderly_commit_seconds_bucket{le=\"+Inf\"} 3"}) {
    INFO(line);
    CHECK(has_line(all, line));
  }
}

TEST_CASE("Asking twice for a name and labels gives the same metric, other labels another") {
  metrics all;
  auto first = all.counter("orderly_x_total", "X", {{"kind", "a"}});
  auto again = all.counter("orderly_x_total", "X", {{"kind", "a"}});
  auto other = all.counter("orderly_x_total", "X", {{"kind", "b"}});
  first.add();
  CHECK(again.value() == 1);
  CHECK(other.value() == 0);
}

TEST_CASE("A metric is found by its name and labels; asking for one that nobody registered registers nothing") {
  metrics all;
  all.counter("orderly_x_total", "X", {{"kind", "a"}}).add(2);
  all.gauge("orderly_depth", "Depth").set(-3);
  all.histogram("orderly_seconds", "Seconds", {1}).observe(1);
  CHECK(all.find("orderly_x_total", {{"kind", "a"}}) == 2);
  CHECK(all.find("orderly_depth") == -3);
  CHECK_FALSE(all.find("orderly_x_total"));
  CHECK_FALSE(all.find("orderly_x_total", {{"kind", "b"}}));
  CHECK_FALSE(all.find("orderly_x_total", {{"kind", "a"}, {"other", "b"}}));
  CHECK_FALSE(all.find("orderly_seconds"));
  const auto before = all.render();
  CHECK_FALSE(all.find("orderly_y_total"));
  CHECK(all.render() == before);
}

TEST_CASE("Many threads lose no count") {
  metrics all;
  auto count = all.counter("orderly_x_total", "X");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([count]() mutable {
      for (int n = 0; n < 10'000; ++n)
        count.add();
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(count.value() == 40'000);
}
