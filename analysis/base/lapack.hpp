// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// The routines of LAPACK that tmm calls, in double precision on columns. Straight from OpenBLAS, which holds
/// LAPACK too: Debian's LAPACKE brings whichever BLAS the machine has chosen, a second one in this process.
/// Workspace is found and made here. On one BLAS thread, whatever the caller has: the same numbers
/// everywhere. Each returns `info`: 0, or < 0 if an argument is wrong or has a NaN, or > 0 where the
/// routine's manual says so.
namespace tmm::analysis::lapack {

/// Singular values, descending, of a (n × n), which is destroyed.
int dgesdd_values(int n, double* a, double* sigma);
/// The same of a (rows × cols): min(rows, cols) values.
int dgesdd_values(int rows, int cols, double* a, double* sigma);

/// A = Q T Qᵀ of a symmetric a (n × n), of which the lower triangle is read: diagonal d (n) and subdiagonal e
/// (n − 1) of T; Q as reflectors below the diagonal of a, with tau (n − 1).
int dsytrd_lower(int n, double* a, double* d, double* e, double* tau);

/// Eigenvalues, ascending, of the tridiagonal (d, e): in d. Destroys e.
int dsterf(int n, double* d, double* e);

/// Eigenvalues d, ascending, and all eigenvectors z (n × n) of the tridiagonal (d, e) by divide and conquer.
/// Destroys e.
int dstedc(int n, double* d, double* e, double* z);

/// c = Q c, with Q (n × n) of dsytrd_lower and c (n × columns).
int dormtr_lower(int n, int columns, const double* a, const double* tau, double* c);

/// a, with tau of dsytrd_lower, becomes Q (n × n).
int dorgtr_lower(int n, double* a, const double* tau);

}  // namespace tmm::analysis::lapack
