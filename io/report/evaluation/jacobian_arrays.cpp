// SPDX-License-Identifier: MIT
#include <array>

#include "io/hdf5/array_file.hpp"
#include "io/report/evaluation/jacobian_report.hpp"

namespace tmm::io {
namespace {

using analysis::SampleJacobian;

/// get(sample), one sample after the other, as `name` (S, shape…).
template <class Get>
void write_all(ArrayWriter& file, const JacobianReport& report, const std::string& name,
               std::vector<std::size_t> shape, const Get& get) {
  std::vector<double> values;
  for (const SampleJacobian& sample : report.result.samples) {
    const auto& own = get(sample);
    values.insert(values.end(), own.begin(), own.end());
  }
  shape.insert(shape.begin(), report.result.samples.size());
  file.dataset(name, shape, std::span<const double>(values));
}

template <class Get>
void write_numbers(ArrayWriter& file, const JacobianReport& report, const std::string& name, const Get& get) {
  write_all(file, report, name, {}, [&](const SampleJacobian& s) { return std::array{get(s)}; });
}

}  // namespace

void write_jacobian_arrays(const std::string& path, const JacobianReport& report) {
  const analysis::JacobianShape& shape = report.result.shape;
  const std::size_t m = shape.length, d = shape.dimension;
  const SampleJacobian& first = report.result.samples.front();
  ArrayWriter file(path);
  file.dataset(
      "samples", std::array{report.chosen.size()},
      std::span<const std::int64_t>(std::vector<std::int64_t>(report.chosen.begin(), report.chosen.end())));
  for (const auto& [name, text] : {std::pair<std::string, std::string>("schema", "tmm.jacobian"),
                                   {"file", report.file},
                                   {"tokens", report.source},
                                   {"stream", report.stream},
                                   {"vector", report.vector}})
    file.attribute("/", name, text);
  const auto by_position = [&](const char* name, const auto& get) {
    write_all(file, report, name, {shape.position + 1}, get);
  };
  write_all(file, report, "vector", {d, m, d}, [](const SampleJacobian& s) { return s.vector_matrix; });
  write_all(file, report, "vector_singular_values", {first.vector.values.size()},
            [](const SampleJacobian& s) { return s.vector.values; });
  write_numbers(file, report, "vector_error", [](const SampleJacobian& s) { return s.vector.error; });
  by_position("retention_frobenius", [](const SampleJacobian& s) { return s.retention.frobenius; });
  by_position("retention_norm_2", [](const SampleJacobian& s) { return s.retention.norm2; });
  write_numbers(file, report, "retention_error", [](const SampleJacobian& s) { return s.retention.floor; });
  if (!first.stream_matrix.empty()) {
    write_all(file, report, "stream", {m, d, m, d}, [](const SampleJacobian& s) { return s.stream_matrix; });
    write_all(file, report, "stream_singular_values", {m * d},
              [](const SampleJacobian& s) { return s.stream.values; });
    write_numbers(file, report, "stream_error", [](const SampleJacobian& s) { return s.stream.error; });
  }
  file.finish();
}

}  // namespace tmm::io
