# Find libmetatensor, the core library.

# Headers of any version of this series will do: its binary interface is fixed
set(METATENSOR_TORCH_CORE_REQUIRED 0.2.0)

# Make sure that there is a target called `metatensor::shared`: the one of the
# project, or of an installed CMake package, also the one of the current Python
# environment. Sets `METATENSOR_CORE_VERSION` in the caller.
function(metatensor_torch_require_core)
    if(NOT TARGET metatensor::shared)
        find_package(metatensor ${METATENSOR_TORCH_CORE_REQUIRED} CONFIG QUIET)
        if(NOT TARGET metatensor::shared)
            metatensor_torch_python_package(metatensor _package)
            find_package(metatensor ${METATENSOR_TORCH_CORE_REQUIRED} CONFIG REQUIRED
                PATHS "${_package}"
            )
        endif()
        # our users see it too, when this is a subdirectory of their project
        set_target_properties(metatensor::shared PROPERTIES IMPORTED_GLOBAL TRUE)
    endif()

    get_target_property(_full_version metatensor::shared BUILD_VERSION)
    # without the suffix of development versions
    string(REGEX MATCH "^[0-9]+\\.[0-9]+\\.[0-9]+" _version "${_full_version}")
    string(REGEX MATCH "^[0-9]+\\.[0-9]+" _minor "${_version}")
    string(REGEX MATCH "^[0-9]+\\.[0-9]+" _required_minor "${METATENSOR_TORCH_CORE_REQUIRED}")
    if(NOT _minor STREQUAL _required_minor
       OR _version VERSION_LESS METATENSOR_TORCH_CORE_REQUIRED)
        message(FATAL_ERROR
            "metatensor-torch needs metatensor ${_required_minor} with at least version "
            "${METATENSOR_TORCH_CORE_REQUIRED}, found ${_full_version}"
        )
    endif()
    set(METATENSOR_CORE_VERSION "${_version}" PARENT_SCOPE)
endfunction()
