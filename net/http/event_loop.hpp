#pragma once
// One thread with its own io_context. Everything of a connection happens on the loop that accepted it, so sessions need no locks.

#include "base/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
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
    thread_ = std::thread{[this] {
      while (!io.stopped())
        try {
          io.run();
        } catch (
            const std::exception& e) { // what the handler held is released: a request in it gets its 500, a connection its end
          log(log_level::error, "net.handler_failed", "A network handler threw; the loop goes on", {{"what", e.what()}});
        }
    }};
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
