# Install metatensor from the build tree BINARY, then move the result to PREFIX:
# installed files must not remember where they were. The layout is the one of the
# Python package, which is nothing but an install prefix with another name.

file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}-before")
execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${BINARY}" --prefix "${PREFIX}-before"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
)
if (NOT result EQUAL 0)
    message(FATAL_ERROR "installation failed:\n${output}")
endif()
file(RENAME "${PREFIX}-before" "${PREFIX}")

file(GLOB_RECURSE files "${PREFIX}/*.cmake" "${PREFIX}/*.pc")
foreach (file IN LISTS files)
    file(READ "${file}" content)
    foreach (path "${PREFIX}" "${BINARY}" "${SOURCE}")
        string(FIND "${content}" "${path}" position)
        if (NOT position EQUAL -1)
            message(FATAL_ERROR "${file} contains ${path}")
        endif()
    endforeach()
endforeach()
