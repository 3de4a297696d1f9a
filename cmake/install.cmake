# SPDX-License-Identifier: MIT
# cmake --install: the program, the three libraries with their headers, and what find_package(tmm) reads.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tmm)
foreach(room model analysis io)
  set_target_properties(tmm_${room} PROPERTIES EXPORT_NAME ${room})
  install(TARGETS tmm_${room} EXPORT tmm-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  file(GLOB folders LIST_DIRECTORIES true RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/${room}/* ${PROJECT_SOURCE_DIR}/${room}/*/*)
  foreach(folder ${room} ${folders})
    # Folder by folder, so that none is walked or made that holds no header (the report page and its packages).
    file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.hpp)
    if(headers)
      install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tmm/${folder})
    endif()
  endforeach()
endforeach()
install(TARGETS tmm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT tmm-targets NAMESPACE tmm:: DESTINATION ${package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/tmm-config.cmake.in ${PROJECT_BINARY_DIR}/tmm-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tmm-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tmm-config.cmake ${PROJECT_BINARY_DIR}/tmm-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/dependencies.cmake DESTINATION ${package_dir})
include(${CMAKE_CURRENT_LIST_DIR}/pkg_config.cmake)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall VERBATIM
    COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake)
endif()
