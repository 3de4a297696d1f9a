// SPDX-License-Identifier: MIT
#include "apps/options/taps_options.hpp"

#include <string_view>

#include "apps/options/number_option.hpp"

namespace tmm::apps {
namespace {

constexpr std::string_view softplus = "softplus", soft_threshold = "soft-threshold=";

std::optional<double> threshold(const std::string& text) {
  if (!text.starts_with(soft_threshold)) return std::nullopt;
  const auto value = parse_real_number(std::string_view(text).substr(soft_threshold.size()));
  return value && *value >= 0 ? value : std::nullopt;
}

std::string check_transform(const std::string& text) {
  return text == softplus || threshold(text) ? "" : "softplus or soft-threshold=L with L >= 0";
}

std::string check_glob(const std::string& text) {
  return text.empty() ? "an empty glob matches no name" : "";
}

}  // namespace

std::optional<model::TapsRequest> TapsOptions::wanted() const {
  using Transform = model::TapsRequest::Transform;
  if (request.glob.empty()) return std::nullopt;
  model::TapsRequest result = request;
  if (transform == softplus) result.transform = Transform::softplus;
  if (const auto lambda = threshold(transform)) {
    result.transform = Transform::soft_threshold;
    result.threshold = *lambda;
  }
  return result;
}

void add_taps(CLI::App& command, TapsOptions& options) {
  CLI::Option* taps = command
                          .add_option("--taps", options.request.glob,
                                      "glob over tensor names: arrays (n), (C,n) or (C,H,n) of any network, "
                                      "every row the taps of one operator")
                          ->check(check_glob);
  command
      .add_flag("--transpose", options.request.transpose, "with --taps, first: time is the first axis, (n,C)")
      ->needs(taps);
  command
      .add_flag("--reverse", options.request.reverse, "with --taps, then: rows are stored newest input last")
      ->needs(taps);
  command
      .add_option("--transform", options.transform,
                  "with --taps, then: softplus or soft-threshold=L of every number")
      ->check(check_transform)
      ->needs(taps);
  command
      .add_option("--add-to-first", options.request.add_to_first,
                  "with --taps, last: glob over tensors (C) or (C,H) that are added to tap 0")
      ->check(check_glob)
      ->needs(taps);
}

}  // namespace tmm::apps
