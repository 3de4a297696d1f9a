# SPDX-License-Identifier: MIT
# Libraries behind tmm::model, tmm::analysis and tmm::io that bring no CMake package: read when tmm is built, and again
# by everyone who uses the installed package, because static libraries pass their dependencies on. Sets nothing but the
# targets tmm::NAME, cache entries TMM_NAME_*, and TMM_MISSING, a line for each library that is not here.
set(TMM_MISSING "")

# tmm_find_library(NAME HEADER LIBRARY PACKAGE [FOLDER]): the target tmm::NAME. FOLDER is where Debian, which keeps
# several builds of one library, has the one that is wanted; elsewhere it lies in the ordinary place.
function(tmm_find_library name header library package)
  string(TOUPPER ${name} prefix)
  find_path(TMM_${prefix}_INCLUDE_DIR ${header} PATH_SUFFIXES ${ARGN})
  find_library(TMM_${prefix}_LIBRARY NAMES ${library} PATH_SUFFIXES ${ARGN})
  mark_as_advanced(TMM_${prefix}_INCLUDE_DIR TMM_${prefix}_LIBRARY)
  if(NOT TMM_${prefix}_INCLUDE_DIR OR NOT TMM_${prefix}_LIBRARY)
    string(APPEND TMM_MISSING "\n  ${library} with ${header} (Debian package ${package})")
    set(TMM_MISSING "${TMM_MISSING}" PARENT_SCOPE)
  elseif(NOT TARGET tmm::${name})
    add_library(tmm::${name} INTERFACE IMPORTED GLOBAL)
    target_include_directories(tmm::${name} SYSTEM INTERFACE ${TMM_${prefix}_INCLUDE_DIR})
    target_link_libraries(tmm::${name} INTERFACE ${TMM_${prefix}_LIBRARY})
  endif()
endfunction()

tmm_find_library(fftw fftw3.h fftw3 libfftw3-dev)
tmm_find_library(fftwf fftw3.h fftw3f libfftw3-dev)
tmm_find_library(hdf5 hdf5.h hdf5 libhdf5-dev hdf5/serial)
if(TARGET tmm::hdf5)  # HDF5 1.12 and later call what is used here by the names of 1.10
  set_property(TARGET tmm::hdf5 PROPERTY INTERFACE_COMPILE_DEFINITIONS H5_USE_110_API)
endif()
tmm_find_library(crypto openssl/evp.h crypto libssl-dev)
if(tmm_seccomp)  # a filter of system calls; what else limits the children that read strangers' files stays without it
  tmm_find_library(seccomp seccomp.h seccomp libseccomp-dev)
endif()
tmm_find_library(zip zip.h zip libzip-dev)
# BLAS and LAPACK. Debian's build without threads has no locks around its buffers: called from tmm's threads it computes
# wrong results. That for OpenMP takes its buffers before main begins, and hangs where it gets none. So the build with
# threads of its own, held to one: when it is loaded (apps/blas_pool.hpp) and later (model/base/blas_threads.hpp).
tmm_find_library(openblas cblas.h openblas libopenblas-dev openblas-pthread)
tmm_find_library(mpfr mpfr.h mpfr libmpfr-dev)
tmm_find_library(gmp gmp.h gmp libgmp-dev)
# Ball arithmetic (Arb) over integer polynomials (FLINT): the extended precision behind every certificate.
tmm_find_library(flint flint/fmpz_poly.h flint libflint-dev)
if(EXISTS "${TMM_FLINT_INCLUDE_DIR}/flint/arb.h")  # a part of FLINT from version 3 on
  if(NOT TARGET tmm::arb)
    add_library(tmm::arb INTERFACE IMPORTED GLOBAL)
  endif()
else()
  tmm_find_library(arb arb.h flint-arb libflint-arb-dev)
endif()
