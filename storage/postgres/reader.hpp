#pragma once
// A read-only connection: sees what is committed, and waits for no writer.

#include "storage/cursor.hpp"
#include "storage/postgres/session.hpp"
#include "storage/store.hpp"

namespace orderly::postgres {

class reader final : public store_reader, private connected {
public:
  /// Throws when the server cannot be reached.
  explicit reader(database where) : connected(std::move(where), access::read) {}

  result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) override;
  result<order_page> list(const order_filter& filter) override;
  result<order_view> find(const order_key& key) override;
  result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) override;
  result<pending_page> pending(const pending_request& what) override;
  result<dead_letter_page> dead_letters(const dead_letter_filter& filter) override;
};

} // namespace orderly::postgres
