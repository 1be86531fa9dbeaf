# A package with one file less: `find_package` must say which one. Arguments: PREFIX, COPY,
# SOURCE, GENERATOR, COMPILER, and FILES, a list of files inside of PREFIX.

foreach (file IN LISTS FILES)
    if (NOT EXISTS "${PREFIX}/${file}")
        message(FATAL_ERROR "${PREFIX}/${file} does not exist")
    endif()
    file(REMOVE_RECURSE "${COPY}")
    file(COPY "${PREFIX}/" DESTINATION "${COPY}/prefix")
    file(REMOVE "${COPY}/prefix/${file}")
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${COPY}/build" -G "${GENERATOR}"
            "-DCMAKE_C_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${COPY}/prefix"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
    )
    get_filename_component(name "${file}" NAME)
    string(FIND "${output}" "please re-install metatensor" explained)
    string(FIND "${output}" "${name}" named)
    if (result EQUAL 0 OR explained EQUAL -1 OR named EQUAL -1)
        message(FATAL_ERROR "wrong message without ${file}:\n${output}")
    endif()
endforeach()
file(REMOVE_RECURSE "${COPY}")
