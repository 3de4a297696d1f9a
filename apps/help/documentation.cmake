# SPDX-License-Identifier: MIT
# Manual pages and completion scripts, written by the program itself: build/PRESET/apps/documentation.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(NOTICE "tmm: no manual pages and no completion: tmm, which writes them, does not run on this machine")
  return()
endif()

set(folder ${CMAKE_CURRENT_BINARY_DIR}/documentation)
set(written "")
# tmm_document(FILE ARGUMENT...): what tmm prints, as FILE.
macro(tmm_document file)
  add_custom_command(OUTPUT ${folder}/${file}
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:tmm> "-DARGUMENTS=${ARGN}" -DFILE=${folder}/${file}
      -P ${CMAKE_CURRENT_SOURCE_DIR}/help/write_output.cmake
    DEPENDS tmm help/write_output.cmake
    COMMENT "Writing ${file}" VERBATIM)
  list(APPEND written ${folder}/${file})
endmacro()

tmm_document(man/tmm.1 --man)
foreach(command analyze compare convert evaluate generate info jacobian repair report sweep train)
  tmm_document(man/tmm-${command}.1 --man ${command})
endforeach()
tmm_document(bash/tmm --completion bash)
tmm_document(zsh/_tmm --completion zsh)
add_custom_target(tmm_documentation ALL DEPENDS ${written})

install(DIRECTORY ${folder}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${folder}/bash/tmm DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${folder}/zsh/_tmm DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
