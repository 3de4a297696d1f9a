// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>

#include "support.hpp"

using Catch::Contains;
using tmm::test::read_text, tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

const std::string clm = TMM_TEST_DATA "/clm_flat_toeplitz.h5";
const std::string quick = "analyze --layers 1 --spectrum none " + clm + " ";
const std::string tiny = "--dim 8 --context 16 --blocks 1 --batch 2 --eval-sequences 2 --threads 1 ";

}  // namespace

TEST_CASE("whole numbers of options are decimal digits: leading zeros do not make them octal") {
  CHECK(run_tmm(quick + "--sections 010").out == run_tmm(quick + "--sections 10").out);
  const auto eight = run_tmm(quick + "--null-draws 5 --seed 08");
  CHECK(eight.exit_code == 0);
  CHECK_THAT(eight.out, Contains("(seed 8)"));
}

TEST_CASE("signs, other bases, text around it and overflow are refused in whole numbers of every command") {
  const TemporaryFolder folder;
  const std::string out = " -o " + folder.file("run");
  for (const std::string number : {"-1", "+1", "0x10", "1e3", "1.0", "1x", "' 1'", "''",
                                   "18446744073709551616", "99999999999999999999999"}) {
    INFO(number);
    CHECK(run_tmm(quick + "--null-draws 5 --seed=" + number).exit_code == 2);
    CHECK(run_tmm(quick + "--sections=" + number).exit_code == 2);
    CHECK(run_tmm("compare " + clm + " --against " + clm + " --seed=" + number).exit_code == 2);
    CHECK(run_tmm("evaluate " + clm + " --limit=" + number).exit_code == 2);
    for (const std::string option :
         {"--seed", "--vocabulary", "--steps", "--warmup", "--stop-at", "--threads"})
      CHECK(run_tmm("train --random " + option + "=" + number + out).exit_code == 2);
  }
  CHECK_THAT(run_tmm("train --random --seed 18446744073709551616" + out).err, Contains("too large"));
}

TEST_CASE("real numbers of options are finite, decimal and whole words") {
  const TemporaryFolder folder;
  const std::string out = " -o " + folder.file("run");
  for (const std::string number : {"nan", "inf", "0x1p-3", "0.5x", "1e999", "1e-999", "''", "+0.5", "0,5"}) {
    INFO(number);
    for (const std::string option :
         {"--learning-rate", "--validation", "--weight-decay", "--clip", "--minutes"})
      CHECK(run_tmm("train --random " + option + "=" + number + out).exit_code == 2);
    CHECK(run_tmm("evaluate " + clm + " --tolerance=" + number).exit_code == 2);
  }
  for (const std::string tau : {"nan", "0", "1", "-0.5", "0x1p-3"})
    CHECK(run_tmm(quick + "--tau=" + tau).exit_code == 2);
}

TEST_CASE("numbers and flags of a configuration file are those of TOML, each key once") {
  const TemporaryFolder folder;
  const auto outcome = [&](const std::string& toml) {
    std::ofstream(folder.file("c.toml")) << "random = true\nsteps = 2\n" << toml;
    return run_tmm("train -q --force --config " + folder.file("c.toml") + " " + tiny + "-o " +
                   folder.file("run"));
  };
  for (const std::string line :
       {"seed = 010", "seed = 08", "seed = -1", "seed = 0x10", "seed = 18446744073709551616",
        "learning-rate = 00.1", "learning-rate = nan", "clip = inf", "tie = 1", "tie = yes",
        "seed = 1\nwarmup = 1\nseed = 2", "seed = 1.0", "seed = \"x\"", "seed = \"1\"",
        "seed = \"18446744073709551616\"", "seed = 0009223372036854775808", "seed = 9223372036854775808 x",
        "clip = \"1\"", "tokens = 1"}) {
    INFO(line);
    const auto result = outcome(line + "\n");
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("c.toml"));
  }
  CHECK(outcome("seed = 10\nlearning-rate = 0.1\ntie = false\n").exit_code == 0);
}

TEST_CASE("seeds of 2^63 and more stand between quotes, and read without them as older runs wrote them") {
  const TemporaryFolder folder;
  for (const std::string seed : {"9223372036854775808", "18446744073709551615"})
    for (const std::string quote : {"", "\""}) {
      std::ofstream(folder.file("c.toml"))
          << "random = true\nsteps = 2\nseed = " + quote + seed + quote + "\ntie = true\n";
      const auto result = run_tmm("train -q --force --config " + folder.file("c.toml") + " " + tiny + "-o " +
                                  folder.file("run"));
      INFO(result.err);
      CHECK(result.exit_code == 0);
      CHECK_THAT(read_text(folder.file("run/config.toml")),
                 Contains("\nseed = \"" + seed + "\"\n") && Contains("tie = true"));
    }
}

TEST_CASE("mistakes in a configuration are named with their line") {
  const TemporaryFolder folder;
  for (const std::string line : {"dims = 8", "dim = true", "dim = 'x'", "tie = 1", "text = [1]", "a = {}",
                                 "dim = [1]", "clip = 'x'", "text = \"", "dim = 99999999999999999999"}) {
    INFO(line);
    std::ofstream(folder.file("c.toml")) << "# a comment\nrandom = true\n\n" << line << "\n";
    const auto result = run_tmm("train --config " + folder.file("c.toml") + " -o " + folder.file("run"));
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("c.toml") && Contains("line 4"));
  }
}

TEST_CASE("what is not TOML is no configuration") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("t.txt")) << std::string(4096, 'a');
  const auto outcome = [&](const std::string& toml) {
    std::ofstream(folder.file("c.toml")) << "steps = 2\n" << toml;
    return run_tmm("train -q --force --config " + folder.file("c.toml") + " " + tiny + "-o " +
                   folder.file("run"));
  };
  for (const std::string text :
       {"# t\ntext = [\"''m'''''''''#a t.tx", "text = [\"t.txt\"", "text = \"t.txt", "text = [t.txt]",
        "text = t.txt", "text = [\"t.txt\" \"t.txt\"]", "text = [\"t.txt\"] x", "text = \"\\x\"",
        "text = [1]", "text = [[\"t.txt\"]]", "text = \"\xe9\"", "text"}) {
    INFO(text);
    const auto result = outcome(text + "\n");
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("c.toml"));
  }
  CHECK(outcome("text = [\n  't.txt',  # a literal string\n]\n").exit_code == 0);
}

TEST_CASE("no bound in a message or in help has three hundred digits") {
  for (const std::string arguments :
       {"train --random --dim 0 -o x", "train --random --minutes 0 -o x", "evaluate x --tolerance -1",
        "analyze x --sections 0", "evaluate x --batch 0", "train --help", "evaluate --help", "analyze --help",
        "compare --help"}) {
    INFO(arguments);
    const auto result = run_tmm(arguments);
    CHECK((result.out + result.err).find(std::string(30, '0')) == std::string::npos);
    CHECK_THAT(result.out + result.err, !Contains("179769313486"));
  }
}
