#pragma once
// Pushes webhooks as TikTok does: signed, at least once, again after anything but 200 or 401 (sheet 6.1).

#include "tools/sandbox/ledger.hpp"
#include "tools/sandbox/settings.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace orderly::sandbox {

class sender {
public:
  sender(boost::asio::io_context& loop, const settings& with, ledger& book);
  ~sender();
  /// http://HOST:PORT/PATH with an IP address as host. False when it is not one. Takes effect with the next attempt.
  bool set_url(const std::string& url);
  /// Webhooks of one order are sent one after the other, each when the one before is settled; unless `shuffle` is on.
  void send(webhook what);

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace orderly::sandbox
