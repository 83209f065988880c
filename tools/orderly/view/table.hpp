#pragma once
// Rows in aligned columns that fit a width: what is least needed is left out first, then the last column is cut.

#include "tools/orderly/view/text.hpp"

#include <string>
#include <vector>

namespace orderly::view {

enum class alignment : bool { left, right };

struct column {
  std::string title;
  alignment to = alignment::left;
  std::size_t at_least = 0; ///< cells, so that pages of one list look alike
  int leave_out = 0;        ///< the greatest goes first when there is no room; 0: stays
};

/// The columns that are shown, and how wide.
struct layout {
  std::vector<std::size_t> columns, widths; ///< indexes into the columns; cells
};

class table {
public:
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// Precondition: as many cells as columns.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// For these rows, on a screen of that width. A column without any text is left out unless it must have some cells.
  [[nodiscard]] layout fit(const style& by) const;
  [[nodiscard]] std::string head(const layout& by) const;
  [[nodiscard]] lines rows(const layout& by) const;
  /// Head and rows.
  [[nodiscard]] lines page(const style& by) const;

private:
  [[nodiscard]] std::string line(const std::vector<std::string>& row, const layout& by) const;

  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace orderly::view
