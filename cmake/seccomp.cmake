# SPDX-License-Identifier: MIT
# TMM_SECCOMP: ON (libseccomp must be here), OFF, or AUTO (if it is here). Sets tmm_seccomp to ON or OFF.
set(TMM_SECCOMP AUTO CACHE STRING "Filter the system calls of what reads HDF5 and zip files: ON, OFF, AUTO (if libseccomp is here)")
set_property(CACHE TMM_SECCOMP PROPERTY STRINGS AUTO ON OFF)
set(tmm_seccomp ON)
if(TMM_SECCOMP STREQUAL AUTO)
  find_path(TMM_SECCOMP_INCLUDE_DIR seccomp.h)
  find_library(TMM_SECCOMP_LIBRARY seccomp)
  if(NOT TMM_SECCOMP_INCLUDE_DIR OR NOT TMM_SECCOMP_LIBRARY)
    set(tmm_seccomp OFF)
  endif()
elseif(NOT TMM_SECCOMP)
  set(tmm_seccomp OFF)
endif()
if(NOT tmm_seccomp)
  message(NOTICE "tmm: without libseccomp (TMM_SECCOMP=${TMM_SECCOMP}): what reads HDF5 and zip files may make any system call. "
    "SECURITY.md says which limits remain")
endif()
