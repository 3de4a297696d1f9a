// SPDX-License-Identifier: MIT
// Saved analyses. Input that begins with '{' is JSON as it is; any other is a list of edits to a good report,
// so that what lies behind the syntax is reached: (position, bytes to take out, bytes to put in, those
// bytes)… What is accepted must be what is written again, and every other writer must take it.
#include "input.hpp"
#include "io/report/reports.hpp"
#include "io/result/read_report.hpp"
#include "model/base/error.hpp"

namespace {

std::string edited(std::string text, const std::uint8_t* data, std::size_t size) {
  while (size >= 4) {
    const std::size_t position = (data[0] * 256U + data[1]) % text.size();
    const std::size_t put = std::min<std::size_t>(data[3] % 16, size - 4);
    text.replace(position, data[2] % 32, reinterpret_cast<const char*>(data) + 4, put);
    if (text.empty()) return text;
    data += 4 + put;
    size -= 4 + put;
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tmm;
  static const std::string good =
      io::report_json(test::report_of({test::layer(0, {1, 2, 3, 4}), test::layer(1, {0, 1.5})}));
  const bool plain = size > 0 && data[0] == '{';
  const std::string text =
      plain ? std::string(reinterpret_cast<const char*>(data), size) : edited(good, data, size);
  try {
    const auto report = io::parse_report(text, "report");
    const std::string written = io::report_json(report);
    if (io::report_json(io::parse_report(written, "again")) != written) std::abort();
    io::report_csv(report);
    io::report_table(report);
  } catch (const Error&) {
  }
  return 0;
}
