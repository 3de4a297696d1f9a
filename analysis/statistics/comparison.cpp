// SPDX-License-Identifier: MIT
#include "analysis/statistics/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "model/base/error.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::analysis {
namespace {

using Group = std::span<const ComparedModel>;

constexpr std::size_t few_operators = 8;

/// The median rises with every value: it lies between those of all values lowered and raised by their errors.
double median_error(const GroupSample& sample) {
  std::vector<double> low = sample.values, high = sample.values;
  for (std::size_t i = 0; i < low.size(); ++i) low[i] -= sample.error[i], high[i] += sample.error[i];
  const double median = sample.distribution.median;
  if (std::isinf(median)) return 0;
  return std::max(median - Distribution::of(low).median, Distribution::of(high).median - median);
}

GroupSample sample_of(Group group, std::string_view id) {
  GroupSample sample;
  for (std::size_t i = 0; i < group.size(); ++i)
    for (const OperatorReport& report : group[i].operators) {
      const Measure* measure = report.find(id);
      const bool number = measure != nullptr &&
                          (measure->status == Status::certified || measure->status == Status::numerical) &&
                          !std::isnan(measure->value);
      if (!number) {
        ++sample.not_numbers;
        continue;
      }
      sample.values.push_back(measure->value);
      sample.model.push_back(i);
      sample.error.push_back(measure->error);
      sample.layer.push_back(model::layer_label(report.layer));
    }
  if (sample.values.empty()) return sample;
  sample.distribution = Distribution::of(sample.values);
  sample.median_error = median_error(sample);
  return sample;
}

/// Operators that have this measure only as mantissa and exponent, or as its logarithm: no double holds it.
std::size_t beyond_double(Group group, const std::string& id) {
  std::size_t count = 0;
  for (const ComparedModel& model : group)
    for (const OperatorReport& report : model.operators) {
      const Measure* measure = report.find(id);
      if (measure == nullptr || measure->status != Status::not_defined) continue;
      const Measure* logarithm = report.find("log10_" + id);
      const bool known = logarithm != nullptr && logarithm->status != Status::undecided &&
                         logarithm->status != Status::not_defined;
      count += known || report.find(id + "_mantissa") != nullptr ? 1 : 0;
    }
  return count;
}

/// Pairs of values, one of each group, that might change their order within their errors.
std::size_t count_unresolved(const GroupSample& a, const GroupSample& b) {
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    for (std::size_t j = 0; j < b.values.size(); ++j) {
      const double reach = a.error[i] + b.error[j];
      if (reach > 0 && std::fabs(a.values[i] - b.values[j]) <= reach) ++pairs;
    }
  return pairs;
}

/// Values by model; models without any are left out.
std::vector<std::vector<double>> by_model(const GroupSample& sample) {
  std::vector<std::vector<double>> models;
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    if (i == 0 || sample.model[i] != sample.model[i - 1]) models.emplace_back();
    models.back().push_back(sample.values[i]);
  }
  return models;
}

std::vector<double> medians(const std::vector<std::vector<double>>& models) {
  std::vector<double> result;
  for (const auto& values : models) result.push_back(Distribution::of(values).median);
  return result;
}

/// Uniform in 0 … n − 1, the same on every platform (std::uniform_int_distribution is not).
std::size_t draw_index(std::mt19937_64& generator, std::size_t n) {
  const std::uint64_t accepted = generator.max() - generator.max() % n;  // a multiple of n
  for (;;)
    if (const std::uint64_t x = generator(); x < accepted) return x % n;
}

/// Appends as many draws with replacement as there are values.
void resample_into(std::vector<double>& drawn, const std::vector<double>& values,
                   std::mt19937_64& generator) {
  for (std::size_t i = 0; i < values.size(); ++i)
    drawn.push_back(values[draw_index(generator, values.size())]);
}

EffectSize effect_size(const MeasureComparison& measure, const ComparisonOptions& options) {
  EffectSize effect;
  effect.delta = cliffs_delta(measure.a.values, measure.b.values);
  effect.lower = effect.upper = effect.delta;
  const auto a = by_model(measure.a), b = by_model(measure.b);
  effect.two_stage = a.size() > 1 && b.size() > 1;
  std::mt19937_64 generator(options.seed);
  const auto resample = [&](const std::vector<std::vector<double>>& models, const GroupSample& sample) {
    std::vector<double> drawn;
    if (!effect.two_stage) resample_into(drawn, sample.values, generator);
    for (std::size_t i = 0; effect.two_stage && i < models.size(); ++i)
      resample_into(drawn, models[draw_index(generator, models.size())], generator);
    return drawn;
  };
  std::vector<double> deltas;
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const auto drawn_a = resample(a, measure.a);
    const auto drawn_b = resample(b, measure.b);
    deltas.push_back(cliffs_delta(drawn_a, drawn_b));
  }
  if (deltas.empty()) return effect;
  std::ranges::sort(deltas);
  const auto below =
      static_cast<std::size_t>((1 - options.confidence) / 2 * static_cast<double>(deltas.size()));
  effect.lower = deltas[below];
  effect.upper = deltas[deltas.size() - 1 - below];
  return effect;
}

std::vector<LayerComparison> layers_of(const GroupSample& a, const GroupSample& b) {
  std::vector<LayerComparison> layers;
  const auto values_at = [](const GroupSample& sample, const std::string& layer) {
    std::vector<double> values;
    for (std::size_t i = 0; i < sample.values.size(); ++i)
      if (sample.layer[i] == layer) values.push_back(sample.values[i]);
    return values.empty() ? std::nullopt : std::optional(Distribution::of(values));
  };
  for (const GroupSample* sample : {&a, &b})
    for (const std::string& layer : sample->layer)
      if (std::ranges::find(layers, layer, &LayerComparison::layer) == layers.end())
        layers.push_back({layer, values_at(a, layer), values_at(b, layer)});
  return layers;
}

/// Holm's step-down adjustment: the i-th smallest of k p-values times k − i, and not less than those before.
void adjust(std::vector<MeasureComparison>& measures, const std::vector<std::string>& adjusted) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    measures[i].adjusted_p_value = std::numeric_limits<double>::quiet_NaN();
    if (adjusted.empty() || std::ranges::find(adjusted, measures[i].id) != adjusted.end()) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return measures[i].by_operator.p_value; });
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    MeasureComparison& measure = measures[order[i]];
    const double factor = static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(1.0, factor * measure.by_operator.p_value));
    measure.adjusted_p_value = largest;
  }
}

std::vector<std::string> all_ids(Group a, Group b) {
  std::vector<std::string> ids;
  for (const Group group : {a, b})
    for (const ComparedModel& model : group)
      for (const OperatorReport& report : model.operators)
        for (const NamedMeasure& named : report.measures)
          if (std::ranges::find(ids, named.id) == ids.end()) ids.push_back(named.id);
  return ids;
}

std::size_t operators_in(Group group) {
  std::size_t count = 0;
  for (const ComparedModel& model : group) count += model.operators.size();
  return count;
}

std::set<std::size_t> lengths_in(Group group) {
  std::set<std::size_t> lengths;
  for (const ComparedModel& model : group)
    for (const OperatorReport& report : model.operators) lengths.insert(model::order(report.layer));
  return lengths;
}

std::string list(const std::set<std::size_t>& numbers) {
  std::string text;
  for (const std::size_t x : numbers) text += (text.empty() ? "" : ", ") + std::to_string(x);
  return text;
}

/// Of a two-sided rank test without ties: the two most extreme of the C(m+n, m) orders.
double smallest_p_value(std::size_t m, std::size_t n) {
  double p = 2;
  for (std::size_t i = 1; i <= m; ++i) p *= static_cast<double>(i) / static_cast<double>(n + i);
  return p;
}

std::vector<std::string> warnings_of(Group a, Group b) {
  std::vector<std::string> warnings;
  const auto lengths_a = lengths_in(a), lengths_b = lengths_in(b);
  if (lengths_a != lengths_b || lengths_a.size() > 1)
    warnings.push_back(fmt::format(
        "The operators differ in length (n = {} against {}): winding numbers, margins and singular values "
        "depend on n; compare N/(n-1).",
        list(lengths_a), list(lengths_b)));
  const std::size_t smaller = std::min(operators_in(a), operators_in(b));
  if (smaller < few_operators)
    warnings.push_back(
        fmt::format("A group of {} operators is small: only a large difference can show.", smaller));
  if (a.size() < 2 || b.size() < 2)
    warnings.push_back(
        "A group is a single model: the p-values tell operators of these models apart, not kinds of "
        "training. Train more models with other seeds.");
  else
    warnings.push_back(fmt::format(
        "Operators of one model are not independent. The p-values over models take each model as one draw; "
        "with {} and {} models they cannot be below {:.2g}.",
        a.size(), b.size(), smallest_p_value(a.size(), b.size())));
  return warnings;
}

}  // namespace

Distribution Distribution::of(std::vector<double> values) {
  if (values.empty()) throw ArgumentError("an empty sample has no distribution");
  std::ranges::sort(values);
  const auto quantile = [&](double q) {
    const double place = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(below);
    if (part == 0 || values[below] == values[below + 1]) return values[below];  // also keeps ∞ − ∞ away
    return values[below] * (1 - part) + values[below + 1] * part;
  };
  return {values.size(), values.front(), quantile(0.25), quantile(0.5), quantile(0.75), values.back()};
}

Comparison compare(Group a, Group b, std::span<const std::string> ids, const ComparisonOptions& options) {
  if (operators_in(a) == 0 || operators_in(b) == 0)
    throw ArgumentError("a group without operators cannot be compared");
  Comparison comparison;
  comparison.options = options;
  const std::vector<std::string> chosen =
      ids.empty() ? all_ids(a, b) : std::vector<std::string>(ids.begin(), ids.end());
  for (const std::string& id : chosen) {
    if (const std::size_t beyond = beyond_double(a, id) + beyond_double(b, id); beyond > 0) {
      comparison.not_compared.push_back({id, beyond});
      continue;
    }
    MeasureComparison measure{id, sample_of(a, id), sample_of(b, id), {}, 1, {}, {}, 0, {}};
    if (measure.a.values.empty() || measure.b.values.empty()) continue;
    measure.by_operator = mann_whitney(measure.a.values, measure.b.values);
    const auto models_a = medians(by_model(measure.a)), models_b = medians(by_model(measure.b));
    if (models_a.size() > 1 && models_b.size() > 1) measure.by_model = mann_whitney(models_a, models_b);
    measure.effect = effect_size(measure, options);
    measure.unresolved_pairs = count_unresolved(measure.a, measure.b);
    measure.layers = layers_of(measure.a, measure.b);
    comparison.measures.push_back(std::move(measure));
  }
  if (comparison.measures.empty())
    throw ArgumentError("no measure is a number in both groups",
                        {"", "", ids.empty() ? "" : "one of the measures asked for", "", ""});
  adjust(comparison.measures, options.adjusted);
  comparison.warnings = warnings_of(a, b);
  return comparison;
}

}  // namespace tmm::analysis
