#pragma once
// The order object of sheet 4.3 for a seller-shipped US order, with what is masked or absent at each status.

#include "tools/sandbox/order.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace orderly::sandbox {

/// As `GET /order/202309/orders` and the search give it.
/// @param signature of the pictures' addresses: another one at every read
boost::json::object document_of(const order& from, std::string_view signature = {});

} // namespace orderly::sandbox
