// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "io/files/memory_limit.hpp"
#include "io/hdf5/hdf5_reader.hpp"
#include "io/json/json_document.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/plane_json.hpp"
#include "io/result/operator_datasets.hpp"
#include "io/result/read_operator.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using analysis::SingularValue, analysis::SpectrumMethod, analysis::Status;
using Json = JsonCursor::Json;

constexpr std::array names{"operator_json",
                           "taps",
                           "matrix",
                           "network_taps",
                           "row_divisor",
                           "zeros",
                           "zeros_together",
                           "plane_re",
                           "plane_im",
                           "plane_log10_resolvent",
                           "plane_relative_error",
                           "plane_winding_number",
                           "singular_value_mantissa",
                           "singular_value_exponent10",
                           "singular_value_relative_error",
                           "singular_value_status",
                           "singular_value_method",
                           "row_divided_singular_value_mantissa",
                           "row_divided_singular_value_exponent10",
                           "row_divided_singular_value_relative_error",
                           "row_divided_singular_value_status",
                           "row_divided_singular_value_method"};

constexpr std::size_t together = 32;  ///< operators whose arrays are read at once

/// The arrays of one operator as they stand in the file.
class Datasets {
 public:
  Datasets(const std::string& file, std::string group) : file_(&file), group_(std::move(group)) {}

  std::span<std::byte> make_room(const DatasetInfo& info) {
    auto& [about, bytes] = arrays_[info.path.substr(info.path.rfind('/') + 1)];
    about = info;
    bytes.resize(info.bytes());
    return std::as_writable_bytes(std::span(bytes));
  }

  [[nodiscard]] bool has(const std::string& name) const { return arrays_.contains(name); }

  [[nodiscard]] std::string text(const std::string& name) const {
    const auto& [info, bytes] = arrays_.at(name);
    if (info.element != Element::unsigned_integer || info.element_size != 1)
      fail(name, "bytes (uint8)", info);
    return bytes;
  }

  /// Numbers of T = double or std::int64_t; `columns`: of a table, 1 of a list.
  template <class T>
  [[nodiscard]] std::vector<T> numbers(const std::string& name, std::size_t columns = 1) const {
    const auto found = arrays_.find(name);
    if (found == arrays_.end())
      throw FormatError("an array is missing", {*file_, group_ + "/" + name, "", "", ""});
    const auto& [info, bytes] = found->second;
    const bool real = std::is_same_v<T, double>;
    const std::size_t width = info.shape.size() == 1 ? 1 : info.shape.size() == 2 ? info.shape[1] : 0;
    if (info.element != (real ? Element::float64 : Element::signed_integer) ||
        info.element_size != sizeof(T) || (width != columns && !(name == "matrix" && width > 0)))
      fail(name, real ? "float64" : "int64", info);
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  [[noreturn]] void fail(const std::string& name, const std::string& expected,
                         const DatasetInfo& info) const {
    throw FormatError("not as tmm writes it", {*file_, group_ + "/" + name, expected,
                                               info.type + " " + model::format_shape(info.shape), ""});
  }
  [[noreturn]] void fail(const std::string& name, const std::string& expected) const {
    throw FormatError("not as tmm writes it", {*file_, group_ + "/" + name, expected, "other numbers", ""});
  }

 private:
  const std::string* file_;
  std::string group_;
  std::map<std::string, std::pair<DatasetInfo, std::string>> arrays_;
};

std::vector<SingularValue> singular_values(const Datasets& at, const std::string& prefix) {
  if (!at.has(prefix + "mantissa")) return {};
  const auto mantissa = at.numbers<double>(prefix + "mantissa"),
             error = at.numbers<double>(prefix + "relative_error");
  const auto exponent = at.numbers<std::int64_t>(prefix + "exponent10"),
             status = at.numbers<std::int64_t>(prefix + "status"),
             method = at.numbers<std::int64_t>(prefix + "method");
  std::vector<SingularValue> values(mantissa.size());
  for (const auto* list : {&exponent, &status, &method})
    if (list->size() != values.size()) at.fail(prefix + "mantissa", "as many as of the other arrays");
  if (error.size() != values.size()) at.fail(prefix + "relative_error", "as many as of the other arrays");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (status[i] < 0 || status[i] > 4) at.fail(prefix + "status", "0 to 4");
    if (method[i] < 0 || method[i] > 5) at.fail(prefix + "method", "0 to 5");
    values[i] = {{mantissa[i], exponent[i]},
                 static_cast<Status>(status[i]),
                 error[i],
                 static_cast<SpectrumMethod>(method[i])};
    if (values[i].status == Status::below_precision)
      values[i].relative_error = std::numeric_limits<double>::infinity();
  }
  return values;
}

std::vector<analysis::Zero> zeros(const Datasets& at) {
  if (!at.has("zeros")) return {};
  const auto rows = at.numbers<double>("zeros", 3);
  std::vector<analysis::Zero> all(rows.size() / 3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].z = {rows[3 * i], rows[3 * i + 1]};
    all[i].radius = rows[3 * i + 2];
  }
  if (!at.has("zeros_together")) return all;
  const auto counts = at.numbers<std::int64_t>("zeros_together");
  if (counts.size() != all.size()) at.fail("zeros_together", "one for each of zeros");
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (counts[i] < 1) at.fail("zeros_together", "at least 1");
    all[i].together = static_cast<std::size_t>(counts[i]);
  }
  return all;
}

analysis::Plane plane(const Datasets& at) {
  analysis::Plane plane;
  if (!at.has("plane_re")) return plane;
  plane.x = at.numbers<double>("plane_re");
  plane.y = at.numbers<double>("plane_im");
  plane.log10_resolvent = at.numbers<double>("plane_log10_resolvent", plane.x.size());
  plane.relative_error = at.numbers<double>("plane_relative_error", plane.x.size());
  set_winding_numbers(plane, at.numbers<double>("plane_winding_number", plane.x.size()));
  return plane;
}

StoredOperator decode(const Datasets& at, const std::string& place) {
  Json document = parse_json_document(at.text("operator_json"), place);
  StoredOperator stored;
  {
    const JsonCursor root(place, document);
    stored.key = root["key"].text();
    (void)root["operator"];
  }
  Json& json = document["operator"];
  const Json as_written = json;
  for (const char* name : {"taps", "matrix", "network_taps", "row_divisor"})
    if (at.has(name)) json[name] = at.numbers<double>(name);
  if (!at.has("taps")) json["taps"] = Json::array();  // of a dense matrix
  const StoredArrays arrays{singular_values(at, "singular_value_"),
                            singular_values(at, "row_divided_singular_value_"), zeros(at), plane(at)};
  const JsonCursor root(place, document);
  const JsonCursor op = root["operator"];
  stored.report = read_operator(op, &arrays);
  const auto rewritten = parse_json_document(operator_json(stored.report, ReportArrays::left_out, 2), place);
  const std::string difference = first_difference(as_written, rewritten);
  if (!difference.empty())
    throw FormatError("not as tmm writes it", {place, difference, "", "",
                                               "The file was changed, or comes from another version of tmm"});
  return stored;
}

/// The arrays of some operators that are all there.
std::vector<Datasets> read_datasets(const InputFile& file, std::span<const std::string> groups,
                                    std::span<const std::optional<DatasetInfo>> infos) {
  std::vector<Datasets> operators;
  std::vector<DatasetInfo> wanted;
  std::vector<std::size_t> owner;
  std::uint64_t bytes = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    operators.emplace_back(file.path(), groups[g]);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (const auto& info = infos[g * names.size() + i]) {
        wanted.push_back(*info);
        owner.push_back(g);
        bytes += info->bytes();
      }
  }
  require_memory(bytes, file.path());
  hdf5::read_values(file, wanted, [&](std::size_t i) { return operators[owner[i]].make_room(wanted[i]); });
  return operators;
}

}  // namespace

void read_operators(const InputFile& file, std::span<const std::string> groups,
                    const std::function<void(std::size_t, StoredOperator&&)>& take) {
  for (std::size_t first = 0; first < groups.size(); first += together) {
    const auto batch = groups.subspan(first, std::min(together, groups.size() - first));
    std::vector<std::string> paths;
    for (const std::string& group : batch)
      for (const char* name : names) paths.push_back(group + "/" + name);
    const auto infos = hdf5::find_datasets(file, paths);
    std::size_t there = 0;
    while (there < batch.size() && infos[there * names.size()]) ++there;
    const auto operators = read_datasets(file, batch.first(there), infos);
    for (std::size_t g = 0; g < there; ++g)
      take(first + g, decode(operators[g], file.path() + ", " + batch[g]));
    if (there < batch.size()) return;
  }
}

}  // namespace tmm::io
