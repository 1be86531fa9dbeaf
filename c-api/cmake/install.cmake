# Install the headers, the libraries, and the files needed to find them with CMake
# and pkg-config. This file is included by the main CMakeLists.txt.

include(CMakePackageConfigHelpers)

set(METATENSOR_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/metatensor")
if (METATENSOR_IMPLIB_NAME)
    set(METATENSOR_SHARED_DESTINATION "${CMAKE_INSTALL_BINDIR}")
else()
    set(METATENSOR_SHARED_DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()

# Values used by metatensor-config.cmake.in, for the install tree. Empty values
# mean that there is no such library in the package.
set(METATENSOR_CONFIG_INCLUDE "${CMAKE_INSTALL_INCLUDEDIR}")
set(METATENSOR_CONFIG_HAS_SHARED OFF)
set(METATENSOR_CONFIG_HAS_IMPLIB OFF)
set(METATENSOR_CONFIG_HAS_STATIC OFF)
if (METATENSOR_SHARED_FILE)
    set(METATENSOR_CONFIG_HAS_SHARED ON)
endif()
if (METATENSOR_IMPLIB_FILE)
    set(METATENSOR_CONFIG_HAS_IMPLIB ON)
endif()
if (METATENSOR_STATIC_FILE)
    set(METATENSOR_CONFIG_HAS_STATIC ON)
endif()
set(METATENSOR_CONFIG_SHARED "${METATENSOR_SHARED_DESTINATION}/${METATENSOR_SHARED_NAME}")
set(METATENSOR_CONFIG_IMPLIB "${CMAKE_INSTALL_LIBDIR}/${METATENSOR_IMPLIB_NAME}")
set(METATENSOR_CONFIG_STATIC "${CMAKE_INSTALL_LIBDIR}/${METATENSOR_STATIC_NAME}")
set(METATENSOR_CONFIG_PATHS
    METATENSOR_CONFIG_INCLUDE METATENSOR_CONFIG_SHARED
    METATENSOR_CONFIG_IMPLIB METATENSOR_CONFIG_STATIC)

configure_package_config_file(
    cmake/metatensor-config.cmake.in
    "${CMAKE_CURRENT_BINARY_DIR}/install/metatensor-config.cmake"
    INSTALL_DESTINATION "${METATENSOR_CMAKE_DIR}"
    PATH_VARS ${METATENSOR_CONFIG_PATHS}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO
)

# The same for the build tree, so that `find_package` works with the build
# directory inside CMAKE_PREFIX_PATH
set(METATENSOR_BUILD_CMAKE_DIR "${CMAKE_CURRENT_BINARY_DIR}/lib/cmake/metatensor")
set(METATENSOR_CONFIG_INCLUDE "${CMAKE_CURRENT_SOURCE_DIR}/include")
set(METATENSOR_CONFIG_SHARED "${METATENSOR_SHARED_FILE}")
set(METATENSOR_CONFIG_IMPLIB "${METATENSOR_IMPLIB_FILE}")
set(METATENSOR_CONFIG_STATIC "${METATENSOR_STATIC_FILE}")
configure_package_config_file(
    cmake/metatensor-config.cmake.in
    "${METATENSOR_BUILD_CMAKE_DIR}/metatensor-config.cmake"
    INSTALL_DESTINATION "${METATENSOR_BUILD_CMAKE_DIR}"
    INSTALL_PREFIX "${CMAKE_CURRENT_BINARY_DIR}"
    PATH_VARS ${METATENSOR_CONFIG_PATHS}
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO
)

# the C API can change in each minor version of the 0.x series
write_basic_package_version_file(
    "${METATENSOR_BUILD_CMAKE_DIR}/metatensor-config-version.cmake"
    VERSION "${METATENSOR_NUMERIC_VERSION}"
    COMPATIBILITY SameMinorVersion
)

# pkg-config file, with paths relative to its own location
file(RELATIVE_PATH METATENSOR_PC_PREFIX
    "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" METATENSOR_PC_PREFIX "\${pcfiledir}/${METATENSOR_PC_PREFIX}")
foreach (kind LIBDIR INCLUDEDIR)
    if (IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
        # pkg-config itself does this for the location of the file
        string(REPLACE " " "\\ " METATENSOR_PC_${kind} "${CMAKE_INSTALL_${kind}}")
    else()
        set(METATENSOR_PC_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
    endif()
endforeach()
set(METATENSOR_PC_PRIVATE "")
foreach (library IN LISTS METATENSOR_STATIC_LINK_LIBRARIES)
    if (library MATCHES "^-")
        string(APPEND METATENSOR_PC_PRIVATE " ${library}")
    else()
        string(APPEND METATENSOR_PC_PRIVATE " -l${library}")
    endif()
endforeach()
configure_file(cmake/metatensor.pc.in "${CMAKE_CURRENT_BINARY_DIR}/install/metatensor.pc" @ONLY)

install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
if (METATENSOR_SHARED_FILE)
    # PROGRAMS sets the executable permission, as linkers do
    install(PROGRAMS "${METATENSOR_SHARED_FILE}" DESTINATION "${METATENSOR_SHARED_DESTINATION}")
endif()
foreach (file "${METATENSOR_IMPLIB_FILE}" "${METATENSOR_STATIC_FILE}")
    if (file)
        install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    endif()
endforeach()
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/install/metatensor-config.cmake"
    "${METATENSOR_BUILD_CMAKE_DIR}/metatensor-config-version.cmake"
    DESTINATION "${METATENSOR_CMAKE_DIR}"
)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/install/metatensor.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
