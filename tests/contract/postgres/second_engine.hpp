#pragma once
// Another engine on the database of a test: a store object of its own.

#include "tests/contract/backend.hpp"
#include "tests/support/postgres_server.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace orderly::test {

inline std::string url_of(store_under_test& db) {
  return postgres_url() + "?options=-csearch_path%3D" + db.scalar("select current_schema()");
}

inline std::unique_ptr<store> another_engine_on(store_under_test& db) {
  return std::move(open_store({.url = url_of(db), .data_dir = {}, .vfs = {}}).value());
}

/// A writer of such an engine, with the engine.
class other_writer {
public:
  explicit other_writer(store_under_test& db) : engine_(another_engine_on(db)) {}
  store_writer& operator*() const { return *writer_; }
  store_writer* operator->() const { return writer_.get(); }

private:
  std::unique_ptr<store> engine_;
  std::unique_ptr<store_writer> writer_ = std::move(engine_->open_writer().value());
};

/// In half a minute.
inline bool becomes(const std::function<bool()>& true_in_time) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!true_in_time()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

} // namespace orderly::test
