#include "tools/orderly/help.hpp"

#include "config/nearest.hpp"
#include "tools/orderly/view/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace orderly {
namespace {

constexpr std::size_t width = 80, name_width = 26;

/// The command line that leads to it: "orderly order ID hold".
std::string path_of(const CLI::App& app) {
  const auto* parent = app.get_parent();
  if (!parent)
    return app.get_name();
  auto out = path_of(*parent);
  for (const auto* option : parent->get_options([](const CLI::Option* each) { return each->get_positional(); }))
    out += ' ' + option->get_name(true);
  return out + ' ' + app.get_name();
}

bool is_listed(const CLI::Option& option) { return !option.get_positional() && option.get_name() != "--help"; }

std::string name_of(const CLI::Option& option) {
  if (option.get_positional())
    return option.get_name(true);
  auto type = option.get_items_expected_max() > 0 ? option.get_type_name() : std::string{};
  type.erase(std::min(type.find(':'), type.size())); // what a check of its value adds
  auto out = "--" + option.get_lnames().front();
  for (const auto& negative : option.get_fnames())
    out += ", --" + negative;
  return type.empty() ? out : out + ' ' + type;
}

void add_entry(std::string& to, const std::string& name, const std::string& says) {
  std::string line = "  " + view::padded(name, name_width - 2);
  if (view::cells(name) > name_width - 3) {
    to += "  " + name + '\n';
    line = std::string(name_width, ' ');
  }
  for (const auto& piece : view::wrapped(says, width - name_width)) {
    to += line + piece + '\n';
    line = std::string(name_width, ' ');
  }
}

/// Line by line; what is indented is an example, and short.
std::string broken(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    for (const auto& piece : line.starts_with(' ') ? view::lines{std::string{line}} : view::wrapped(line, width))
      out += piece + '\n';
    if (line.empty())
      out += '\n';
  }
  return out;
}

std::string usage(const CLI::App& app) {
  auto out = "usage: " + path_of(app);
  for (const auto* option : app.get_options([](const CLI::Option* each) { return each->get_positional(); }))
    out += ' ' + option->get_name(true);
  std::string acts;
  for (const auto* act : app.get_subcommands([](const CLI::App*) { return true; }))
    acts += (acts.empty() ? " [" : " | ") + act->get_name();
  return out + (acts.empty() ? "" : acts + ']') + " [OPTIONS]\n";
}

/// Long names of the options that may stand behind this word: its own and, for an act, its verb's.
std::vector<std::string> options_of(const CLI::App* app) {
  std::vector<std::string> out;
  for (; app && app->get_parent(); app = app->get_parent())
    for (const auto* option : app->get_options())
      for (const auto& name : option->get_lnames())
        out.push_back("--" + name);
  return out;
}

const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

/// The nearest one, else all of them.
std::string did_you_mean(const std::string& given, const std::vector<std::string>& known) {
  if (const auto near = nearest_name(given, known); !near.empty())
    return "; did you mean " + near + '?';
  std::string all;
  for (const auto& each : known)
    all += (all.empty() ? "; known: " : ", ") + each;
  return all;
}

} // namespace

std::string_view overview() {
  return R"(orderly: looks into a running Orderly engine and acts on its orders.

  orderly orders                the orders that changed last; --state, --all
  orderly order ID              one order: where it may go, what happened to it
  orderly order ID hold         act on it; also release, retry, note, events
  orderly transition ID STATE   move it: processing, shipped, delivered, failed
  orderly why ID                why it does not move, and what to do about it
  orderly top                   who has how much to do, again every second
  orderly tree                  the engine's actors as they supervise each other
  orderly audit --storage URL   read a store; say which order breaks which rule
  orderly backup, restore       an embedded store copied, and put back

Where:  --url URL or ORDERLY_URL, the engine's admin listener;
        http://127.0.0.1:8081 unless said otherwise.
Who:    --token-file FILE or ORDERLY_TOKEN; an engine's first token is in
        DATA_DIR/initial-admin-token.

  export ORDERLY_TOKEN=$(cat /var/lib/orderly/initial-admin-token)
  orderly orders --state processing

orderly VERB --help says more; --json prints the API's answer as it is.
)";
}

std::string help_of(const CLI::App& verb, const std::string&) {
  if (!verb.get_parent())
    return std::string{overview()};
  auto out = broken(verb.get_description() + ".") + '\n' + usage(verb) + '\n';
  for (const auto* option : verb.get_options([](const CLI::Option* each) { return each->get_positional(); }))
    add_entry(out, name_of(*option), option->get_description());
  for (const auto* act : verb.get_subcommands([](const CLI::App*) { return true; }))
    add_entry(out, act->get_name(), act->get_description());
  for (const auto* app = &verb; app->get_parent(); app = app->get_parent())
    for (const auto* option : app->get_options([](const CLI::Option* each) { return is_listed(*each); }))
      add_entry(out, name_of(*option), option->get_description());
  const auto footer = verb.get_footer();
  return footer.empty() ? out : out + '\n' + broken(footer);
}

std::string unexpected(const CLI::App& app) {
  const auto& at = innermost(app);
  auto words = app.remaining(true);
  std::erase(words, "--");
  const auto word = words.empty() ? std::string{} : words.front();
  const auto name = word.substr(0, word.find('='));
  if (word.starts_with('-') && at.get_parent()) {
    const auto known = options_of(&at);
    if (std::find(known.begin(), known.end(), name) != known.end())
      return "options stand behind the verb: " + path_of(at) + ' ' + name + " ...";
    return '"' + name + "\" is no option of " + path_of(at) + did_you_mean(name, known);
  }
  std::vector<std::string> known;
  for (const auto* verb : at.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(verb->get_name());
  const auto* what = at.get_parent() ? known.empty() ? "\" is one word too many for " : "\" is no act of " : "\" is no verb of ";
  return '"' + name + what + path_of(at) + did_you_mean(name, known);
}

} // namespace orderly
