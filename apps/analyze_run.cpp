// SPDX-License-Identifier: MIT
#include "apps/analyze_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/statistics/summary.hpp"
#include "apps/options/output_format.hpp"
#include "apps/processes.hpp"
#include "apps/progress_bar.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"
#include "apps/version.hpp"
#include "io/checkpoint/output_file.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/paper_table.hpp"
#include "io/report/report_html.hpp"
#include "io/report/volume/card_command.hpp"
#include "io/result/page_sink.hpp"
#include "io/result/report_lines.hpp"
#include "io/result/result_store.hpp"
#include "io/study/analyze_files.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::apps {
namespace {

bool color_wanted() {
  const auto set = [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  };
  return ::isatty(STDOUT_FILENO) == 1 && !set("NO_COLOR") && set("TERM") &&
         std::string_view(std::getenv("TERM")) != "dumb";
}

analysis::AnalyzeOptions analysis_options(const AnalyzeFlags& options) {
  analysis::AnalyzeOptions analysis;
  if (options.spectrum == "full") analysis.spectrum = analysis::SpectrumChoice::full;
  if (options.spectrum == "extreme") analysis.spectrum = analysis::SpectrumChoice::extreme;
  if (options.spectrum == "none") analysis.spectrum = analysis::SpectrumChoice::none;
  analysis.zeros = options.zeros;
  analysis.sections = options.sections;
  analysis.thresholds = options.thresholds;
  analysis.absolute_thresholds = options.absolute_thresholds;
  analysis.published_winding = options.published_winding;
  analysis.certify = options.certify;
  analysis.pseudospectra = options.plane.wanted();
  analysis.measures = options.measures;
  return analysis;
}

io::AnalysisRequest analysis_request(const AnalyzeFlags& options) {
  io::AnalysisRequest request;
  request.layers = options.layers;
  request.residual = options.residual;
  request.taps = options.taps.wanted();
  request.assumptions = assumptions(options.assume_toeplitz, options.answers);
  request.options = analysis_options(options);
  request.threads = options.threads;
  request.copy = options.copy;
  request.null_draws = options.null_draws;
  request.seed = options.seed;
  request.libraries = library_versions();
  return request;
}

/// A table carries its warnings; beside data they go to standard error.
void print_warnings(const io::AnalysisReport& report) {
  for (const io::ModelReport& model : report.models) {
    for (const std::string& warning : model.warnings)
      remark("tmm: warning: {}: {}\n", model::printable(model.file), model::printable(warning));
    for (const analysis::OperatorReport& op : model.operators)
      for (const std::string& warning : op.warnings)
        remark("tmm: warning: {}: layer {}: {}\n", model::printable(model.file),
               model::printable(model::layer_label(op.layer)), warning);
  }
}

/// Where a result goes: the file after -o, which appears whole, or standard output.
class Output {
 public:
  explicit Output(const AnalyzeFlags& options) {
    if (!options.output.empty()) file_.emplace(options.output, options.force, options.files);
  }
  [[nodiscard]] const std::optional<io::OutputFile>& file() const { return file_; }
  void write(const std::string& text) const { file_ ? file_->write(text) : write_output(text); }
  void write(const std::function<void(const io::TextSink&)>& produce) const {
    file_ ? file_->write(produce) : produce(write_output);
  }

 private:
  std::optional<io::OutputFile> file_;
};

std::string render(const io::AnalysisReport& report, const std::string& format,
                   const std::vector<std::string>& measures, const io::TableStyle& style) {
  if (format == "csv") return io::report_csv(report);
  if (format == "wide-csv") return io::wide_csv(report, measures);
  if (format == "latex") return io::paper_table(report, measures, io::PaperFormat::latex);
  if (format == "markdown") return io::paper_table(report, measures, io::PaperFormat::markdown);
  return io::report_table(report, style);
}

void write(const Output& output, const io::AnalysisReport& report, const std::string& format,
           const AnalyzeFlags& options) {
  if (format == "json")
    return output.write(
        [&](const io::TextSink& write) { io::write_report_json(report, io::ReportArrays::written, write); });
  output.write(render(
      report, format, options.measures,
      output.file() ? io::TableStyle{} : io::TableStyle{.width = output_width(), .color = color_wanted()}));
}

bool any_undecided(const io::AnalysisReport& report) {
  return std::ranges::any_of(report.models, [](const io::ModelReport& model) {
    return std::ranges::any_of(model.operators, analysis::has_undecided);
  });
}

/// The HDF5 file, if one is wanted.
std::unique_ptr<io::ResultStore> store_of(const AnalyzeFlags& options, const Output& output, bool arrays) {
  using Start = io::ResultStore::Start;
  const bool resume = !options.resume.empty();
  const std::string& path = resume ? options.resume : options.hdf5;
  if (path.empty()) return nullptr;
  const io::OutputFile checked(path, options.force || resume, options.files);
  if (output.file()) checked.require_apart(output.file()->path(), "both results would go to one file");
  const Start start = resume ? Start::resume : options.force ? Start::replace : Start::create;
  return std::make_unique<io::ResultStore>(path, start, arrays);
}

/// What a page of very many operators says besides the report.
io::PageWishes page_wishes(const AnalyzeFlags& options) {
  io::PageWishes wishes{options.cards, options.resume.empty() ? options.hdf5 : options.resume, {}};
  if (!options.copy.empty()) wishes.options = "--copy " + io::shell_word(options.copy);
  const std::string answers = answer_options(options.answers);
  if (!answers.empty()) wishes.options += (wishes.options.empty() ? "" : " ") + answers;
  return wishes;
}

io::AnalysisReport analyze(const AnalyzeFlags& options, const io::AnalysisRequest& request,
                           io::ResultStore* store, const Output& output, const std::string& format) {
  if (format == "html") {
    io::PageSink page(page_wishes(options));
    io::AnalysisReport report = io::analyze_files(options.files, request, {store, {&page}});
    output.write(page.text());
    return report;
  }
  if (format != "jsonl") return io::analyze_files(options.files, request, {store, {}});
  std::optional<io::AnalysisReport> report;
  output.write([&](const io::TextSink& write) {
    io::ReportLines lines(write, options.full ? io::ReportArrays::written : io::ReportArrays::left_out);
    report = io::analyze_files(options.files, request, {store, {&lines}});
  });
  return std::move(*report);
}

void note_left_out(io::AnalysisReport& report, const io::AnalysisRequest& request) {
  std::size_t operators = 0;
  for (const io::ModelReport& model : report.models) operators += model.operators.size();
  if (operators > request.most_with_arrays)
    report.left_out = fmt::format(
        "{} of each operator, as there are more than {}: they follow from its taps "
        "(--full writes them, --hdf5 has them)",
        report.options.pseudospectra ? "singular values, zeros and planes" : "singular values and zeros",
        request.most_with_arrays);
}

/// What the results are for.
struct Purpose {
  std::string format;
  bool whole;    ///< arrays of a document
  bool passing;  ///< arrays of what is made as results come
  bool stored;   ///< arrays in a store

  explicit Purpose(const AnalyzeFlags& options)
      : format(output_format(options.format, options.output, "table", true)),
        whole(format == "json"),
        passing(format == "html" || (format == "jsonl" && options.full)),
        stored(!(options.hdf5.empty() && options.resume.empty())) {}
};

io::AnalysisRequest request_for(const AnalyzeFlags& options, const Purpose& purpose) {
  io::AnalysisRequest request = analysis_request(options);
  // A table and a CSV have no arrays: thousands of operators need not keep theirs.
  request.options.keep_arrays = purpose.stored || purpose.whole || purpose.passing;
  request.most_with_arrays = !purpose.whole ? 0
                             : options.full ? request.most_with_arrays
                                            : largest_whole_document;
  request.forget = purpose.format == "html" || purpose.format == "jsonl";
  request.scheduler = operator_scheduler(!options.quiet);
  return request;
}

/// In a process that does not lead: its share of the operators, and nothing else.
void work_along(const AnalyzeFlags& options, SharedWork& share) {
  try {
    io::AnalysisRequest request = request_for(options, Purpose(options));
    request.null_draws = 0;
    io::analyze_files(options.files, request);
  } catch (const WorkIsDone&) {
  } catch (const std::exception& error) {
    share.failed(error.what());
  }
}

}  // namespace

void run_analyze(const AnalyzeFlags& options) {
  const Purpose purpose(options);
  const std::string& format = purpose.format;
  const bool whole = purpose.whole;
  SharedWork share;
  if (!leads()) return work_along(options, share);
  const Output output(options);
  const auto store = store_of(options, output, whole || purpose.passing);
  if (format == "html") io::require_page();

  io::AnalysisRequest request = request_for(options, purpose);
  ProgressBars bars(progress_wanted(options.progress, options.quiet));
  request.progress = std::ref(bars);
  io::AnalysisReport report = analyze(options, request, store.get(), output, format);
  bars.end();
  if (whole) note_left_out(report, request);
  if (format != "jsonl" && format != "html") write(output, report, format, options);
  if (!options.quiet && (output.file() || format != "table")) print_warnings(report);
  if (!options.quiet && output.file()) remark("wrote {}\n", model::printable(output.file()->path()));
  if (!options.quiet && store) remark("wrote {}\n", model::printable(store->path()));
  if (options.strict && any_undecided(report)) {
    remark("tmm: some result is undecided (--strict)\n");
    throw CLI::RuntimeError(3);
  }
}

}  // namespace tmm::apps
