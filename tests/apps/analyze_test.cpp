// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/hdf5/array_file.hpp"
#include "io/report/text_layout.hpp"
#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using tmm::test::read_text, tmm::test::run, tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
const std::string copy = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";

std::ptrdiff_t files_in(const TemporaryFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(folder.path()), {});
}

template <class Real>
void write_layer(const std::string& path, const std::vector<Real>& weights) {
  tmm::io::ArrayWriter writer(path);
  writer.dataset("mixer_blocks.0.token_mixing_layer.weight", std::vector<std::size_t>{1, weights.size()},
                 weights);
  writer.finish();
}

}  // namespace

TEST_CASE("tmm analyze: the table of a real checkpoint, in 80 columns, nothing on stderr") {
  const auto result = run_tmm("analyze " + clm);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_THAT(result.out, Contains("0      256  135    0.529") && Contains("1      256    1    0.004"));
  CHECK_THAT(result.out, Contains("8 operators: 0 invertible (N = 0), 3 nearly (N/(n-1) < 0.1), 5 not."));
  CHECK_THAT(result.out, !Contains("\033"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (line.find(".h5") == std::string::npos) CHECK(tmm::io::display_width(line) <= 80);
}

TEST_CASE("tmm analyze --format json and csv: the published indices of both files") {
  const auto result = run_tmm("analyze --format json " + clm + " " + copy);
  REQUIRE(result.exit_code == 0);
  const json report = json::parse(result.out);
  const std::vector<std::vector<int>> known{{135, 1, 5, 85, 63, 86, 67, 23},
                                            {131, 125, 116, 128, 114, 105, 123, 120}};
  REQUIRE(report["models"].size() == 2);
  for (std::size_t m = 0; m < 2; ++m)
    for (std::size_t i = 0; i < 8; ++i) {
      const json& op = report["models"][m]["operators"][i];
      CHECK(op["measures"]["winding_number"]["value"] == known[m][i]);
      CHECK(op["measures"]["fredholm_index"]["value"] == -known[m][i]);
      CHECK(op["measures"]["winding_number"]["status"] == "certified");
    }
  CHECK(report["models"][0]["sha256"].get<std::string>().substr(0, 12) ==
        run("sha256sum " + clm).out.substr(0, 12));

  const auto csv = run("echo; " + std::string(TMM_BINARY) + " analyze " + clm +
                       " --format csv | grep ,winding_number, | cut -d, -f14");
  CHECK(csv.out == "\n135\n1\n5\n85\n63\n86\n67\n23\n");
}

TEST_CASE("winding numbers equal the reference for all 48 operators") {
  const std::string index = tmm::test::shared_file("reference/index.json");
  if (index.empty()) {
    WARN("reference material not found: 48 published indices are not compared");
    return;
  }
  std::size_t compared = 0;
  const json reference = json::parse(read_text(index));
  for (const auto& [file, layers] : reference["layers"].items()) {
    const auto result =
        run_tmm("analyze --spectrum none --format json " + tmm::test::shared_file("checkpoints/" + file));
    REQUIRE(result.exit_code == 0);
    const json report = json::parse(result.out);
    for (const json& op : report["models"][0]["operators"]) {
      if (!layers.contains(op["name"].get<std::string>())) continue;
      CHECK(op["measures"]["fredholm_index"]["value"] ==
            layers[op["name"].get<std::string>()]["fredholm_index"]);
      ++compared;
    }
  }
  CHECK(compared == 48);
}

TEST_CASE("the numbers do not depend on the number of threads") {
  const std::string one = run_tmm("analyze --threads 1 --format json " + clm + " " + copy).out;
  CHECK(one == run_tmm("analyze --threads 3 --format json " + clm + " " + copy).out);
  CHECK(one.size() > 10000);
}

TEST_CASE("layers are chosen by --layers, and what matches nothing is an error that lists the layers") {
  const auto chosen = run_tmm("analyze --layers 1,5-6 --format csv " + clm);
  CHECK(chosen.exit_code == 0);
  CHECK_THAT(chosen.out, Contains("mixer_blocks.6.") && !Contains("mixer_blocks.2."));
  const auto none = run_tmm("analyze --layers 8 " + clm);
  CHECK(none.exit_code == 1);
  CHECK(none.out.empty());
  CHECK_THAT(none.err,
             Contains(clm) && Contains("\"8\"") && Contains("mixer_blocks.7.token_mixing_layer.weight"));
}

TEST_CASE("wrong flags end with 2 and touch nothing") {
  const TemporaryFolder folder;
  const std::string to = " -o " + folder.file("x.json");
  for (const std::string flag : {"--frobnicate", "--format xml", "--layers 5-2", "--layers ,", "--threads 0",
                                 "--threads many", "--spectrum 1"}) {
    INFO(flag);
    const auto result = run_tmm("analyze " + clm + " " + flag + to);
    CHECK(result.exit_code == 2);
    CHECK_FALSE(result.err.empty());
    CHECK(result.out.empty());
  }
  CHECK(run_tmm("analyze").exit_code == 2);
  CHECK(files_in(folder) == 0);
}

TEST_CASE(
    "a result file is written whole files by -o, in the format that its name says, and keeps what is there") {
  const TemporaryFolder folder;
  const std::string path = folder.file("result.json");
  const auto written = run_tmm("analyze " + clm + " -o " + path);
  CHECK(written.exit_code == 0);
  CHECK(written.out.empty());
  CHECK_THAT(written.err, Contains("wrote " + path));
  CHECK(json::parse(read_text(path))["models"].size() == 1);
  CHECK(files_in(folder) == 1);

  const std::string before = read_text(path);
  const auto refused = run_tmm("analyze " + copy + " -o " + path);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains(path) && Contains("--force"));
  CHECK(read_text(path) == before);
  const auto forced = run_tmm("analyze -q --force " + copy + " -o " + path);
  CHECK(forced.exit_code == 0);
  CHECK(forced.err.empty());
  CHECK(read_text(path) != before);

  CHECK(run_tmm("analyze " + clm + " -o " + folder.file("t.csv")).exit_code == 0);
  CHECK_THAT(read_text(folder.file("t.csv")), Catch::StartsWith("file,sha256,"));
  CHECK(run_tmm("analyze " + clm + " --format table -o " + folder.file("t.json")).exit_code == 0);
  CHECK_THAT(read_text(folder.file("t.json")), Contains("proven: N") && !Contains("\033"));
}

TEST_CASE("failed runs end with 1 and leave no file behind") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.json");
  std::string arguments, message;
  SECTION("missing input") {
    arguments = "absent.h5 -o " + out, message = "absent.h5";
  }
  SECTION("one good, one missing input") {
    arguments = clm + " absent.h5 -o " + out, message = "absent.h5";
  }
  SECTION("input is no HDF5") {
    arguments = std::string(TMM_BINARY) + " -o " + out, message = TMM_BINARY;
  }
  SECTION("layer that is not there") {
    arguments = clm + " --layers 9 -o " + out, message = "\"9\"";
  }
  SECTION("unwritable output") {
    arguments = clm + " -o /proc/out.json", message = "/proc/out.json";
  }
  SECTION("missing folder") {
    arguments = clm + " -o " + folder.file("no/out.json"), message = "no/out.json";
  }
  SECTION("output is the input") {
    arguments = clm + " --format json --force -o " + clm, message = "input";
  }
  const auto result = run_tmm("analyze " + arguments);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::StartsWith("tmm: ") && Contains(message));
  CHECK(files_in(folder) == 0);
}

TEST_CASE("NaN weights are an error that names file and tensor") {
  const TemporaryFolder folder;
  const std::string path = folder.file("nan.h5");
  write_layer<float>(path, {1, std::numeric_limits<float>::quiet_NaN()});
  const auto result = run_tmm("analyze " + path);
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err,
             Contains(path) && Contains("mixer_blocks.0.token_mixing_layer.weight") && Contains("NaN"));
}

TEST_CASE("output that cannot be delivered is a failed run") {
  const auto result = run(std::string(TMM_BINARY) + " analyze --format json " + clm + " >/dev/full");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("No space left"));
}

TEST_CASE("a zero on the circle is a decided answer, in strict mode too") {
  const TemporaryFolder folder;
  const std::string path = folder.file("circle.h5");
  write_layer<float>(path, {1, -2, 1});
  const auto result = run_tmm("analyze --strict " + path);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("! layer 0: not Fredholm: a(1) = 0 exactly"));
}

TEST_CASE("an undecided result ends with 3 in strict mode only, and prints its bounds") {
  // (1 + z + z²)(1 + 2⁻¹⁰⁶⁰ z¹⁷⁰⁰⁰): two zeros on the circle, not palindromic, too long for exact arithmetic.
  const TemporaryFolder folder;
  const std::string path = folder.file("open.h5");
  std::vector<double> taps(17003);
  for (std::size_t k = 0; k < 3; ++k) taps[k] = 1, taps[17000 + k] = 0x1p-1060;
  write_layer<double>(path, taps);
  const auto strict = run_tmm("analyze --strict --spectrum none " + path);
  CHECK(strict.exit_code == 3);
  CHECK_THAT(strict.out, Contains("0 <= N <=") && Contains("is proven") && Contains("1 undecided."));
  CHECK_THAT(strict.err, Contains("undecided"));
  CHECK(run_tmm("analyze --spectrum none " + path).exit_code == 0);
}

TEST_CASE("progress goes to stderr, on request or on a terminal only") {
  CHECK_THAT(run_tmm("analyze --progress " + clm).err, Contains("8/8 operators"));
  CHECK(run_tmm("analyze --progress --quiet " + clm).err.empty());
  CHECK(run_tmm("analyze --no-progress " + clm).err.empty());
}

TEST_CASE("color appears on a terminal and gives way to NO_COLOR") {
  if (run("script -qec true /dev/null").exit_code != 0) {
    WARN("script(1) gives no pseudo-terminal here: color on a terminal is not tested");
    return;
  }
  const std::string command =
      "script -qec '" + std::string(TMM_BINARY) + " analyze --no-progress " + clm + "' /dev/null";
  CHECK_THAT(run("TERM=xterm NO_COLOR= " + command).out, Contains("\033[1m"));
  CHECK_THAT(run("TERM=xterm NO_COLOR=1 " + command).out, !Contains("\033[1m"));
  CHECK_THAT(run("TERM=dumb NO_COLOR= " + command).out, !Contains("\033[1m"));
}

TEST_CASE("tmm analyze --help carries worked examples") {
  const auto help = run_tmm("analyze --help");
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, Contains("tmm analyze model.h5") && Contains("Exit codes"));
}

TEST_CASE(
    "tmm analyze with sections, null model and thresholds: in every format, the same for any number of "
    "threads") {
  const std::string flags = " --layers 1 --sections 32,64 --null-draws 10 --seed 5 --tau 0.5 ";
  const auto table = run_tmm("analyze" + flags + clm);
  REQUIRE(table.exit_code == 0);
  CHECK_THAT(table.out,
             Contains("Sections T_m") && Contains("z-scores against 10 freshly initialised layers (seed 5)"));
  const auto one = run_tmm("analyze --format json --threads 1" + flags + clm);
  const auto two = run_tmm("analyze --format json --threads 2" + flags + clm);
  REQUIRE(one.exit_code == 0);
  CHECK(one.out == two.out);
  const json op = json::parse(one.out)["models"][0]["operators"][0];
  REQUIRE(op["sections"].size() == 2);
  CHECK(op["sections"][0]["n"] == 32);
  CHECK(op["sections"][1]["measures"]["winding_number"]["status"] == "certified");
  CHECK(op["null_model"]["winding_fraction"]["z_score"] < -5);
  CHECK(op["null_model"]["winding_fraction"]["mean"].get<double>() == Approx(0.5).margin(0.05));
  CHECK(op["measures"]["effective_index_0.5"]["value"] >=
        op["measures"]["effective_index_bfloat16"]["value"]);
  const json sum = json::parse(run_tmm("analyze --format json --residual" + flags + clm).out);
  // ln|1 + w_0| with w_0 of deviation √(2/256), against ln|w_0| around −3
  CHECK(
      std::fabs(sum["models"][0]["operators"][0]["null_model"]["log_abs_det_per_row"]["mean"].get<double>()) <
      0.1);
  CHECK(op["null_model"]["log_abs_det_per_row"]["mean"].get<double>() < -2);
  const auto csv = run_tmm("analyze --format csv" + flags + clm);
  CHECK_THAT(csv.out, Contains(",256,32,winding_number,") && Contains(",256,,winding_number,"));
  CHECK(run_tmm("analyze --null-draws 1 " + clm).exit_code == 2);
  CHECK(run_tmm("analyze --sections 0 " + clm).exit_code == 2);
}

TEST_CASE("tmm analyze --residual looks at I + T and says so") {
  const auto table = run_tmm("analyze --residual --layers 0 " + clm);
  CHECK_THAT(table.out, Contains("I + T"));
  const auto report = run_tmm("analyze --residual --format json " + clm);
  REQUIRE(report.exit_code == 0);
  const json all = json::parse(report.out);
  CHECK(all["options"]["residual"] == true);
  CHECK(all["models"][0]["operators"][0]["measures"]["winding_number"]["value"] == 0);
  CHECK(all["models"][0]["layers"].empty());
}

TEST_CASE("tmm analyze: a kernel layer's index as a whole comes from its last row") {
  const std::string kernel = tmm::test::shared_file("reference/variants/kernel.h5");
  if (kernel.empty()) {
    WARN("reference material is absent: kernel layer not analysed");
    return;
  }
  const auto result = run_tmm("analyze --format json " + kernel);
  REQUIRE(result.exit_code == 0);
  const json model = json::parse(result.out)["models"][0];
  const auto operators = model["operators"];
  for (const json& layer : model["layers"]) {
    double last = 0;
    for (const json& op : operators)
      if (op["block"] == layer["block"]) last = op["measures"]["winding_number"]["value"];
    const double index = layer["fredholm_index"]["value"];
    CHECK(index < 0);
    CHECK(std::fmod(index, last) == 0);
    CHECK(layer["fredholm_index"]["status"] == "certified");
  }
  CHECK(model["layers"].size() == 2);
}

TEST_CASE(
    "tmm analyze: a singular value beyond the range of double is there as mantissa and exponent, in JSON and "
    "CSV") {
  const auto report = run_tmm("analyze --layers 6 --format json " + clm);
  REQUIRE(report.exit_code == 0);
  const json op = json::parse(report.out)["models"][0]["operators"][0];
  const json& measures = op["measures"];
  CHECK(measures["sigma_min"]["status"] == "not defined");
  const double mantissa = measures["sigma_min_mantissa"]["value"],
               exponent = measures["sigma_min_exponent10"]["value"];
  CHECK(exponent < -324);
  CHECK(std::log10(mantissa) + exponent ==
        Approx(measures["log10_sigma_min"]["value"].get<double>()).epsilon(1e-14));
  CHECK(op["spectrum"]["singular_values"].back()["exponent10"] == static_cast<int>(exponent));
  CHECK_THAT(run_tmm("analyze --layers 6 --format csv " + clm).out, Contains(",sigma_min_exponent10,-"));
}

TEST_CASE("tmm analyze --spectrum extreme: the ends agree with the full spectrum") {
  const auto full = run_tmm("analyze --layers 1 --format json " + clm);
  const auto extreme = run_tmm("analyze --layers 1 --spectrum extreme --format json " + clm);
  REQUIRE(full.exit_code == 0);
  REQUIRE(extreme.exit_code == 0);
  const json a = json::parse(full.out)["models"][0]["operators"][0];
  const json b = json::parse(extreme.out)["models"][0]["operators"][0];
  for (const char* id : {"sigma_max", "log10_sigma_min", "log10_condition"})
    CHECK(a["measures"][id]["value"].get<double>() ==
          Approx(b["measures"][id]["value"].get<double>()).epsilon(1e-8));
  CHECK(b["spectrum"].is_null());
  CHECK(b["extremes"]["sigma_min_lower"]["exponent10"] <= b["extremes"]["sigma_min_upper"]["exponent10"]);
}
