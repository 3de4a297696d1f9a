// SPDX-License-Identifier: MIT
#include "io/hdf5/descriptor_driver.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#if __has_include(<H5FDdevelop.h>)
#include <H5FDdevelop.h>
#endif

#include "io/files/descriptor.hpp"

namespace tmm::io::hdf5 {
namespace {

thread_local int system_error = 0;

herr_t fail_with_errno() {
  system_error = errno;
  return -1;
}

/// What the access properties carry: a descriptor, or a file that commits.
struct Target {
  int descriptor;
  CommittedFile* committed;
};

/// What H5FD_t asks of a driver: its own part goes first.
struct OpenFile {
  H5FD_t base;
  int descriptor;
  CommittedFile* committed;
  haddr_t allocated;  // end of what HDF5 uses
  haddr_t end;        // of the file
};

OpenFile& of(H5FD_t* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

const OpenFile& of(const H5FD_t* file) {
  return *reinterpret_cast<const OpenFile*>(file);
}

H5FD_t* open_file(const char*, unsigned flags, hid_t access, haddr_t) {
  const auto* target = static_cast<const Target*>(H5Pget_driver_info(access));
  if (target == nullptr) return nullptr;
  haddr_t size = 0;
  if (target->committed != nullptr) {
    size = target->committed->size();
  } else {
    struct stat status {};
    if (((flags & H5F_ACC_TRUNC) != 0 && ::ftruncate(target->descriptor, 0) != 0) ||
        ::fstat(target->descriptor, &status) != 0) {
      fail_with_errno();
      return nullptr;
    }
    size = static_cast<haddr_t>(status.st_size);
  }
  auto* file = new (std::nothrow) OpenFile{{}, target->descriptor, target->committed, 0, size};
  return reinterpret_cast<H5FD_t*>(file);
}

/// HDF5 leaves it to the end of the descriptor to unlock the file; this one lives on.
herr_t close_file(H5FD_t* file) {
  if (of(file).committed == nullptr) ::flock(of(file).descriptor, LOCK_UN);
  delete &of(file);
  return 0;
}

/// Those of HDF5's own drivers of single files, so that the same calls give the same bytes.
herr_t query(const H5FD_t*, unsigned long* features) {
  *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
              H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t allocated(const H5FD_t* file, H5FD_mem_t) {
  return of(file).allocated;
}

herr_t set_allocated(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  of(file).allocated = address;
  if (CommittedFile* committed = of(file).committed) committed->resize(address);
  return 0;
}

haddr_t end(const H5FD_t* file, H5FD_mem_t) {
  return of(file).end;
}

/// Beyond the end of the file there are zeros, as HDF5 expects.
herr_t read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer) {
  auto* into = static_cast<char*>(buffer);
  const CommittedFile* committed = of(file).committed;
  const bool success = committed != nullptr ? committed->read(address, size, into)
                                            : read_range(of(file).descriptor, address, size, into);
  return success ? 0 : fail_with_errno();
}

herr_t write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, const void* buffer) {
  const auto* from = static_cast<const char*>(buffer);
  CommittedFile* committed = of(file).committed;
  const bool success = committed != nullptr ? committed->write(address, size, from)
                                            : write_range(of(file).descriptor, address, size, from);
  if (!success) return fail_with_errno();
  of(file).end = std::max<haddr_t>(of(file).end, address + size);
  return 0;
}

herr_t truncate(H5FD_t* file, hid_t, hbool_t) {
  OpenFile& open = of(file);
  if (open.end == open.allocated) return 0;
  if (open.committed != nullptr) {  // its length changes when it is committed
    open.end = open.allocated;
    return 0;
  }
  if (::ftruncate(open.descriptor, static_cast<off_t>(open.allocated)) != 0) return fail_with_errno();
  open.end = open.allocated;
  return 0;
}

/// Programs that write a file hold it locked; what is written here appears when it is whole, and needs no
/// lock. Read-only folders and some network drives cannot lock at all.
herr_t lock(H5FD_t* file, hbool_t exclusive) {
  if (exclusive || of(file).committed != nullptr || ::flock(of(file).descriptor, LOCK_SH | LOCK_NB) == 0 ||
      errno != EWOULDBLOCK)
    return 0;
  return fail_with_errno();
}

herr_t unlock(H5FD_t* file) {
  if (of(file).committed == nullptr) ::flock(of(file).descriptor, LOCK_UN);
  return 0;
}

hid_t register_driver() {
  H5FD_class_t driver{};
#ifdef H5FD_CLASS_VERSION
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(600);  // of no other driver; below 256 are HDF5's own
#endif
  driver.name = "descriptor";
  driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max());
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.fapl_size = sizeof(Target);
  driver.open = open_file;
  driver.close = close_file;
  driver.query = query;
  driver.get_eoa = allocated;
  driver.set_eoa = set_allocated;
  driver.get_eof = end;
  driver.read = read;
  driver.write = write;
  driver.truncate = truncate;
  driver.lock = lock;
  driver.unlock = unlock;
  constexpr H5FD_mem_t map[] = H5FD_FLMAP_DICHOTOMY;
  std::memcpy(driver.fl_map, map, sizeof map);
  return H5FDregister(&driver);
}

}  // namespace

namespace {

Handle access_to(const Target& target) {
  initialize();
  static const hid_t driver = register_driver();
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_driver(access.get(), driver, &target);
  return access;
}

}  // namespace

Handle descriptor_access(int descriptor) {
  return access_to({descriptor, nullptr});
}

Handle committed_access(CommittedFile& file) {
  return access_to({-1, &file});
}

int take_system_error() {
  return std::exchange(system_error, 0);
}

}  // namespace tmm::io::hdf5
