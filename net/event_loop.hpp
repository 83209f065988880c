#pragma once
// One thread with its own io_context. Everything of a connection happens on the loop that accepted it, so sessions need no locks.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <thread>

namespace orderly {

/// Held by shared_ptr: the engine's late answers hold weak ones, and post only while the loop lives.
class event_loop {
public:
  event_loop() : work_(io.get_executor()) {}
  ~event_loop() { stop(); }
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  void run() {
    thread_ = std::thread{[this] { io.run(); }};
  }
  /// Handlers that have not run are dropped with the loop. Not from the loop's own thread.
  void stop() {
    io.stop();
    join();
  }
  void join() {
    if (thread_.joinable())
      thread_.join();
  }

  boost::asio::io_context io{1};

private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};
using event_loop_ptr = std::shared_ptr<event_loop>;

} // namespace orderly
