// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::model {

/// While any object of this class lives, BLAS and LAPACK run on the calling thread alone. Parallel work over
/// operators then does not compete with BLAS threads, and results do not depend on the number of threads
/// (OpenBLAS splits sums differently for each). Objects may nest and overlap across threads; the last one to
/// go restores the number that the first one found.
class OneBlasThread {
 public:
  OneBlasThread();
  ~OneBlasThread();
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;
};

}  // namespace tmm::model
