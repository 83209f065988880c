// GET /actors/tree: who supervises whom.

#include "tools/orderly/view/answer_fields.hpp"
#include "tools/orderly/view/engine_views.hpp"

#include <algorithm>

namespace orderly::view {
namespace {

constexpr std::size_t name_width = 26, wide_screen = 100;

struct branches {
  std::string_view inner, last, through, blank;
};
constexpr branches drawn{"├─ ", "└─ ", "│  ", "   "}, ascii{"|- ", "`- ", "|  ", "   "};

void add_field(std::string& to, const std::string& field) {
  if (!field.empty())
    to += "   " + field;
}

std::string name_of_node(const json::object& node, const style& by) {
  const auto id = string_at(node, "id");
  if (string_at(node, "kind") != "order")
    return std::string{id};
  return "order " + (by.bounded && by.width < wide_screen ? short_id(id) : std::string{id});
}

std::string fields_of(const json::object& node) {
  std::string out;
  const auto restarts = int_at(node, "restarts").value_or(0);
  if (restarts > 0)
    add_field(out, "restarts " + amount(restarts));
  if (const auto mailbox = int_at(node, "mailbox"))
    add_field(out, "mbox " + amount(*mailbox));
  if (const auto oldest = number_at(node, "oldest_ms"))
    add_field(out, "oldest " + milliseconds(*oldest));
  if (const auto per_second = number_at(node, "handled_per_s"))
    add_field(out, rate(*per_second) + "/s");
  add_field(out, text_at(node, "note"));
  if (const auto* limit = object_at(node, "restart_limit"))
    add_field(out, "ends beyond " + std::to_string(int_at(*limit, "n").value_or(0)) + " in " +
                       std::to_string(int_at(*limit, "in_s").value_or(0)) + " s");
  return out;
}

std::string marks_of(const json::object& node) {
  std::string out;
  const auto* marks = array_at(node, "marks");
  for (const auto& mark : marks ? *marks : json::array{})
    if (mark.is_string())
      out += (out.empty() ? "" : ", ") + words(mark.get_string());
  return out;
}

/// Walks the tree; remembers what is marked.
class walker {
public:
  explicit walker(const style& by) : by_(by), draw_(by.draws() ? drawn : ascii) {}

  void walk(const json::object& node, const std::string& own, const std::string& below) {
    const auto marks = marks_of(node);
    if (!marks.empty())
      ++marked_;
    auto line = padded(own + (marks.empty() ? "" : "! ") + name_of_node(node, by_), name_width);
    if (!marks.empty())
      add_field(line, marks);
    out_.push_back(line + fields_of(node));
    const auto* folded = object_at(node, "folded");
    const auto* children = array_at(node, "children");
    for (std::size_t i = 0; children && i < children->size(); ++i) {
      const bool last = i + 1 == children->size() && !folded;
      if (const auto* child = (*children)[i].if_object())
        walk(*child, below + std::string{last ? draw_.last : draw_.inner},
             below + std::string{last ? draw_.blank : draw_.through});
    }
    if (folded)
      out_.push_back(
          padded(below + std::string{draw_.last} + amount(int_at(*folded, "count").value_or(0)) + " more", name_width) +
          fields_of(*folded));
  }
  [[nodiscard]] std::size_t marked() const { return marked_; }
  [[nodiscard]] lines take() { return std::move(out_); }

private:
  const style& by_;
  const branches& draw_;
  lines out_;
  std::size_t marked_ = 0;
};

std::string threads_of(const json::object& tree) {
  std::string out;
  each_object(array_at(tree, "threads"), [&out](const json::object& each) {
    const auto count = int_at(each, "count"), queue = int_at(each, "queue"), most = int_at(each, "queue_limit");
    out += "   " + text_at(each, "name") + ' ' + (count ? amount(*count) : "-");
    if (queue)
      out += " (queue " + amount(*queue) + (most ? " of " + amount(*most) : "") + ')';
  });
  return out;
}

} // namespace

lines tree_lines(const json::object& tree, const style& by) {
  walker walk{by};
  if (const auto* root = object_at(tree, "root"))
    walk.walk(*root, {}, {});
  auto out = walk.take();
  if (const auto threads = threads_of(tree); !threads.empty())
    out.push_back("threads" + threads);
  each_object(array_at(tree, "not_known"), [&out](const json::object& each) {
    out.push_back("not known: " + words(string_at(each, "what")) + ", " + text_at(each, "why"));
  });
  if (walk.marked() > 0)
    out.push_back(std::to_string(walk.marked()) + " marked !   of an order: orderly why ID");
  return set(std::move(out), by);
}

} // namespace orderly::view
