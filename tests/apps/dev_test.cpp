// SPDX-License-Identifier: MIT
// ./dev on machines that this one is not: its tools are the system's, but packages, npm and CMake are fakes
// that only write down how they were called.
#include <catch2/catch.hpp>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using Catch::Contains;
using tmm::test::read_text, tmm::test::run, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const std::string source = TMM_SOURCE_DIR;
const std::string package = "plotly.js-cartesian-dist-min";

class Machine {
 public:
  Machine() {
    fs::create_directories(page());
    fs::create_directory(folder_.path() / "bin");
    fs::copy_file(source + "/dev", folder_.path() / "dev");
    for (const char* tool :
         {"awk",    "base64", "cat", "cp", "cut",   "date", "dirname", "env",       "grep", "gzip", "mkdir",
          "mktemp", "mv",     "od",  "rm", "rmdir", "sed",  "sh",      "sha512sum", "tar",  "tr"})
      run("ln -s \"$(command -v " + std::string(tool) + ")\" " + folder_.file("bin"));
    write_package("console.log('charts')");
    fake("uname", "echo Linux");
    fake("id", "echo 0");
    fake("cmake", log);
    fake("ninja", log);
    fake("pkg-config", log);
    fake("dpkg-query", "case \"$*\" in *Version*) echo 3.1.3-2 ;; *) echo installed ;; esac");
    fake("apt-get", log);
    fake("npm", log + "; cp '" + folder_.file("chart.tgz") + "' \"$4\"/" + package + "-2.35.3.tgz");
  }
  void fake(const std::string& tool, const std::string& script) {
    const std::string path = folder_.file("bin/" + tool);
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(path, fs::perms::owner_all);
  }
  void without(const std::string& tool) { fs::remove(folder_.path() / "bin" / tool); }
  tmm::test::CommandResult dev(const std::string& command, const std::string& environment = "") {
    fs::remove(folder_.path() / "log");
    const std::string folder = folder_.path().string();
    return run("cd '" + folder + "' && env -i HOME='" + folder + "' LOG='" + folder + "/log' PATH='" +
               folder + "/bin' " + environment + " sh ./dev " + command);
  }
  /// How the fakes were called by the last command, a line each.
  [[nodiscard]] std::string calls() const { return read_text(folder_.file("log")); }
  [[nodiscard]] fs::path page() const { return folder_.path() / "io/report/page"; }
  [[nodiscard]] std::string chart() const {
    return read_text((page() / "node_modules" / package / "plotly-cartesian.min.js").string());
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  /// npm's package with the given script, and the repository's lock file with its checksum.
  void write_package(const std::string& script) {
    const auto made =
        run("cd " + folder_.path().string() + " && mkdir -p package && printf %s \"" + script +
            "\" >package/plotly-cartesian.min.js && tar -czf chart.tgz package && "
            "sed \"s|sha512-[^\\\"]*|sha512-$(sha512sum chart.tgz | cut -d ' ' -f 1 | "
            "sed 's/../\\\\\\\\x&/g' | xargs printf %b | base64 -w 0)|\" '" +
            source + "/io/report/page/package-lock.json' >'" + page().string() + "/package-lock.json'");
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
  }

 private:
  const std::string log = "echo \"${0##*/} $*\" >>\"$LOG\"";
  TemporaryFolder folder_;
};

/// The words of `text` after `begin`, up to the next comment, quotation mark or backquote.
std::vector<std::string> words(const std::string& text, const std::string& begin) {
  const std::size_t from = text.find(begin);
  INFO(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t first = from + begin.size();
  std::istringstream stream(text.substr(first, text.find_first_of("#\"`", first) - first));
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

TEST_CASE("dev installs the packages that are missing, and says how much that is") {
  Machine machine;
  machine.fake("dpkg-query",
               "case \"$*\" in *libfmt-dev*) exit 1 ;; *Version*) echo 3.1.3-2 ;; *) echo installed ;; esac");
  machine.fake("apt-get",
               "echo \"apt-get $*\" >>\"$LOG\"; case \"$*\" in *--assume-no*) echo 'Need to get 12.3 MB of "
               "archives.'; "
               "echo 'After this operation, 45.6 MB of additional disk space will be used.'; exit 1 ;; esac");
  const auto result = machine.dev("build");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains(", 12.3 MB to download, 45.6 MB on disk: libfmt-dev\n"));
  CHECK_THAT(machine.calls(), Contains("apt-get install -y -qq --no-install-recommends libfmt-dev\n"));
  CHECK_THAT(machine.calls(), Contains("cmake --build --preset release"));
}

TEST_CASE("dev wants Arb's own package only beside a FLINT that does not contain it") {
  for (const auto& [version, wanted] : {std::pair{"2.9.0-5", true}, std::pair{"3.1.3-2", false}}) {
    Machine machine;
    machine.fake("dpkg-query", "case \"$*\" in *Version*) echo " + std::string(version) +
                                   " ;; *libflint-arb-dev*) exit 1 ;; *) echo installed ;; esac");
    CHECK(machine.dev("build").exit_code == 0);
    CHECK((machine.calls().find("libflint-arb-dev") != std::string::npos) == wanted);
  }
}

TEST_CASE("without npm dev builds without charts and says so") {
  Machine machine;
  machine.without("npm");
  const auto result = machine.dev("build");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("no charts and refuses to write HTML reports") && !Contains("not found"));
  CHECK_THAT(machine.calls(), Contains("cmake --build --preset release") && !Contains("apt-get"));

  Machine offline;
  offline.fake("npm", "exit 1");
  const auto failed = offline.dev("build");
  CHECK(failed.exit_code == 0);
  CHECK_THAT(failed.err, Contains("npm cannot fetch the chart library"));
  CHECK_THAT(offline.calls(), Contains("cmake --build --preset release"));
}

TEST_CASE("dev fetches the charts' one package, once, and checks it against the lock file") {
  Machine machine;
  const auto first = machine.dev("build", "TMM_CACHE='" + machine.file("cache") + "'");
  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK_THAT(machine.calls(), Contains("npm pack ") && Contains(" " + package + "@2.35.3\n"));
  CHECK(machine.chart() == "console.log('charts')");
  CHECK(fs::exists(machine.file("cache/" + package + "-2.35.3.tgz")));
  REQUIRE(machine.dev("build").exit_code == 0);  // in its place: not even the cache is asked
  CHECK_THAT(machine.calls(), !Contains("npm"));
  fs::remove_all(machine.page() / "node_modules");
  REQUIRE(machine.dev("build", "TMM_CACHE='" + machine.file("cache") + "'").exit_code == 0);
  CHECK_THAT(machine.calls(), !Contains("npm"));
  CHECK(machine.chart() == "console.log('charts')");
}

TEST_CASE("dev uses no chart package with another checksum") {
  Machine machine;
  const std::string lock = (machine.page() / "package-lock.json").string(), right = read_text(lock);
  machine.write_package("alert('no')");  // what npm gives now
  std::ofstream(lock) << right;
  const auto result = machine.dev("build");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains(package + "-2.35.3.tgz") && Contains("SHA-512"));
  CHECK_FALSE(fs::exists(machine.page() / "node_modules"));
  CHECK_THAT(machine.calls(), !Contains("cmake"));
}

TEST_CASE("dev hands a chart library that is already there to CMake, which checks it") {
  Machine machine;
  CHECK(machine.dev("build", "TMM_PLOTLY_FILE=mine.js").exit_code == 0);
  CHECK_THAT(machine.calls(), Contains("-DTMM_PLOTLY_FILE=" + machine.file("mine.js")) && !Contains("npm"));

  std::ofstream(machine.file("mine.js")) << "alert('no')";
  const auto other = run("cmake -S '" + source + "' -B " + machine.file("b") +
                         " -G Ninja -DTMM_BUILD_TESTS=OFF " + "-DTMM_PLOTLY_FILE=" + machine.file("mine.js"));
  CHECK(other.exit_code != 0);
  CHECK_THAT(other.err, Contains("mine.js") && Contains("SHA-256"));
}

TEST_CASE("dev on a system without Debian's packages says what it needs") {
  Machine fedora;
  fedora.without("apt-get");
  fedora.without("dpkg-query");
  const auto complete = fedora.dev("build");
  CHECK(complete.exit_code == 0);
  CHECK_THAT(complete.err, Contains("Spectra 1.0") && Contains("libspectra-dev") && !Contains("not found"));
  CHECK_THAT(fedora.calls(), Contains("cmake --build --preset release"));
  fedora.without("ninja");
  const auto bare = fedora.dev("build");
  CHECK(bare.exit_code == 1);
  CHECK_THAT(bare.err, Contains("ninja is not here"));

  Machine mac;
  mac.without("apt-get");
  mac.fake("uname", "echo Darwin");
  const auto refused = mac.dev("demo");
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("this is Darwin") && !Contains("not found"));
  CHECK(mac.calls().empty());
}

TEST_CASE("dev experiment is one call of tmm sweep, with a study of fifteen runs") {
  Machine machine;
  machine.fake("bible", "echo \"bible $*\" >>\"$LOG\"; echo In the beginning");
  fs::create_directories(machine.file("build/release/apps"));
  fs::create_directories(machine.file("docs"));
  fs::copy_file(source + "/docs/experiment.toml", machine.file("docs/experiment.toml"));
  const std::string program = machine.file("build/release/apps/tmm");
  std::ofstream(program) << "#!/bin/sh\necho \"tmm $*\" >>\"$LOG\"\n";
  fs::permissions(program, fs::perms::owner_all);
  const std::string call = "\ntmm sweep build/experiment/study.toml -o build/experiment/study\n";
  const auto first = machine.dev("experiment");
  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK_THAT(machine.calls(), Contains("\nbible -f gen1:1-rev22:21\n") && Catch::EndsWith(call));
  CHECK(read_text(machine.file("build/experiment/text")) == "In the beginning\n");
  CHECK(machine.dev("experiment").exit_code == 0);  // it goes on
  CHECK_THAT(machine.calls(), !Contains("bible") && Catch::EndsWith(call));

  const auto runs = tmm::test::run_tmm("sweep " + machine.file("build/experiment/study.toml") + " --dry-run");
  INFO(runs.err);
  CHECK(runs.exit_code == 0);
  CHECK_THAT(runs.out, Contains("15 runs = 3 kind × 5 seed") && Contains("\nautoencoder_seed-5  to begin\n"));
}

TEST_CASE(
    "dev experiment mixing trains 45 runs, asks those with Toeplitz layers to copy and recall, and "
    "compares") {
  Machine machine;
  machine.fake("bible", "echo In the beginning");
  fs::create_directories(machine.file("build/release/apps"));
  fs::create_directories(machine.file("docs"));
  fs::copy_file(source + "/docs/mixing.toml", machine.file("docs/mixing.toml"));
  const std::string program = machine.file("build/release/apps/tmm"), runs = "build/experiment/mixing";
  std::ofstream(program) << "#!/bin/sh\necho \"tmm $*\" >>\"$LOG\"\nmkdir -p " << runs
                         << "/tmm_copy_seed-1\n";
  fs::permissions(program, fs::perms::owner_all);
  const auto made = machine.dev("experiment mixing");
  INFO(made.err);
  CHECK(made.exit_code == 0);
  const std::string sweep = "build/experiment/mixing.toml -o " + runs + "\n";
  const std::string evaluate = "tmm evaluate " + runs + "/tmm_copy_seed-1/model.h5 --task ";
  CHECK_THAT(machine.calls(), Contains("tmm sweep " + sweep + evaluate + "copy --format json\n" + evaluate +
                                       "induction --format json\ntmm sweep -q " + sweep));
  CHECK(fs::exists(machine.file(runs + "/tmm_copy_seed-1/evaluations/induction.json")));
  CHECK(machine.dev("experiment nonsense").exit_code == 2);
  const auto listed =
      tmm::test::run_tmm("sweep " + machine.file("build/experiment/mixing.toml") + " --dry-run");
  INFO(listed.err);
  CHECK_THAT(listed.out, Contains("45 runs = 3 mixer × 3 trained-on × 5 seed"));
}

TEST_CASE("docs/installing.md lists the packages that dev installs") {
  const std::string dev = read_text(source + "/dev"), page = read_text(source + "/docs/installing.md");
  for (const auto& [list, heading] :
       {std::pair{"\npackages=\"", "To build:"},
        {"test_packages=\"", "To test, besides:"},
        {"bench_packages=\"", "For `./dev bench`, besides:"},
        {"experiment_packages=\"", "For `./dev experiment`, besides:"},
        {"package_packages=\"", "For `./dev package`, besides:"},
        {"fuzz_packages=\"",
         "For `./dev fuzz`, `./dev test --asan` and `--clang`, besides (Debian 12 only):"}}) {
    INFO(list);
    CHECK(words(dev, list) == words(page, std::string("\n# ") + heading + "\n"));
  }
}

TEST_CASE("the lock file names one package, and no host") {
  const std::string lock = read_text(source + "/io/report/page/package-lock.json");
  CHECK_THAT(lock, !Contains("http") && !Contains("resolved"));
  std::size_t count = 0;
  for (std::size_t at = 0; (at = lock.find("\"node_modules/", at)) != std::string::npos; ++at) ++count;
  CHECK(count == 1);
}
