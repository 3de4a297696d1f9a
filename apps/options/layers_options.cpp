// SPDX-License-Identifier: MIT
#include "apps/options/layers_options.hpp"

#include <fmt/format.h>

#include "io/report/volume/report_page.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::apps {
namespace {

std::string check_layers(const std::string& text) {
  try {
    model::LayerSelection{text};
    return text.empty() ? "empty list" : "";
  } catch (const ArgumentError& e) {
    return e.what();
  }
}

}  // namespace

void add_layers(CLI::App& command, std::string& layers, const std::string& of) {
  command
      .add_option("--layers", layers,
                  of + "comma list of block numbers (3), ranges (2-5) and globs over names")
      ->check(check_layers);
}

void add_cards(CLI::App& command, std::string& cards) {
  command
      .add_option("--cards", cards,
                  fmt::format("a page of more than {} operators has cards of those that stand out: of these "
                              "too, a list as that of --layers",
                              io::most_cards))
      ->check(check_layers);
}

}  // namespace tmm::apps
