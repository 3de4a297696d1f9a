// SPDX-License-Identifier: MIT
#include "analysis/oracle/measure_claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/report/format_measure.hpp"

namespace tmm::test {
namespace {

using analysis::Measure, analysis::Status;

/// A true value beyond what a double says: there "not defined" is right, with the reason.
bool held_by_double(const Ball& truth) {
  const Ball size = truth.abs();
  if (arb_contains_zero(truth.get()) != 0) return true;
  return !certainly_less(size, Ball(std::numeric_limits<double>::min())) &&
         !certainly_less(Ball(std::numeric_limits<double>::max()), size);
}

class Checker {
 public:
  Checker(Tally& tally, const analysis::NamedMeasure& named, const Truth& truth, const std::string& label)
      : tally_(tally), id_(named.id), measure_(named.measure), truth_(truth), label_(label) {}

  void run() {
    switch (measure_.status) {
      case Status::certified:
      case Status::numerical:
        check_value();
        break;
      case Status::below_precision:
        check_bound();
        break;
      case Status::undecided:
        check_undecided();
        break;
      case Status::not_defined:
        check_not_defined();
        break;
    }
  }

 private:
  void violation(const std::string& what) {
    tally_.violations.push_back(fmt::format("{}: {} {:.17g} ± {:.3g} ({}): {}; truth {:.17g}", label_, id_,
                                            measure_.value, measure_.error, measure_.method, what,
                                            truth_.value.middle()));
  }

  void check_value() {
    ++(measure_.status == Status::certified ? tally_.certified : tally_.numerical);
    const double value = measure_.value, error = measure_.error;
    if (std::isnan(value)) return violation("NaN as a value");
    if (!(error >= 0) || std::isinf(error)) return violation("the error is no number");
    if (std::isinf(value)) {
      const auto wanted = value > 0 ? Truth::Kind::plus_infinity : Truth::Kind::minus_infinity;
      if (truth_.kind != wanted) violation("infinite");
      return;
    }
    if (truth_.kind != Truth::Kind::number) return violation("a number where there is none");
    Ball low = (Ball(value) - truth_.value).abs();
    arb_get_lbound_arf(arb_midref(low.get()), low.get(), oracle_bits);
    mag_zero(arb_radref(low.get()));
    if (certainly_less(Ball(error), low)) {
      if (measure_.status == Status::certified) return violation("certified and wrong");
      note_excess(low);
    } else if (error > 0 && measure_.status == Status::numerical) {
      note(low.middle() / error);
    }
    check_printed();
  }

  void note(double ratio) {
    double& worst = tally_.worst[id_];
    worst = std::max(worst, ratio);
  }

  void note_excess(const Ball& distance) {
    const double ratio = measure_.error > 0 ? (distance / Ball(measure_.error)).middle() : HUGE_VAL;
    note(ratio);
    if (ratio <= 10) return;
    ++tally_.exceeded;
    tally_.estimates.push_back(
        fmt::format("{}: {} {:.17g} ± {:.3g} ({}): off by {:.3g} errors; truth {:.17g}", label_, id_,
                    measure_.value, measure_.error, measure_.method, ratio, truth_.value.middle()));
  }

  void check_bound() {
    ++tally_.bounds;
    const Ball bound(measure_.value);
    if (truth_.kind == Truth::Kind::plus_infinity && measure_.bound == Measure::Bound::lower) return;
    if (truth_.kind == Truth::Kind::minus_infinity && measure_.bound == Measure::Bound::upper) return;
    if (truth_.kind != Truth::Kind::number) return violation("a bound where there is no number");
    const bool upper = measure_.bound == Measure::Bound::upper;
    if (upper ? certainly_less(bound, truth_.value) : certainly_less(truth_.value, bound))
      violation("the bound is on the wrong side");
  }

  void check_undecided() {
    ++tally_.undecided;
    ++tally_.open[id_];
    if (measure_.method.empty()) violation("undecided without a reason");
    if (id_.starts_with("winding_number") || id_ == "fredholm_index" || id_ == "index_margin" ||
        id_ == "index_radius")
      violation("undecided though exact arithmetic has the answer");
  }

  void check_not_defined() {
    if (measure_.method.empty()) violation("not defined without a reason");
    if (truth_.kind == Truth::Kind::number && held_by_double(truth_.value))
      violation("not defined though it is");
  }

  /// "1.234", "-1.2e-07", "0±3e-15", "<…" as format_measure prints them.
  void check_printed() {
    const std::string text = io::format_measure(measure_);
    if (text == "?" || text == "-" || text.ends_with("inf")) return;
    if (const std::size_t sign = text.find("±"); sign != std::string::npos) {
      Ball bound;
      arb_set_str(bound.get(), text.substr(sign + std::string("±").size()).c_str(), oracle_bits);
      if (certainly_less(bound, truth_.value.abs()) && within_ten_errors()) violation("printed as " + text);
      return;
    }
    Ball printed;
    arb_set_str(printed.get(), text.c_str(), oracle_bits);
    const std::size_t e = std::min(text.find('e'), text.size()), point = text.find('.');
    long unit = point < e ? -static_cast<long>(e - point - 1) : 0;
    if (e < text.size()) unit += std::stol(text.substr(e + 1));
    if (certainly_less(Ball::power_of_ten(unit), (printed - truth_.value).abs()) && within_ten_errors())
      violation("printed as " + text);
  }

  /// An estimate exceeded tenfold is counted as such, not again as a wrong digit.
  [[nodiscard]] bool within_ten_errors() const {
    return !certainly_less(Ball(10 * measure_.error), (Ball(measure_.value) - truth_.value).abs());
  }

  Tally& tally_;
  const std::string& id_;
  const Measure& measure_;
  const Truth& truth_;
  const std::string& label_;
};

}  // namespace

void Tally::merge(const Tally& other) {
  operators += other.operators;
  untested += other.untested;
  certified += other.certified;
  numerical += other.numerical;
  bounds += other.bounds;
  undecided += other.undecided;
  exceeded += other.exceeded;
  for (const auto& [id, ratio] : other.worst) worst[id] = std::max(worst[id], ratio);
  for (const auto& [id, count] : other.open) open[id] += count;
  violations.insert(violations.end(), other.violations.begin(), other.violations.end());
  estimates.insert(estimates.end(), other.estimates.begin(), other.estimates.end());
}

void check_claims(Tally& tally, const analysis::OperatorReport& report, const Truths& truths,
                  const std::string& label) {
  ++tally.operators;
  if (truths.empty()) ++tally.untested;
  for (const analysis::NamedMeasure& named : report.measures) {
    const auto truth = truths.find(named.id);
    if (truth != truths.end() && truth->second.kind != Truth::Kind::unknown)
      Checker(tally, named, truth->second, label).run();
  }
}

}  // namespace tmm::test
