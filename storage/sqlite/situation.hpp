#pragma once
// What is stored of one order beside its row, for whoever asks why it does not move.

#include "base/result.hpp"
#include "domain/order/situation.hpp"
#include "domain/ports/order_pages.hpp"
#include "storage/sqlite/connection.hpp"

namespace orderly::sqlite {

/// In the transaction in which `row` was read.
result<order_situation> read_situation(connection& over, listed_order row);

} // namespace orderly::sqlite
