# CMake package of metatensor-torch: defines the imported target `metatensor_torch`.
#
# Usage: find_package(metatensor_torch 0.10 CONFIG REQUIRED)

cmake_minimum_required(VERSION 3.22)

if(metatensor_torch_FOUND)
    return()
endif()

# the targets of torch need to know the compiler
enable_language(CXX)

get_filename_component(METATENSOR_TORCH_PREFIX_DIR "${CMAKE_CURRENT_LIST_DIR}/@PACKAGE_RELATIVE_PATH@" ABSOLUTE)
set(METATENSOR_TORCH_INCLUDE "${METATENSOR_TORCH_PREFIX_DIR}/@CMAKE_INSTALL_INCLUDEDIR@")
if(WIN32)
    set(METATENSOR_TORCH_LOCATION "${METATENSOR_TORCH_PREFIX_DIR}/@CMAKE_INSTALL_BINDIR@/@METATENSOR_TORCH_LIB_NAME@")
    set(METATENSOR_TORCH_IMPLIB "${METATENSOR_TORCH_PREFIX_DIR}/@CMAKE_INSTALL_LIBDIR@/@METATENSOR_TORCH_IMPLIB_NAME@")
else()
    set(METATENSOR_TORCH_LOCATION "${METATENSOR_TORCH_PREFIX_DIR}/@CMAKE_INSTALL_LIBDIR@/@METATENSOR_TORCH_LIB_NAME@")
endif()
foreach(_file IN ITEMS "${METATENSOR_TORCH_INCLUDE}/metatensor/torch.hpp" "${METATENSOR_TORCH_LOCATION}")
    if(NOT EXISTS "${_file}")
        message(FATAL_ERROR "could not find '${_file}', please re-install metatensor-torch")
    endif()
endforeach()

include("${CMAKE_CURRENT_LIST_DIR}/metatensor_torch-libtorch.cmake")

# the core library, in the version used to build this one or a later compatible one
set(_METATENSOR_REQUIRED_VERSION "@METATENSOR_CORE_VERSION@")
if(NOT TARGET metatensor::shared)
    find_package(metatensor ${_METATENSOR_REQUIRED_VERSION} CONFIG QUIET)
    if(NOT TARGET metatensor::shared)
        # wheels install the two libraries next to each other
        find_package(metatensor ${_METATENSOR_REQUIRED_VERSION} CONFIG REQUIRED
            PATHS "${METATENSOR_TORCH_PREFIX_DIR}/../../metatensor"
        )
    endif()
endif()

# libtorch does not promise a stable binary interface between minor versions
set(_METATENSOR_TORCH_BUILD_VERSION "@METATENSOR_TORCH_TORCH_MINOR@")
metatensor_torch_locate_torch()
string(REGEX MATCH "^[0-9]+\\.[0-9]+" _METATENSOR_TORCH_FOUND_VERSION "${METATENSOR_TORCH_TORCH_VERSION}")
if(NOT _METATENSOR_TORCH_FOUND_VERSION STREQUAL _METATENSOR_TORCH_BUILD_VERSION)
    message(FATAL_ERROR
        "found torch v${METATENSOR_TORCH_TORCH_VERSION}, but metatensor-torch was built with "
        "torch v${_METATENSOR_TORCH_BUILD_VERSION}: these can not be used together"
    )
endif()
metatensor_torch_require_torch_target()

if(NOT TARGET metatensor_torch)
    add_library(metatensor_torch SHARED IMPORTED GLOBAL)
    set_target_properties(metatensor_torch PROPERTIES
        IMPORTED_LOCATION "${METATENSOR_TORCH_LOCATION}"
        INTERFACE_INCLUDE_DIRECTORIES "${METATENSOR_TORCH_INCLUDE}"
        BUILD_VERSION "@METATENSOR_TORCH_VERSION@"
    )
    if(WIN32)
        set_target_properties(metatensor_torch PROPERTIES IMPORTED_IMPLIB "${METATENSOR_TORCH_IMPLIB}")
    endif()
    target_link_libraries(metatensor_torch INTERFACE torch metatensor::shared ${CMAKE_DL_LIBS})
    target_compile_features(metatensor_torch INTERFACE @METATENSOR_TORCH_CXX_STANDARD@)
endif()

set(metatensor_torch_FOUND TRUE)
