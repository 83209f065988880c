#include "storage/postgres/batch.hpp"

#include "storage/order_row.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/postgres/stored.hpp"
#include "storage/unit_check.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace orderly::postgres {
namespace {

std::int64_t place_of(std::size_t i) { return static_cast<std::int64_t>(i); }

/// Made by its insert, whose own conflict clause is its fence.
bool creates(const order_unit& unit) { return !unit.exists && unit.after; }

std::string document_of(const order_unit& unit) { return unit.document ? json::serialize(*unit.document) : std::string{}; }

} // namespace

std::optional<std::int64_t> version_of(const std::optional<fence>& stored) {
  return stored ? std::optional{stored->version} : std::nullopt;
}

std::size_t stepper::step_of(std::string key, bool flag) {
  if (std::find(seen_.begin(), seen_.end(), key) != seen_.end() || flag_.value_or(flag) != flag) {
    ++step_;
    seen_.clear();
  }
  flag_ = flag;
  seen_.push_back(std::move(key));
  return step_;
}

// --- orders ---

std::vector<std::optional<fence>> batch::fence_and_update(units what, bool update) {
  rows asked{type::integer, type::text, type::integer, type::text,    type::text, type::boolean, type::integer, type::time,
             type::time,    type::text, type::text,    type::integer, type::time, type::json,    type::json};
  for (std::size_t i = 0; i < what.size(); ++i) {
    const auto& unit = *what[i];
    asked.integer(place_of(i)).text(unit.order.str()).integer(unit.decided_on);
    if (!update || !unit.after) {
      for (int column = 0; column < 12; ++column)
        asked.null();
      continue;
    }
    const auto& o = *unit.after;
    const auto row = row_of(o);
    asked.text(row.state).text_or_null(row.failure).flag(o.held).integer(o.version).at(o.updated_at).at(o.closed_at);
    asked.text_or_null(row.shop).text_or_null(row.tiktok_status).integer(row.tiktok_update_time).at(row.due_at);
    asked.json(row.facts).json_or_null(document_of(unit));
  }
  std::vector<std::optional<fence>> found(what.size());
  if (!asked.empty())
    for (const auto& row : over_.run(in_, sql::fence_and_update, asked))
      found[static_cast<std::size_t>(integer_at(row, 0))] = fence{id_at(row, 1), integer_at(row, 2)};
  return found;
}

std::vector<std::optional<fence>> batch::lock(units what) { return fence_and_update(what, false); }

std::vector<bool> batch::create(units what) {
  std::vector<bool> made(what.size());
  if (what.empty())
    return made;
  rows asked{type::text, type::uuid, type::text, type::text,    type::boolean, type::integer, type::time, type::time,
             type::time, type::text, type::text, type::integer, type::time,    type::json,    type::json};
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < what.size(); ++i) {
    const auto& unit = *what[i];
    const auto& o = *unit.after;
    const auto row = row_of(o);
    asked.text(unit.order.str()).id(o.id.value).text(row.state).text_or_null(row.failure).flag(o.held).integer(o.version);
    asked.at(o.created_at).at(o.updated_at).at(o.closed_at).text_or_null(row.shop).text_or_null(row.tiktok_status);
    asked.integer(row.tiktok_update_time).at(row.due_at).json(row.facts).json(unit.document ? document_of(unit) : "{}");
    places.emplace(unit.order.str(), i);
  }
  for (const auto& row : over_.run(in_, sql::create_orders, asked))
    if (const auto at = places.find(text_at(row, 0)); at != places.end())
      made[at->second] = true;
  return made;
}

std::vector<commit_verdict> batch::write(units what) {
  std::vector<const order_unit*> stored, fresh;
  std::vector<std::size_t> stored_at, fresh_at;
  std::vector<commit_verdict> outcome(what.size(), commit_verdict::conflict);
  std::vector<living> alive;
  for (std::size_t i = 0; i < what.size(); ++i) {
    if (!is_fenced(*what[i])) {
      outcome[i] = commit_verdict::committed;
      alive.push_back({what[i], uuid{}});
      continue;
    }
    (creates(*what[i]) ? fresh : stored).push_back(what[i]);
    (creates(*what[i]) ? fresh_at : stored_at).push_back(i);
  }
  // New rows first: an insert also waits for whoever is just changing a row of its key, so it must hold no
  // row that they could wait for. Rows that are there come after, in the order of their keys; nobody can wait
  // for a new one, since nobody sees it.
  const auto made = create(fresh);
  for (std::size_t i = 0; i < fresh.size(); ++i)
    if (made[i]) {
      outcome[fresh_at[i]] = commit_verdict::committed;
      alive.push_back({fresh[i], fresh[i]->after->id.value});
    }
  const auto found = fence_and_update(stored, true);
  for (std::size_t i = 0; i < stored.size(); ++i)
    if (fence_holds(*stored[i], version_of(found[i]))) {
      outcome[stored_at[i]] = commit_verdict::committed;
      alive.push_back({stored[i], found[i] ? found[i]->id : uuid{}});
    }
  write_inputs(alive);
  write_events(alive);
  project_attention(alive);
  std::vector<promised> promises;
  for (const auto& one : alive)
    for (const auto& change : one.unit->promises)
      promises.push_back({one.id, &change});
  write_promises(over_, in_, promises);
  count_deliveries(alive);
  return outcome;
}

// --- events ---

void batch::write_events(std::span<const living> all) {
  rows events{type::uuid, type::integer, type::time, type::text, type::text,
              type::text, type::text,    type::text, type::json, type::uuid};
  for (const auto& one : all)
    for (const auto& e : one.unit->events) {
      events.id(one.id).integer(e.seq).at(e.at).text(name_of(e.type)).text(e.source).text_or_null(e.actor);
      events.text_or_null(e.from ? name_of(*e.from) : "").text_or_null(e.to ? name_of(*e.to) : "");
      events.json(json::serialize(e.detail)).id(e.input.value);
    }
  if (!events.empty())
    own_.add(integer_at(over_.run(in_, sql::insert_events, events)[0], 0));
}

void batch::project_attention(std::span<const living> all) {
  struct step {
    rows raised{type::uuid, type::text, type::time, type::json};
    rows cleared{type::uuid, type::text, type::time};
  };
  std::vector<step> steps;
  for (const auto& one : all) {
    stepper sequence;
    for (const auto& e : one.unit->events) {
      const auto change = attention_of(e);
      if (!change)
        continue;
      const auto at = sequence.step_of(std::string{change->kind});
      steps.resize(std::max(steps.size(), at + 1));
      if (change->raised)
        steps[at].raised.id(one.id).text(change->kind).at(e.at).json(json::serialize(e.detail));
      else
        steps[at].cleared.id(one.id).text(change->kind).at(e.at);
    }
  }
  for (auto& s : steps) {
    if (!s.raised.empty())
      over_.run(in_, sql::raise_attention, s.raised);
    if (!s.cleared.empty())
      over_.run(in_, sql::clear_attention, s.cleared);
  }
}

// --- inputs ---

std::vector<bool> batch::settled(units what) {
  std::vector<bool> known(what.size());
  rows asked{type::integer, type::text, type::text};
  for (std::size_t i = 0; i < what.size(); ++i)
    for (const auto& record : what[i]->inputs)
      asked.integer(place_of(i)).text(record.what->dedupe_key).text(record.what->order.str());
  if (!asked.empty())
    for (const auto& row : over_.run(in_, sql::standing_of_inputs, asked))
      if (!flag_at(row, 1))
        known[static_cast<std::size_t>(integer_at(row, 0))] = true;
  return known;
}

void batch::write_inputs(std::span<const living> all) {
  std::vector<decided_input> inputs;
  for (const auto& one : all)
    for (const auto& record : one.unit->inputs)
      inputs.push_back({&record, events_caused_by(record, one.unit->events)});
  postgres::write_inputs(over_, in_, inputs);
}

void batch::count_deliveries(std::span<const living> all) {
  std::map<std::pair<std::string_view, std::string_view>, std::int64_t> times;
  for (const auto& one : all)
    for (const auto& key : one.unit->repeated_keys)
      ++times[{key, one.unit->order.str()}];
  rows again{type::text, type::text, type::integer};
  for (const auto& [key, count] : times)
    again.text(key.first).text(key.second).integer(count);
  if (!again.empty())
    over_.run(in_, sql::count_deliveries, again);
}

} // namespace orderly::postgres
