// SPDX-License-Identifier: MIT
#include "model/training/adamw.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/parallel.hpp"
#include "model/base/vector_math.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

// Pieces of an array that threads share out.
constexpr std::size_t entries_of_piece = std::size_t{1} << 14;

/// The factors of one step, in the number type of the network.
template <class T>
struct StepFactors {
  T keep, beta1, beta2, gain1, gain2, rate, root_correction, epsilon;

  StepFactors(const AdamWOptions& o, double learning_rate, double t)
      : keep(static_cast<T>(1 - learning_rate * o.weight_decay)),
        beta1(static_cast<T>(o.beta1)),
        beta2(static_cast<T>(o.beta2)),
        gain1(static_cast<T>(1 - o.beta1)),
        gain2(static_cast<T>(1 - o.beta2)),
        rate(static_cast<T>(learning_rate / (1 - std::pow(o.beta1, t)))),
        root_correction(static_cast<T>(1 / std::sqrt(1 - std::pow(o.beta2, t)))),
        epsilon(static_cast<T>(o.epsilon)) {}
};

template <class T>
TMM_INLINE void all_entries(const StepFactors<T>& f, std::size_t count, const T* gradient, T* parameter,
                            T* first, T* second) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    const T g = gradient[i], m = f.beta1 * first[i] + f.gain1 * g, v = f.beta2 * second[i] + f.gain2 * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = f.keep * parameter[i] - f.rate * m / (std::sqrt(v) * f.root_correction + f.epsilon);
  }
}

TMM_VECTOR_CLONES void step(const StepFactors<float>& f, std::size_t count, const float* gradient,
                            float* parameter, float* first, float* second) {
  all_entries(f, count, gradient, parameter, first, second);
}

void step(const StepFactors<double>& f, std::size_t count, const double* gradient, double* parameter,
          double* first, double* second) {
  all_entries(f, count, gradient, parameter, first, second);
}

}  // namespace

template <NetworkScalar T>
void adamw_step(const AdamWOptions& options, double learning_rate, const Tmm<T>& gradient, Tmm<T>& parameters,
                AdamWState<T>& state, std::size_t threads) {
  ++state.steps;
  const StepFactors<T> factors(options, learning_rate, static_cast<double>(state.steps));
  const std::size_t share = std::max<std::size_t>(1, threads);
  // Every worker walks all arrays and takes each share-th piece: one parallel region a step.
  parallel_for(share, share, [&](std::size_t part, std::size_t) {
    std::size_t piece = 0;
    for_each_array(
        [&](std::span<const T> g, std::span<T> p, std::span<T> m, std::span<T> v) {
          for (std::size_t i = 0; i < p.size(); i += entries_of_piece, ++piece)
            if (piece % share == part)
              step(factors, std::min(entries_of_piece, p.size() - i), g.data() + i, p.data() + i,
                   m.data() + i, v.data() + i);
        },
        gradient, parameters, state.first, state.second);
  });
}

template <NetworkScalar T>
double gradient_norm(const Tmm<T>& gradient) {
  double total = 0;
  for_each_array(
      [&](std::span<const T> g) {
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::size_t i = 0; i < g.size(); ++i)
          sum += static_cast<double>(g[i]) * static_cast<double>(g[i]);
        total += sum;
      },
      gradient);
  return std::sqrt(total);
}

template <NetworkScalar T>
void scale_gradient(double factor, Tmm<T>& gradient) {
  for_each_array(
      [&](std::span<T> g) {
        for (T& x : g) x *= static_cast<T>(factor);
      },
      gradient);
}

template void adamw_step(const AdamWOptions&, double, const Tmm<float>&, Tmm<float>&, AdamWState<float>&,
                         std::size_t);
template void adamw_step(const AdamWOptions&, double, const Tmm<double>&, Tmm<double>&, AdamWState<double>&,
                         std::size_t);
template double gradient_norm(const Tmm<float>&);
template double gradient_norm(const Tmm<double>&);
template void scale_gradient(double, Tmm<float>&);
template void scale_gradient(double, Tmm<double>&);

}  // namespace tmm::model
