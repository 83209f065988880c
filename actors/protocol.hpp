#pragma once
// Every actor of the engine and what it understands, on one page.
//
//   order_port::post --> REGISTRY shard --> ORDER --> STORAGE WRITER --> LANE --> store
//                            ^                |
//                            |                +--> OUTBOX WORKER --> DETAIL FETCHER --> TikTok
//                            +------ answers of TikTok, as inputs -------+
//
// The registry monitors the orders; the writer monitors its lanes; the root supervisor monitors the rest. Replies of blocking
// parts (readers, the TikTok client) come back as anonymous messages, sent from their threads.

#include "actors/atoms.hpp"
#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>

#include <chrono>

namespace orderly {

/// A shard of the supervisor of all orders, by hash of the order id. Owns the handles of its orders and every unanswered input.
using registry_actor = caf::typed_actor<
    // Keeps the input until it is answered, activates its order if need be, and hands the input over.
    caf::reacts_to<atom::post, routed_input>,
    // From an order: these are settled; their slots are completed and the inputs forgotten.
    caf::reacts_to<atom::answered, answered_inputs>,
    // Committed by some engine on this database: residents that are behind read again.
    caf::reacts_to<atom::changed, std::vector<changed_order>>>;

/// One order: owns its state, decides, has one unit of work at the writer at a time.
using order_actor = caf::typed_actor<
    // An input in the order of arrival. Answered to the registry.
    caf::reacts_to<atom::post, input_ptr>,
    // What a reader found, for the load that this actor asked for.
    caf::reacts_to<atom::loaded, load_reply>,
    // The version that is stored by now.
    caf::reacts_to<atom::changed, std::int64_t>>;

/// Group commit: gathers while its lane is busy, hands a batch over when it is free.
using writer_actor = caf::typed_actor<
    // Commits one order's unit; the reply comes after the transaction.
    caf::replies_to<atom::commit, unit_ptr>::with<commit_reply>,
    // Commits an input that is for no order.
    caf::replies_to<atom::record, std::shared_ptr<const input_record>>::with<commit_reply>,
    // Leases due rows of the outbox.
    caf::replies_to<atom::claim, claim_request>::with<claim_reply>>;

/// A writing connection on a thread of its own (detached): the only place where a store is written.
using lane_actor = caf::typed_actor<
    // One transaction.
    caf::replies_to<atom::commit, batch_ptr>::with<batch_reply>,
    // One short transaction.
    caf::replies_to<atom::claim, claim_request>::with<claim_reply>>;

/// Keeps the promises: claims due rows, makes the calls, turns their outcomes into inputs of the orders.
using outbox_actor = caf::typed_actor<
    // A commit has written a row that may be due.
    caf::reacts_to<atom::wake>,
    // The safety net: a scan once a second.
    caf::reacts_to<atom::tick>,
    // A write to TikTok has ended.
    caf::reacts_to<atom::called, write_reply>,
    // So many fetches that were handed to the fetcher are over.
    caf::reacts_to<atom::settled, std::uint64_t>>;

/// Listens to what other engines commit, on a thread of its own (detached), and tells the registry.
using watcher_actor = caf::typed_actor<
    // Waits for the next changes and comes back.
    caf::reacts_to<atom::tick>>;

/// Joins fetches of one shop into calls of up to 50 ids (sheet 4.2).
using fetcher_actor = caf::typed_actor<
    // A claimed fetch.
    caf::reacts_to<atom::fetch, std::shared_ptr<const outbox_row>, outbox_actor>,
    // TikTok's answer to one call.
    caf::reacts_to<atom::called, fetch_reply>>;

/// Starts anew what dies of all above but orders and lanes, which have supervisors of their own.
using supervisor_actor = caf::typed_actor<
    // Stops the calls, lets what was accepted be finished within this time, stops the rest and ends. Again: the time is over.
    caf::reacts_to<atom::stop, std::chrono::milliseconds>,
    // While it waits for that.
    caf::reacts_to<atom::tick>>;

} // namespace orderly
