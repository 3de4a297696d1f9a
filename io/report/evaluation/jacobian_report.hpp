// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/jacobian/network_jacobian.hpp"

namespace tmm::io {

/// What `tmm jacobian` has found, with what it was found on.
struct JacobianReport {
  std::string file, sha256;         ///< checkpoint
  std::string source;               ///< of the tokens
  std::string objective;            ///< how they were cut into sequences
  std::size_t sequences = 0;        ///< that there are; of these `chosen` were looked at
  std::vector<std::size_t> chosen;  ///< ascending
  std::string stream;  ///< in words: "residual stream after mixer_blocks.7, before the final norm"
  std::string vector;  ///< "… at position 255"
  analysis::NetworkJacobian result;   ///< a sample for each of `chosen`
  std::vector<std::string> warnings;  ///< about the file: what was assumed or left out
};

/// Fills `stream` and `vector` of a report whose result is there.
void describe_derivative(const model::Tmm<double>& network, JacobianReport& report);

/// Numbers of this report that `tmm compare` and `tmm sweep` set against the index of layers, by name; those
/// that are no numbers in every sample are left out.
std::vector<std::pair<std::string, double>> jacobian_outcomes(const JacobianReport& report);

/// For people, of at most 80 columns.
std::string jacobian_table(const JacobianReport& report);
/// `schema` "tmm.jacobian", schema_version 1; grammar in jacobian.schema.json.
std::string jacobian_json(const JacobianReport& report);
/// HDF5, of S samples in their order: `samples` (S) which sequences; `vector` (S, d, m, d), entry (s, i, t,
/// j) = ∂z_i/∂x_tj, zeros behind the position of z; `stream` (S, m, d, m, d) likewise and
/// `stream_singular_values` (S, m·d) where they were computed; `vector_singular_values`,
/// `retention_frobenius`, `retention_norm_2`. Values in float64; `*_error` (S): the error of each of a
/// sample's singular values or norms (estimates).
void write_jacobian_arrays(const std::string& path, const JacobianReport& report);
/// One row a measure and one a position, means over samples.
std::string jacobian_csv(const JacobianReport& report);
/// One page that needs no network (io/report/report_html.hpp): the document of jacobian_json and, of at most
/// eight samples, all singular values that were computed. Throws as page_html does.
std::string jacobian_html(const JacobianReport& report, const std::string& program_version);

}  // namespace tmm::io
