#pragma once
// What is stored of one order beside its row, for whoever asks why it does not move.

#include "base/result.hpp"
#include "domain/order/situation.hpp"
#include "domain/ports/order_pages.hpp"
#include "storage/postgres/session.hpp"

namespace orderly::postgres {

/// In the transaction in which `row` was read.
result<order_situation> read_situation(session& over, pqxx::transaction_base& in, listed_order row);

} // namespace orderly::postgres
