#include "storage/timeline_merge.hpp"

#include <utility>

namespace orderly {

timeline_page merge_timeline(std::vector<event> events, std::vector<input_view> inputs, std::size_t limit) {
  timeline_page page;
  std::size_t e = 0, i = 0;
  while (page.entries.size() < limit && (e < events.size() || i < inputs.size())) {
    const bool event_next = e < events.size() && (i == inputs.size() || events[e].at >= inputs[i].received_at);
    timeline_entry entry;
    if (event_next)
      entry.happened = std::move(events[e++]);
    else
      entry.received = std::move(inputs[i++]);
    page.entries.push_back(std::move(entry));
  }
  if (e < events.size() || i < inputs.size())
    page.next_cursor = to_cursor(
        timeline_position{e < events.size() ? events[e].seq : no_more_events,
                          i < inputs.size() ? list_position{inputs[i].received_at, inputs[i].id.value} : no_more_inputs});
  return page;
}

} // namespace orderly
