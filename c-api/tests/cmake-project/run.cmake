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

file(REMOVE_RECURSE "${BINARY}")
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BINARY}" -G "${GENERATOR}"
    -DCMAKE_BUILD_TYPE=debug ${ARGUMENTS})
run("${CMAKE_COMMAND}" --build "${BINARY}")
run("${CMAKE_CTEST_COMMAND}" --test-dir "${BINARY}" --output-on-failure --no-tests=error)
