#pragma once
// Every actor of the engine and what it understands, on one page.
//
//   order_port::post --> REGISTRY shard --> ORDER --> STORAGE WRITER --> LANE --> store
//                            ^                |
//                            |                +--> OUTBOX WORKER --> DETAIL FETCHER --> TikTok
//                            +------ answers of TikTok, as inputs -------+
//
// The registry monitors the orders; the writer monitors its lanes; the root supervisor monitors the rest. Replies of blocking
// parts (readers, the TikTok client) come back as anonymous messages, sent from their threads. Every message is sent by tell() or
// its like (actors/plumbing/tell.hpp), which stamps and counts it; `takes` and `answers_to` stand for CAF's clauses with that
// stamp.

#include "actors/engine/messages.hpp"
#include "actors/engine/seen.hpp"
#include "actors/plumbing/tell.hpp"

#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>

#include <array>
#include <chrono>
#include <string_view>
#include <tuple>

namespace orderly {

/// The verbs. At most ten characters (caf-0.17: atoms are packed into 64 bits).
namespace atom {
using answered = caf::atom_constant<caf::atom("answered")>;
using busy = caf::atom_constant<caf::atom("busy")>;
using changed = caf::atom_constant<caf::atom("changed")>;
using called = caf::atom_constant<caf::atom("called")>;
using commit = caf::atom_constant<caf::atom("commit")>;
using fetch = caf::atom_constant<caf::atom("fetch")>;
using found = caf::atom_constant<caf::atom("found")>;
using lift = caf::atom_constant<caf::atom("lift")>;
using loaded = caf::atom_constant<caf::atom("loaded")>;
using look = caf::atom_constant<caf::atom("look")>;
using passivate = caf::atom_constant<caf::atom("passivate")>;
using post = caf::atom_constant<caf::atom("post")>;
using record = caf::atom_constant<caf::atom("record")>;
using redriven = caf::atom_constant<caf::atom("redriven")>;
using restart = caf::atom_constant<caf::atom("restart")>;
using run = caf::atom_constant<caf::atom("run")>;
using settled = caf::atom_constant<caf::atom("settled")>;
using stop = caf::atom_constant<caf::atom("stop")>;
using swept = caf::atom_constant<caf::atom("swept")>;
using tick = caf::atom_constant<caf::atom("tick")>;
using unfit = caf::atom_constant<caf::atom("unfit")>;
using wake = caf::atom_constant<caf::atom("wake")>;
using walk = caf::atom_constant<caf::atom("walk")>;
} // namespace atom

/// A shard of the supervisor of all orders, by hash of the order id. Owns the handles of its orders and every unanswered input.
using registry_actor = caf::typed_actor<
    // Keeps the input until it is answered, activates its order if need be, and hands the input over.
    takes<atom::post, routed_input>,
    // From an order: these are settled; their slots are completed and the inputs forgotten.
    takes<atom::answered, answered_inputs>,
    // Committed by some engine on this database: residents that are behind read again.
    takes<atom::changed, std::vector<changed_order>>,
    // From an order that was asked to passivate: it still has something to do, route to it again.
    takes<atom::busy, tiktok_order_id>,
    // From an order: it is quarantined or cannot be read; do not route to it.
    takes<atom::unfit, unfit_order>,
    // Lifts a quarantine, durably, then starts the order's actor anew if it lives or has something to do.
    answers_to<atom::restart, tiktok_order_id>::with<restart_reply>,
    // The store no longer says that this order is quarantined.
    takes<atom::lift, tiktok_order_id>,
    // What it has, for somebody who looks. Null: the shard ended meanwhile.
    answers_to<atom::look, shard_request>::with<shard_seen_ptr>,
    // To itself: goes on with that.
    takes<atom::walk>,
    // Several times a second: who has been idle, which webhooks wait too long.
    takes<atom::tick>>;

/// One order: owns its state, decides, has one unit of work at the writer at a time.
using order_actor = caf::typed_actor<
    // An input in the order of arrival. Answered to the registry.
    takes<atom::post, input_ptr>,
    // What a reader found, for the load that this actor asked for.
    takes<atom::loaded, load_reply>,
    // The version that is stored by now.
    takes<atom::changed, std::int64_t>,
    // Ends if there is nothing queued, in hand or at the writer; else says `busy` to the registry. No input follows it
    // until the registry has one of both.
    takes<atom::passivate>>;

/// Group commit: gathers while its lane is busy, hands a batch over when it is free.
/// It answers whatever happens, so nobody gives it a time limit: CAF keeps a timer for each, and its actor, until that is over.
using writer_actor = caf::typed_actor<
    // Commits one order's unit; the reply comes after the transaction.
    answers_to<atom::commit, unit_ptr>::with<commit_reply>,
    // Commits an input apart from any order's unit: it is for no order, waits to be decided, or is a dead letter.
    answers_to<atom::record, std::shared_ptr<const input_record>>::with<commit_reply>,
    // Any other write, each a short transaction between two batches (ask_store.hpp).
    answers_to<atom::run, task_ptr>::with<task_reply>,
    // How its lanes are.
    answers_to<atom::look>::with<lanes_seen_ptr>,
    // Looks whether transactions come back, and whether a lane that failed can commit again.
    takes<atom::tick>>;

/// A writing connection on a thread of its own (detached): the only place where a store is written while the engine runs.
using lane_actor = caf::typed_actor<
    // One transaction.
    answers_to<atom::commit, batch_ptr>::with<batch_reply>,
    // One short transaction.
    answers_to<atom::run, task_ptr>::with<task_reply>>;

/// Keeps the promises: claims due rows, makes the calls, turns their outcomes into inputs of the orders.
using outbox_actor = caf::typed_actor<
    // A commit has written a row that may be due.
    takes<atom::wake>,
    // The safety net: a scan once a second.
    takes<atom::tick>,
    // A write to TikTok has ended.
    takes<atom::called, write_reply>,
    // The order has answered for the outcome of the write of this row.
    takes<atom::answered, std::int64_t>,
    // A fetch that was handed to the fetcher is over, and its order has answered for the outcome.
    takes<atom::settled>>;

/// Brings inputs that are stored as `pending` back to their orders.
using sweeper_actor = caf::typed_actor<
    // Looks for some.
    takes<atom::tick>,
    // An order is served again: what waited for that is brought first.
    takes<atom::lift>,
    // What a reader found.
    takes<atom::swept, std::shared_ptr<const result<pending_page>>>,
    // This one of them was answered.
    takes<atom::swept, input_id>>;

/// Handles a cohort of dead letters again, then ends.
using redriver_actor = caf::typed_actor<
    // What a reader found.
    takes<atom::found, std::shared_ptr<const result<std::vector<std::int64_t>>>>,
    // A group was answered: so many were handled, and why the first of the others was not.
    takes<atom::redriven, std::size_t, std::string>>;

/// Listens to what other engines commit, on a thread of its own (detached), and tells the registry.
using watcher_actor = caf::typed_actor<
    // Waits for the next changes and comes back.
    takes<atom::tick>>;

/// Joins fetches of one shop into calls of up to 50 ids (sheet 4.2).
using fetcher_actor = caf::typed_actor<
    // A claimed fetch.
    takes<atom::fetch, std::shared_ptr<const outbox_row>>,
    // TikTok's answer to one call.
    takes<atom::called, fetch_reply>>;

/// Starts anew what dies of all above but orders and lanes, which have supervisors of their own.
using supervisor_actor = caf::typed_actor<
    // Stops the calls, lets what was accepted be finished within this time, stops the rest and ends. Again: the time is over.
    takes<atom::stop, std::chrono::milliseconds>,
    // What it supervises.
    answers_to<atom::look>::with<parts_seen_ptr>,
    // While it waits for that.
    takes<atom::tick>>;

/// A kind of actor, by its name: CAF's, and that under which whoever looks at the engine is told of it.
template <class Handle>
struct actor_kind {
  const char* name;
};

/// What is shown (GET /actors), in this order. Two protocols that are alike are one type, which cannot stand here twice: one of
/// them needs a verb of its own, also because messages are counted by this type.
inline constexpr std::tuple actor_kinds{
    actor_kind<order_actor>{order_kind},  actor_kind<registry_actor>{"registry"}, actor_kind<writer_actor>{"writer"},
    actor_kind<lane_actor>{"lane"},       actor_kind<outbox_actor>{"outbox"},     actor_kind<fetcher_actor>{"fetcher"},
    actor_kind<sweeper_actor>{"sweeper"}, actor_kind<watcher_actor>{"watcher"},   actor_kind<supervisor_actor>{"supervisor"}};

template <class Handle>
inline constexpr const char* kind_name = std::get<actor_kind<Handle>>(actor_kinds).name;

inline constexpr auto kind_names =
    std::apply([](auto... each) { return std::array{std::string_view{each.name}...}; }, actor_kinds);

} // namespace orderly
