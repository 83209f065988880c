// fold_check SQLITE_FILE DATA_DIR: reads every stored order and checks that its row is the fold of its stored events (DESIGN I5).
// Prints the orders that are not, and how many were read. Exit 0 when all are right, 1 otherwise.

#include "domain/decide.hpp"
#include "storage/store.hpp"

#include <algorithm>
#include <iostream>

using namespace orderly;

namespace {

std::vector<event> history(store_reader& from, const tiktok_order_id& id) {
  std::vector<event> events;
  std::string cursor;
  do {
    const auto page = from.timeline(id, 200, cursor).value();
    for (const auto& entry : page.entries)
      if (entry.happened) events.push_back(*entry.happened);
    cursor = page.next_cursor;
  } while (!cursor.empty());
  std::sort(events.begin(), events.end(), [](const event& a, const event& b) { return a.seq < b.seq; });
  return events;
}

bool is_fold(const order& row, const std::vector<event>& events) {
  order folded;
  folded.tiktok_id = row.tiktok_id;
  for (const auto& e : events) {
    if (e.seq != folded.version + 1) return false;
    folded = apply(std::move(folded), e);
  }
  return folded == row;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const auto opened = open_store({.url = std::string{"sqlite:"} + argv[1], .data_dir = argv[2], .vfs = {}});
  const auto reader = (*opened.value()).open_reader();
  int orders = 0, wrong = 0;
  order_filter filter{.state = {}, .limit = 100, .cursor = ""};
  do {
    const auto page = (*reader.value()).list(filter).value();
    for (const auto& row : page.orders) {
      ++orders;
      if (is_fold(row, history(**reader, row.tiktok_id))) continue;
      ++wrong;
      std::cout << row.tiktok_id.str() << " is not the fold of its events\n";
    }
    filter.cursor = page.next_cursor;
  } while (!filter.cursor.empty());
  std::cout << orders << " orders read, " << wrong << " wrong\n";
  return wrong == 0 && orders > 0 ? 0 : 1;
}
