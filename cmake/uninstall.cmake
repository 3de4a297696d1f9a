# SPDX-License-Identifier: MIT
# cmake --build build/release --target uninstall: removes what the last `cmake --install` wrote, and the folders that
# are empty then.
if(NOT EXISTS "${MANIFEST}")
  message(FATAL_ERROR "Nothing to remove: ${MANIFEST} is not here, so nothing was installed from this folder")
endif()
file(STRINGS "${MANIFEST}" files)
set(folders "")
foreach(file IN LISTS files)
  set(path "$ENV{DESTDIR}${file}")
  file(REMOVE "${path}")
  message(STATUS "Removed ${path}")
  # From the inside out: a parent is looked at after each of its children.
  get_filename_component(folder "${path}" DIRECTORY)
  while(NOT folder STREQUAL "" AND NOT folder STREQUAL "/" AND IS_DIRECTORY "${folder}")
    file(GLOB inside LIST_DIRECTORIES true "${folder}/*" "${folder}/.*")
    list(FILTER inside EXCLUDE REGEX "/\\.\\.?$")
    # Only folders of tmm's own: bin and lib may belong to others even when empty.
    if(inside OR NOT folder MATCHES "/tmm(/|$)")
      break()
    endif()
    file(REMOVE_RECURSE "${folder}")
    get_filename_component(folder "${folder}" DIRECTORY)
  endwhile()
endforeach()
file(REMOVE "${MANIFEST}")
