// SPDX-License-Identifier: MIT
#include "apps/score_continuations.hpp"

#include <chrono>
#include <set>

#include "apps/standard_streams.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/report/evaluation/generation_report.hpp"
#include "io/tokens/continuations.hpp"
#include "model/base/error.hpp"
#include "model/generation/cached_pass.hpp"

namespace tmm::apps {
namespace {

std::size_t count_contexts(const std::vector<model::Continuation>& requests) {
  std::set<std::vector<std::int32_t>> contexts;
  for (const model::Continuation& request : requests) contexts.insert(request.context);
  return contexts.size();
}

template <class T>
void score(const NetworkFile& file, const ContinuationRequest& request, const io::TensorSource& source) {
  using Clock = std::chrono::steady_clock;
  const auto state = io::read_checkpoint(source);
  io::ContinuationReport report;
  report.warnings = judge(file, source.header(), state);
  const auto network = model::load_network<T>(state, assumed_of(file, source.header()));
  naming_file(file.file, [&] { model::require_causal(network.architecture); });
  report.file = file.file;
  if (request.format == "json") report.sha256 = source.sha256();
  report.source = request.requests;
  report.precision = request.precision;
  report.threads = request.threads;
  auto found = io::read_continuations(request.requests, network.architecture);
  report.requests = std::move(found.requests);
  report.lines = std::move(found.lines);
  report.contexts = count_contexts(report.requests);
  const auto start = Clock::now();
  report.scores = model::score_continuations<T>(network, report.requests, request.threads);
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  write_output(request.format == "json" ? io::continuation_json(report) : io::continuation_table(report));
}

}  // namespace

CLI::Option* add_continuations(CLI::App& command, std::string& requests) {
  return command
      .add_option("--continuations", requests,
                  "log-likelihood of the continuation on each line of this file, {\"context\": [ids], "
                  "\"continuation\": [ids]}, and whether it is the most probable one")
      ->type_name("FILE");
}

void score_continuations(const NetworkFile& network, const ContinuationRequest& request,
                         const io::TensorSource& source) {
  if (request.precision == "float64")
    score<double>(network, request, source);
  else
    score<float>(network, request, source);
}

}  // namespace tmm::apps
