#include "net/http/route_table.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderly {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1); // the slash
    const auto segment = path.substr(0, path.find('/'));
    out.push_back(segment);
    path.remove_prefix(segment.size());
  }
  return out;
}

bool matches(const route_index::entry& one, std::span<const std::string> segments) {
  return std::equal(one.segments.begin(), one.segments.end(), segments.begin(), segments.end(),
                    [](std::string_view wanted, const std::string& got) { return is_parameter(wanted) || wanted == got; });
}

} // namespace

std::optional<std::size_t> route_index::entry::row_of(std::string_view method) const {
  if (method == "HEAD")
    method = "GET";
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const auto& each) { return each.first == method; });
  return found == methods.end() ? std::nullopt : std::optional{found->second};
}

route_index::route_index(std::span<const route_row> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    auto at = std::find_if(entries_.begin(), entries_.end(), [&](const auto& each) { return each.path == row.path; });
    if (at == entries_.end())
      at = entries_.insert(at, entry{row.path, row.label, segments_of(row.path), {}, {}});
    if (at->row_of(row.method))
      throw std::logic_error("two routes for " + std::string{row.method} + ' ' + std::string{row.path});
    at->methods.emplace_back(row.method, i);
    at->allow += (at->allow.empty() ? "" : ", ") + std::string{row.method} + (row.method == "GET" ? ", HEAD" : "");
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const entry& a, const entry& b) {
    return std::lexicographical_compare(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                                        [](auto x, auto y) { return !is_parameter(x) && is_parameter(y); });
  });
}

const route_index::entry* route_index::find_literal(std::string_view path) const {
  if (path.find('{') != std::string_view::npos)
    return nullptr;
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& each) { return each.path == path; });
  return found == entries_.end() ? nullptr : &*found;
}

const route_index::entry* route_index::find(std::span<const std::string> segments) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& each) { return matches(each, segments); });
  return found == entries_.end() ? nullptr : &*found;
}

std::string_view parameter_in(const route_index::entry& matched, std::span<const std::string> segments, std::string_view name) {
  for (std::size_t i = 0; i < matched.segments.size(); ++i) {
    const auto part = matched.segments[i];
    if (is_parameter(part) && part.substr(1, part.size() - 2) == name)
      return segments[i];
  }
  throw std::logic_error("no parameter " + std::string{name} + " in " + std::string{matched.path});
}

} // namespace orderly
