// orderlyd with a store that is at fault while the file that FAULTY_STORE names says so: "throw" ends the lane at each commit, as
// a defect would, "once" at the next one; "hang" does not return from it, as a dead disk would.

#include "app/orderlyd.hpp"
#include "tests/support/fault_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

std::string told() {
  const char* path = std::getenv("FAULTY_STORE");
  std::string word;
  std::ifstream{path ? path : ""} >> word;
  return word;
}

void obey() {
  const bool once = told() == "once" && std::remove(std::getenv("FAULTY_STORE")) == 0;
  if (once || told() == "throw")
    throw std::runtime_error("the test says so");
  while (told() == "hang")
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

/// Owns the store behind it.
struct faulty_store final : orderly::test::fault_store {
  explicit faulty_store(std::unique_ptr<orderly::store> real) : fault_store(*real), inner(std::move(real)) {
    plan->before_each_commit = obey;
  }
  std::unique_ptr<orderly::store> inner;
};

} // namespace

int main(int argc, char** argv) {
  const auto wrap = [](std::unique_ptr<orderly::store> real) -> std::unique_ptr<orderly::store> {
    return std::make_unique<faulty_store>(std::move(real));
  };
  return orderly::run_orderlyd(argc, argv, {.sqlite_vfs = {}, .wrap_store = wrap});
}
