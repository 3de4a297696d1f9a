// SPDX-License-Identifier: MIT
#include "io/run/retention_encoder.hpp"

#include <fmt/format.h>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/side_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/network/initialisation.hpp"
#include "model/training/retention.hpp"

namespace tmm::io {
namespace {

/// A size that was given must be the encoder's; one that was left as usual becomes it.
template <class T>
void take(const TrainingConfig& config, const char* option, T usual, T encoder, T& value) {
  if (value != usual && value != encoder)
    throw ArgumentError("the encoder is of another size",
                        {config.encoder, option, fmt::format("{}, as the encoder has it", encoder),
                         fmt::format("{}", value), ""});
  value = encoder;
}

void take_sizes(const model::Architecture& a, TrainingConfig& c) {
  using model::TokenMixing;
  const TrainingConfig usual;
  const bool tmm =
      a.family == model::tmm_family().name() || a.family == model::information_retention_family().name();
  if (c.family != usual.family && model::find_family(std::string_view(c.family)) != &model::family_of(a))
    throw ArgumentError("the encoder is of another family",
                        {c.encoder, "--family", std::string(a.family), c.family, ""});
  take(c, "--dim", usual.dim, a.embedding, c.dim);
  take(c, "--vocabulary", usual.vocabulary, a.vocabulary, c.vocabulary);
  take(c, "--heads", usual.heads, a.heads, c.heads);
  take(c, "--kernel", usual.kernel, a.kernel_rows, c.kernel);
  take(c, "--parallel-heads", usual.parallel_heads, tmm && a.mixing == TokenMixing::parallel_heads,
       c.parallel_heads);
  take(c, "--expanded", usual.expanded,
       a.mixing == TokenMixing::expanded || a.mixing == TokenMixing::heads_expanded, c.expanded);
  if (a.hidden % a.embedding == 0)
    take(c, "--expansion", usual.expansion, a.hidden / a.embedding, c.expansion);
}

}  // namespace

RetentionEncoder::RetentionEncoder(TrainingConfig& config) {
  const auto source = open_checkpoint(config.encoder);
  auto assumptions = with_answers_beside({}, source->header());
  if (!assumptions.context)  // asked of encoders without a length, which take any
    assumptions.context = model::Answer<std::size_t>{config.context, ""};
  network_ = model::load_network<float>(read_checkpoint(*source), assumptions);
  const auto decoder =
      config.decoder == "dense" ? model::DecoderMixing::dense : model::DecoderMixing::toeplitz;
  architecture_ = model::retention_architecture(
      network_.architecture, {config.context, config.blocks, config.code_from_end, decoder}, config.encoder);
  take_sizes(network_.architecture, config);
  if (config.encoder_untrained)
    model::initialise(network_, *model::parse_initialisation(config.init), config.seed);
}

model::Architecture architecture_of(const TrainingConfig& config,
                                    const std::optional<RetentionEncoder>& encoder) {
  return encoder ? encoder->architecture() : model::plan_architecture(network_sizes(config));
}

}  // namespace tmm::io
