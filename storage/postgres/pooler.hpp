#pragma once
// A transaction pooler gives each transaction of a connection another server session. Prepared statements,
// settings and LISTEN belong to a session, so nothing here would work behind one; it must be found out at
// start and not by its symptoms.

#include "storage/postgres/session.hpp"

namespace orderly::postgres {

/// Errors: bad_config, naming the fix. Throws what libpqxx throws.
result<void> refuse_transaction_pooler(const database& where);

} // namespace orderly::postgres
