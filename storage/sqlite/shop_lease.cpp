// Leases on shops. Only one engine can be here, so they matter to what runs within it.

#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/writer.hpp"

namespace orderly::sqlite {

result<bool> hold_shop_row(connection& over, const shop_lease& lease) {
  {
    auto known = over.use(sql::shop_is_known);
    known.text(lease.shop.str()).step();
    if (known.integer_at(0) == 0)
      return error{error_code::not_found, "no shop has the id " + lease.shop.str(), {}};
  }
  transaction alone{over, transaction::kind::write};
  const auto changed = over.use(sql::hold_shop).text(lease.shop.str()).text(lease.owner).at(lease.until).at(lease.now).run();
  alone.commit();
  return changed > 0;
}

void release_shop_row(connection& over, const shop_id& shop, const std::string& owner) {
  over.use(sql::release_shop).text(shop.str()).text(owner).run();
}

} // namespace orderly::sqlite
