// SPDX-License-Identifier: MIT
#include "io/study/describe_model.hpp"

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/sha256.hpp"
#include "io/files/input_file.hpp"
#include "io/report/checkpoint_report.hpp"
#include "model/checkpoint/families/recognition.hpp"

namespace tmm::io {

bool describe_model(const std::string& file, ModelReport& report) {
  const CheckpointHeader header = read_header(file);
  const model::Architecture architecture = model::recognize(header.tensors, file);
  report.file = file;
  report.sha256 = sha256_file(InputFile(file));
  report.bytes = header.file_size;
  report.architecture = architecture_line(architecture, header.container);
  return architecture.operators + architecture.dense_operators != 0;
}

}  // namespace tmm::io
