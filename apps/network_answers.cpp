// SPDX-License-Identifier: MIT
#include "apps/network_answers.hpp"

#include <cstdint>
#include <string>

#include "apps/commands.hpp"
#include "apps/options/number_option.hpp"

namespace tmm::apps {
namespace {

constexpr const char* group = "What no tensor says (default: config.json or metrics.json beside the file)";

void add_answer(CLI::App& command, const std::string& name, std::optional<bool>& value,
                const std::string& text) {
  command
      .add_flag_function(
          "--" + name + ",!--no-" + name, [&value](std::int64_t count) { value = count > 0; }, text)
      ->group(group);
}

std::optional<model::Answer<bool>> answer(std::optional<bool> value, const std::string& name) {
  if (!value) return std::nullopt;
  return model::Answer<bool>{*value, std::string(*value ? "--" : "--no-") + name};
}

}  // namespace

void add_answers(CLI::App& command, NetworkAnswers& answers) {
  add_answer(command, "mean-normalised", answers.mean_normalised,
             "softplus heads: each row of a layer is divided by the sum of its taps");
  add_answer(command, "clm-encoder", answers.clm_encoder,
             "autoencoder: the code is the last position but one, x[m-2]");
  add_answer(command, "unroll", answers.unroll,
             "autoencoder: the decoder reads windows of the code (--no-unroll: all of it at every position)");
  add_whole(command, "--context", answers.context,
            "n where no tensor is as long: taps of exponential averages, longest sequence of attention "
            "(default: 512)",
            1, 1U << 20U)
      ->group(group);
}

std::string answer_options(const NetworkAnswers& answers) {
  std::string text;
  const auto append = [&](const std::string& option) { text += (text.empty() ? "" : " ") + option; };
  if (const auto a = answer(answers.mean_normalised, "mean-normalised")) append(a->origin);
  if (const auto a = answer(answers.clm_encoder, "clm-encoder")) append(a->origin);
  if (const auto a = answer(answers.unroll, "unroll")) append(a->origin);
  if (answers.context != 0) append("--context " + std::to_string(answers.context));
  return text;
}

model::Assumptions assumptions(bool assume_toeplitz, const NetworkAnswers& answers) {
  model::Assumptions assumed(contradictions(assume_toeplitz));
  assumed.mean_normalised = answer(answers.mean_normalised, "mean-normalised");
  assumed.clm_encoder = answer(answers.clm_encoder, "clm-encoder");
  assumed.unroll = answer(answers.unroll, "unroll");
  if (answers.context != 0) assumed.context = model::Answer<std::size_t>{answers.context, "--context"};
  return assumed;
}

}  // namespace tmm::apps
