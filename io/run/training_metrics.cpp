// SPDX-License-Identifier: MIT
#include "io/run/training_metrics.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "io/files/atomic_file.hpp"
#include "io/files/input_file.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

std::string heading_of(const std::vector<std::string>& labels) {
  std::string line = "step,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second";
  for (const std::string& label : labels) line += ",winding_" + label;
  return line;
}

constexpr std::string_view costs = ",seconds,flops,peak_bytes";
constexpr std::string_view no_costs = ",,,";

template <class Number>
std::string cell(const std::optional<Number>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

/// Rows of a file, and the largest number in their last column.
struct Rows {
  std::string text;
  std::uint64_t peak = 0;
};

/// The lines of `text` up to step `last`, each step once, with the columns of costs if it has none; a last
/// line without an end is what a full disk has left of a row.
Rows rows_until(const std::string& path, std::string_view text, const std::string& older,
                std::uint64_t last) {
  const std::string heading = older + std::string(costs);
  const bool with_costs = text.starts_with(heading + "\n");
  if (!with_costs && !text.starts_with(older + "\n"))
    throw FormatError("not the metrics of this run",
                      {path, "", "columns " + heading,
                       std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 120))),
                       "Move the file away: a new one is begun"});
  Rows kept{heading + "\n"};
  std::optional<std::uint64_t> latest;
  text.remove_prefix(text.find('\n') + 1);
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    std::uint64_t step = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), step);
    if (error != std::errc() || *rest != ',')
      throw FormatError("not a row of metrics", {path, "", "", std::string(line.substr(0, 60)), ""});
    if (step > last || (latest && step <= *latest)) continue;
    kept.text += line;
    latest = step;
    if (!with_costs) {
      kept.text.insert(kept.text.size() - 1, no_costs);
      continue;
    }
    const std::size_t comma = line.rfind(',');
    std::uint64_t peak = 0;
    std::from_chars(line.data() + comma + 1, line.data() + line.size(), peak);
    kept.peak = std::max(kept.peak, peak);
  }
  return kept;
}

}  // namespace

std::string winding_text(const analysis::Winding& winding) {
  switch (winding.status) {
    case analysis::IndexStatus::certified:
      return std::to_string(winding.number);
    case analysis::IndexStatus::not_fredholm:
      return "not-fredholm";
    case analysis::IndexStatus::no_symbol:
    case analysis::IndexStatus::undecided:
      break;
  }
  return "undecided";
}

MetricsFile::MetricsFile(std::string path, std::size_t columns, std::uint64_t peak)
    : path_(std::move(path)),
      columns_(columns),
      peak_(peak),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {
  if (descriptor_ < 0)
    throw FileError(std::string("cannot write: ") + std::strerror(errno), {path_, "", "", "", ""});
}

MetricsFile::MetricsFile(MetricsFile&& other) noexcept
    : path_(std::move(other.path_)),
      columns_(other.columns_),
      peak_(other.peak_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

MetricsFile::~MetricsFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

MetricsFile MetricsFile::create(const std::string& path, const std::vector<std::string>& labels) {
  write_atomically(path, heading_of(labels) + std::string(costs) + "\n");
  return {path, labels.size(), 0};
}

MetricsFile MetricsFile::resume(const std::string& path, const std::vector<std::string>& labels,
                                std::uint64_t last) {
  const InputFile file(path);
  const Rows rows = rows_until(path, file.read(0, file.size()), heading_of(labels), last);
  write_atomically(path, rows.text);
  return {path, labels.size(), rows.peak};
}

void MetricsFile::append(const MetricsRow& row) {
  std::string line = fmt::format("{},{},{},{},{},{}", row.step, cell(row.train_loss),
                                 cell(row.validation_loss), cell(row.learning_rate), cell(row.gradient_norm),
                                 row.tokens_per_second ? fmt::format("{:.0f}", *row.tokens_per_second) : "");
  for (const auto& op : row.windings) line += "," + winding_text(op.winding);
  if (row.windings.empty()) line.append(columns_, ',');
  std::optional<std::uint64_t> peak = row.peak_bytes;
  if (peak) peak = peak_ = std::max(peak_, *peak);
  line += fmt::format(",{},{},{}\n", row.seconds ? fmt::format("{:.6g}", *row.seconds) : "", cell(row.flops),
                      cell(peak));
  struct stat before {};
  const bool known = ::fstat(descriptor_, &before) == 0;
  std::string_view rest = line;  // what fits is written first: the reason comes with the next attempt
  ssize_t written = 0;
  while (!rest.empty() && (written = ::write(descriptor_, rest.data(), rest.size())) > 0)
    rest.remove_prefix(static_cast<std::size_t>(written));
  if (rest.empty()) return;
  const int reason = written < 0 ? errno : ENOSPC;
  if (known && ::ftruncate(descriptor_, before.st_size) != 0) ::fsync(descriptor_);
  throw FileError(std::string("cannot write: ") + std::strerror(reason), {path_, "", "", "", ""});
}

void MetricsFile::flush() {
  if (::fsync(descriptor_) != 0)
    throw FileError(std::string("cannot write to disk: ") + std::strerror(errno), {path_, "", "", "", ""});
}

namespace {

constexpr std::size_t line_width = 80;

std::string thousands(double rate) {
  if (rate >= 1e6) return fmt::format("{:.2f}M", rate / 1e6);
  return rate >= 1e4 ? fmt::format("{:.1f}k", rate / 1e3) : fmt::format("{:.0f}", rate);
}

/// Four decimals, or two digits where these would show too little.
std::string loss_text(const std::optional<double>& loss) {
  if (!loss) return {};
  return *loss == 0 || *loss >= 0.001 ? fmt::format("{:.4f}", *loss) : fmt::format("{:.1e}", *loss);
}

std::string or_blank(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : std::string();
}

}  // namespace

std::string metrics_heading(bool validation, bool windings) {
  return fmt::format("{:>8} {:>9}{} {:>9} {:>8} {:>9}{}", "step", "train", validation ? "     valid" : "",
                     "rate", "|grad|", "tokens/s", windings ? "  winding numbers N" : "");
}

std::string metrics_line(const MetricsRow& row, bool validation) {
  std::string line = fmt::format("{:>8} {:>9}", row.step, loss_text(row.train_loss));
  if (validation) line += fmt::format(" {:>9}", loss_text(row.validation_loss));
  line += fmt::format(" {:>9} {:>8} {:>9} ", or_blank(row.learning_rate, "{:.2e}"),
                      or_blank(row.gradient_norm, "{:.3g}"),
                      row.tokens_per_second ? thousands(*row.tokens_per_second) : "");
  std::vector<std::string> numbers;
  std::size_t width = line.size();
  for (const auto& op : row.windings) {
    numbers.push_back(op.winding.status == analysis::IndexStatus::certified
                          ? std::to_string(op.winding.number)
                      : op.winding.status == analysis::IndexStatus::not_fredholm ? "–"
                                                                                 : "?");
    width += 1 + display_width(numbers.back());
  }
  const bool all = width <= line_width;
  const std::size_t room = all ? line_width : line_width - 11;  // for " … of 1234"
  std::size_t shown = 0;
  width = line.size();
  for (; shown < numbers.size() && width + 1 + display_width(numbers[shown]) <= room; ++shown) {
    line += " " + numbers[shown];
    width += 1 + display_width(numbers[shown]);
  }
  if (!all) line += fmt::format(" … of {}", numbers.size());
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace tmm::io
