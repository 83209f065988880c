// The callbacks of readers: the engine ends when their count is 0, and then nobody may hold an actor any more.
#include "actors/plumbing/counted_read.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <stdexcept>

using namespace orderly;

namespace {

struct reads {
  std::shared_ptr<std::atomic<int>> under_way = std::make_shared<std::atomic<int>>(0);
  int when_let_go = -1; ///< the count at the moment when the handle went

  std::function<void(int)> callback(void (*then)(int)) {
    const std::shared_ptr<void> handle{nullptr, [this](void*) { when_let_go = under_way->load(); }};
    return reader_callback{under_way, handle, [then](const auto&, int found) { then(found); }};
  }
};

} // namespace

TEST_CASE("a callback that has run holds nothing, and its handle went before the count") {
  reads r;
  const auto kept = r.callback([](int) {});
  CHECK(r.under_way->load() == 1);
  CHECK(r.when_let_go == -1);
  kept(7);
  CHECK(r.when_let_go == 1);
  CHECK(r.under_way->load() == 0);
}

TEST_CASE("so does one that throws, and one that is gone without having run") {
  reads r;
  const auto throwing = r.callback([](int) { throw std::runtime_error("a defect"); });
  CHECK_THROWS(throwing(7));
  CHECK(r.when_let_go == 1);
  CHECK(r.under_way->load() == 0);
  reads dropped;
  dropped.callback([](int) {});
  CHECK(dropped.when_let_go == 1);
  CHECK(dropped.under_way->load() == 0);
}
