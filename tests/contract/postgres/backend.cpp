#include "tests/contract/backend.hpp"

#include "tests/support/postgres_server.hpp"

namespace orderly::test {
namespace {

class postgres_under_test final : public store_under_test {
public:
  postgres_under_test() { open(); }
  orderly::store& store() override { return *store_; }
  void restart() override {
    store_.reset();
    open();
  }
  void execute(const std::string& sql) override { postgres_shell{database_.url()}.execute(sql); }
  std::string scalar(const std::string& sql) override { return postgres_shell{database_.url()}.scalar(sql); }
  long long newest_position() override {
    return std::stoll(scalar("select xid from order_events order by epoch desc, xid desc limit 1"));
  }
  std::shared_ptr<void> open_write(const std::string& sql) override {
    auto other = std::make_shared<postgres_shell>(database_.url());
    other->execute("begin");
    other->execute(sql);
    return other;
  }

private:
  void open() { store_ = std::move(open_store({.url = database_.url(), .data_dir = {}, .vfs = {}}).value()); }
  postgres_database database_;
  std::unique_ptr<orderly::store> store_;
};

} // namespace

std::unique_ptr<store_under_test> fresh_postgres() { return std::make_unique<postgres_under_test>(); }

} // namespace orderly::test
