// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support.hpp"

using tmm::test::read_text, tmm::test::run;
namespace fs = std::filesystem;

namespace {

const std::string source = TMM_SOURCE_DIR;

/// README.md and what else is written for readers, from the root.
std::vector<std::string> documents() {
  std::vector<std::string> files{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"};
  for (const auto& entry : fs::directory_iterator(source + "/docs"))
    files.push_back("docs/" + entry.path().filename().string());
  std::ranges::sort(files);
  return files;
}

/// Contents of a document's code blocks of a language.
std::vector<std::string> code_blocks(const std::string& document, const std::string& language) {
  const std::string text = read_text(source + "/" + document), opening = "\n```" + language + "\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
    const std::size_t begin = at + opening.size();
    blocks.push_back(text.substr(begin, text.find("\n```", begin) - begin + 1));
  }
  return blocks;
}

/// "When not to trust" as the fragment of a link to this heading: "when-not-to-trust".
std::string fragment_of(std::string heading) {
  std::erase_if(heading,
                [](unsigned char c) { return c < 128 && std::isalnum(c) == 0 && c != ' ' && c != '-'; });
  std::ranges::transform(heading, heading.begin(), [](unsigned char c) {
    return c == ' ' ? '-' : static_cast<char>(c < 128 ? std::tolower(c) : c);
  });
  return heading;
}

/// "io/{a,b}.hpp" as "io/a.hpp" and "io/b.hpp"; anything without braces as it is.
std::vector<std::string> alternatives(const std::string& path) {
  const std::size_t open = path.find('{'), close = path.find('}');
  if (open == std::string::npos || close == std::string::npos) return {path};
  std::vector<std::string> paths;
  std::istringstream list(path.substr(open + 1, close - open - 1));
  for (std::string part; std::getline(list, part, ',');)
    paths.push_back(path.substr(0, open) + part + path.substr(close + 1));
  return paths;
}

bool has_heading(const std::string& text, const std::string& fragment) {
  const std::regex heading(R"(\n#+ ([^\n]*))");
  for (std::sregex_iterator match(text.begin(), text.end(), heading), end; match != end; ++match)
    if (fragment_of((*match)[1]) == fragment) return true;
  return false;
}

}  // namespace

TEST_CASE("the README's tables and those of docs are what tmm prints") {
  std::size_t count = 0;
  for (const std::string& document : documents())
    for (const std::string& block : code_blocks(document, "console")) {
      const std::string command = block.substr(0, block.find('\n')), prompt = "$ tmm ";
      CAPTURE(document, command);
      REQUIRE(command.starts_with(prompt));
      const auto printed = run("cd '" + source + "' && " + TMM_BINARY + " " + command.substr(prompt.size()));
      CHECK(block == command + "\n" + printed.out);
      ++count;
    }
  CHECK(count >= 3);
}

TEST_CASE("the README's C++ example is the one that is compiled here") {
  const auto first = [](const std::string& document, const std::string& language) {
    const std::vector<std::string> blocks = code_blocks(document, language);
    REQUIRE_FALSE(blocks.empty());
    return blocks.front();
  };
  const std::string examples = source + "/tests/apps/readme/";
  CHECK(first("README.md", "cpp") == read_text(examples + "example.cpp"));
  CHECK(first("README.md", "cmake") == read_text(examples + "CMakeLists.txt"));
  CHECK(first("docs/files.md", "python") == read_text(examples + "read_result.py"));
}

TEST_CASE("the README is short, and links of all documents lead somewhere") {
  const std::string readme = read_text(source + "/README.md");
  CHECK(std::ranges::count(readme, '\n') < 200);
  const std::regex link(R"(\]\(([^)#:]*)(?:#([^)]*))?\))");
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    const std::string text = read_text(source + "/" + document);
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
      const fs::path here = source + "/" + document;
      const fs::path target = (*match)[1].length() > 0 ? here.parent_path() / (*match)[1].str() : here;
      CAPTURE(document, target.string());
      REQUIRE(fs::exists(target));
      if ((*match)[2].matched) CHECK(has_heading(read_text(target.string()), (*match)[2]));
      ++count;
    }
  }
  CHECK(count >= 10);
}

TEST_CASE("documents that the sources cite are there") {
  const std::regex citation(R"(\b[\w/-]+\.md\b)");
  for (const char* folder : {"apps", "io", "analysis", "model", "cmake"})
    for (const auto& entry : fs::recursive_directory_iterator(source + "/" + folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cpp" && extension != ".hpp" && extension != ".cmake") continue;
      const std::string text = read_text(entry.path().string());
      for (std::sregex_iterator match(text.begin(), text.end(), citation), end; match != end; ++match) {
        CAPTURE(entry.path().string(), match->str());
        CHECK(fs::exists(source + "/" + match->str()));
      }
    }
}

TEST_CASE("files that the documents name are there") {
  // Capitals stand for a name of the reader's: apps/NAME.cpp.
  const std::regex path("`((?:apps|io|analysis|model|tests|cmake|docs)/[a-z0-9_./{},]+)`");
  std::size_t count = 0;
  for (const std::string& document : documents()) {
    const std::string text = read_text(source + "/" + document);
    for (std::sregex_iterator match(text.begin(), text.end(), path), end; match != end; ++match)
      for (const std::string& file : alternatives((*match)[1])) {
        CAPTURE(document, file);
        CHECK(fs::exists(source + "/" + file));
        ++count;
      }
  }
  CHECK(count >= 30);
}
