// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "support.hpp"

using namespace tmm::test;

namespace {

/// The rooms in CONTRIBUTING.md's list, from the top floor to the ground.
std::vector<std::string> read_plan(const fs::path& document) {
  std::vector<std::string> rooms;
  std::ifstream stream(document);
  const std::regex entry(R"(^    ((?:apps|python|io|analysis|model)/(?:\w+/)*) .*)");
  std::smatch match;
  for (std::string line; std::getline(stream, line);)
    if (std::regex_match(line, match, entry)) rooms.push_back(match.str(1));
  return rooms;
}

struct Include {
  std::string file;  ///< as written between the quotes or brackets
  std::size_t line = 0;
  bool system = false;
};

using Sources = std::map<std::string, std::vector<Include>>;  // by path from the root

Sources read_sources(const fs::path& root) {
  Sources sources;
  const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">].*)re");
  std::smatch match;
  for (const char* folder : {"apps", "python", "io", "analysis", "model"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      auto& includes = sources[fs::relative(entry.path(), root).string()];
      std::ifstream stream(entry.path());
      std::size_t number = 0;
      for (std::string line; std::getline(stream, line);)
        if (++number; std::regex_match(line, match, pattern))
          includes.push_back({match.str(2), number, match.str(1) == "<"});
    }
  }
  return sources;
}

std::string room_of(const std::string& file) {
  return file.substr(0, file.rfind('/') + 1);
}

/// What an include breaks; empty if nothing.
std::string fault_of(const std::string& file, const Include& include, const Sources& sources,
                     const std::vector<std::string>& plan) {
  const auto floor = [&](const std::string& room) { return std::ranges::find(plan, room) - plan.begin(); };
  const std::string room = room_of(file);
  const auto only_in = [&](const char* library, const char* header, const char* home) {
    return include.file.starts_with(header) && !room.starts_with(home)
               ? fmt::format("{} appears only in {}", library, home)
               : std::string();
  };
  if (include.system) {
    for (const std::string& fault :
         {only_in("HDF5", "hdf5", "io/"), only_in("HDF5", "H5", "io/"), only_in("CLI11", "CLI/", "apps/"),
          only_in("pybind11", "pybind11/", "python/"), only_in("MPI", "mpi.h", "apps/mpi/"),
          only_in("FFTW", "fftw3", "model/toeplitz/")})
      if (!fault.empty()) return fault;
    return {};
  }
  if (!sources.contains(include.file)) return "no such file (paths start at the root)";
  if (include.file.starts_with("python/") && !room.starts_with("python/"))
    return fmt::format("{} may not look into python/", room);
  if (floor(room_of(include.file)) < floor(room))
    return fmt::format("{} may not look up to {}", room, room_of(include.file));
  return {};
}

/// Files that include each other in a circle, as "a -> b -> a"; the first that is met.
std::string find_circle(const Sources& sources) {
  enum class Mark { fresh, open, done };
  std::map<std::string, Mark> marks;
  std::vector<std::string> path;
  std::string circle;
  const auto visit = [&](const auto& self, const std::string& file) -> void {
    if (!circle.empty() || marks[file] == Mark::done || !sources.contains(file)) return;
    path.push_back(file);
    if (marks[file] == Mark::open) {
      for (auto step = std::ranges::find(path, file); step != path.end(); ++step)
        circle += (circle.empty() ? "" : " -> ") + *step;
      return;
    }
    marks[file] = Mark::open;
    for (const Include& include : sources.at(file))
      if (!include.system) self(self, include.file);
    marks[file] = Mark::done;
    path.pop_back();
  };
  for (const auto& [file, includes] : sources) visit(visit, file);
  return circle;
}

/// Everything under `root` that breaks the floor plan of its CONTRIBUTING.md, a line each.
std::vector<std::string> faults(const fs::path& root) {
  const std::vector<std::string> plan = read_plan(root / "CONTRIBUTING.md");
  const Sources sources = read_sources(root);
  std::vector<std::string> found;
  for (const auto& [file, includes] : sources) {
    if (std::ranges::find(plan, room_of(file)) == plan.end())
      found.push_back(fmt::format("{}: {} is not in the plan", file, room_of(file)));
    for (const Include& include : includes)
      if (const std::string fault = fault_of(file, include, sources, plan); !fault.empty())
        found.push_back(fmt::format("{}:{}: \"{}\": {}", file, include.line, include.file, fault));
  }
  if (const std::string circle = find_circle(sources); !circle.empty()) found.push_back("circle: " + circle);
  return found;
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

/// A house of three rooms in which everything is right.
void build_house(const fs::path& root) {
  write(root / "CONTRIBUTING.md",
        "    apps/        commands\n    io/          files\n    analysis/base/  numbers\n"
        "    model/base/  text\n");
  write(root / "apps/main.cpp", "#include <CLI/CLI.hpp>\n#include \"model/base/text.hpp\"\n");
  write(root / "io/file.hpp", "#include \"analysis/base/number.hpp\"\n");
  write(root / "analysis/base/number.hpp", "#pragma once\n");
  write(root / "model/base/text.hpp", "#pragma once\n");
}

}  // namespace

TEST_CASE("every include runs down the floor plan, and none in a circle") {
  const std::vector<std::string> found = faults(TMM_SOURCE_DIR);
  INFO(fmt::format("{}", fmt::join(found, "\n")));
  CHECK(found.empty());
  CHECK(read_plan(fs::path(TMM_SOURCE_DIR) / "CONTRIBUTING.md").size() >= 20);
}

TEST_CASE("a planted include is named with its line") {
  const TemporaryFolder folder;
  build_house(folder.path());
  REQUIRE(faults(folder.path()).empty());
  const auto planted = [&](const char* file, const char* text, const char* fault) {
    const TemporaryFolder other;
    build_house(other.path());
    write(other.path() / file, text);
    const std::vector<std::string> found = faults(other.path());
    REQUIRE(found.size() == 1);
    CHECK(found.front() == fault);
  };
  planted(
      "model/base/text.hpp", "\n#include \"analysis/base/number.hpp\"\n",
      "model/base/text.hpp:2: \"analysis/base/number.hpp\": model/base/ may not look up to analysis/base/");
  planted("analysis/base/other.hpp", "#include \"io/file.hpp\"\n",
          "analysis/base/other.hpp:1: \"io/file.hpp\": analysis/base/ may not look up to io/");
  planted("io/file.hpp", "#include \"io/file.hpp\"\n", "circle: io/file.hpp -> io/file.hpp");
  planted("io/file.hpp", "#include \"file.cpp\"\n",
          "io/file.hpp:1: \"file.cpp\": no such file (paths start at the root)");
  planted("io/attic/file.hpp", "\n", "io/attic/file.hpp: io/attic/ is not in the plan");
  planted("apps/main.cpp", "#include <pybind11/pybind11.h>\n",
          "apps/main.cpp:1: \"pybind11/pybind11.h\": pybind11 appears only in python/");
  planted("model/base/text.hpp", "#include <hdf5.h>\n",
          "model/base/text.hpp:1: \"hdf5.h\": HDF5 appears only in io/");
}

TEST_CASE("a folder holds at most 25 sources, and a source at most 350 lines") {
  std::map<std::string, int> sources;
  for (const char* folder : {"apps", "python", "io", "analysis", "model", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(TMM_SOURCE_DIR) / folder)) {
      const std::string path = fs::relative(entry.path(), TMM_SOURCE_DIR).string();
      const std::string extension = entry.path().extension().string();
      const bool ours = path.find("node_modules") == std::string::npos;
      if (!ours || (extension != ".cpp" && extension != ".hpp" && extension != ".js" && extension != ".py"))
        continue;
      INFO(path);
      const std::string text = read_text(entry.path().string());
      CHECK(std::ranges::count(text, '\n') <= 350);
      if (extension == ".cpp") CHECK(++sources[room_of(path)] <= 25);
    }
}
