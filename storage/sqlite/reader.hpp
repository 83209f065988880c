#pragma once
// A read-only connection: sees what is committed, and never waits for the writer.

#include "storage/cursor.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/store.hpp"

namespace orderly::sqlite {

class reader final : public store_reader {
public:
  /// Throws fault when the database cannot be opened.
  explicit reader(const database& where) : over_(where, access::read) {}

  result<std::vector<result<loaded_order>>> load(std::span<const load_request> what) override;
  result<order_page> list(const order_filter& filter) override;
  result<order_view> find(const order_key& key) override;
  result<timeline_page> timeline(const order_key& key, std::size_t limit, const std::string& cursor) override;
  result<pending_page> pending(const pending_request& what) override;
  result<dead_letter_page> dead_letters(const dead_letter_filter& filter) override;

private:
  result<loaded_order> load_one(const load_request& what);
  result<std::vector<event>> events_from(const uuid& order, const timeline_position& at, std::size_t count);
  std::vector<input_view> inputs_from(const std::string& order, const timeline_position& at, std::size_t count);
  connection over_;
};

} // namespace orderly::sqlite
