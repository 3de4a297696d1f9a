// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tmm::apps {

/// --layers: which operators, as model::LayerSelection has it.
void add_layers(CLI::App& command, std::string& layers, const std::string& of = {});

/// --cards: which operators have a card on a page of very many.
void add_cards(CLI::App& command, std::string& cards);

}  // namespace tmm::apps
