// SPDX-License-Identifier: MIT
#include "analysis/base/lapack.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/base/blas_buffers.hpp"
#include "model/base/blas_threads.hpp"

// Fortran: everything by address, the lengths of texts behind all else.
extern "C" {
void dgesdd_(const char* job, const int* m, const int* n, double* a, const int* lda, double* s, double* u,
             const int* ldu, double* vt, const int* ldvt, double* work, const int* lwork, int* iwork,
             int* info, std::size_t);
void dsytrd_(const char* uplo, const int* n, double* a, const int* lda, double* d, double* e, double* tau,
             double* work, const int* lwork, int* info, std::size_t);
void dsterf_(const int* n, double* d, double* e, int* info);
void dstedc_(const char* compz, const int* n, double* d, double* e, double* z, const int* ldz, double* work,
             const int* lwork, int* iwork, const int* liwork, int* info, std::size_t);
void dormtr_(const char* side, const char* uplo, const char* trans, const int* m, const int* n,
             const double* a, const int* lda, const double* tau, double* c, const int* ldc, double* work,
             const int* lwork, int* info, std::size_t, std::size_t, std::size_t);
void dorgtr_(const char* uplo, const int* n, double* a, const int* lda, const double* tau, double* work,
             const int* lwork, int* info, std::size_t);
}

namespace tmm::analysis::lapack {
namespace {

constexpr int ask = -1;  // as a length of workspace: tell the best one in its first entry

// OpenBLAS's SSE2 dsymv, which it takes on processors that it does not know, reads up to four numbers beyond
// the end of the vector that it adds to (as its zsymv did: pull request 3567). What dsytrd hands to it ends
// that much earlier.
constexpr std::size_t read_beyond = 4;

bool any_nan(const double* x, int count) {
  return std::any_of(x, x + std::max(count, 0), [](double value) { return std::isnan(value); });
}

std::size_t length(int n) {
  return static_cast<std::size_t>(std::max(n, 1));
}

/// routine(work, lwork, info), called first for the length of its workspace, then with it.
template <class Routine>
int with_workspace(const Routine& routine) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  double best = 0;
  int info = 0;
  routine(&best, &ask, &info);
  if (info != 0) return info;
  const int lwork = std::max(static_cast<int>(best), 1);
  std::vector<double> work(length(lwork) + read_beyond);
  routine(work.data(), &lwork, &info);
  return info;
}

}  // namespace

int dgesdd_values(int n, double* a, double* sigma) {
  return dgesdd_values(n, n, a, sigma);
}

int dgesdd_values(int rows, int cols, double* a, double* sigma) {
  double none = 0;
  const int one = 1;  // vectors are not asked for
  std::vector<int> iwork(8 * length(std::min(rows, cols)));
  return with_workspace([&](double* work, const int* lwork, int* info) {
    dgesdd_("N", &rows, &cols, a, &rows, sigma, &none, &one, &none, &one, work, lwork, iwork.data(), info, 1);
  });
}

int dsytrd_lower(int n, double* a, double* d, double* e, double* tau) {
  std::vector<double> factors(length(n) + read_beyond);  // workspace of dsytrd too, until they are found
  const int status = with_workspace([&](double* work, const int* lwork, int* info) {
    dsytrd_("L", &n, a, &n, d, e, factors.data(), work, lwork, info, 1);
  });
  std::copy_n(factors.begin(), std::max(n - 1, 0), tau);
  return status;
}

int dsterf(int n, double* d, double* e) {
  if (any_nan(d, n)) return -2;
  if (any_nan(e, n - 1)) return -3;
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  int info = 0;
  dsterf_(&n, d, e, &info);
  return info;
}

int dstedc(int n, double* d, double* e, double* z) {
  if (any_nan(d, n)) return -3;
  if (any_nan(e, n - 1)) return -4;
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  int info = 0, liwork = 0;
  double lwork = 0;
  dstedc_("I", &n, d, e, z, &n, &lwork, &ask, &liwork, &ask, &info, 1);
  if (info != 0) return info;
  const int size = static_cast<int>(lwork);
  std::vector<double> work(length(size));
  std::vector<int> iwork(length(liwork));
  dstedc_("I", &n, d, e, z, &n, work.data(), &size, iwork.data(), &liwork, &info, 1);
  return info;
}

int dormtr_lower(int n, int columns, const double* a, const double* tau, double* c) {
  return with_workspace([&](double* work, const int* lwork, int* info) {
    dormtr_("L", "L", "N", &n, &columns, a, &n, tau, c, &n, work, lwork, info, 1, 1, 1);
  });
}

int dorgtr_lower(int n, double* a, const double* tau) {
  return with_workspace(
      [&](double* work, const int* lwork, int* info) { dorgtr_("L", &n, a, &n, tau, work, lwork, info, 1); });
}

}  // namespace tmm::analysis::lapack
