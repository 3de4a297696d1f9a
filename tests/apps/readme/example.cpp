#include <cstdio>

#include "analysis/analyze.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

int main(int argc, char** argv) {
  const auto checkpoint = tmm::io::read_checkpoint(argv[argc - 1], tmm::io::Selection::toeplitz);
  for (const auto& layer : tmm::model::toeplitz_layers(checkpoint)) {
    const auto report = tmm::analysis::analyze(layer);
    const auto* index = report.find("fredholm_index");
    std::printf("%s: index %g, %s\n", layer.name.c_str(), index->value, name(index->status).data());
  }
}
