// SPDX-License-Identifier: MIT
// The pickle of a file of torch.save, and what is understood of it. A tensor that is accepted must lie in its
// storage; values must refer to values.
#include "io/pickle/pickle.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "io/checkpoint/torch_dictionary.hpp"
#include "model/base/error.hpp"

namespace {

using namespace tmm::io;

void require(bool good) {
  if (!good) std::abort();
}

void check(const pickle::Document& document) {
  const auto inside = [&](pickle::Id id) { return id < document.values.size(); };
  require(inside(document.root));
  for (const pickle::Value& value : document.values) {
    for (const pickle::Id part : value.parts) require(inside(part));
    require(value.state == pickle::no_value || inside(value.state));
    if (value.kind == pickle::Kind::dictionary) require(value.parts.size() % 2 == 0);
    if (value.kind == pickle::Kind::call) require(value.parts.size() >= 2 && value.parts.size() % 2 == 0);
  }
}

void check(const torch::Tensor& tensor) {
  require(tensor.info.element_size > 0 && tensor.strides.size() == tensor.info.shape.size());
  const std::uint64_t span = tensor.span();
  if (span == 0) return;
  require(tensor.offset < tensor.storage.count && span <= tensor.storage.count - tensor.offset);
  if (tensor.is_contiguous()) require(span == tensor.info.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto document = pickle::read(bytes, 0, "file", "data.pkl");
    check(document);
    for (const torch::Tensor& tensor : torch::find_state(document, "file").tensors) check(tensor);
  } catch (const tmm::FormatError&) {
  }
  return 0;
}
