// SPDX-License-Identifier: MIT
#include "analysis/jacobian/sample_jacobian.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>

#include "analysis/jacobian/recorded_maps.hpp"
#include "analysis/spectrum/spectrum.hpp"
#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/base/random_source.hpp"

namespace tmm::analysis {
namespace {

using Eigen::Index, Eigen::MatrixXd;
using Kind = model::NetworkStep::Kind;

constexpr std::size_t compared_directions = 3;  // along which forward mode and the way back are compared
// Their largest difference, times this, is taken for that of all directions.
constexpr double safety = 4;

/// The error of a square is at most 2·‖∂z/∂x_t‖_F times that of the norm, and a little.
Measure effective_positions(const RetentionProfile& profile) {
  std::vector<double> squares;
  double largest = 0;
  for (const double norm : profile.frobenius) {
    squares.push_back(norm * norm);
    largest = std::max(largest, norm);
  }
  if (!(largest > profile.floor)) return Measure::undecided("no derivative is above rounding");
  return effective_number(squares, (2 * largest + profile.floor) * profile.floor,
                          "entropy of the squared norms by position");
}

std::vector<double> by_rows(const MatrixXd& matrix) {
  std::vector<double> values(static_cast<std::size_t>(matrix.size()));
  Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      values.data(), matrix.rows(), matrix.cols()) = matrix;
  return values;
}

/// One sample on all threads: every worker has recorded it.
class Sample {
 public:
  Sample(const model::Tmm<double>& network, std::span<const std::int32_t> ids, const JacobianOptions& options)
      : network_(&network),
        options_(&options),
        shape_(jacobian_shape(network, ids.size(), options)),
        layers_(network, ids.size()) {
    for (std::size_t i = 0; i < options.threads; ++i)
      workers_.push_back(std::make_unique<RecordedMaps>(layers_, ids.size()));
    model::parallel_for(options.threads, options.threads,
                        [&](std::size_t i, std::size_t) { workers_[i]->record(ids); });
  }

  SampleJacobian run();

 private:
  struct Rows {
    MatrixXd matrix;  // ∂z/∂x_0 (d × m·d)
    double rounding = 0;
  };

  [[nodiscard]] std::size_t size() const { return shape_.length * shape_.dimension; }
  [[nodiscard]] Index order() const { return static_cast<Index>(size()); }
  Rows vector_rows();
  void vector_norms(const MatrixXd& rows, RetentionProfile& profile) const;
  MapSpectrum dense_stream(double rounding, std::vector<double>& kept);
  MapKnowledge stream_knowledge(const MatrixXd& rows, double rounding) const;
  MapSpectrum part_spectrum(RecordedMaps& maps, std::size_t first, std::size_t end, bool branch) const;
  MapSpectrum channel_spectrum(RecordedMaps& maps, std::size_t step) const;
  RetentionProfile profile_of(RecordedMaps& maps, std::size_t first, std::size_t end, bool branch) const;
  void add_block_tasks(std::vector<std::function<void(RecordedMaps&)>>& tasks,
                       std::vector<BlockJacobian>& blocks) const;

  const model::Tmm<double>* network_;
  const JacobianOptions* options_;
  JacobianShape shape_;
  model::GradientLayers<double> layers_;
  std::vector<std::unique_ptr<RecordedMaps>> workers_;
};

// By the way back, one row at a time; then what forward mode makes of a few random directions tells how far
// both are rounded: unit vectors v see ‖E v‖ ≈ ‖E‖_F/√(m·d).
Sample::Rows Sample::vector_rows() {
  const auto d = static_cast<Index>(shape_.dimension);
  MatrixXd transposed(order(), d);  // rows as columns: each is written in one piece
  model::parallel_for(shape_.dimension, options_->threads, [&](std::size_t i, std::size_t worker) {
    std::vector<double> unit(shape_.dimension);
    unit[i] = 1;
    workers_[worker]
        ->rows(0, shape_.vector_step, shape_.position)
        .transpose(unit, {transposed.col(static_cast<Index>(i)).data(), size()});
  });
  const Index behind = static_cast<Index>((shape_.position + 1) * shape_.dimension);
  transposed.bottomRows(order() - behind).setZero();  // what products by FFT leave there is rounding
  Rows rows{transposed.transpose(), 0};
  if (!rows.matrix.allFinite()) throw FormatError("the derivative of the network is not finite");
  const LinearMap map = workers_.front()->rows(0, shape_.vector_step, shape_.position);
  model::RandomSource random({options_->seed, 0x3ac, size()});
  Eigen::VectorXd direction(order()), along(d);
  for (std::size_t i = 0; i < compared_directions; ++i) {
    for (double& x : direction) x = random.normal();
    direction.normalize();
    map.apply({direction.data(), size()}, {along.data(), shape_.dimension});
    rows.rounding = std::max(rows.rounding, (along - rows.matrix * direction).norm());
  }
  rows.rounding *= safety * std::sqrt(static_cast<double>(size()));
  return rows;
}

void Sample::vector_norms(const MatrixXd& rows, RetentionProfile& profile) const {
  const auto d = static_cast<Index>(shape_.dimension);
  const std::size_t count = shape_.position + 1;  // z depends on nothing behind it
  profile.frobenius.resize(count), profile.norm2.resize(count);
  model::parallel_for(count, options_->threads, [&](std::size_t t, std::size_t) {
    MatrixXd block = rows.middleCols(static_cast<Index>(t) * d, d);
    profile.frobenius[t] = block.norm();
    profile.norm2[t] = dense_map_spectrum(block, 0).values.front();
  });
}

MapSpectrum Sample::dense_stream(double rounding, std::vector<double>& kept) {
  MatrixXd matrix(order(), order());
  model::parallel_for(size(), options_->threads, [&](std::size_t j, std::size_t worker) {
    std::span<double> x(matrix.data() + static_cast<Index>(j) * order(), size());
    std::ranges::fill(x, 0.0);
    x[j] = 1;
    workers_[worker]->tangent(0, shape_.end_step, x);
  });
  if (options_->matrices) kept = by_rows(matrix);
  return dense_map_spectrum(matrix, rounding);
}

/// The stream's matrix is square and, before a bottleneck, block lower triangular over positions: its last
/// columns hold the last diagonal block alone, and its rows at p are those of z.
MapKnowledge Sample::stream_knowledge(const MatrixXd& rows, double rounding) const {
  MapKnowledge known{.rounding = rounding};
  if (options_->through_bottleneck && network_->autoencoder()) {
    known.most_rank = shape_.dimension;
    if (network_->down.out != 0) known.most_rank = std::min(known.most_rank, network_->down.out);
    known.rank_reason = "the code has " + std::to_string(known.most_rank) + " numbers";
    return known;
  }
  const auto d = static_cast<Index>(shape_.dimension);
  MatrixXd block = shape_.position + 1 == shape_.length
                       ? MatrixXd(rows.middleCols(static_cast<Index>(shape_.position) * d, d))
                       : rows;
  const MapSpectrum corner = dense_map_spectrum(block, rounding);
  known.smallest_upper = corner.values.back() + corner.error;
  return known;
}

MapSpectrum Sample::part_spectrum(RecordedMaps& maps, std::size_t first, std::size_t end, bool branch) const {
  const model::NetworkStep& step = layers_.steps[first];
  const model::Block<double>& block = network_->blocks[step.block];
  const model::Norm<double>& norm = step.kind == Kind::time ? block.token_norm : block.channel_norm;
  MapKnowledge known;
  if (branch && norm.kind == model::Normalisation::layer) {
    known.most_rank = shape_.length * (shape_.dimension - 1);
    known.rank_reason = "LayerNorm takes the mean out of every position";
  }
  const LinearMap map = maps.steps(first, end, branch);
  if (size() * part_share > options_->full_limit)
    return end_spectrum(map, options_->steps, options_->probes, options_->seed, known);
  MatrixXd matrix = dense_of(map);
  MapSpectrum spectrum = dense_map_spectrum(matrix, 0);
  limit_rank(spectrum, known);
  return spectrum;
}

/// Channel mixing does not mix positions: d tangents, each at all positions at once, are its m diagonal
/// blocks.
MapSpectrum Sample::channel_spectrum(RecordedMaps& maps, std::size_t step) const {
  const auto d = static_cast<Index>(shape_.dimension), m = static_cast<Index>(shape_.length);
  MatrixXd blocks(d * d, m);  // column t: the block of position t, by columns
  std::vector<double> x(size());
  for (Index j = 0; j < d; ++j) {
    std::ranges::fill(x, 0.0);
    for (Index t = 0; t < m; ++t) x[static_cast<std::size_t>(t * d + j)] = 1;
    maps.tangent(step, step + 1, x);
    for (Index t = 0; t < m; ++t)
      blocks.col(t).segment(j * d, d) = Eigen::Map<const Eigen::VectorXd>(x.data() + t * d, d);
  }
  std::vector<double> values;
  for (Index t = 0; t < m; ++t) {
    MatrixXd block = blocks.col(t).reshaped(d, d);
    const MapSpectrum one = dense_map_spectrum(block, 0);
    values.insert(values.end(), one.values.begin(), one.values.end());
  }
  std::ranges::sort(values, std::ranges::greater{});
  const double error = floor_factor(shape_.dimension) * values.front();
  return full_spectrum(std::move(values), size(), size(), error, "LAPACK, position by position");
}

RetentionProfile Sample::profile_of(RecordedMaps& maps, std::size_t first, std::size_t end,
                                    bool branch) const {
  const std::size_t d = shape_.dimension, count = shape_.position + 1;
  const LinearMap map = maps.rows(first, end, shape_.position, branch);
  std::vector<double> unit(d), row(size()), squares(count);
  for (std::size_t i = 0; i < d; ++i) {
    unit[i] = 1;
    map.transpose(unit, row);
    unit[i] = 0;
    for (std::size_t t = 0; t < count; ++t)
      for (std::size_t j = 0; j < d; ++j) squares[t] += row[t * d + j] * row[t * d + j];
  }
  RetentionProfile profile;
  double all = 1;  // the identity counts in what was rounded
  for (const double square : squares) {
    profile.frobenius.push_back(std::sqrt(square));
    all = std::max(all, profile.frobenius.back());
  }
  profile.floor = floor_factor(d) * std::sqrt(static_cast<double>(d)) * all;
  return profile;
}

void Sample::add_block_tasks(std::vector<std::function<void(RecordedMaps&)>>& tasks,
                             std::vector<BlockJacobian>& blocks) const {
  const auto put = [&tasks](MapSpectrum& place, auto work) {
    tasks.emplace_back([&place, work](RecordedMaps& maps) { place = work(maps); });
  };
  for (std::size_t step = 0; step < shape_.end_step; ++step) {
    const auto [kind, number] = layers_.steps[step];
    if (kind == Kind::bottleneck) continue;
    const bool second = step > 0 && layers_.steps[step - 1].kind != Kind::bottleneck &&
                        layers_.steps[step - 1].block == number;
    if (second) continue;
    BlockJacobian& block = blocks.emplace_back(BlockJacobian{network_->blocks[number].name, {}, {}, {}});
    for (const char* part : {"token_branch", "token", "channel_branch", "channel", "block"})
      block.parts.push_back({part, {}});
    const std::size_t time = kind == Kind::time ? step : step + 1, channels = 2 * step + 1 - time;
    put(block.parts[0].spectrum,
        [=, this](RecordedMaps& m) { return part_spectrum(m, time, time + 1, true); });
    put(block.parts[1].spectrum,
        [=, this](RecordedMaps& m) { return part_spectrum(m, time, time + 1, false); });
    put(block.parts[2].spectrum,
        [=, this](RecordedMaps& m) { return part_spectrum(m, channels, channels + 1, true); });
    put(block.parts[3].spectrum, [=, this](RecordedMaps& m) { return channel_spectrum(m, channels); });
    put(block.parts[4].spectrum,
        [=, this](RecordedMaps& m) { return part_spectrum(m, step, step + 2, false); });
    tasks.emplace_back([=, this, &block](RecordedMaps& m) {
      block.token_branch = profile_of(m, time, time + 1, true);
      block.block = profile_of(m, step, step + 2, false);
    });
  }
}

SampleJacobian Sample::run() {
  SampleJacobian result;
  Rows rows = vector_rows();
  result.rounding = rows.rounding;
  vector_norms(rows.matrix, result.retention);
  result.retention.floor = 2 * rows.rounding;
  result.effective_positions = effective_positions(result.retention);
  // Rounding of all rows: those of z stand for one position of m.
  const double rounding = rows.rounding * std::sqrt(static_cast<double>(shape_.length));
  const MapKnowledge known = stream_knowledge(rows.matrix, rounding);
  if (options_->matrices) result.vector_matrix = by_rows(rows.matrix);
  result.vector = dense_map_spectrum(rows.matrix, rows.rounding);
  rows.matrix.resize(0, 0);
  std::vector<std::function<void(RecordedMaps&)>> tasks;
  if (size() <= options_->full_limit) {
    result.stream = dense_stream(rounding, result.stream_matrix);
    limit_rank(result.stream, known);
  } else {
    tasks.emplace_back([&](RecordedMaps& maps) {
      result.stream = end_spectrum(maps.steps(0, shape_.end_step), options_->steps, options_->probes,
                                   options_->seed, known);
    });
  }
  result.blocks.reserve(network_->blocks.size());  // tasks refer to their places
  if (options_->blocks) add_block_tasks(tasks, result.blocks);
  model::parallel_for(tasks.size(), options_->threads,
                      [&](std::size_t i, std::size_t worker) { tasks[i](*workers_[worker]); });
  return result;
}

}  // namespace

JacobianShape jacobian_shape(const model::Tmm<double>& network, std::size_t length,
                             const JacobianOptions& options) {
  const model::Architecture& a = network.architecture;
  if (length == 0 || length > a.context)
    throw ArgumentError(
        "the network does not take sequences of this length",
        {"", "", "1 to " + std::to_string(a.context) + " tokens", std::to_string(length), ""});
  JacobianShape shape{length, a.embedding, length - 1, 2 * network.blocks.size(), 2 * network.blocks.size()};
  if (!network.autoencoder()) return shape;
  if (length < a.form.code_from_end)
    throw ArgumentError(
        "the sequence ends before its code",
        {"", "", "at least " + std::to_string(a.form.code_from_end) + " tokens", std::to_string(length), ""});
  shape.position = length - a.form.code_from_end;
  shape.vector_step = 2 * network.encoder_blocks;
  shape.end_step = options.through_bottleneck ? 2 * network.blocks.size() + 1 : shape.vector_step;
  return shape;
}

SampleJacobian sample_jacobian(const model::Tmm<double>& network, std::span<const std::int32_t> ids,
                               const JacobianOptions& options) {
  const model::OneBlasThread one_blas_thread;
  return Sample(network, ids, options).run();
}

}  // namespace tmm::analysis
