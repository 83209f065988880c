#include "tools/orderly/view/table.hpp"

#include <algorithm>
#include <numeric>

namespace orderly::view {
namespace {

constexpr std::size_t gap = 2;

} // namespace

layout table::fit(const style& by) const {
  layout out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = columns_[i].at_least;
    for (const auto& row : rows_)
      widest = std::max(widest, cells(row[i]));
    if (widest == 0)
      continue;
    out.columns.push_back(i);
    out.widths.push_back(std::max(widest, cells(columns_[i].title)));
  }
  const auto total = [&out] {
    return std::accumulate(out.widths.begin(), out.widths.end(),
                           gap * (out.widths.size() - std::min<std::size_t>(out.widths.size(), 1)));
  };
  while (by.bounded && total() > by.width) {
    const auto first = std::max_element(out.columns.begin(), out.columns.end(), [this](std::size_t a, std::size_t b) {
      return columns_[a].leave_out < columns_[b].leave_out;
    });
    if (first == out.columns.end() || columns_[*first].leave_out == 0)
      break;
    out.widths.erase(out.widths.begin() + (first - out.columns.begin()));
    out.columns.erase(first);
  }
  return out;
}

std::string table::line(const std::vector<std::string>& row, const layout& by) const {
  std::string out;
  for (std::size_t i = 0; i < by.columns.size(); ++i) {
    const auto& text = row[by.columns[i]];
    if (i > 0)
      out.append(gap, ' ');
    out += columns_[by.columns[i]].to == alignment::right ? right_aligned(text, by.widths[i]) : padded(text, by.widths[i]);
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string table::head(const layout& by) const {
  std::vector<std::string> titles;
  for (const auto& each : columns_)
    titles.push_back(each.title);
  return line(titles, by);
}

lines table::rows(const layout& by) const {
  lines out;
  for (const auto& row : rows_)
    out.push_back(line(row, by));
  return out;
}

lines table::page(const style& by) const {
  const auto chosen = fit(by);
  auto out = rows(chosen);
  out.insert(out.begin(), head(chosen));
  return out;
}

} // namespace orderly::view
