# Define the targets of this project, with the same names as in the installed
# package. This file is included by the main CMakeLists.txt.

function(metatensor_setup_target target)
    set_target_properties(${target} PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include"
        BUILD_VERSION "${METATENSOR_FULL_VERSION}"
    )
    # CMake does not know any C++ feature in a project which only uses C
    if (METATENSOR_IS_TOP_LEVEL OR "CXX" IN_LIST METATENSOR_PARENT_LANGUAGES)
        set_target_properties(${target} PROPERTIES INTERFACE_COMPILE_FEATURES "cxx_std_17")
    endif()
    if (TARGET metatensor-cargo-build)
        add_dependencies(${target} metatensor-cargo-build)
    endif()
endfunction()

if (METATENSOR_SHARED_FILE)
    add_library(metatensor::shared SHARED IMPORTED GLOBAL)
    set_target_properties(metatensor::shared PROPERTIES
        IMPORTED_LOCATION "${METATENSOR_SHARED_FILE}")
    if (METATENSOR_IMPLIB_FILE)
        set_target_properties(metatensor::shared PROPERTIES
            IMPORTED_IMPLIB "${METATENSOR_IMPLIB_FILE}")
    endif()
    metatensor_setup_target(metatensor::shared)
endif()

if (METATENSOR_STATIC_FILE)
    add_library(metatensor::static STATIC IMPORTED GLOBAL)
    set_target_properties(metatensor::static PROPERTIES
        IMPORTED_LOCATION "${METATENSOR_STATIC_FILE}"
        INTERFACE_LINK_LIBRARIES "${METATENSOR_STATIC_LINK_LIBRARIES}"
    )
    metatensor_setup_target(metatensor::static)
endif()

if (BUILD_SHARED_LIBS)
    set(METATENSOR_DEFAULT_TARGET metatensor::shared)
else()
    set(METATENSOR_DEFAULT_TARGET metatensor::static)
endif()
add_library(metatensor ALIAS ${METATENSOR_DEFAULT_TARGET})
