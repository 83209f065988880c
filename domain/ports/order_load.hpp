#pragma once
// What an activation reads of its order.

#include "base/digest.hpp"
#include "domain/order/decision.hpp"
#include "domain/order/input.hpp"
#include "domain/order/order.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderly {

/// `keys`: inputs in hand whose stored outcome, if any, must come with it.
struct load_request {
  tiktok_order_id order;
  std::vector<std::string> keys;
  bool with_document = false;
};
struct settled_input {
  input_id id;
  sha256_digest raw_hash{}; ///< to tell a repeated command from another one under the same key
  orderly::answer answer;
};
struct loaded_order {
  bool exists = false;
  bool quarantined = false;                     ///< an open row of `order_attention` of that kind
  orderly::order order;                         ///< with tiktok_id set also when it does not exist
  std::shared_ptr<const json::object> document; ///< when asked for
  std::map<std::string, settled_input> settled; ///< by dedupe key; pending ones are not settled
};

} // namespace orderly
