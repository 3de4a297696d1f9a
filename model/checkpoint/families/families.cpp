// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/families.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/base/error.hpp"

namespace tmm::model {

std::span<const Family* const> families() {
  static const std::array all{&encoder_autoencoder_family(first_tmm_family()),
                              &encoder_autoencoder_family(softplus_heads_family()),
                              &encoder_autoencoder_family(exponential_averages_family()),
                              &encoder_autoencoder_family(attention_family()),
                              &encoder_autoencoder_family(tmm_family()),
                              &information_retention_family(),
                              &tmm_family(),
                              &softplus_heads_family(),
                              &first_tmm_family(),
                              &exponential_averages_family(),
                              &attention_family()};
  return all;
}

bool Family::claims(std::span<const TensorInfo> tensors) const {
  return std::ranges::any_of(tensors, [&](const TensorInfo& t) { return is_operator(t.name); });
}

bool Family::plan(Architecture&, std::size_t) const {
  return false;
}

void Family::assume(const Assumptions&, Architecture&) const {}

const Family* find_family(std::span<const TensorInfo> tensors) {
  const auto found =
      std::ranges::find_if(families(), [&](const Family* family) { return family->claims(tensors); });
  return found == families().end() ? nullptr : *found;
}

const Family* find_family(std::string_view key) {
  const auto as_key = [](const Family* family) {
    std::string text(family->name());
    for (char& c : text) c = c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
  };
  const auto found = std::ranges::find(families(), key, as_key);
  return found == families().end() ? nullptr : *found;
}

const Family& family_of(const Architecture& architecture) {
  const auto found = std::ranges::find(families(), architecture.family, &Family::name);
  if (found == families().end()) throw ArgumentError("this architecture is of no family that is known here");
  return **found;
}

bool is_operator_tensor(std::string_view tensor) {
  return std::ranges::any_of(families(), [&](const Family* family) { return family->is_operator(tensor); });
}

NullModel reference_null_model() {
  return {"", [](std::size_t n) { return std::sqrt(2 / static_cast<double>(n)); },
          [](double stored) { return stored; }, "w_k ~ N(0, 2/n)"};
}

}  // namespace tmm::model
