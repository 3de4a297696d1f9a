# SPDX-License-Identifier: MIT
# Where the program and shared libraries look for libraries: absolute folders of the libraries linked, and their own
# place ($ORIGIN). The same in the build folder as after installation, because CMake ends a path that it means to
# rewrite later in an empty element, which stands for the current directory: a folder full of strangers' files.
file(RELATIVE_PATH libraries_from_program ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
set_target_properties(tmm tmm_model tmm_analysis tmm_io PROPERTIES
  BUILD_WITH_INSTALL_RPATH ON
  INSTALL_RPATH_USE_LINK_PATH ON)
if(BUILD_SHARED_LIBS)
  set_property(TARGET tmm APPEND PROPERTY INSTALL_RPATH "$ORIGIN/${libraries_from_program}")
  set_property(TARGET tmm_model tmm_analysis tmm_io APPEND PROPERTY INSTALL_RPATH "$ORIGIN")
  # Before 1.0 each minor version may change what the libraries offer.
  set_target_properties(tmm_model tmm_analysis tmm_io PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/apps/${libraries_from_program})
endif()
