// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <utility>

#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

constexpr std::array<std::string_view, 3> mixing_layers_of_all{"mixer.", "token_mixing_layer.", "conv."};
constexpr std::string_view encoder_list = "encoderblocks.", decoder_list = "decoderblocks.",
                           windows = "projection.";

bool is_decoder_operator(std::string_view tensor) {
  return tensor.starts_with(decoder_list) &&
         (tmm_family().is_operator(tensor) || information_retention_family().is_operator(tensor));
}

/// Whether a decoder mixes over time with dense causal matrices, as that of information retention.
bool has_dense_decoder(std::span<const TensorInfo> tensors) {
  return information_retention_family().claims(tensors);
}

const Family& family_of_decoder(bool dense) {
  return dense ? information_retention_family() : tmm_family();
}

/// An encoder of another family than the TMM, or one with dense causal matrices, under a decoder that reads
/// one vector of its residual stream; the final norm of its family is left out. Its tensors are called as in
/// its own family, but its list of blocks is "encoderblocks"; then come "projection" (windows of the code)
/// and "decoderblocks", either a TMM's with flat Toeplitz layers or those of information retention. One of
/// these for every family of encoders: results name the family of a network, and some follow from it.
class EncoderAutoencoderFamily final : public Family {
 public:
  /// `list`: of the encoder's own blocks. All are kept by reference.
  EncoderAutoencoderFamily(std::string_view name, const Family& encoder, std::string_view list)
      : name_(name), encoder_(encoder), list_(list) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override {
    return mixing_layers_of_all;
  }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return tensor.starts_with(encoder_list) ? encoder_.is_operator(in_family(tensor))
                                            : is_decoder_operator(tensor);
  }
  [[nodiscard]] bool claims(std::span<const TensorInfo> tensors) const override;
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override;
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture& architecture) const override;
  [[nodiscard]] bool starts_half_inside() const override {
    return of_tmm_blocks() || encoder_.starts_half_inside();
  }
  [[nodiscard]] NullModel null_model(const Architecture& architecture) const override;
  [[nodiscard]] NetworkNames parameter_names(const Architecture& architecture) const override;

  [[nodiscard]] const Family& encoder() const { return encoder_; }

 private:
  struct Parts {
    std::vector<TensorInfo> encoder;  ///< with what is around the blocks; names are those of its own family
    std::vector<TensorInfo> windows, decoder;
  };

  /// Blocks of a TMM with attention or dense matrices: no Toeplitz operators.
  [[nodiscard]] bool of_tmm_blocks() const { return list_ == "mixer_blocks."; }
  [[nodiscard]] std::string in_family(std::string_view tensor) const {
    return std::string(list_).append(tensor.substr(encoder_list.size()));
  }
  [[nodiscard]] std::string in_file(std::string text) const;
  template <class Work>
  auto with_names_of_file(const Work& work) const;
  [[nodiscard]] bool is_masked_mixer(std::span<const TensorInfo> tensors) const;
  [[nodiscard]] Parts parts_of(std::span<const TensorInfo> tensors) const;

  std::string_view name_;
  const Family& encoder_;
  std::string_view list_;
};

/// A text in which the encoder's blocks are called as the file has them.
std::string EncoderAutoencoderFamily::in_file(std::string text) const {
  for (std::size_t at = text.find(list_); at != std::string::npos; at = text.find(list_, at)) {
    const bool begins = at == 0 || text[at - 1] == ' ';
    if (begins) text.replace(at, list_.size(), encoder_list);
    at += begins ? encoder_list.size() : list_.size();
  }
  return text;
}

/// What the encoder's family does with tensors under its own names; its errors name those of the file.
template <class Work>
auto EncoderAutoencoderFamily::with_names_of_file(const Work& work) const {
  try {
    return work();
  } catch (const FormatError& e) {
    const ErrorContext& c = e.context();
    throw FormatError(in_file(e.summary()),
                      {c.file, in_file(c.dataset), in_file(c.expected), in_file(c.found), in_file(c.hint)});
  }
}

bool EncoderAutoencoderFamily::claims(std::span<const TensorInfo> tensors) const {
  std::vector<TensorInfo> blocks;
  bool decoder = false;
  for (const TensorInfo& t : tensors) {
    const auto place = parse_block_tensor(t.name);
    if (!place) continue;
    if (t.name.starts_with(encoder_list))
      blocks.push_back({in_family(t.name), t.shape, t.dtype});
    else if (t.name.starts_with(decoder_list))
      decoder = decoder || is_decoder_operator(t.name);
    else
      return false;
  }
  return decoder && !blocks.empty() && find_family(blocks) == &encoder_ &&
         (&encoder_ != &tmm_family() || is_masked_mixer(tensors));
}

/// Whether an encoder of a TMM's blocks has dense matrices, and this is neither an autoencoder of the TMM nor
/// one of information retention: embeddings are a language model's, or the decoder's layers are Toeplitz.
bool EncoderAutoencoderFamily::is_masked_mixer(std::span<const TensorInfo> tensors) const {
  bool dense = false, other = false;
  for (const TensorInfo& t : tensors) {
    const bool weight = tmm_family().is_operator(t.name);
    dense = dense || (weight && t.name.starts_with(encoder_list) && t.shape.size() == 3);
    other = other || t.name == "input_layer.weight" || t.name == "output_layer.weight" ||
            (weight && t.name.starts_with(decoder_list) && t.shape.size() == 2);
  }
  return dense && other;
}

EncoderAutoencoderFamily::Parts EncoderAutoencoderFamily::parts_of(
    std::span<const TensorInfo> tensors) const {
  Parts parts;
  for (const TensorInfo& t : tensors) {
    if (t.name.starts_with(decoder_list))
      parts.decoder.push_back(t);
    else if (t.name.starts_with(windows))
      parts.windows.push_back(t);
    else if (t.name.starts_with(encoder_list))
      parts.encoder.push_back({in_family(t.name), t.shape, t.dtype});
    else
      parts.encoder.push_back(t);
  }
  return parts;
}

/// Sizes, parts and accounts of a decoder, which must fit the encoder's.
void add_decoder(Architecture decoder, bool dense, const NetworkReader& reader, Architecture& a) {
  if (!dense && decoder.mixing != TokenMixing::flat)
    reader.fail("decoderblocks.0", "a decoder of another variant under this encoder",
                "flat Toeplitz layers or dense causal matrices", std::string(model::name(decoder.mixing)));
  const auto agree = [&](std::size_t& size, std::size_t other, const std::string& letter) {
    if (size != 0 && other != 0 && size != other)
      reader.fail("decoderblocks.0", "encoder and decoder are of different sizes",
                  letter + " = " + std::to_string(size) + " as the encoder has it",
                  letter + " = " + std::to_string(other));
    if (size == 0) size = other;
  };
  agree(a.context, decoder.context, "n");
  agree(a.embedding, decoder.embedding, "d");
  NetworkForm& form = a.form;
  form.decoder = dense ? DecoderMixing::dense : DecoderMixing::flat_toeplitz;
  form.decoder_activation = dense ? decoder.form.decoder_activation : Activation::silu;
  form.decoder_token_mixing_first = dense;
  form.decoder_heads = decoder.form.decoder_heads;
  form.decoder_hidden = dense ? decoder.form.decoder_hidden : decoder.hidden;
  a.parts.push_back(decoder.parts.back());
  a.operators += decoder.operators;
  a.dense_operators += decoder.dense_operators;
  std::erase_if(decoder.missing, [](const std::string& tensor) { return !tensor.starts_with(decoder_list); });
  add_account(decoder, a);
}

void note_layers(Architecture& a) {
  a.notes.clear();
  if (a.mixing == TokenMixing::attention)
    a.notes.emplace_back(
        "The encoder mixes over time with attention, which has no Toeplitz operators: no symbol and no "
        "index.");
  for (const auto& [dense, part] : {std::pair(a.mixing == TokenMixing::dense, "encoder"),
                                    std::pair(a.form.decoder == DecoderMixing::dense, "decoder")})
    if (dense)
      a.notes.push_back("The " + std::string(part) +
                        " mixes over time with dense causal matrices, which are not Toeplitz: they have no "
                        "symbol and no index.");
}

Architecture EncoderAutoencoderFamily::recognize(std::span<const TensorInfo> tensors,
                                                 const std::string& source) const {
  Parts parts = parts_of(tensors);
  const NetworkNames names = encoder_.parameter_names({});
  const std::string norm = std::string(names.final_norm) + ".weight";
  const bool has_norm = std::erase_if(parts.encoder, [&](const TensorInfo& t) { return t.name == norm; }) > 0;
  Architecture a = with_names_of_file([&] { return encoder_.recognize(parts.encoder, source); });
  a.network = Network::autoencoder;
  a.parts.front().prefix = "encoderblocks";
  a.form.final_norm = false;
  a.tied = false;
  for (auto* list : {&a.missing, &a.unknown})
    for (std::string& tensor : *list) tensor = in_file(std::move(tensor));
  std::erase(a.missing, norm);
  if (has_norm) a.unknown.push_back(norm);
  const NetworkReader all(tensors, source);
  for (const std::string_view matrix : {names.embedding, names.output})
    if (all.find(matrix) == nullptr && std::ranges::find(a.missing, matrix) == a.missing.end())
      a.missing.emplace_back(matrix);
  const bool dense = has_dense_decoder(parts.decoder);
  add_decoder(family_of_decoder(dense).recognize(parts.decoder, source), dense, all, a);
  NetworkReader between(parts.windows, source);
  between.expect_linear("projection", a.embedding, a.embedding / 2);
  add_account(between.finish(), a);
  note_layers(a);
  return a;
}

void EncoderAutoencoderFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  Assumptions of_encoder = assumptions;
  of_encoder.context = Answer<std::size_t>{architecture.context, ""};  // the decoder's layers are as long
  if (&encoder_ != &tmm_family()) encoder_.assume(of_encoder, architecture);
  tmm_family().assume(assumptions, architecture);  // which position is the code, and how it is read
}

std::vector<std::string> EncoderAutoencoderFamily::operator_names(std::span<const TensorInfo> tensors) const {
  const Parts parts = parts_of(tensors);
  std::vector<std::string> names = encoder_.operator_names(parts.encoder);
  for (std::string& name : names) name = in_file(std::move(name));
  for (std::string& name : family_of_decoder(has_dense_decoder(parts.decoder)).operator_names(parts.decoder))
    names.push_back(std::move(name));
  return names;
}

std::vector<LayerOperator> EncoderAutoencoderFamily::operators(const StateDict& state,
                                                               const Architecture& architecture) const {
  StateDict encoder(state.source()), decoder(state.source());
  for (const auto& [name, tensor] : state.tensors()) {
    if (!is_operator(name)) continue;
    Tensor copy = tensor;
    const bool of_encoder = name.starts_with(encoder_list);
    if (of_encoder) copy.info.name = in_family(name);
    (of_encoder ? encoder : decoder).insert(std::move(copy));
  }
  auto layers = with_names_of_file([&] { return encoder_.operators(encoder, architecture); });
  for (LayerOperator& layer : layers) {
    layer.name = in_file(std::move(layer.name));
    layer.part = "encoderblocks";
  }
  const Family& own = family_of_decoder(architecture.form.decoder == DecoderMixing::dense);
  for (LayerOperator& layer : own.operators(decoder, Architecture{})) layers.push_back(std::move(layer));
  return layers;
}

NullModel EncoderAutoencoderFamily::null_model(const Architecture& architecture) const {
  if (of_tmm_blocks())
    return reference_null_model();  // of the decoder: the encoder's layers are not Toeplitz
  NullModel law = encoder_.null_model(architecture);
  if (architecture.form.decoder == DecoderMixing::flat_toeplitz)
    law.without =
        "The layers of encoder and decoder start in different ways: there is no null model, and no z-score.";
  return law;
}

NetworkNames EncoderAutoencoderFamily::parameter_names(const Architecture& architecture) const {
  NetworkNames names = encoder_.parameter_names({});
  names.block = encoder_.parameter_names(architecture).block;
  names.final_norm = "";
  names.decoder_block = family_of_decoder(architecture.form.decoder == DecoderMixing::dense)
                            .parameter_names(architecture)
                            .decoder_block;
  return names;
}

const std::array<EncoderAutoencoderFamily, 5>& all_of_them() {
  static const std::array<EncoderAutoencoderFamily, 5> all{
      {{"first TMM encoder", first_tmm_family(), "blocks."},
       {"softplus heads encoder", softplus_heads_family(), "blocks."},
       {"exponential averages encoder", exponential_averages_family(), "blocks."},
       {"attention encoder", attention_family(), "mixer_blocks."},
       {"masked mixer encoder", tmm_family(), "mixer_blocks."}}};
  return all;
}

}  // namespace

const Family& encoder_autoencoder_family(const Family& encoder) {
  const auto& all = all_of_them();
  const auto found = std::ranges::find_if(all, [&](const EncoderAutoencoderFamily& family) {
    return &family == &encoder || &family.encoder() == &encoder;
  });
  if (found == all.end())
    throw ArgumentError("there is no autoencoder with an encoder of this family",
                        {"", "", "", std::string(encoder.name()), ""});
  return *found;
}

}  // namespace tmm::model
