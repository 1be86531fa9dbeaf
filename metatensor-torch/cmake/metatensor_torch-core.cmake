# Find libmetatensor, the core library.

# Make sure that there is a target called `metatensor::shared`: the one of the
# project, an existing library file, an installed CMake package (also inside the
# current Python environment). Sets `METATENSOR_CORE_VERSION` in the caller.
macro(metatensor_torch_require_core)
    set(METATENSOR_TORCH_CORE_LIBRARY "" CACHE FILEPATH
        "Existing libmetatensor to use, with METATENSOR_TORCH_CORE_INCLUDE, instead of its CMake package"
    )
    set(METATENSOR_TORCH_CORE_INCLUDE "" CACHE PATH
        "Folder containing metatensor.hpp, used with METATENSOR_TORCH_CORE_LIBRARY"
    )

    if(NOT TARGET metatensor::shared)
        if(METATENSOR_TORCH_CORE_LIBRARY)
            metatensor_torch_import_core()
        else()
            find_package(metatensor ${METATENSOR_TORCH_CORE_REQUIRED} CONFIG QUIET)
            if(NOT TARGET metatensor::shared)
                metatensor_torch_python_package(metatensor _metatensor_package)
                find_package(metatensor ${METATENSOR_TORCH_CORE_REQUIRED} CONFIG REQUIRED
                    PATHS "${_metatensor_package}"
                )
            endif()
        endif()
    endif()

    metatensor_torch_core_version()
    if(METATENSOR_CORE_VERSION VERSION_LESS METATENSOR_TORCH_CORE_REQUIRED
       OR METATENSOR_CORE_VERSION VERSION_GREATER_EQUAL METATENSOR_TORCH_CORE_EXCLUDED)
        message(FATAL_ERROR
            "metatensor-torch needs metatensor >=${METATENSOR_TORCH_CORE_REQUIRED}"
            ",<${METATENSOR_TORCH_CORE_EXCLUDED}, found ${METATENSOR_CORE_VERSION}"
        )
    endif()
endmacro()

# The headers need this version, and the binary interface is that of one minor version
set(METATENSOR_TORCH_CORE_REQUIRED 0.2.0)
set(METATENSOR_TORCH_CORE_EXCLUDED 0.3.0)

function(metatensor_torch_import_core)
    if(NOT EXISTS "${METATENSOR_TORCH_CORE_INCLUDE}/metatensor.hpp")
        message(FATAL_ERROR
            "METATENSOR_TORCH_CORE_INCLUDE must be the folder containing metatensor.hpp, "
            "got '${METATENSOR_TORCH_CORE_INCLUDE}'"
        )
    endif()
    add_library(metatensor::shared SHARED IMPORTED GLOBAL)
    set_target_properties(metatensor::shared PROPERTIES
        IMPORTED_LOCATION "${METATENSOR_TORCH_CORE_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${METATENSOR_TORCH_CORE_INCLUDE}"
    )
    if(WIN32)
        set_target_properties(metatensor::shared PROPERTIES
            IMPORTED_IMPLIB "${METATENSOR_TORCH_CORE_LIBRARY}.lib"
        )
    endif()
    target_compile_features(metatensor::shared INTERFACE cxx_std_17)
endfunction()

function(metatensor_torch_core_version)
    get_target_property(_version metatensor::shared BUILD_VERSION)
    if(NOT _version)
        file(STRINGS "${METATENSOR_TORCH_CORE_INCLUDE}/metatensor/version.h" _lines
            REGEX "#define METATENSOR_VERSION "
        )
        string(REGEX MATCH "\"(.+)\"" _unused "${_lines}")
        set(_version "${CMAKE_MATCH_1}")
    endif()
    # without the suffix of development versions
    string(REGEX MATCH "^[0-9]+\\.[0-9]+\\.[0-9]+" _version "${_version}")
    set(METATENSOR_CORE_VERSION "${_version}" PARENT_SCOPE)
endfunction()
