// orderly orders: a list, page by page.

#include "tools/orderly/remote/engine_address.hpp"
#include "tools/orderly/remote/remote_verb.hpp"
#include "tools/orderly/verbs.hpp"
#include "tools/orderly/view/order_views.hpp"

#include <algorithm>

namespace orderly {
namespace {

struct orders_options {
  remote_options remote;
  std::string state;
  std::size_t limit = 20;
  bool all = false;
};

constexpr std::size_t page_limit = 200; ///< the API's

std::string target_of(const orders_options& options, std::size_t left, const std::string& cursor) {
  auto out = "/api/v1/orders?limit=" + std::to_string(std::min(left, page_limit));
  if (!options.state.empty())
    out += "&state=" + url_encoded(options.state);
  if (!cursor.empty())
    out += "&cursor=" + url_encoded(cursor);
  return out;
}

/// The columns are as wide as the first page wants them, so that it can be shown before the others have come.
class listing {
public:
  void show(const json::array& orders) {
    const auto by = style_of_output();
    const auto rows = view::orders_table(orders, by);
    if (rows.empty())
      return;
    if (!layout_) {
      layout_ = rows.fit(by);
      put(view::set({rows.head(*layout_)}, by));
    }
    put(view::set(rows.rows(*layout_), by));
    shown_ += orders.size();
  }
  [[nodiscard]] std::size_t shown() const { return shown_; }

private:
  std::optional<view::layout> layout_;
  std::size_t shown_ = 0;
};

void say_end(const orders_options& options, std::size_t shown, bool more) {
  if (shown == 0)
    complain({options.state.empty() ? "There is no order yet." : "No order is " + options.state + '.'});
  else if (more)
    complain({"These are the " + std::to_string(shown) + " that changed last. More: --limit N, or all of them: --all"});
}

exit_code list(connection& engine, const orders_options& options) {
  listing out;
  std::string cursor;
  std::size_t left = options.all ? std::numeric_limits<std::size_t>::max() : options.limit;
  do {
    const auto came = engine.get(target_of(options, left, cursor));
    const auto* orders = array_at(came.answer, "orders");
    if (!came.good() || !orders)
      return show_reply(engine, options.remote, came, [](const auto&...) { return view::lines{}; });
    if (options.remote.json)
      put(came.body + '\n');
    else
      out.show(*orders);
    cursor = string_at(came.answer, "next_cursor");
    left -= std::min(left, orders->size());
  } while (!cursor.empty() && left > 0);
  if (!options.remote.json)
    say_end(options, out.shown(), !cursor.empty());
  return exit_code::done;
}

} // namespace

void add_orders(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<orders_options>();
  auto* verb = to.add_subcommand("orders", "List orders, newest change first");
  verb->add_option("--state", options->state, "received, processing, shipped, delivered or failed")
      ->type_name("STATE")
      ->check(one_of_names(state_names()));
  verb->add_option("--limit", options->limit, "How many at most; 20 unless said otherwise")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  verb->add_flag("--all", options->all, "All of them, page by page");
  add_remote_options(*verb, options->remote);
  verb->footer("Examples:\n"
               "  orderly orders\n"
               "  orderly orders --state processing --limit 50\n"
               "  orderly orders --all --json | jq -r '.orders[].tiktok_order_id'");
  verb->callback([options, &chosen] {
    chosen = [options] { return with_connection(options->remote, [&](connection& engine) { return list(engine, *options); }); };
  });
}

} // namespace orderly
