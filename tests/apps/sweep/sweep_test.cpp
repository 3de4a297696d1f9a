// SPDX-License-Identifier: MIT
// tmm sweep: what a study is, what is refused, how it grows, what it ends with.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <vector>

#include "apps/sweep/studies.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

/// The runs that a study has, as --dry-run lists them.
std::vector<std::string> runs_of(const std::string& toml) {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"), toml);
  const auto listed = sweep_in(folder, "s.toml --dry-run");
  INFO(listed.err);
  CHECK(listed.exit_code == 0);
  std::vector<std::string> names;
  const std::regex line("\n(\\S+) +to begin");
  for (std::sregex_iterator match(listed.out.begin(), listed.out.end(), line), end; match != end; ++match)
    names.push_back((*match)[1]);
  return names;
}

/// The message with which a study is refused; nothing may have been made.
std::string refusal(const std::string& toml) {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"), toml);
  const auto result = sweep_in(folder, "s.toml -o out");
  INFO(toml);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK_FALSE(fs::exists(folder.file("out")));
  CHECK_THAT(result.err, Contains("tmm: s.toml: "));
  return result.err;
}

}  // namespace

TEST_CASE("a study is the product of its tables and its lists, named by their values") {
  CHECK(runs_of("random = true\nseed = [1, 2]\n") == std::vector<std::string>{"seed-1", "seed-2"});
  CHECK(runs_of("random = true\nobjective = [\"clm\", \"copy\"]\nlearning-rate = [1e-3, 2]\ntie = [false, "
                "true]\n[variant]\nheads = {heads = 2}\nflat = {}\n") ==
        std::vector<std::string>{"heads_clm_learning-rate-0.001_no-tie", "heads_clm_learning-rate-0.001_tie",
                                 "heads_clm_learning-rate-2_no-tie", "heads_clm_learning-rate-2_tie",
                                 "heads_copy_learning-rate-0.001_no-tie",
                                 "heads_copy_learning-rate-0.001_tie", "heads_copy_learning-rate-2_no-tie",
                                 "heads_copy_learning-rate-2_tie", "flat_clm_learning-rate-0.001_no-tie",
                                 "flat_clm_learning-rate-0.001_tie", "flat_clm_learning-rate-2_no-tie",
                                 "flat_clm_learning-rate-2_tie", "flat_copy_learning-rate-0.001_no-tie",
                                 "flat_copy_learning-rate-0.001_tie", "flat_copy_learning-rate-2_no-tie",
                                 "flat_copy_learning-rate-2_tie"});
  // A list of files is one value of --text, a list of lists is an axis.
  CHECK(runs_of("text = [\"a.txt\", \"b.txt\"]\nseed = [1]\n") == std::vector<std::string>{"seed-1"});
  CHECK(runs_of("text = [[\"a.txt\", \"x/b.txt\"], [\"c.txt\"]]\n") == std::vector<std::string>{"a+b", "c"});
  CHECK(runs_of("random = true\nseed = [\"18446744073709551615\", 7]\n") ==
        std::vector<std::string>{"seed-18446744073709551615", "seed-7"});
  CHECK(runs_of("random = true\n[\"odd name\"]\n\"a/b c\" = {seed = 1}\n\"..\\\\x\" = {seed = 2}\n") ==
        std::vector<std::string>{"a-b-c", "x"});
}

TEST_CASE("what is no study is refused by line and name, before anything is made") {
  const std::string random = "random = true\n", seeds = "seed = [1, 2]\n";
  CHECK_THAT(refusal("seed = [1,\n"), Contains("not TOML") && Contains("line 1"));
  CHECK_THAT(refusal(random), Contains("needs an axis") && Contains("seed = [1, 2, 3]"));
  CHECK_THAT(refusal(random + "sead = [1, 2]\n"), Contains("line 2: sead: unknown key"));
  CHECK_THAT(refusal(random + "seed = []\n"), Contains("line 2: seed: an axis without values"));
  CHECK_THAT(refusal(random + "[variant]\n"), Contains("variant: an axis without values"));
  CHECK_THAT(refusal(random + "seed = [1, \"two\"]\n"), Contains("seed: a whole number is expected"));
  CHECK_THAT(refusal(random + "seed = [1, [2]]\n"), Contains("seed: several values"));
  CHECK_THAT(refusal(random + "dim = [0, 8]\n"), Contains("--dim"));
  CHECK_THAT(refusal(random + "objective = [\"clm\", \"cml\"]\n"),
             Contains("run cml") && Contains("clm, copy or autoencoder"));
  CHECK_THAT(refusal(random + "seed = [1, 2, 1]\n"),
             Contains("two values of this axis are called \"seed-1\""));
  CHECK_THAT(refusal(random + "tie = [true, true]\n"), Contains("two values") && Contains("\"tie\""));
  CHECK_THAT(refusal(random + "[v]\n\"a/b\" = {heads = 2}\n\"a-b\" = {}\n"), Contains("\"a-b\""));
  CHECK_THAT(refusal(random + seeds + "[v]\na = {heads = 1}\nb = {}\n"),
             Contains("one and the same") && Contains("a_seed-1 and b_seed-1"));
  CHECK_THAT(refusal(random + "[v]\na_b = {heads = 2}\na = {}\n[w]\nc = {dim = 8}\nb_c = {}\n"),
             Contains("two runs would have one name") && Contains("a_b_c"));
  CHECK_THAT(refusal(random + "[v]\n\"study.html\" = {heads = 2}\n"), Contains("no name for the folder"));
  CHECK_THAT(refusal(random + "[v]\n\"..\" = {heads = 2}\n"), Contains("no name for the folder"));
  CHECK_THAT(refusal(random + "[v]\n" + std::string(300, 'a') + " = {heads = 2}\n"), Contains("too long"));
  CHECK_THAT(refusal(random + "[seed]\na = {heads = 2}\n"), Contains("an axis with the name of an option"));
  CHECK_THAT(refusal(random + "[v]\na = 3\n"), Contains("v.a: a table is an axis"));
  CHECK_THAT(refusal(random + "[v]\na = {heads = [1, 2]}\n"), Contains("heads: an axis within an axis"));
  CHECK_THAT(refusal(random + seeds + "[v]\na = {seed = 3}\n"),
             Contains("an option of two axes, v and seed"));
  CHECK_THAT(refusal(random + "[v]\na = {colour = 3}\n"), Contains("colour: unknown key"));
  CHECK_THAT(refusal(seeds), Contains("run seed-1: nothing to train on"));
  CHECK_THAT(refusal("text = [\"absent.txt\"]\n" + seeds), Contains("run seed-1") && Contains("absent.txt"));
  CHECK_THAT(refusal(random + "bottleneck = [0, 3]\nkernel = [1, 2]\n"), Contains("run bottleneck-3"));
  std::string many = random;
  for (const char* key : {"seed", "steps", "batch", "dim"}) {
    many += std::string(key) + " = [";
    for (int i = 2; i < 22; ++i) many += std::to_string(i) + ",";
    many += "]\n";
  }
  CHECK_THAT(refusal(many), Contains("too many runs") && Contains("10000"));
}

TEST_CASE("a folder of something else, and a command without a folder, are refused") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"), small_runs + "seed = [1]\n");
  CHECK_THAT(sweep_in(folder, "s.toml").err, Contains("-o DIR"));
  CHECK_THAT(sweep_in(folder, "absent.toml -o out").err, Contains("absent.toml"));
  CHECK_THAT(sweep_in(folder, "s.toml -o .").err, Contains("holds something else") && Contains("s.toml"));
  CHECK_THAT(sweep_in(folder, "s.toml -o s.toml").err, Contains("not a folder"));
  fs::create_directory(folder.file("notes"));
  std::ofstream(folder.file("notes/study.toml")) << "seed = 1\n";  // somebody's, no record of ours
  CHECK_THAT(sweep_in(folder, "s.toml -o notes").err, Contains("holds something else"));
  CHECK(read_text(folder.file("notes/study.toml")) == "seed = 1\n");
  CHECK(files_in(folder.file("notes")) == 1);
  CHECK(sweep_in(folder, "s.toml --jobs 0 -o out").exit_code == 2);
  CHECK(sweep_in(folder, "-o out").exit_code == 2);
}

TEST_CASE("a sweep trains what tmm train does, keeps what is finished, and grows but does not change") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"),
              small_runs + "seed = [1, 2]\n[kind]\nclm = {}\ncopy = {objective = \"copy\"}\n");
  const auto first = sweep_in(folder, "s.toml -o out --jobs 2");
  INFO(first.err);
  REQUIRE(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK_THAT(first.out, Contains("s.toml: 4 runs = 2 kind × 2 seed\n\n[1/4] ") && Contains("[4/4] "));
  const std::string options =
      "--random --dim 8 --context 16 --blocks 2 --batch 4 --steps 20 --report-every 5 --index-every 5 "
      "--eval-every 10 --eval-sequences 4 --objective copy --seed 2 -q -o ";
  train(options + folder.file("alone"));
  check_same_run(folder.file("out/copy_seed-2"), folder.file("alone"));

  const auto time = fs::last_write_time(folder.file("out/copy_seed-2/state.h5"));
  const auto tables = read_text(folder.file("out/study.txt"));
  const auto record = read_text(folder.file("out/study.toml")) + "# mine\n";
  write_study(folder.file("out/study.toml"), record);
  const auto again = sweep_in(folder, "out/study.toml -o out --quiet");  // its own record is the same study
  CHECK(read_text(folder.file("out/study.toml")) == record);
  INFO(again.err);
  CHECK(again.exit_code == 0);
  CHECK(again.out == tables);
  CHECK(fs::last_write_time(folder.file("out/copy_seed-2/state.h5")) == time);

  write_study(folder.file("s.toml"),
              small_runs + "seed = [1, 2, 3]\n[kind]\nclm = {}\ncopy = {objective = \"copy\"}\n");
  CHECK_THAT(sweep_in(folder, "s.toml -o out --dry-run").out,
             Contains("copy_seed-2  finished\ncopy_seed-3  to begin\n"));
  CHECK(sweep_in(folder, "s.toml -o out -q").exit_code == 0);
  CHECK(fs::last_write_time(folder.file("out/copy_seed-2/state.h5")) == time);
  CHECK(fs::exists(folder.file("out/copy_seed-3/model.h5")));

  write_study(folder.file("s.toml"), small_runs + "seed = [1, 2, 3]\n[kind]\nclm = {}\n");
  CHECK_THAT(sweep_in(folder, "s.toml -o out").err, Contains("a run that this study does not have") &&
                                                        Contains("copy_seed-") && Contains("only grow"));
  write_study(folder.file("s.toml"), small_runs +
                                         "clip = 2\nseed = [1, 2, 3]\n[kind]\nclm = {}\ncopy = "
                                         "{objective = \"copy\"}\n");
  CHECK_THAT(sweep_in(folder, "s.toml -o out").err,
             Contains("out/clm_seed-1: this run has been begun with another option") &&
                 Contains("clip = 2.0, as s.toml has it") && Contains("found clip = 1.0"));
}

TEST_CASE("a study and its text can be moved together, and its threads may be others") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("a"));
  std::ofstream(folder.file("a/book.txt")) << std::string(3000, 'x') << std::string(300, 'y');
  write_study(
      folder.file("a/s.toml"),
      "text = [\"book.txt\"]\ndim = 6\ncontext = 10\nblocks = 1\nbatch = 2\nsteps = 4\nseed = [1, 2]\n");
  REQUIRE(sweep_in(folder, "a/s.toml -o a/out -q").exit_code == 0);
  CHECK_THAT(read_text(folder.file("a/out/study.toml")), Contains("../book.txt"));
  fs::rename(folder.file("a"), folder.file("b"));
  write_study(folder.file("b/s.toml"), "threads = 1\n" + read_text(folder.file("b/s.toml")));
  CHECK_THAT(sweep_in(folder, "b/s.toml -o b/out --dry-run").out, Contains("seed-1  finished"));
  CHECK_THAT(sweep_in(folder, "b/out/study.toml -o b/out --dry-run").out, Contains("seed-2  finished"));
}

TEST_CASE("a run that fails is named, the others are compared without it, and it is tried again") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"),
              small_runs + "warmup = 0\nlearning-rate = [1e-3, 1e30]\nseed = [1, 2]\n");
  const auto result = sweep_in(folder, "s.toml -o out --jobs 2");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, Contains("learning-rate-1e+30_seed-1  failed") && Contains("== all runs ==") &&
                             Contains("! learning-rate-1e+30_seed-2 has no result: "));
  CHECK_THAT(result.err, Contains("tmm: learning-rate-1e+30_seed-1: ") && Contains("not a finite number") &&
                             Contains("2 of 4 runs failed"));
  const auto csv = read_text(folder.file("out/runs.csv"));
  CHECK(std::ranges::count(csv, '\n') == 3);
  CHECK(sweep_in(folder, "s.toml -o out").exit_code == 1);
}

TEST_CASE("tables of a study: every axis but the seeds, models as draws, all pairs, all combinations") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"), small_runs +
                                         "toeplitz = [\"free\", \"minimum-phase\"]\nseed = [1, 2]\n"
                                         "[kind]\nclm = {}\ncopy = {objective = \"copy\"}\nauto = {objective "
                                         "= \"autoencoder\", blocks = 1}\n");
  const auto result = sweep_in(folder, "s.toml -o out -q --jobs 2");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(result.out == read_text(folder.file("out/study.txt")));
  for (const char* part :
       {"== kind ==", "== toeplitz ==", "== kind × toeplitz ==", "clm against copy\n", "clm against auto\n",
        "copy against auto\n", "free against minimum-phase\n", "copy minimum-phase", "enc.0",
        "with 4 and 4 models they cannot be below 0.029", "with 6 and 6 models they cannot be below 0.0022"})
    CHECK_THAT(result.out, Contains(part));
  CHECK_THAT(result.out, !Contains("seed"));
  // Minimum-phase layers have N = 0 by construction, at every step.
  CHECK_THAT(result.out, Contains("minimum-phase       6 ") && Contains("0.000 (0.000 … 0.000)"));
  // Two groups of six that do not overlap: p = 2·6!·6!/12! over models.
  CHECK(std::regex_search(result.out, std::regex("winding_fraction +0\\.\\d+ +0 +\\+1\\.00 .* 0.002\n")));

  const auto csv = read_text(folder.file("out/runs.csv"));
  CHECK_THAT(csv,
             Contains("run,kind,toeplitz,seed,train_loss,validation_loss,winding_0,winding_1,winding_enc.0,"
                      "winding_dec.0,parameters,flops,seconds,peak_bytes\n") &&
                 Contains("\nauto_minimum-phase_seed-2,auto,minimum-phase,2,"));
  const std::regex zero(
      "\nauto_minimum-phase_seed-1,auto,minimum-phase,1,[^,]+,[^,]+,,,0,0,\\d+,\\d+,[^,]+,\\d+\n");
  CHECK(std::regex_search(csv, zero));
}

TEST_CASE(
    "a study of Toeplitz layers and attention sets losses against costs, and leaves out indices that are "
    "none") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"),
              small_runs +
                  "seed = [1, 2]\n[mixer]\ntmm = {}\nattention = {mixing = \"attention\", heads = 2, "
                  "expansion = 2}\n");
  const auto result = sweep_in(folder, "s.toml -o out -q --jobs 2");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("\nattention       2 ") && Contains("validation loss against cost"));
  CHECK_THAT(result.out,
             Contains("Equal parameters within 10 %: attention, tmm.") && !Contains("tmm against attention"));
  const auto costs = nlohmann::json::parse(read_text(folder.file("out/study.json")))["costs"]["parts"];
  REQUIRE(costs.size() == 1);
  // 20 steps on 4 sequences of 16 tokens: logits of 64 and two blocks, forward and twice that backward.
  const double block = 8 * 16 * 17 + 2 * (2 * 16 * 8 * 32), all = 2 * 16 * 64 * 8 + 2 * block;
  CHECK(costs[0]["groups"][0]["flops"]["mean"] == 20 * 4 * 3 * all);
  CHECK(costs[0]["groups"][1]["loss_at_flops"]["count"] == 2);
  // Evaluations of a run are taken in when the same command makes the tables again.
  CHECK_THAT(result.out, !Contains("Spearman"));
  for (const char* run : {"tmm_seed-1", "tmm_seed-2"}) {
    const std::string place = folder.file(std::string("out/") + run + "/evaluations");
    std::filesystem::create_directory(place);
    std::ofstream(place + "/copy.json") << R"({"task": {"name": "copy", "accuracy": 0.5}})";
  }
  const auto again = sweep_in(folder, "s.toml -o out -q");
  CHECK_THAT(again.out, Contains("copy accuracy winding_fraction") && Contains("-: fewer than 4"));
  const auto compared =
      run("cd " + folder.path().string() +
          "/out && " TMM_BINARY " compare tmm_seed-1 --against tmm_seed-2 --format json -q");
  const auto json = nlohmann::json::parse(compared.out);
  CHECK(json["costs"]["parts"][0]["groups"].size() == 2);
  CHECK(json["correlations"]["correlations"][0]["count"] == 2);
  const auto mixed = run("cd " + folder.path().string() +
                         "/out && " TMM_BINARY
                         " compare tmm_seed-1 tmm_seed-2 --against attention_seed-1 attention_seed-2 -q");
  INFO(mixed.err);
  CHECK(mixed.exit_code == 0);
  CHECK_THAT(mixed.out,
             Contains("! B has no operators (attention)") && Contains("Equal parameters within 10 %: B, A."));
}
