// SPDX-License-Identifier: MIT
// Token files and text, cut into sequences. Byte 0 chooses kind and task, byte 1 the context; the rest is the
// file.
#include <algorithm>

#include "input.hpp"
#include "io/tokens/tokens.hpp"
#include "model/base/error.hpp"

namespace {

void use(const tmm::io::Tokens& tokens, tmm::model::Objective objective, std::size_t context,
         std::size_t vocabulary) {
  tmm::model::Architecture architecture;
  architecture.context = context;
  const auto set = tmm::io::cut_sequences(tokens, architecture, objective);
  if (set.length == 0 || set.length > context || set.ids.size() % set.length != 0) std::abort();
  for (const std::int32_t id : set.ids)
    if (id < 0 || static_cast<std::size_t>(id) >= vocabulary) std::abort();
  const auto batch = tmm::io::make_batch(set, 0, std::min<std::size_t>(set.count(), 3), objective);
  if (batch.ids.size() != batch.labels.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tmm::model::Objective;
  if (size < 2) return 0;
  constexpr Objective objectives[] = {Objective::clm, Objective::copy, Objective::autoencoder};
  const Objective objective = objectives[data[0] / 2 % 3];
  const std::size_t context = data[1] + 1U;
  try {
    if (data[0] % 2 == 0) {
      const tmm::fuzz::Input input(data + 2, size - 2);
      use(tmm::io::read_text({input.path()}, 256), objective, context, 256);
    } else {
      const auto bytes = tmm::fuzz::with_hdf5_signature(data + 2, size - 2);
      const tmm::fuzz::Input input(bytes.data(), bytes.size());
      use(tmm::io::read_tokens(input.path(), 50), objective, context, 50);
    }
  } catch (const tmm::Error&) {
  }
  return 0;
}
