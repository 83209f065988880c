#include "tests/contract/backend.hpp"

namespace orderly::test {

std::unique_ptr<store_writer> store_under_test::writer() { return std::move(store().open_writer().value()); }
std::unique_ptr<order_queries> store_under_test::reader() { return std::move(store().open_reader().value()); }
std::unique_ptr<store_admin> store_under_test::admin() { return std::move(store().open_admin().value()); }

} // namespace orderly::test
