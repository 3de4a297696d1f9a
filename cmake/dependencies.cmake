# SPDX-License-Identifier: MIT
# Libraries behind tmm::model, tmm::analysis and tmm::io: read when tmm is built, and again by everyone who uses the
# installed package, because static libraries pass their dependencies on.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
pkg_check_modules(FFTW REQUIRED IMPORTED_TARGET GLOBAL fftw3)
pkg_check_modules(FFTWF REQUIRED IMPORTED_TARGET GLOBAL fftw3f)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET GLOBAL hdf5)
# HDF5 1.12 and later call what is used here by the names of 1.10.
set_property(TARGET PkgConfig::HDF5 APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS H5_USE_110_API)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET GLOBAL libcrypto)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET GLOBAL libseccomp)
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET GLOBAL lapacke)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET GLOBAL openblas)
pkg_check_modules(MPFR REQUIRED IMPORTED_TARGET GLOBAL mpfr)
find_path(FLINT_INCLUDE_DIR flint/fmpz_poly.h REQUIRED)
find_library(FLINT_LIBRARY NAMES flint REQUIRED)
# Arb is a part of FLINT from version 3 on.
if(NOT EXISTS ${FLINT_INCLUDE_DIR}/flint/arb.h)
  find_path(ARB_INCLUDE_DIR arb.h REQUIRED)
  find_library(ARB_LIBRARY NAMES flint-arb arb REQUIRED)
endif()

# Ball arithmetic (Arb) over integer polynomials (FLINT): the extended precision behind every certificate.
if(NOT TARGET tmm_arb)
  add_library(tmm_arb INTERFACE IMPORTED GLOBAL)
  target_include_directories(tmm_arb SYSTEM INTERFACE ${ARB_INCLUDE_DIR} ${FLINT_INCLUDE_DIR})
  target_link_libraries(tmm_arb INTERFACE ${ARB_LIBRARY} ${FLINT_LIBRARY} PkgConfig::MPFR)
endif()
