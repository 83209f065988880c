#include "domain/order/decide.hpp"
#include "storage/order_row.hpp"
#include "tools/orderly/rules.hpp"

#include <algorithm>
#include <array>

namespace orderly::audit {
namespace {

std::string name_of_move(const event& e) { return "the " + std::string{orderly::name_of(e.type)} + " of seq " + said(e.seq); }

std::string said(const std::optional<order_state>& state) { return state ? std::string{orderly::name_of(*state)} : "nothing"; }

void check_beginning(const evidence& all, findings& out) {
  for (const auto& e : all.events)
    if ((e.type == event_type::created) != (e.seq == 1))
      out.add(rule::history, "seq " + audit::said(e.seq), std::string{orderly::name_of(e.type)},
              e.seq == 1 ? "created" : "what follows upon created");
  const auto& first = all.events.front();
  const auto named = string_at(first.detail, "tiktok_order_id");
  if (first.type == event_type::created && named != all.stored.id.str())
    out.add(rule::history, "the order that seq 1 names", audit::said(named), all.stored.id.str());
}

void check_moves(const evidence& all, findings& out) {
  auto state = all.begun.state;
  bool is_known = true;
  std::int64_t due = 1;
  for (const auto& e : all.events) {
    is_known = is_known && e.seq == due; // behind a hole it may be anywhere
    due = e.seq + 1;
    const bool moves = e.type == event_type::transitioned;
    if (e.from && is_known && state != *e.from)
      out.add(rule::from_state, name_of_move(e), said(e.from), std::string{orderly::name_of(state)});
    if (moves && (!e.from || !e.to || !is_legal(*e.from, *e.to)))
      out.add(rule::move, name_of_move(e), said(e.from) + " -> " + said(e.to), "a move of the table");
    if (const auto after = moves && e.to ? e.to : e.from) {
      state = *after;
      is_known = true;
    }
  }
}

/// Of each column that the row has and the fold gives.
class column_check {
public:
  explicit column_check(findings& out) : out_(out) {}
  template <class T>
  void operator()(std::string_view column, const T& found, const T& expected) {
    if (!(found == expected))
      out_.add(rule::fold, std::string{column}, audit::said(found), audit::said(expected));
  }

private:
  findings& out_;
};

std::string shown(const json::value* value) {
  constexpr std::size_t longest = 160;
  auto text = value ? canonical_json(*value) : std::string{"nothing"};
  if (text.size() > longest) {
    text.resize(longest);
    text += "...";
  }
  return text;
}

void check_facts(const std::string& stored, const json::object& folded, findings& out) {
  const auto parsed = parse_json(stored);
  const auto* held = parsed ? parsed->if_object() : nullptr;
  if (!held)
    return out.add(rule::readable, "facts", "what cannot be read", "a JSON object");
  for (const auto& member : folded)
    if (const auto* found = held->if_contains(member.key()); !found || !same_value(*found, member.value()))
      out.add(rule::fold, "facts." + std::string{member.key()}, shown(found), shown(&member.value()));
  for (const auto& member : *held)
    if (!folded.contains(member.key()))
      out.add(rule::fold, "facts." + std::string{member.key()}, shown(&member.value()), "nothing");
}

/// The last event whose input walked the order to where its facts lead: every applied one but those that leave facts alone.
const input_evidence* last_follower(const evidence& all) {
  constexpr std::array<std::string_view, 3> bystanders{"hold", "note", "clear_attention"};
  for (auto e = all.events.rbegin(); e != all.events.rend(); ++e) {
    const auto* cause = all.input_of(*e);
    if (cause && cause->outcome == input_outcome::applied &&
        std::find(bystanders.begin(), bystanders.end(), cause->row->type) == bystanders.end())
      return cause;
  }
  return nullptr;
}

} // namespace

void check_history(const evidence& all, findings& out) {
  const auto last = all.stored.events.empty() ? 0 : all.stored.events.back().seq;
  if (all.stored.row && all.stored.row->version != last)
    out.add(rule::version, "version", audit::said(all.stored.row->version), audit::said(last));
  if (all.events.empty())
    return;
  if (all.whole)
    check_beginning(all, out);
  check_moves(all, out);
}

void check_fold(const evidence& all, findings& out) {
  if (!all.stored.row || !all.whole || all.events.empty())
    return;
  const auto& found = *all.stored.row;
  const auto expected = row_of(all.folded);
  column_check check{out};
  check("id", to_string(found.id), to_string(all.folded.id));
  check("state", std::string_view{found.state}, expected.state);
  check("failure", std::string_view{found.failure}, expected.failure);
  check("held", found.held, all.folded.held);
  check("tiktok_status", std::string_view{found.tiktok_status}, expected.tiktok_status);
  check("tiktok_update_time", found.tiktok_update_time, expected.tiktok_update_time);
  check("shop_id", std::string_view{found.shop}, expected.shop);
  check("created_at", found.created_at, all.folded.created_at);
  check("updated_at", found.updated_at, all.folded.updated_at);
  check("due_at", found.due_at, expected.due_at);
  check("closed_at", found.closed_at, expected.closed_at);
  check_facts(found.facts, to_json(all.folded.facts), out);
}

void check_target(const evidence& all, const policies& known, findings& out) {
  const auto* last = all.whole ? last_follower(all) : nullptr;
  const auto rules = last ? known.find(last->row->policy_version.value_or(0)) : known.end();
  if (rules == known.end() || all.folded.held || all.folded.state == order_state::failed)
    return; // a hold makes derived moves wait, and none leaves `failed`
  const auto target = derive_target(all.folded.facts, rules->second);
  const auto path = target ? shortest_path(all.folded.state, target->state) : std::nullopt;
  if (path && !path->empty())
    out.add(rule::target, "state", std::string{orderly::name_of(all.folded.state)},
            std::string{orderly::name_of(target->state)} + ", as the facts want it");
}

} // namespace orderly::audit
