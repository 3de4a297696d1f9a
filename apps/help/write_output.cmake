# SPDX-License-Identifier: MIT
# Runs PROGRAM with ARGUMENTS; its output becomes FILE.
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} OUTPUT_FILE ${FILE}.new COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${FILE}.new ${FILE})
