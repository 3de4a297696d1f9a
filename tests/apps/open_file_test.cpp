// SPDX-License-Identifier: MIT
// One rule for every form of file: an open file that is regular is read, everything else is refused by its
// kind.
#include <catch2/catch.hpp>

#include "io/checkpoint/convert.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using test::run, test::run_tmm, test::TemporaryFolder;

namespace {

const std::string h5 = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";
const std::string tmm_binary = std::string(TMM_BINARY) + " ";

/// What analyze prints below its first line, the file's name.
std::string below_name(const test::CommandResult& result) {
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result.out.substr(result.out.find('\n'));
}

}  // namespace

TEST_CASE("open files: HDF5 and safetensors are read from standard input and any descriptor of a file") {
  const TemporaryFolder folder;
  const std::string st = folder.file("m.safetensors");
  io::convert_checkpoint(h5, st, false);
  for (const std::string& file : {h5, st}) {
    const std::string analyze = "analyze --layers 0,1 --spectrum none ";
    const std::string expected = below_name(run_tmm(analyze + file));
    CHECK(below_name(run(tmm_binary + analyze + "/dev/stdin < " + file)) == expected);
    CHECK(below_name(run(tmm_binary + analyze + "/proc/self/fd/7 7< " + file)) == expected);
    CHECK(below_name(run("cp " + file + " " + folder.file("gone") + "; exec 8<" + folder.file("gone") +
                         "; rm " + folder.file("gone") + "; " + tmm_binary + analyze + "/dev/fd/8")) ==
          expected);
    CHECK(run(tmm_binary + "convert /dev/stdin " + folder.file("out") + " --force < " + file).exit_code == 0);
    CHECK(run(tmm_binary + "convert /dev/stdin " + file + " --force < " + file).exit_code == 1);  // its input
  }
}

TEST_CASE("open files: pipes, devices and directories are refused by their kind, in every command") {
  const TemporaryFolder folder;
  REQUIRE(run("mkfifo " + folder.file("fifo")).exit_code == 0);
  const std::string fifo = folder.file("fifo"), model = folder.file("m.h5"), run_folder = folder.file("run");
  {
    io::ArrayWriter writer(model);
    const auto state = test::random_state("flat");
    for (const auto& [name, tensor] : state.tensors())
      writer.dataset(name, tensor.info.shape, tensor.as_double());
    writer.finish();
  }
  const std::vector<std::string> commands{"info FILE",
                                          "analyze FILE",
                                          "compare FILE --against FILE",
                                          "evaluate FILE --text FILE",
                                          "evaluate " + model + " --tokens FILE",
                                          "evaluate " + model + " --check FILE",
                                          "convert FILE " + folder.file("out"),
                                          "report FILE",
                                          "train -o " + run_folder + " --text FILE",
                                          "train -o " + run_folder + " --tokens FILE"};
  const std::vector<std::pair<std::string, std::string>> files{
      {fifo, "a pipe"}, {"/dev/null", "a device"}, {"/dev/zero", "a device"}};
  for (const std::string& command : commands)
    for (const auto& [file, kind] : files) {
      std::string arguments = command;
      for (auto at = arguments.find("FILE"); at != std::string::npos; at = arguments.find("FILE"))
        arguments.replace(at, 4, file);
      INFO(arguments);
      const auto result = run_tmm(arguments);
      CHECK(result.exit_code == 1);
      CHECK_THAT(result.err, Contains(file + ": not a regular file") && Contains("found " + kind));
    }
  const auto piped = run("cat " + h5 + " | " + tmm_binary + "analyze /dev/stdin");
  CHECK(piped.exit_code == 1);
  CHECK_THAT(piped.err, Contains("/dev/stdin: not a regular file (expected a file, found a pipe)"));
}
