#pragma once
// What travels between actors. All of it stays in this process, so none of it is serialisable: big or shared things go as
// shared_ptr<const T>, which is safe because nobody can change them.

#include "base/result.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/order/wire.hpp"
#include "domain/ports/order_queries.hpp"
#include "storage/store.hpp"
#include "storage/store_task.hpp"
#include "storage/unit.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderly {

using input_ptr = std::shared_ptr<const input>;
using unit_ptr = std::shared_ptr<const order_unit>;

/// Takes the answer of one input; thread-safe. The registry completes it once.
class answer_slot {
public:
  virtual ~answer_slot() = default;
  virtual void complete(answer a) = 0;
};

struct routed_input {
  input_ptr what;
  std::shared_ptr<answer_slot> slot;
  bool stored = false; ///< as `pending`: whatever happens to this message, the input is not lost
};

struct answered_inputs {
  tiktok_order_id order;
  std::vector<std::pair<input_id, answer>> answers;
  bool unread = false; ///< refusals, because the order cannot be read now: the store may take an input all the same
  std::optional<std::int64_t> version{}; ///< that the actor holds, if it holds the order
  order_state state = order_state::received;
};

/// An order that cannot be served.
struct unfit_order {
  tiktok_order_id order;
  bool stored = false;   ///< read from its row of attention; else it is news
  bool in_doubt = false; ///< what it has in hand may be stored
  std::string why;
};

struct restart_reply {
  bool stored = false; ///< the store does not say any more that the order is quarantined
  bool known = false;  ///< the shard has something of the order
};

struct load_reply {
  std::uint64_t generation = 0; ///< of the request, so that a late reply to an abandoned one is recognised
  std::shared_ptr<const result<loaded_order>> what;
};

enum class commit_fate : std::uint8_t {
  committed,
  conflict,
  refused,
  unavailable, ///< nothing was written
  unknown      ///< must be settled by reading
};
struct commit_reply {
  commit_fate fate = commit_fate::committed;
  std::string why;
};

/// One transaction of a lane: units, then inputs without an order.
struct commit_batch {
  std::vector<unit_ptr> units;
  std::vector<std::shared_ptr<const input_record>> records;
};
using batch_ptr = std::shared_ptr<const commit_batch>;
struct batch_reply {
  std::vector<commit_reply> units, records; ///< one each
};

/// What became of a store_task. Not run, or nobody knows: then its outcome must not be looked at.
struct task_reply {
  bool ran = false;
  std::optional<error> failure; ///< of the store; of the task itself if it ran
};

struct fetch_reply {
  shop_id shop;
  std::shared_ptr<const std::vector<outbox_row>> rows;
  bool refused = false;                                ///< because of what was asked for
  std::shared_ptr<std::vector<written_body>> outcomes; ///< one a row, for the receiver to take
};
/// How a call of the outbox ended.
struct write_reply {
  std::int64_t row = 0;
  std::shared_ptr<const report_answered> what; ///< null: the lease ended before the call was made
};

} // namespace orderly

/// Nobody can change what they point to.
template <class T>
struct caf::allowed_unsafe_message_type<std::shared_ptr<const T>> : std::true_type {};

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::tiktok_order_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::input_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::timestamp)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::routed_input)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::answered_inputs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::unfit_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::restart_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::load_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::commit_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::batch_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::task_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::task_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<orderly::changed_order>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::fetch_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orderly::write_reply)
