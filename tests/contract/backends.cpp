#include "tests/contract/backend.hpp"

#include <stdexcept>

namespace orderly::test {

std::vector<std::string> databases() { return {"sqlite", "postgresql"}; }

std::vector<std::string> backends() { return {"sqlite", "postgresql", "memory"}; }

std::unique_ptr<store_under_test> fresh(const std::string& backend) {
  if (backend == "sqlite")
    return fresh_sqlite();
  if (backend == "postgresql")
    return fresh_postgres();
  if (backend == "memory")
    return fresh_memory();
  throw std::invalid_argument("no such backend: " + backend);
}

} // namespace orderly::test
