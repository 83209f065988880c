#pragma once
// Which row of a listener's table a request is for. 404, 405 with Allow, 403 and the metric's label follow from the rows, and so
// does what a description of the API says.

#include "base/role.hpp"
#include "net/http/site.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderly {

/// What a row is found by, and what is said of it; each listener adds what its rows do. All text is of static storage.
struct route_row {
  std::string_view method;   ///< one of GET also answers HEAD
  std::string_view path;     ///< "/api/v1/orders/{id}/hold": a part in braces stands for any one segment
  std::optional<role> needs; ///< at least; nothing: anybody
  std::string_view label;    ///< of metrics: the same for all rows of a path
  std::string_view summary;  ///< one line, for people
};

class route_index {
public:
  /// All rows of one path.
  struct entry {
    std::string_view path, label;
    std::vector<std::string_view> segments;
    std::vector<std::pair<std::string_view, std::size_t>> methods; ///< with the index of the row
    std::string allow;                                             ///< "GET, HEAD, POST"

    [[nodiscard]] std::optional<std::size_t> row_of(std::string_view method) const;
  };

  /// Precondition: no method comes twice for one path.
  explicit route_index(std::span<const route_row> rows);

  /// @param path undecoded. Finds paths without parameters, as they are written in the table.
  [[nodiscard]] const entry* find_literal(std::string_view path) const;
  /// @param segments decoded. A row that says a segment literally goes before one that has a parameter there.
  [[nodiscard]] const entry* find(std::span<const std::string> segments) const;

private:
  std::vector<entry> entries_; // literal segments before parameters
};
/// Of rows that add something to route_row.
template <class Routes>
route_index index_of(const Routes& routes) {
  const std::vector<route_row> rows(routes.begin(), routes.end());
  return route_index{rows};
}

/// What `{name}` of the entry's path stands for. Precondition: `segments` matched it, and it has a parameter of that name.
std::string_view parameter_in(const route_index::entry& matched, std::span<const std::string> segments, std::string_view name);

} // namespace orderly
