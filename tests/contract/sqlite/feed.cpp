// The feed of commits of a database that was put back from a copy.

#include "tests/contract/backend.hpp"
#include "tests/contract/orders.hpp"

using namespace orderly;
using namespace orderly::test;

TEST_CASE("a new epoch comes behind the events of the old one, whose lost positions are known") {
  const auto db = fresh_sqlite();
  const auto writer = db->writer();
  const auto reader = db->reader();
  stored(*writer, "51");
  const auto copied = reader->feed_end().value();
  auto lost = copied; // of an event that the copy does not have
  lost.pos += 1;
  db->execute("insert into feed_epochs(epoch, first_pos) select 1, max(pos) + 1 from order_events");
  CHECK(reader->events_after(lost, 10).value().lost);
  stored(*writer, "52");
  CHECK(reader->events_after(lost, 10).value().lost);
  const auto page = reader->events_after(copied, 10).value();
  REQUIRE(page.events.size() == 1);
  CHECK(page.events.front().order == tiktok_order_id{"52"});
  CHECK(page.next == feed_position{1, lost.pos, page.events.front().at.order, 1});
  CHECK(reader->feed_end().value() == page.next);
  const auto all = reader->events_after({}, 10).value();
  REQUIRE(all.events.size() == 2);
  CHECK(all.events.front().at == copied);
}
