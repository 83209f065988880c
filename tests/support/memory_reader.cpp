#include "storage/cursor.hpp"
#include "storage/order_row.hpp"
#include "storage/paging.hpp"
#include "storage/timeline_merge.hpp"
#include "tests/support/memory_store.hpp"

#include <algorithm>
#include <set>

namespace orderly::test {
namespace {

template <class T>
result<T> as_it_is(const T& row) {
  return row;
}

} // namespace

class memory_reader final : public order_queries {
public:
  explicit memory_reader(memory_store& of) : of_(of) {}

  result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) override;
  result<order_page> list(const order_filter& filter) override;
  result<std::vector<listed_order>> rows_of(std::span<const order_id> orders) override;
  result<order_view> find(const order_key& key) override;
  result<order_situation> situation_of(const order_key& key) override;
  result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) override;
  result<event_page> events_after(const feed_position& at, std::size_t limit) override;
  result<feed_position> feed_end() override;
  result<pending_page> pending(const pending_request& what) override;
  result<dead_letter_page> dead_letters(const dead_letter_filter& filter) override;
  result<std::vector<std::int64_t>> dead_letter_ids(dead_letter_cause cause, std::size_t limit) override;
  result<std::size_t> quarantined_orders() override;

private:
  loaded_order load_one(const load_request& what) const;
  const memory_order* find_row(const order_key& key) const;
  std::vector<committed_event> events_behind(std::int64_t pos) const;
  bool is_quarantined(const tiktok_order_id& order) const;
  dead_letter_view view_of(std::int64_t id, const memory_dead_letter& letter) const;
  const memory_tables& t() const { return of_.tables_; }
  memory_store& of_;
};

result<std::vector<result<loaded_order>>> memory_reader::load(std::span<const load_request> what) {
  std::lock_guard alone(of_.mutex_);
  std::vector<result<loaded_order>> all;
  for (const auto& each : what)
    all.emplace_back(load_one(each));
  return all;
}

loaded_order memory_reader::load_one(const load_request& what) const {
  loaded_order loaded;
  loaded.order.tiktok_id = what.order;
  if (const auto found = t().orders.find(what.order); found != t().orders.end()) {
    loaded.exists = true;
    loaded.order = found->second.row;
    loaded.quarantined = found->second.quarantined_since().has_value();
    if (what.with_document)
      loaded.document = std::make_shared<const json::object>(found->second.document);
  }
  for (const auto& key : what.keys)
    if (const auto row = t().inputs.find({key, what.order});
        row != t().inputs.end() && row->second.outcome != input_outcome::pending)
      loaded.settled.emplace(key, settled_input{row->second.what.id, row->second.raw_hash, *row->second.answer});
  return loaded;
}

result<order_page> memory_reader::list(const order_filter& filter) {
  const auto from = list_position_from(filter.cursor);
  if (!from)
    return from.error();
  std::lock_guard alone(of_.mutex_);
  const auto key = [](const order& o) { return std::pair{o.updated_at, o.id.value}; };
  std::vector<listed_order> rows;
  for (const auto& [id, each] : t().orders)
    if ((!filter.state || each.row.state == *filter.state) && key(each.row) < std::pair{from->updated_at, from->id})
      rows.push_back({each.row, each.unreadable, each.quarantined_since()});
  std::sort(rows.begin(), rows.end(), [&](const listed_order& a, const listed_order& b) { return key(a.order) > key(b.order); });
  return page_from<listed_order>(rows, filter.limit, as_it_is<listed_order>);
}

result<std::vector<listed_order>> memory_reader::rows_of(std::span<const order_id> orders) {
  std::lock_guard alone(of_.mutex_);
  std::vector<listed_order> rows;
  for (const auto& order : orders)
    if (const auto* found = find_row(order))
      rows.push_back({found->row, found->unreadable, found->quarantined_since()});
  return rows;
}

const memory_order* memory_reader::find_row(const order_key& key) const {
  for (const auto& [id, each] : t().orders)
    if (key == order_key{id} || key == order_key{each.row.id})
      return &each;
  return nullptr;
}

bool memory_reader::is_quarantined(const tiktok_order_id& order) const {
  const auto found = t().orders.find(order);
  return found != t().orders.end() && found->second.quarantined_since();
}

result<order_view> memory_reader::find(const order_key& key) {
  std::lock_guard alone(of_.mutex_);
  const auto* row = find_row(key);
  if (!row)
    return no_such_order(key);
  return order_view{row->row, row->document, row->quarantined_since()};
}

result<order_situation> memory_reader::situation_of(const order_key& key) {
  std::lock_guard alone(of_.mutex_);
  const auto* row = find_row(key);
  if (!row)
    return no_such_order(key);
  order_situation found{row->row, row->unreadable, {}, {}, {}};
  for (const auto& [kind, attention] : row->attention)
    if (!attention.until)
      found.attention.push_back({kind, attention.since});
  for (const auto& [id, p] : t().outbox)
    if (p.order == row->row.id && (p.state == promise_state::open || p.state == promise_state::waiting))
      found.promises.push_back({id, p.kind, p.state, p.due_at, p.attempts, p.lease_until, p.last_error});
  std::set<event_type> told;
  for (auto e = row->events.rbegin(); e != row->events.rend(); ++e)
    if (told.insert(e->what.type).second)
      found.latest.push_back(e->what);
  return found;
}

result<timeline_page> memory_reader::timeline(const order_key& key, std::size_t limit, const std::string& cursor) {
  const auto from = timeline_position_from(cursor);
  if (!from)
    return from.error();
  std::lock_guard alone(of_.mutex_);
  const auto* row = find_row(key);
  if (!row)
    return no_such_order(key);
  std::vector<event> events;
  for (auto e = row->events.rbegin(); e != row->events.rend(); ++e)
    if (e->what.seq <= from->seq)
      events.push_back(e->what);
  std::vector<input_view> inputs;
  const std::pair bound{from->input.updated_at, from->input.id};
  for (const auto& [at, in] : t().inputs)
    if (at.second == row->row.tiktok_id && in.events == 0 && std::pair{in.what.received_at, in.what.id.value} <= bound)
      inputs.push_back({in.what.id, in.what.received_at, std::string{name_of(in.what.source)}, in.what.type, in.what.dedupe_key,
                        in.what.notification_id, in.outcome, in.deliveries});
  std::sort(inputs.begin(), inputs.end(), [](const input_view& a, const input_view& b) {
    return std::pair{a.received_at, a.id.value} > std::pair{b.received_at, b.id.value};
  });
  const auto size = page_size(limit);
  events.resize(std::min(events.size(), size + 1));
  inputs.resize(std::min(inputs.size(), size + 1));
  return merge_timeline(std::move(events), std::move(inputs), size);
}

std::vector<committed_event> memory_reader::events_behind(std::int64_t pos) const {
  std::vector<committed_event> events;
  for (const auto& [id, each] : t().orders)
    for (auto e = each.events.rbegin(); e != each.events.rend() && e->pos > pos; ++e)
      events.push_back({{0, e->pos, each.row.id, e->what.seq}, id, e->what});
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return events;
}

result<event_page> memory_reader::events_after(const feed_position& at, std::size_t limit) {
  std::lock_guard alone(of_.mutex_);
  if (at.epoch != 0 || at.pos >= t().next_pos) {
    const auto all = events_behind(0);
    return lost_page(all.empty() ? feed_position{} : all.back().at);
  }
  event_page page;
  page.events = events_behind(at.pos);
  if (page.events.size() > event_page_size(limit))
    page.events.erase(page.events.begin() + static_cast<std::ptrdiff_t>(event_page_size(limit)), page.events.end());
  return finished(std::move(page), at, limit);
}

result<feed_position> memory_reader::feed_end() {
  std::lock_guard alone(of_.mutex_);
  const auto all = events_behind(0);
  return all.empty() ? feed_position{} : all.back().at;
}

result<pending_page> memory_reader::pending(const pending_request& what) {
  const auto from = pending_position_from(what.cursor);
  if (!from)
    return from.error();
  std::lock_guard alone(of_.mutex_);
  const auto key = [](const input& in) { return std::pair{in.received_at, in.id.value}; };
  std::vector<input_row> rows;
  for (const auto& [at, in] : t().inputs)
    if (in.outcome == input_outcome::pending && in.what.received_at < bound_of(what) &&
        (!what.order || at.second == *what.order) && !is_quarantined(at.second) &&
        key(in.what) > std::pair{from->received_at, from->id})
      rows.push_back({in.what, std::string{name_of(in.what.source)}});
  std::sort(rows.begin(), rows.end(), [&](const input_row& a, const input_row& b) { return key(a.what) < key(b.what); });
  return page_from<input_row>(rows, what.limit, as_it_is<input_row>);
}

dead_letter_view memory_reader::view_of(std::int64_t id, const memory_dead_letter& letter) const {
  dead_letter_view view;
  view.id = id;
  view.input = letter.input;
  view.raw = std::make_shared<const std::string>();
  if (const auto* in = t().input_of(letter.input)) {
    view.order = in->what.order;
    view.shop = in->what.shop;
    view.source = name_of(in->what.source);
    view.type = in->what.type;
    view.notification_id = in->what.notification_id;
    view.raw = in->what.raw;
  }
  view.cause = letter.cause;
  view.count = letter.count;
  view.first_at = letter.first_at;
  view.last_at = letter.last_at;
  view.redriven_at = letter.redriven_at;
  return view;
}

result<dead_letter_page> memory_reader::dead_letters(const dead_letter_filter& filter) {
  const auto from = dead_letter_position_from(filter.cursor);
  if (!from)
    return from.error();
  std::lock_guard alone(of_.mutex_);
  std::vector<dead_letter_view> rows;
  for (const auto& [id, letter] : t().dead_letters)
    if ((!filter.cause || letter.cause == *filter.cause) && (filter.redriven || !letter.redriven_at) &&
        std::pair{letter.last_at, id} < std::pair{from->last_at, from->id})
      rows.push_back(view_of(id, letter));
  std::sort(rows.begin(), rows.end(), [](const dead_letter_view& a, const dead_letter_view& b) {
    return std::pair{a.last_at, a.id} > std::pair{b.last_at, b.id};
  });
  return page_from<dead_letter_view>(rows, filter.limit, as_it_is<dead_letter_view>);
}

result<std::vector<std::int64_t>> memory_reader::dead_letter_ids(dead_letter_cause cause, std::size_t limit) {
  std::lock_guard alone(of_.mutex_);
  std::vector<std::pair<timestamp, std::int64_t>> letters;
  for (const auto& [id, letter] : t().dead_letters)
    if (letter.cause == cause && !letter.redriven_at)
      letters.emplace_back(letter.last_at, id);
  std::sort(letters.rbegin(), letters.rend());
  letters.resize(std::min(letters.size(), page_size(limit)));
  std::vector<std::int64_t> ids;
  for (const auto& letter : letters)
    ids.push_back(letter.second);
  return ids;
}

result<std::size_t> memory_reader::quarantined_orders() {
  std::lock_guard alone(of_.mutex_);
  return static_cast<std::size_t>(
      std::count_if(t().orders.begin(), t().orders.end(), [](const auto& each) { return each.second.quarantined_since(); }));
}

std::unique_ptr<order_queries> make_memory_reader(memory_store& of) { return std::make_unique<memory_reader>(of); }

} // namespace orderly::test
