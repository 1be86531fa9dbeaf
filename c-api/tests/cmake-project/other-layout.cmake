# Package a single library in folders with other names, move everything, and use it from
# the project SOURCE. Arguments: METATENSOR, LIBRARY, SHARED, SCRATCH, SOURCE, GENERATOR,
# and COMPILERS, a list of arguments for the configuration.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")
set(libdir "some libraries/of this machine")
file(REMOVE_RECURSE "${SCRATCH}")
run("${CMAKE_COMMAND}" -S "${METATENSOR}" -B "${SCRATCH}/build" -G "${GENERATOR}" ${COMPILERS}
    "-DMETATENSOR_PREBUILT_LIBRARY=${LIBRARY}" "-DBUILD_SHARED_LIBS=${SHARED}"
    -DMETATENSOR_INSTALL_BOTH_STATIC_SHARED=OFF "-DCMAKE_INSTALL_LIBDIR=${libdir}"
    -DCMAKE_INSTALL_INCLUDEDIR=headers/here "-DCMAKE_INSTALL_PREFIX=${SCRATCH}/before")
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
run("${CMAKE_COMMAND}" --install "${SCRATCH}/build")
file(RENAME "${SCRATCH}/before" "${SCRATCH}/after")
get_filename_component(name "${LIBRARY}" NAME)
foreach (file "headers/here/metatensor.h" "${libdir}/${name}" "${libdir}/pkgconfig/metatensor.pc")
    if (NOT EXISTS "${SCRATCH}/after/${file}")
        message(FATAL_ERROR "${file} was not installed")
    endif()
endforeach()
test_project("${SOURCE}" "${SCRATCH}/user" ${COMPILERS} -DEXPECTED_LIBRARIES=1
    "-DCMAKE_PREFIX_PATH=${SCRATCH}/after/${libdir}/cmake")
