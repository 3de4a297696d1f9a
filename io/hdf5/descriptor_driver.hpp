// SPDX-License-Identifier: MIT
#pragma once

#include "io/files/committed_file.hpp"
#include "io/hdf5/hdf5.hpp"

namespace tmm::io::hdf5 {

/// File access properties under which HDF5 reads and writes the open file `descriptor` by position, whatever
/// name H5Fopen or H5Fcreate is given: the library opens nothing by itself, so that one opening serves every
/// process and every kind of name. The descriptor is the caller's to close, after HDF5 has closed the file.
Handle descriptor_access(int descriptor);

/// The same for a file that changes from one commit to the next; it must outlive HDF5's file, whatever HDF5
/// does with that at the end of the process. HDF5's flush does not commit.
Handle committed_access(CommittedFile& file);

/// errno of the last system call for HDF5 that failed in this thread, 0 if none has; forgotten once asked
/// for. HDF5's own error stack does not have it.
int take_system_error();

}  // namespace tmm::io::hdf5
