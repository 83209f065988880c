#pragma once
// The feed of commits as PostgreSQL's transaction ids order it. An event is given out once no transaction with a lower id is
// open, so a long one holds back what is newer; those of an older epoch are all there.

#include "domain/ports/event_feed.hpp"
#include "storage/postgres/session.hpp"

namespace orderly::postgres {

feed_position end_of_feed(session& over);
result<event_page> read_events(session& over, const feed_position& at, std::size_t limit);

} // namespace orderly::postgres
