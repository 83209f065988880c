#pragma once
// A list to its end. Each page is a read of its own, so that an export of any length holds a reader for one page at a time, and
// what is more urgent goes in between. A row is as new as its page.

#include "domain/ports/reads.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace orderly {

template <class Page>
struct page_export {
  /// The page behind a cursor; empty: the first.
  std::function<result<Page>(order_queries&, const std::string& cursor)> query;
  /// Called with each page, on whatever thread, and with the error that ended it. False: no more is wanted. The last page has no
  /// next_cursor.
  std::function<bool(const result<Page>&)> take;
};

/// @param from outlives the export
template <class Page>
void export_pages(reads& from, std::shared_ptr<const page_export<Page>> what, const std::string& cursor = {}) {
  from.run<Page>(
      read_class::exports, [what, cursor](order_queries& in) { return what->query(in, cursor); },
      [&from, what](const result<Page>& page) {
        if (what->take(page) && page && !page->next_cursor.empty())
          export_pages(from, what, page->next_cursor);
      });
}

} // namespace orderly
