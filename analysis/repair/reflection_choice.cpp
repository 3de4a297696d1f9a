// SPDX-License-Identifier: MIT
#include "analysis/repair/reflection_choice.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/random_source.hpp"

namespace tmm::analysis {
namespace {

/// Zeros of one kind (side, real or pair) in the order of their costs, and the sums of these.
struct Queue {
  std::vector<ReflectableZero> zeros;
  std::vector<double> sums{0};  // [i]: of the first i
};

Queue queue(const ReflectableZeros& zeros, std::span<const double> costs, bool inside, std::size_t count) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < zeros.zeros.size(); ++i)
    if (zeros.zeros[i].inside == inside && zeros.zeros[i].count() == count) order.emplace_back(costs[i], i);
  std::sort(order.begin(), order.end());
  Queue result;
  for (const auto& [cost, i] : order) {
    result.zeros.push_back(zeros.zeros[i]);
    result.sums.push_back(result.sums.back() + cost);
  }
  return result;
}

/// How many of each to reflect: positive numbers of inner zeros, negative ones of outer zeros.
struct Numbers {
  long reals = 0, pairs = 0;
};

const Queue& side(long number, const Queue& inner, const Queue& outer) {
  return number >= 0 ? inner : outer;
}

class IndexChoice {
 public:
  IndexChoice(std::span<const double> taps, const ReflectableZeros& zeros) {
    const auto costs = reflection_costs(taps, zeros.zeros);
    inner_reals_ = queue(zeros, costs, true, 1);
    outer_reals_ = queue(zeros, costs, false, 1);
    inner_pairs_ = queue(zeros, costs, true, 2);
    outer_pairs_ = queue(zeros, costs, false, 2);
  }

  /// The cheapest way to take `fewer` zeros out of the disc (negative: into it), if there is one.
  [[nodiscard]] std::optional<Numbers> cheapest(long fewer) const {
    std::optional<Numbers> best;
    double least = std::numeric_limits<double>::infinity();
    const auto outer = static_cast<long>(outer_reals_.zeros.size());
    for (long reals = -outer; reals <= static_cast<long>(inner_reals_.zeros.size()); ++reals) {
      if ((fewer - reals) % 2 != 0) continue;
      const long pairs = (fewer - reals) / 2;
      const auto needed = static_cast<std::size_t>(pairs < 0 ? -pairs : pairs);
      const Queue& of_pairs = side(pairs, inner_pairs_, outer_pairs_);
      if (needed > of_pairs.zeros.size()) continue;
      const double cost =
          side(reals, inner_reals_, outer_reals_).sums[static_cast<std::size_t>(reals < 0 ? -reals : reals)] +
          of_pairs.sums[needed];
      if (cost < least) least = cost, best = {reals, pairs};
    }
    return best;
  }

  [[nodiscard]] std::vector<ReflectableZero> zeros(Numbers numbers) const {
    std::vector<ReflectableZero> chosen;
    const auto take = [&](const Queue& from, long number) {
      chosen.insert(chosen.end(), from.zeros.begin(), from.zeros.begin() + (number < 0 ? -number : number));
    };
    take(side(numbers.reals, inner_reals_, outer_reals_), numbers.reals);
    take(side(numbers.pairs, inner_pairs_, outer_pairs_), numbers.pairs);
    return chosen;
  }

 private:
  Queue inner_reals_, outer_reals_, inner_pairs_, outer_pairs_;
};

std::vector<ReflectableZero> with_index(std::span<const double> taps, const ReflectableZeros& zeros,
                                        std::size_t inner) {
  const auto inside = static_cast<long>(zeros.inside), wanted = static_cast<long>(inner);
  const std::size_t all = zeros.inside + zeros.outside;
  const std::string what = "no reflection of zeros gives this index";
  if (inner > all)
    throw ArgumentError(
        what, {"", "", "at most " + std::to_string(all) + " inner zeros", std::to_string(inner), ""});
  const IndexChoice choice(taps, zeros);
  if (const auto numbers = choice.cheapest(inside - wanted)) return choice.zeros(*numbers);
  throw ArgumentError(what, {"", "",
                             std::string(inside % 2 == 0 ? "an even" : "an odd") +
                                 " number: all zeros that could be reflected are pairs of conjugates",
                             std::to_string(inner), ""});
}

std::vector<ReflectableZero> at_random(const ReflectableZeros& zeros, std::uint64_t seed,
                                       std::uint64_t stream) {
  std::vector<ReflectableZero> left = zeros.zeros, chosen;
  model::RandomSource random({seed, stream});
  std::size_t wanted = zeros.inside;
  while (wanted > 0) {
    if (wanted == 1) std::erase_if(left, [](const ReflectableZero& zero) { return zero.count() > 1; });
    if (left.empty()) break;
    const auto place = left.begin() + static_cast<std::ptrdiff_t>(random.below(left.size()));
    wanted -= place->count();
    chosen.push_back(*place);
    left.erase(place);
  }
  return chosen;
}

}  // namespace

RepairTarget parse_target(std::string_view text) {
  using Kind = RepairTarget::Kind;
  if (text == "minimum-phase") return {Kind::minimum_phase};
  if (text == "maximum-phase") return {Kind::maximum_phase};
  if (text == "random") return {Kind::random};
  if (text.starts_with("index=")) {
    text.remove_prefix(6);
    RepairTarget target{Kind::index};
    const char* end = text.data() + text.size();
    if (const auto [rest, error] = std::from_chars(text.data(), end, target.inner);
        error == std::errc() && rest == end && !text.empty())
      return target;
  }
  throw ArgumentError(
      "not an operator to repair to",
      {"", "", "minimum-phase, index=K, maximum-phase, random", std::string(text.substr(0, 80)), ""});
}

std::string name(const RepairTarget& target) {
  switch (target.kind) {
    case RepairTarget::Kind::minimum_phase:
      return "minimum-phase";
    case RepairTarget::Kind::maximum_phase:
      return "maximum-phase";
    case RepairTarget::Kind::index:
      return "index=" + std::to_string(target.inner);
    case RepairTarget::Kind::random:
      break;
  }
  return "random";
}

std::vector<ReflectableZero> choose_reflections(std::span<const double> taps, const ReflectableZeros& zeros,
                                                const RepairTarget& target, std::uint64_t stream) {
  if (target.kind == RepairTarget::Kind::index) return with_index(taps, zeros, target.inner);
  if (target.kind == RepairTarget::Kind::random) return at_random(zeros, target.seed, stream);
  const bool inner = target.kind == RepairTarget::Kind::minimum_phase;
  std::vector<ReflectableZero> chosen;
  std::ranges::copy_if(zeros.zeros, std::back_inserter(chosen),
                       [inner](const ReflectableZero& zero) { return zero.inside == inner; });
  return chosen;
}

}  // namespace tmm::analysis
