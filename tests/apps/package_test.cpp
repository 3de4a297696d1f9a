// SPDX-License-Identifier: MIT
// tmm as others build upon it: installed, as a part of another project, as shared libraries.
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "support.hpp"

using Catch::Contains, Catch::StartsWith;
using tmm::test::read_text, tmm::test::run, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const std::string source = TMM_SOURCE_DIR;
const std::string model = TMM_TEST_DATA "/clm_flat_toeplitz.h5";
const std::string flags =
    " -DCMAKE_CXX_COMPILER='" TMM_CXX_COMPILER "' -DCMAKE_CXX_FLAGS='" TMM_CXX_FLAGS "' ";
const std::string first_lines =
    "mixer_blocks.0.token_mixing_layer.weight: index -135, certified\n"
    "mixer_blocks.1.token_mixing_layer.weight: index -1, certified\n";

/// Runs a command that must succeed.
std::string succeed(const std::string& command) {
  const auto result = run(command);
  INFO(command << '\n' << result.out << result.err);
  REQUIRE(result.exit_code == 0);
  return result.out + result.err;
}

void write(const std::string& path, const std::string& text) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path) << text;
}

/// The README's commands that build its example: the block that begins with cmake -S.
std::string readme_commands() {
  const std::string text = read_text(source + "/README.md"), opening = "\n```sh\ncmake -S ";
  const std::size_t begin = text.find(opening);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin + 7, text.find("\n```", begin + 7) - begin - 7);
}

/// A folder with all that the commands need and Ninja alone to build with: a PATH without make.
std::string tools_without_make(const TemporaryFolder& folder) {
  const std::string tools = folder.file("tools");
  fs::create_directory(tools);
  for (const char* tool : {"sh", "cmake", "ninja", "as", "ld", "ar", "ranlib"})
    succeed("ln -s \"$(command -v " + std::string(tool) + ")\" " + tools + "/" + tool);
  succeed("ln -s '" TMM_CXX_COMPILER "' " + tools + "/c++");
  return tools;
}

void run_the_readme_commands(const TemporaryFolder& folder) {
  const std::string project = folder.file("example");
  fs::create_directory(project);
  for (const char* file : {"CMakeLists.txt", "example.cpp"})
    fs::copy_file(source + "/tests/apps/readme/" + file, project + "/" + file);
  fs::copy_file(model, project + "/model.h5");
  const std::string out =
      succeed("cd " + project + " && unset CMAKE_CXX_COMPILER_LAUNCHER CMAKE_GENERATOR && export HOME=" +
              folder.path().string() + " CXXFLAGS='" TMM_CXX_FLAGS "' PATH=" + tools_without_make(folder) +
              " && ! command -v make && ! command -v gmake && " + readme_commands());
  CHECK_THAT(out, Contains(first_lines));
}

/// Configures a project that only looks for tmm; what cmake prints.
tmm::test::CommandResult find_package(const TemporaryFolder& folder, const std::string& lines,
                                      const std::string& options = "") {
  const std::string project = folder.file("finder");
  fs::remove_all(project);
  write(project + "/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(finder CXX)\n" + lines);
  return run("cmake -G Ninja -S " + project + " -B " + project + "/b --log-level=NOTICE " + options + flags +
             "-DCMAKE_PREFIX_PATH=" + folder.file(".local"));
}

void look_for_the_package(const TemporaryFolder& folder) {
  // Names of the packages that find_dependency calls, of CMake itself, and tmm's.
  const auto quiet = find_package(folder, R"cmake(
get_cmake_property(before VARIABLES)
find_package(tmm QUIET COMPONENTS io)
if(NOT tmm_FOUND OR NOT TARGET tmm::io)
  message(FATAL_ERROR "not found")
endif()
get_cmake_property(after VARIABLES)
list(REMOVE_ITEM after before ${before})
list(FILTER after EXCLUDE REGEX "^_?(tmm|TMM_[A-Z0-9]+_(LIBRARY|INCLUDE_DIR)$|Eigen3|EIGEN3|OpenMP|OPENMP|fmt|FIND_PACKAGE_MESSAGE|PACKAGE_PREFIX_DIR|CMAKE)")
if(after)
  message(FATAL_ERROR "left behind: ${after}")
endif()
)cmake",
                                  "--no-warn-unused-cli -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON "
                                  "-DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON "
                                  "-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON");
  INFO(quiet.out << quiet.err);
  CHECK(quiet.exit_code == 0);
  CHECK_THAT(quiet.out, !Contains("ound"));  // -- Found …, not found
  CHECK(quiet.err.empty());
  const auto unknown = find_package(folder, "find_package(tmm REQUIRED COMPONENTS pictures)\n");
  CHECK(unknown.exit_code != 0);
  CHECK_THAT(unknown.err, Contains("pictures"));
}

void look_without_fftw(const TemporaryFolder& folder) {
  const auto result = find_package(folder, "find_package(tmm REQUIRED)\n", "-DTMM_FFTW_LIBRARY= ");
  CHECK(result.exit_code != 0);
  CHECK_THAT(result.err, Contains("fftw3 with fftw3.h (Debian package libfftw3-dev)"));
}

/// The README's example, built by pkg-config instead of CMake.
void build_by_pkg_config(const TemporaryFolder& folder, const std::string& prefix) {
  const std::string pkg_config = "env PKG_CONFIG_PATH=" + prefix + "/lib/pkgconfig pkg-config ";
  CHECK(succeed(pkg_config + "--modversion tmm") == "0.1.0\n");
  const std::string program = folder.file("by_pkg_config");
  succeed("'" TMM_CXX_COMPILER "' -std=c++20 " TMM_CXX_FLAGS " '" + source +
          "/tests/apps/readme/example.cpp' -o " + program + " $(" + pkg_config + "--cflags --libs tmm)");
  const std::string shared =
      fs::exists(prefix + "/lib/libtmm_io.so") ? "LD_LIBRARY_PATH=" + prefix + "/lib " : "";
  CHECK_THAT(succeed(shared + program + " " + model), StartsWith(first_lines));
}

void look_at_what_was_installed(const TemporaryFolder& folder) {
  const std::string prefix = folder.file(".local");
  CHECK(run("find " + prefix + " -type d -empty").out.empty());
  CHECK(run("find " + prefix + " -path '*node_modules*'").out.empty());
  CHECK(run("cd " + source + " && find model analysis io -name '*.hpp' -not -path '*/node_modules/*' | sort")
            .out ==
        run("cd " + prefix + "/include/tmm && find . -name '*.hpp' | sed 's|^\\./||' | sort").out);
  CHECK_THAT(run("readelf -d " + prefix + "/bin/tmm").out,
             !Contains(":]") && !Contains("::") && !Contains("[:"));
  CHECK(run(prefix + "/bin/tmm --version").exit_code == 0);
  for (const char* file : {"man/man1/tmm.1", "man/man1/tmm-analyze.1", "man/man1/tmm-train.1",
                           "bash-completion/completions/tmm", "zsh/site-functions/_tmm"})
    CHECK(fs::file_size(prefix + "/share/" + file) > 500);
}

}  // namespace

TEST_CASE("the installed package serves find_package and the README's commands, and can be uninstalled") {
  const TemporaryFolder folder;
  const std::string prefix = folder.file(".local");
  succeed("cmake --install '" TMM_BUILD_DIR "' --prefix " + prefix);
  write(prefix + "/include/tmm/model/not_ours.txt", "stays");
  look_for_the_package(folder);
  look_without_fftw(folder);
  run_the_readme_commands(folder);
  build_by_pkg_config(folder, prefix);
  fs::remove(prefix + "/include/tmm/model/not_ours.txt");
  look_at_what_was_installed(folder);
  write(prefix + "/include/tmm/model/not_ours.txt", "stays");
  succeed("cmake --build '" TMM_BUILD_DIR "' --target uninstall");
  CHECK(run("find " + prefix + " -type f").out == prefix + "/include/tmm/model/not_ours.txt\n");
  CHECK_FALSE(fs::exists(prefix + "/lib/cmake/tmm"));
  CHECK_FALSE(fs::exists(prefix + "/include/tmm/analysis"));
  CHECK(fs::exists(prefix + "/bin"));
}

TEST_CASE("as a part of another project, tmm forces nothing on it") {
  const TemporaryFolder folder;
  write(folder.file("CMakeLists.txt"), R"(cmake_minimum_required(VERSION 3.25)
project(parent CXX)
add_subdirectory(")" + source + R"(" tmm)
if(CMAKE_BUILD_TYPE OR CMAKE_CXX_STANDARD OR CMAKE_EXPORT_COMPILE_COMMANDS)
  message(FATAL_ERROR "forced: ${CMAKE_BUILD_TYPE} ${CMAKE_CXX_STANDARD}")
endif()
if(TARGET uninstall OR TARGET tmm_model_tests OR NOT TARGET tmm::io)
  message(FATAL_ERROR "targets")
endif()
)");
  succeed("cmake -G Ninja -S " + folder.path().string() + " -B " + folder.file("b") + flags);
  CHECK_FALSE(fs::exists(folder.file("b/compile_commands.json")));
  succeed("cmake --install " + folder.file("b") + " --prefix " + folder.file("prefix"));
  CHECK_FALSE(fs::exists(folder.file("prefix/bin")));
}

TEST_CASE("a library that is missing is named with its Debian package") {
  const TemporaryFolder folder;
  const auto result = run("PKG_CONFIG_LIBDIR=/nowhere cmake -G Ninja -S " + source + " -B " +
                          folder.file("b") + flags + "-DTMM_FFTW_LIBRARY= -DTMM_FFTWF_LIBRARY=");
  CHECK(result.exit_code != 0);
  CHECK_THAT(
      result.err,
      Contains("These libraries are not here:\n\n    fftw3 with fftw3.h (Debian package libfftw3-dev)\n") &&
          Contains("fftw3f with fftw3.h (Debian package libfftw3-dev)"));
}

TEST_CASE("libseccomp can be left out, aloud, and is missed only where it is asked for") {
  const TemporaryFolder folder;
  const auto configure = [&](const std::string& options) {
    fs::remove_all(folder.file("b"));
    return run("cmake -G Ninja -S " + source + " -B " + folder.file("b") + flags + "-DBUILD_TESTING=OFF " +
               options);
  };
  const auto links_it = [&] {
    return run("cd " + folder.file("b") + " && grep -c lseccomp tmm.pc").exit_code == 0;
  };
  const auto as_it_is = configure("");
  CHECK(as_it_is.exit_code == 0);
  CHECK(as_it_is.err.empty());
  CHECK(links_it());
  const auto off = configure("-DTMM_SECCOMP=OFF");
  CHECK(off.exit_code == 0);
  CHECK_THAT(off.err, Contains("without libseccomp (TMM_SECCOMP=OFF)") && Contains("SECURITY.md"));
  CHECK_FALSE(links_it());
  // Another system: one whose library is nowhere to be found.
  const std::string nowhere = "-DTMM_SECCOMP_LIBRARY= ";
  const auto automatic = configure(nowhere);
  CHECK(automatic.exit_code == 0);
  CHECK_THAT(automatic.err, Contains("without libseccomp (TMM_SECCOMP=AUTO)"));
  CHECK_FALSE(links_it());
  const auto on = configure(nowhere + "-DTMM_SECCOMP=ON");
  CHECK(on.exit_code != 0);
  CHECK_THAT(on.err, Contains("seccomp with seccomp.h (Debian package libseccomp-dev)"));
}

TEST_CASE("BUILD_TESTING=OFF builds no tests") {
  const TemporaryFolder folder;
  succeed("cmake -G Ninja -S " + source + " -B " + folder.file("b") + flags + "-DBUILD_TESTING=OFF");
  CHECK_THAT(run("cd " + folder.file("b") + " && ninja -t targets all").out,
             Contains("apps/tmm:") && !Contains("tmm_model_tests"));
}

// Without libseccomp, so that one compilation of everything shows both.
TEST_CASE("shared libraries start where they are installed", "[slow]") {
  const TemporaryFolder folder;
  const std::string build = folder.file("b"), prefix = folder.file("prefix"), moved = folder.file("moved");
  succeed("cmake -G Ninja -S " + source + " -B " + build + flags +
          "-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DBUILD_TESTING=OFF -DTMM_SECCOMP=OFF && cmake "
          "--build " +
          build);
  CHECK_THAT(succeed(build + "/apps/tmm --version"), Contains("no seccomp"));
  succeed("cmake --install " + build + " --prefix " + prefix);
  for (const char* room : {"model", "analysis", "io"}) {
    const auto library = run("readelf -d " + prefix + "/lib/libtmm_" + room + ".so");
    CHECK_THAT(library.out,
               Contains("soname: [libtmm_" + std::string(room) + ".so.0.1]") && Contains("[$ORIGIN"));
  }
  CHECK(run("readelf -d " + prefix + "/bin/tmm " + prefix + "/lib/*.so | grep -F " + build).out.empty());
  fs::remove_all(build);
  const std::string project = folder.file("example");
  succeed("cmake -G Ninja -S '" + source + "/tests/apps/readme' -B " + project + flags +
          " -DCMAKE_PREFIX_PATH=" + prefix + " && cmake --build " + project);
  CHECK_THAT(succeed(project + "/example " + model), StartsWith(first_lines));
  build_by_pkg_config(folder, prefix);
  CHECK(run("PKG_CONFIG_PATH=" + prefix + "/lib/pkgconfig pkg-config --libs tmm").out.find("fftw") ==
        std::string::npos);
  fs::rename(prefix, moved);
  CHECK_THAT(succeed("cd / && " + moved + "/bin/tmm analyze --quiet " + model), Contains("135    0.529"));
}

TEST_CASE("the Debian packages are installed and used in a bare Debian 12 and 13", "[slow]") {
  for (const char* suite : {"bookworm", "trixie"}) {
    const auto result = run("'" + source + "/tests/apps/packages/in_debian.sh' " + suite);
    INFO(result.out << result.err);
    if (result.exit_code == 77)
      WARN(result.out);
    else
      CHECK(result.exit_code == 0);
  }
}
