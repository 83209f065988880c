#pragma once
// What the admin listener answers to: without this, a page whose name was pointed at this address could ask as if it were ours.

#include "net/http/authority.hpp"
#include "net/http/message.hpp"

#include <string>
#include <vector>

namespace orderly {

class own_names {
public:
  /// @param listen HOST:PORT as configured; the port is the connection's
  /// @param hosts `admin.hosts`: HOST with any port, or HOST:PORT
  own_names(const std::string& listen, const std::vector<std::string>& hosts);

  /// The request is addressed to the connection's own address, to the name that the listener is bound to, to localhost, each with
  /// the connection's port, or to one of `hosts`.
  [[nodiscard]] bool contain(const http_request& request) const;

private:
  std::string bound_;
  std::vector<authority> hosts_;
};

/// Origin and Sec-Fetch-Site, where a browser sent them, say that one of our own pages asks.
bool is_from_own_page(const http_request& request);

} // namespace orderly
