// orderly audit: reads a store and says which order breaks which rule.

#include "tools/orderly/audit_report.hpp"
#include "tools/orderly/verbs.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>
#include <future>
#include <memory>
#include <thread>

namespace orderly {
namespace {

struct audit_options {
  std::string storage, schema = "public", answered;
  bool as_json = false, replay = false;
  std::int64_t pending_minutes = 10;
};

struct piece {
  audit::order_dossier stored;
  std::span<const audit::answered_webhook> answered;
};
using pieces = std::vector<piece>;
using reports = std::vector<audit::order_report>;

/// The next orders, with what was answered about them; also orders that something was answered about and nothing is stored of.
class piecewise {
public:
  piecewise(audit::source& from, audit::answered_list& answered) : from_(from), answered_(answered) {}

  /// Empty at the end.
  result<pieces> next() {
    pieces some;
    while (some.size() < orders_a_piece && !at_end_) {
      auto one = from_.next();
      if (!one)
        return one.error();
      at_end_ = !one->has_value();
      take_missing(at_end_ ? std::nullopt : std::optional{(*one)->id}, some);
      if (at_end_)
        break;
      const auto answered = answered_.take((*one)->id.str());
      some.push_back({**std::move(one), answered});
    }
    return some;
  }

private:
  static constexpr std::size_t orders_a_piece = 100;

  void take_missing(const std::optional<tiktok_order_id>& before, pieces& into) {
    for (auto some = answered_.take_before(before); !some.empty(); some = answered_.take_before(before)) {
      piece missing{.stored = {}, .answered = some};
      missing.stored.id = tiktok_order_id{std::string{some.front().order}};
      into.push_back(std::move(missing));
    }
  }

  audit::source& from_;
  audit::answered_list& answered_;
  bool at_end_ = false;
};

reports audit_some(const pieces& some, const audit::settings& by) {
  reports all;
  for (const auto& [stored, answered] : some)
    all.push_back(audit::audit_order(stored, answered, by));
  return all;
}

/// One thread reads, each further core checks; what is in memory is bounded by their number.
result<void> audit_orders(piecewise from, const audit::settings& by, audit::printer& out) {
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::deque<std::future<reports>> under_way; // in the order of the store, and so is what is printed
  const auto print_first = [&] {
    for (const auto& one : under_way.front().get())
      out.add(one);
    under_way.pop_front();
  };
  for (;;) {
    auto some = from.next();
    if (!some)
      return some.error();
    if (some->empty())
      break;
    if (under_way.size() == workers)
      print_first();
    under_way.push_back(std::async(std::launch::async, [some = *std::move(some), &by] { return audit_some(some, by); }));
  }
  while (!under_way.empty())
    print_first();
  return {};
}

result<bool> audit_all(audit::source& from, audit::answered_list& answered, const audit_options& options) {
  const auto bodies = from.policies();
  if (!bodies)
    return bodies.error();
  auto known = audit::read_policies(*bodies);
  if (!known)
    return known.error();
  const std::chrono::minutes patience{options.pending_minutes};
  const audit::settings by{*std::move(known), options.replay, system_clock{}.now() - patience};
  audit::printer out{options.as_json};
  if (auto done = audit_orders({from, answered}, by, out); !done)
    return done.error();
  const auto ownerless = from.ownerless();
  if (!ownerless)
    return ownerless.error();
  for (const auto& id : *ownerless)
    out.add_ownerless(id);
  return out.finish(patience);
}

exit_code run(const audit_options& options) {
  audit::answered_list answered;
  if (!options.answered.empty()) {
    auto list = audit::answered_list::read(options.answered);
    if (!list) {
      failed(list.error());
      return exit_code::usage;
    }
    answered = *std::move(list);
  }
  auto from = audit::open_source(options.storage, options.schema);
  if (!from)
    return failed(from.error());
  const auto good = audit_all(**from, answered, options);
  if (!good)
    return failed(good.error());
  return *good ? exit_code::done : exit_code::damage;
}

} // namespace

void add_audit(CLI::App& to, chosen_verb& chosen) {
  auto options = std::make_shared<audit_options>();
  auto* verb = to.add_subcommand("audit", "Read a store, beside a running engine too, and say which order breaks which rule");
  verb->add_option("--storage", options->storage, "sqlite:PATH or postgresql://...")->type_name("URL")->required();
  verb->add_option("--schema", options->schema, "PostgreSQL: storage.schema of the engine")
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_option("--answered", options->answered,
                   "Webhooks that were answered 200, a line each: ORDER NOTIFICATION [SHA256 of the body]")
      ->type_name("FILE");
  verb->add_option("--pending-minutes", options->pending_minutes, "Warn of inputs that are pending for longer")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  verb->add_flag("--replay", options->replay,
                 "Also decide every input again; what older rules decided otherwise is told, and is no damage");
  verb->add_flag("--json", options->as_json, "A JSON object each line");
  verb->footer("Exit codes: 0 all right, 1 damage found, 64 bad usage, 69 the store cannot be read, 78 the URL is wrong.");
  verb->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

} // namespace orderly
