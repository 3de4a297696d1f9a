// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "support.hpp"

using namespace tmm;
using nlohmann::json;
using test::read_text, test::run, test::run_tmm;

namespace {

/// Little-endian doubles or floats behind base64.
template <class T>
std::vector<double> unpacked(const std::string& text) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned group = 0, bits = 0;
  for (const char c : text.substr(0, text.find('='))) {
    group = (group << 6U | static_cast<unsigned>(digits.find(c))) & 0xFFFFFFU;
    bits += 6;
    if (bits >= 8) bits -= 8, bytes += static_cast<char>(group >> bits & 0xFFU);
  }
  std::vector<double> values;
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof value);
    values.push_back(static_cast<double>(value));
  }
  return values;
}

json element(const std::string& page, const std::string& id) {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

/// value and status by "name measure".
std::map<std::string, std::pair<std::string, std::string>> csv_rows(const std::string& text) {
  std::map<std::string, std::pair<std::string, std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields{""};
    for (const char c : line) {
      if (c == ',')
        fields.emplace_back();
      else
        fields.back() += c;
    }
    if (fields.size() > 15 && fields[11].empty())
      rows[fields[3] + " " + fields[12]] = {fields[13], fields[14]};
  }
  return rows;
}

const std::string model = TMM_TEST_DATA "/clm_flat_toeplitz.h5";

}  // namespace

TEST_CASE("HTML, JSON, CSV and HDF5 of one run agree to the last digit") {
  const test::TemporaryFolder folder;
  const std::string h5 = folder.file("r.h5"), html = folder.file("r.html");
  REQUIRE(run_tmm("analyze -q --layers 1,6 " + model + " --hdf5 " + h5 + " -o " + folder.file("r.json"))
              .exit_code == 0);
  for (const char* name : {"r.csv", "r.html"}) {
    const auto made = run_tmm("report " + h5 + " -o " + folder.file(name));
    if (made.err.find("without its chart library") != std::string::npos) {
      WARN("skipped: no chart library");
      return;
    }
    REQUIRE(made.exit_code == 0);
  }
  CHECK(run_tmm("report --format json " + h5).out == read_text(folder.file("r.json")));
  const json report = json::parse(read_text(folder.file("r.json")));
  const auto csv = csv_rows(read_text(folder.file("r.csv")));
  const std::string page = read_text(html);
  const json shown = element(page, "report");
  for (std::size_t k = 0; k < 2; ++k) {
    const json &op = report["models"][0]["operators"][k], &on_page = shown["models"][0]["operators"][k];
    const json arrays = element(page, "arrays-" + std::to_string(k));
    const std::string group = "models/0/operators/" + std::to_string(k) + "/";
    CHECK(on_page["measures"] == op["measures"]);
    const auto measures = io::read_array<double>(h5, group + "measures").values;
    std::size_t compared = 0;
    for (const auto& [id, measure] : op["measures"].items()) {
      const auto& [value, status] = csv.at(op["name"].get<std::string>() + " " + id);
      CHECK(status == measure["status"].get<std::string>());
      if (!measure["value"].is_number()) continue;
      CHECK(std::stod(value) == measure["value"].get<double>());
      CHECK(std::ranges::count(measures, measure["value"].get<double>()) > 0);
      ++compared;
    }
    CHECK(compared > 25);
    CHECK(unpacked<float>(arrays["taps"]["data"]) == op["taps"].get<std::vector<double>>());
    CHECK(io::read_array<double>(h5, group + "taps").values == op["taps"].get<std::vector<double>>());
    const auto mantissa = io::read_array<double>(h5, group + "singular_value_mantissa").values;
    const bool scaled = arrays["sigma"].contains("mantissa");
    const auto sigma = unpacked<double>(arrays["sigma"][scaled ? "mantissa" : "value"]);
    for (std::size_t i = 0; i < 256; ++i) {
      const json& value = op["spectrum"]["singular_values"][i];
      CHECK(mantissa[i] == value["mantissa"].get<double>());
      CHECK(sigma[i] == value[scaled ? "mantissa" : "value"].get<double>());
    }
    std::size_t upper = 0;
    const auto re = unpacked<double>(arrays["zeros"]["re"]),
               stored = io::read_array<double>(h5, group + "zeros").values;
    for (std::size_t i = 0; i < op["zeros"]["list"].size(); ++i) {
      const json& zero = op["zeros"]["list"][i];
      CHECK(stored[3 * i] == zero["re"].get<double>());
      if (zero["im"].get<double>() >= 0) CHECK(re.at(upper++) == zero["re"].get<double>());
    }
  }
}

TEST_CASE("the Python example of docs/files.md reads the HDF5 result") {
  if (run("/usr/bin/python3 -c 'import h5py'").exit_code != 0) {
    WARN("skipped: needs python3-h5py");
    return;
  }
  const test::TemporaryFolder folder;
  REQUIRE(run_tmm("analyze -q --layers 1 " + model + " --hdf5 " + folder.file("r.h5")).exit_code == 0);
  const auto read =
      run("/usr/bin/python3 '" TMM_SOURCE_DIR "/tests/apps/readme/read_result.py' " + folder.file("r.h5"));
  INFO(read.err);
  CHECK_THAT(read.out, Catch::StartsWith("mixer_blocks.1.token_mixing_layer.weight 1 2.28") &&
                           Catch::Contains(" -254.5"));
}

TEST_CASE("tmm report: the same table again, inputs kept, damage named") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.json");
  REQUIRE(run_tmm("analyze -q --layers 1 " + model + " -o " + file).exit_code == 0);
  CHECK(run_tmm("report " + file).out == run_tmm("analyze --layers 1 " + model).out);
  CHECK(run_tmm("report " + file + " -o " + file + " --force").exit_code == 1);
  const auto missing = run_tmm("report nowhere.json");
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Catch::Contains("nowhere.json"));
  CHECK_THAT(run_tmm("report " + model).err, Catch::Contains("clm_flat_toeplitz.h5"));
}

TEST_CASE("tmm report --layers: as if only these had been analysed") {
  const test::TemporaryFolder folder;
  REQUIRE(run_tmm("analyze -q " + model + " --sections 64 --hdf5 " + folder.file("r.h5")).exit_code == 0);
  for (const std::string layers : {"1", "2-3,*.6.*"}) {
    const auto alone =
        run_tmm("analyze -q " + model + " --sections 64 --format json --layers '" + layers + "'");
    REQUIRE(alone.exit_code == 0);
    CHECK(run_tmm("report " + folder.file("r.h5") + " --format json --layers '" + layers + "'").out ==
          alone.out);
  }
  const auto nobody = run_tmm("report " + folder.file("r.h5") + " --layers 77");
  CHECK(nobody.exit_code == 1);
  CHECK_THAT(nobody.err, Catch::Contains("77") && Catch::Contains("r.h5"));
  run("printf 'step,train_loss\\n0,9\\n' > " + folder.file("m.csv"));
  const auto trained = run_tmm("report " + folder.file("m.csv") + " --layers 1");
  CHECK(trained.exit_code == 1);
  CHECK_THAT(trained.err, Catch::Contains("--layers"));
}
