// SPDX-License-Identifier: MIT
// What lies around a run: libraries in the current directory, variables that name code, a limit on memory.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "model/base/sanitizers.hpp"
#include "support.hpp"

using Catch::Contains;
using tmm::test::read_text, tmm::test::run, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr bool limits_of_address_space = TMM_ADDRESS_SANITIZER == 0;  // the sanitizer itself takes terabytes

const std::string model = TMM_TEST_DATA "/clm_flat_toeplitz.h5";

/// A shared library in `folder` that writes "strange code" to standard error when it is loaded.
std::string strange_library(const TemporaryFolder& folder) {
  const std::string source = folder.file("strange.c"), library = folder.file("strange.so");
  std::ofstream(source) << "#include <unistd.h>\n"
                           "__attribute__((constructor)) static void loaded(void) {\n"
                           "  if (write(2, \"strange code\\n\", 13) < 0) _exit(9);\n}\n";
  REQUIRE(run("cc -shared -fPIC -o " + library + " " + source).exit_code == 0);
  return library;
}

/// ':'-separated elements of the run paths in the output of readelf -d.
std::vector<std::string> run_path_elements(const std::string& printed) {
  std::vector<std::string> elements;
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("(RPATH)") == std::string::npos && line.find("(RUNPATH)") == std::string::npos) continue;
    const std::size_t open = line.find('[');
    std::string path = line.substr(open + 1, line.rfind(']') - open - 1);
    for (std::size_t end; (end = path.find(':')) != std::string::npos; path.erase(0, end + 1))
      elements.push_back(path.substr(0, end));
    elements.push_back(path);
  }
  return elements;
}

}  // namespace

TEST_CASE("no built program looks for libraries in the current directory") {
  const auto programs = run("find '" TMM_BUILD_DIR
                            "' -name CMakeFiles -prune -o -type f -perm -u+x "
                            "\\( ! -name '*.*' -o -name '*.so*' \\) -print");
  CHECK_THAT(programs.out, Contains("/apps/tmm\n") && Contains("tmm_apps_tests"));
  std::istringstream files(programs.out);
  std::size_t seen = 0;
  for (std::string file; std::getline(files, file);) {
    INFO(file);
    if (!read_text(file).starts_with("\177ELF")) continue;
    ++seen;
    const auto printed = run("readelf -d '" + file + "'");
    REQUIRE(printed.exit_code == 0);
    for (const std::string& element : run_path_elements(printed.out)) {
      INFO("element \"" << element << '"');
      CHECK((element.starts_with('/') || element == "$ORIGIN" || element.starts_with("$ORIGIN/")));
    }
  }
  CHECK(seen >= 2);
}

TEST_CASE("an empty or relative element of a run path is seen") {
  const auto elements = run_path_elements(
      " 0x1d (RUNPATH) Library runpath: [/a:lib:]\n 0x01 (NEEDED) Shared library: [libc.so.6]\n");
  CHECK(elements == std::vector<std::string>{"/a", "lib", ""});
}

TEST_CASE("no library of the current directory is loaded") {
  const TemporaryFolder folder;
  const std::string library = strange_library(folder);
  std::istringstream needed(
      run("readelf -d " TMM_BINARY " | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p'").out);
  std::size_t names = 0;
  for (std::string name; std::getline(needed, name); ++names) fs::copy_file(library, folder.path() / name);
  CHECK(names > 5);
  const auto result = run("cd " + folder.path().string() + " && " TMM_BINARY " analyze --quiet " + model);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, !Contains("strange code"));
  CHECK_THAT(run("LD_PRELOAD=" + library + " /bin/true").err, Contains("strange code"));  // it does speak
}

TEST_CASE("variables and configuration files that name code are not followed") {
  const TemporaryFolder folder;
  const std::string library = strange_library(folder), here = folder.path().string();
  std::ofstream(folder.file("openssl.cnf")) << "openssl_conf = start\n[start]\nproviders = all\n[all]\n"
                                               "strange = section\n[section]\nmodule = "
                                            << library << "\nactivate = 1\n";
  const std::string command = "cd " + here + " && OPENSSL_CONF=" + here +
                              "/openssl.cnf OPENSSL_MODULES=" + here + " OPENSSL_ENGINES=" + here +
                              " HDF5_PLUGIN_PATH=" + here +
                              " HDF5_VOL_CONNECTOR=strange HDF5_DRIVER=strange ";
  const auto result = run(command + TMM_BINARY " analyze --quiet --hdf5 out.h5 " + model);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  const std::string hash = run("sha256sum " + model).out.substr(0, 64);
  CHECK_THAT(run(command + TMM_BINARY " analyze --quiet --format json " + model).out, Contains(hash));
}

TEST_CASE("a limit on address space ends in the same result or in a message, and soon") {
  if (!limits_of_address_space) return;
  const TemporaryFolder folder;
  const std::string analyze = " " TMM_BINARY " analyze --no-progress " + model + " --threads ";
  const std::string expected = run(analyze + "1").out;
  std::size_t results = 0;
  for (const int kilobytes : {120'000, 180'000, 200'000, 220'000, 260'000, 300'000, 350'000, 400'000, 500'000,
                              600'000, 1'000'000, 4'000'000})
    // OpenBLAS with as many threads of its own as here, and as on a machine with sixteen processors.
    for (const char* start : {"timeout 60", "OPENBLAS_NUM_THREADS=16 timeout 60"})
      for (const int threads : {1, 2, 8}) {
        INFO("ulimit -v " << kilobytes << "; " << start << "; " << threads << " threads");
        const auto result =
            run("ulimit -v " + std::to_string(kilobytes) + "; " + start + analyze + std::to_string(threads));
        INFO(result.err);
        if (result.exit_code == 0) {
          CHECK(result.out == expected);
          ++results;
        } else {
          REQUIRE(result.exit_code == 1);
          CHECK((result.err.find("address space") != std::string::npos ||
                 result.err.find("memory") != std::string::npos));
          CHECK(kilobytes < 400'000);
        }
      }
  CHECK(results >= 6);
}

TEST_CASE("the second start of the program runs nothing but the program") {
  if (!limits_of_address_space) return;
  const TemporaryFolder folder;
  for (const char* name : {"analyze", "tmm", "exe"}) {
    std::ofstream(folder.file(name)) << "#!/bin/sh\necho strange code\n";
    fs::permissions(folder.file(name), fs::perms::owner_all);
  }
  const std::string arguments = " analyze --no-progress " + model, here = "cd " + folder.path().string();
  const std::string expected = run(TMM_BINARY + arguments).out;
  CHECK_THAT(expected, Contains("135"));
  const std::string loader =
      run("readelf -l " TMM_BINARY " | sed -n 's/.*interpreter: \\(.*\\)]/\\1/p' | tr -d '\\n'").out;
  REQUIRE(loader.starts_with('/'));
  for (const std::string& start :
       {std::string(TMM_BINARY), loader + " " TMM_BINARY, std::string("exec -a analyze " TMM_BINARY),
        std::string("exec -a '' " TMM_BINARY)}) {
    INFO(start);
    const auto result =
        run(here + " && ulimit -v 4000000 && PATH=.:/usr/bin:/bin bash -c \"" + start + arguments + '"');
    CHECK(result.exit_code == 0);
    CHECK(result.out == expected);
  }
}

TEST_CASE("training under a limit on address space gives the same model or a message") {
  if (!limits_of_address_space) return;
  const TemporaryFolder folder;
  const std::string train =
      " " TMM_BINARY
      " train --random --quiet --dim 16 --context 32 --blocks 2 --batch 8 --steps 3 --threads 8 -o ";
  REQUIRE(run(train + folder.file("free")).exit_code == 0);
  for (const int kilobytes : {200'000, 300'000, 450'000}) {
    INFO("ulimit -v " << kilobytes);
    const std::string out = folder.file(std::to_string(kilobytes));
    const auto result = run("ulimit -v " + std::to_string(kilobytes) + "; timeout 60" + train + out);
    INFO(result.err);
    if (result.exit_code == 0)
      CHECK(read_text(out + "/model.h5") == read_text(folder.file("free") + "/model.h5"));
    else
      CHECK((result.exit_code == 1 && kilobytes < 450'000 && !result.err.empty()));
  }
}

TEST_CASE("the advice for files that were packed by another filter makes a file that is read") {
  const std::string packed = tmm::test::shared_file("field/h_lzf.h5");
  if (packed.empty() || run("/usr/bin/python3 -c 'import h5py'").exit_code != 0) {
    WARN("skipped: needs the field's files and python3-h5py");
    return;
  }
  const auto refused = tmm::test::run_tmm("analyze " + packed);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("filter 32000 lzf") && Contains("h5repack would leave such datasets out"));
  const TemporaryFolder folder;
  std::string script;
  std::istringstream lines(refused.err);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  ")) script += line.substr(2) + "\n";
  std::ofstream(folder.file("advice.py")) << script;
  tmm::test::fs::copy(packed, folder.file("model.h5"));
  REQUIRE(run("cd " + folder.path().string() + " && /usr/bin/python3 advice.py").exit_code == 0);
  CHECK(tmm::test::run_tmm("analyze --spectrum none " + folder.file("copy.h5")).exit_code == 0);
}
