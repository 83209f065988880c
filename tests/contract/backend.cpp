#include "tests/contract/backend.hpp"

#include <stdexcept>

namespace orderly::test {

std::vector<std::string> backends() {
  return {"sqlite"};
}

std::unique_ptr<store_under_test> fresh(const std::string& backend) {
  if (backend == "sqlite") return fresh_sqlite();
  throw std::invalid_argument("no such backend: " + backend);
}

std::unique_ptr<store_writer> store_under_test::writer() {
  return std::move(store().open_writer().value());
}
std::unique_ptr<store_reader> store_under_test::reader() {
  return std::move(store().open_reader().value());
}
std::unique_ptr<store_admin> store_under_test::admin() {
  return std::move(store().open_admin().value());
}

} // namespace orderly::test
