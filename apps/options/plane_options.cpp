// SPDX-License-Identifier: MIT
#include "apps/options/plane_options.hpp"

#include <fmt/format.h>

#include "apps/options/number_option.hpp"

namespace tmm::apps {
namespace {

using analysis::PlaneGrid;

std::optional<PlaneGrid> parse_grid(const std::string& text) {
  const std::size_t x = text.find('x');
  if (x == std::string::npos) return std::nullopt;
  const auto columns = parse_whole_number(text.substr(0, x)), rows = parse_whole_number(text.substr(x + 1));
  if (!columns || !rows || *columns < 3 || *columns % 2 == 0 || *columns > PlaneGrid::most || *rows < 2 ||
      *rows > PlaneGrid::most)
    return std::nullopt;
  return PlaneGrid{*columns, *rows};
}

std::string check_grid(const std::string& text) {
  if (parse_grid(text)) return "";
  return fmt::format("{}: no grid such as 161x81 (an odd number of columns from 3, rows from 2, up to {})",
                     text, PlaneGrid::most);
}

}  // namespace

std::optional<PlaneGrid> PlaneOptions::wanted() const {
  if (!asked_for) return std::nullopt;
  return grid.empty() ? PlaneGrid{} : parse_grid(grid);
}

void add_plane(CLI::App& command, PlaneOptions& plane) {
  CLI::Option* flag = command.add_flag(
      "--pseudospectra", plane.asked_for,
      "also the plane of lambda: index of T(a) - lambda by region, resolvent norms of T_n, how far 0 is from "
      "another index, lower bounds of Kreiss constants");
  command
      .add_option(
          "--grid", plane.grid,
          fmt::format("of --pseudospectra: points along the real axis and up the half plane (default: "
                      "{}x{})",
                      PlaneGrid{}.columns, PlaneGrid{}.rows))
      ->type_name("COLUMNSxROWS")
      ->check(check_grid)
      ->needs(flag);
}

}  // namespace tmm::apps
