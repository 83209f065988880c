// orderlyd on a disk that forgets what was not flushed: a kill -9 is a power cut. With FORGETFUL_DISK_LIES in the environment the
// disk does not flush at all, to show that the tests would notice a loss.

#include "app/orderlyd.hpp"
#include "tests/support/dropping_vfs.hpp"

#include <cstdlib>

int main(int argc, char** argv) {
  auto& disk = orderly::test::register_dropping_vfs("dropping");
  disk.lie_about_flushes(std::getenv("FORGETFUL_DISK_LIES") != nullptr);
  return orderly::run_orderlyd(argc, argv, {.sqlite_vfs = "dropping"});
}
