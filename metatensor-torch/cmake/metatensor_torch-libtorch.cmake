# Find libtorch without the toolkits it was built with.
#
# `find_package(Torch)` stops when torch was built for CUDA and there is no CUDA
# toolkit, which we do not need: everything goes through ATen. The functions below
# make imported targets from the folders of an installed torch instead. This file
# is used to build metatensor-torch, and installed next to its CMake package.

include_guard(GLOBAL)

# Python interpreter to ask for the location of installed packages, in `RESULT`
function(metatensor_torch_find_python RESULT)
    foreach(variable IN ITEMS PYTHON_EXECUTABLE Python_EXECUTABLE Python3_EXECUTABLE)
        if(${variable})
            set(${RESULT} "${${variable}}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    find_program(METATENSOR_TORCH_PYTHON NAMES python3 python)
    mark_as_advanced(METATENSOR_TORCH_PYTHON)
    set(${RESULT} "${METATENSOR_TORCH_PYTHON}" PARENT_SCOPE)
endfunction()

# Folder of the Python package `NAME`, which is not imported; empty if not installed
function(metatensor_torch_python_package NAME RESULT)
    set(${RESULT} "" PARENT_SCOPE)
    metatensor_torch_find_python(_python)
    if(NOT _python)
        return()
    endif()
    execute_process(
        COMMAND "${_python}" -c
            "import importlib.util as u; s = u.find_spec('${NAME}'); print(s.submodule_search_locations[0] if s else '')"
        OUTPUT_VARIABLE _folder
        ERROR_QUIET
        OUTPUT_STRIP_TRAILING_WHITESPACE
    )
    set(${RESULT} "${_folder}" PARENT_SCOPE)
endfunction()

# Set `METATENSOR_TORCH_TORCH_PREFIX` (folder containing `include` and `lib`) and
# `METATENSOR_TORCH_TORCH_VERSION` in the caller. The places searched are those of
# `find_package(Torch)`, then the current Python environment.
function(metatensor_torch_locate_torch)
    find_file(METATENSOR_TORCH_TORCH_CONFIG
        NAMES TorchConfig.cmake
        HINTS "${Torch_DIR}" "$ENV{Torch_DIR}"
        PATH_SUFFIXES Torch share/cmake/Torch
    )
    mark_as_advanced(METATENSOR_TORCH_TORCH_CONFIG)

    if(METATENSOR_TORCH_TORCH_CONFIG)
        get_filename_component(_prefix "${METATENSOR_TORCH_TORCH_CONFIG}" DIRECTORY)
        get_filename_component(_prefix "${_prefix}/../../.." ABSOLUTE)
    else()
        metatensor_torch_python_package(torch _prefix)
    endif()

    foreach(_header IN ITEMS
        include/torch/headeronly/version.h
        include/torch/csrc/api/include/torch/version.h
    )
        if(_prefix AND EXISTS "${_prefix}/${_header}")
            set(_version_header "${_prefix}/${_header}")
            break()
        endif()
    endforeach()
    if(NOT _version_header)
        message(FATAL_ERROR
            "could not find torch; add the output of "
            "`python -c 'import torch; print(torch.utils.cmake_prefix_path)'` to CMAKE_PREFIX_PATH"
        )
    endif()

    file(STRINGS "${_version_header}" _lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    set(_version "")
    foreach(_part IN ITEMS MAJOR MINOR PATCH)
        string(REGEX MATCH "TORCH_VERSION_${_part} ([0-9]+)" _unused "${_lines}")
        list(APPEND _version "${CMAKE_MATCH_1}")
    endforeach()
    list(JOIN _version "." _version)

    set(METATENSOR_TORCH_TORCH_PREFIX "${_prefix}" PARENT_SCOPE)
    set(METATENSOR_TORCH_TORCH_VERSION "${_version}" PARENT_SCOPE)
endfunction()

# Define the imported target `NAME` with the CPU libraries of the torch found by
# `metatensor_torch_locate_torch`, which serve programs using any device.
function(metatensor_torch_import_libtorch NAME)
    add_library(${NAME} INTERFACE IMPORTED GLOBAL)
    set(_include "${METATENSOR_TORCH_TORCH_PREFIX}/include")
    target_include_directories(${NAME} SYSTEM INTERFACE
        "${_include}" "${_include}/torch/csrc/api/include"
    )

    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        # Builds of torch export their own copies of parts of libstdc++ (streams, strings),
        # without symbol versions: with libstdc++ after them we would use a mix of both
        target_link_libraries(${NAME} INTERFACE stdc++)
    endif()
    foreach(_library IN ITEMS torch torch_cpu c10)
        find_library(METATENSOR_TORCH_LIB_${_library}
            NAMES ${_library}
            PATHS "${METATENSOR_TORCH_TORCH_PREFIX}/lib"
            NO_DEFAULT_PATH
            REQUIRED
        )
        mark_as_advanced(METATENSOR_TORCH_LIB_${_library})
        target_link_libraries(${NAME} INTERFACE "${METATENSOR_TORCH_LIB_${_library}}")
    endforeach()
    if(UNIX AND NOT APPLE)
        # libraries of other devices, that `libtorch` depends on, are not ours to find
        target_link_options(${NAME} INTERFACE "LINKER:--allow-shlib-undefined")
    endif()

    if(METATENSOR_TORCH_TORCH_VERSION VERSION_GREATER_EQUAL 2.13)
        target_compile_features(${NAME} INTERFACE cxx_std_20)
    else()
        target_compile_features(${NAME} INTERFACE cxx_std_17)
    endif()

    # some builds of torch use the old ABI of std::string
    set(_config "${METATENSOR_TORCH_TORCH_PREFIX}/share/cmake/Torch/TorchConfig.cmake")
    if(EXISTS "${_config}")
        file(STRINGS "${_config}" _abi REGEX "_GLIBCXX_USE_CXX11_ABI=[01]")
        if(_abi MATCHES "_GLIBCXX_USE_CXX11_ABI=([01])")
            target_compile_definitions(${NAME} INTERFACE
                "_GLIBCXX_USE_CXX11_ABI=${CMAKE_MATCH_1}"
            )
        endif()
    endif()
endfunction()

# Make sure that there is a target called `torch` to link to: the one of the
# project, the one of `find_package(Torch)` if that can work, or our own.
macro(metatensor_torch_require_torch_target)
    if(NOT TARGET torch)
        set(_metatensor_torch_own_target OFF)
        file(GLOB _metatensor_torch_devices
            "${METATENSOR_TORCH_TORCH_PREFIX}/lib/*torch_cuda*"
            "${METATENSOR_TORCH_TORCH_PREFIX}/lib/*torch_hip*"
            "${METATENSOR_TORCH_TORCH_PREFIX}/lib/*torch_xpu*"
        )
        if(_metatensor_torch_devices)
            find_program(METATENSOR_TORCH_DEVICE_COMPILER NAMES nvcc hipcc icpx
                HINTS "$ENV{CUDA_HOME}" "$ENV{CUDA_PATH}" "$ENV{ROCM_PATH}" /usr/local/cuda
                PATH_SUFFIXES bin
            )
            mark_as_advanced(METATENSOR_TORCH_DEVICE_COMPILER)
            if(NOT METATENSOR_TORCH_DEVICE_COMPILER)
                set(_metatensor_torch_own_target ON)
            endif()
        endif()

        if(_metatensor_torch_own_target)
            metatensor_torch_import_libtorch(torch)
            set(TORCH_LIBRARIES torch)
            set(TORCH_INCLUDE_DIRS
                "${METATENSOR_TORCH_TORCH_PREFIX}/include"
                "${METATENSOR_TORCH_TORCH_PREFIX}/include/torch/csrc/api/include"
            )
        else()
            find_package(Torch ${METATENSOR_TORCH_TORCH_VERSION} EXACT REQUIRED
                PATHS "${METATENSOR_TORCH_TORCH_PREFIX}/share/cmake/Torch"
            )
        endif()
    endif()
endmacro()
