# Configure, build and test another project. Arguments: SOURCE, BINARY, GENERATOR,
# and ARGUMENTS, a list of arguments for the configuration.

function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output
        ERROR_VARIABLE output)
    if (NOT result EQUAL 0)
        list(JOIN ARGV " " command)
        message(FATAL_ERROR "`${command}` failed:\n${output}")
    endif()
endfunction()

# Test the project `source` in the folder `binary`
function(test_project source binary)
    file(REMOVE_RECURSE "${binary}")
    run("${CMAKE_COMMAND}" -S "${source}" -B "${binary}" -G "${GENERATOR}"
        -DCMAKE_BUILD_TYPE=debug ${ARGN})
    run("${CMAKE_COMMAND}" --build "${binary}")
    run("${CMAKE_CTEST_COMMAND}" --test-dir "${binary}" --output-on-failure --no-tests=error)
endfunction()

if (CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    test_project("${SOURCE}" "${BINARY}" ${ARGUMENTS})
endif()
