# Find out where the library files are (or will be), and build them with cargo
# unless the user gave them. This file is included by the main CMakeLists.txt.

if (BUILD_SHARED_LIBS OR METATENSOR_INSTALL_BOTH_STATIC_SHARED)
    set(METATENSOR_BUILD_SHARED ON)
else()
    set(METATENSOR_BUILD_SHARED OFF)
endif()
if (NOT BUILD_SHARED_LIBS OR METATENSOR_INSTALL_BOTH_STATIC_SHARED)
    set(METATENSOR_BUILD_STATIC ON)
else()
    set(METATENSOR_BUILD_STATIC OFF)
endif()

# Names given by rustc to the libraries on all platforms
function(metatensor_library_names shared implib static)
    if (WIN32)
        set(${shared} "metatensor.dll" PARENT_SCOPE)
        if (MINGW)
            set(${implib} "libmetatensor.dll.a" PARENT_SCOPE)
            set(${static} "libmetatensor.a" PARENT_SCOPE)
        else()
            set(${implib} "metatensor.dll.lib" PARENT_SCOPE)
            set(${static} "metatensor.lib" PARENT_SCOPE)
        endif()
    else()
        set(${shared} "libmetatensor${CMAKE_SHARED_LIBRARY_SUFFIX}" PARENT_SCOPE)
        set(${implib} "" PARENT_SCOPE)
        set(${static} "libmetatensor.a" PARENT_SCOPE)
    endif()
endfunction()

metatensor_library_names(METATENSOR_SHARED_NAME METATENSOR_IMPLIB_NAME METATENSOR_STATIC_NAME)

# System libraries which programs using the static library must link to, for the
# Rust compiler at hand
function(metatensor_static_dependencies output)
    get_filename_component(bin_dir "${CARGO_EXE}" DIRECTORY)
    find_program(METATENSOR_RUSTC_EXE rustc HINTS "${bin_dir}")
    mark_as_advanced(METATENSOR_RUSTC_EXE)
    set(log "")
    if (METATENSOR_RUSTC_EXE)
        set(scratch "${CMAKE_CURRENT_BINARY_DIR}/native-static-libs")
        file(WRITE "${scratch}/empty.rs" "")
        set(target_flag "")
        if (RUST_BUILD_TARGET)
            set(target_flag "--target=${RUST_BUILD_TARGET}")
        endif()
        execute_process(
            COMMAND "${METATENSOR_RUSTC_EXE}" ${target_flag} --crate-type=staticlib
                --print=native-static-libs --out-dir "${scratch}" "${scratch}/empty.rs"
            OUTPUT_VARIABLE stdout
            ERROR_VARIABLE log
        )
        string(APPEND log "${stdout}")
    endif()

    if (log MATCHES "native-static-libs: ([^\r\n]*)")
        separate_arguments(libraries UNIX_COMMAND "${CMAKE_MATCH_1}")
        # `-framework X` must stay together
        string(REGEX REPLACE "-framework;([^;]+)" "-framework \\1" libraries "${libraries}")
        list(TRANSFORM libraries REPLACE "^-l" "")
        list(REMOVE_DUPLICATES libraries)
    elseif (UNIX AND NOT APPLE)
        set(libraries gcc_s util rt pthread m dl c)
        message(STATUS "Could not ask rustc for its system libraries, using ${libraries}")
    else()
        set(libraries "")
        message(WARNING "Could not ask rustc for its system libraries: programs using the \
static metatensor library might need to link to more libraries")
    endif()
    set(${output} "${libraries}" PARENT_SCOPE)
endfunction()

# Use libraries given by the user
function(metatensor_use_prebuilt)
    set(shared "")
    set(implib "")
    set(static "")
    foreach (file IN LISTS METATENSOR_PREBUILT_LIBRARY)
        get_filename_component(file "${file}" ABSOLUTE BASE_DIR "${CMAKE_BINARY_DIR}")
        get_filename_component(name "${file}" NAME)
        if (NOT EXISTS "${file}")
            message(FATAL_ERROR "the file in METATENSOR_PREBUILT_LIBRARY does not exist: ${file}")
        endif()
        if (name STREQUAL METATENSOR_SHARED_NAME)
            set(shared "${file}")
        elseif (name STREQUAL METATENSOR_STATIC_NAME)
            set(static "${file}")
        elseif (METATENSOR_IMPLIB_NAME AND name STREQUAL METATENSOR_IMPLIB_NAME)
            set(implib "${file}")
        else()
            message(FATAL_ERROR "files in METATENSOR_PREBUILT_LIBRARY must be named \
${METATENSOR_SHARED_NAME} ${METATENSOR_IMPLIB_NAME} or ${METATENSOR_STATIC_NAME}, got ${file}")
        endif()
    endforeach()

    if (BUILD_SHARED_LIBS AND NOT shared)
        message(FATAL_ERROR "BUILD_SHARED_LIBS is ON, but ${METATENSOR_SHARED_NAME} is not \
in METATENSOR_PREBUILT_LIBRARY")
    elseif (NOT BUILD_SHARED_LIBS AND NOT static)
        message(FATAL_ERROR "BUILD_SHARED_LIBS is OFF, but ${METATENSOR_STATIC_NAME} is not \
in METATENSOR_PREBUILT_LIBRARY")
    endif()
    if (NOT METATENSOR_BUILD_SHARED)
        set(shared "")
    endif()
    if (NOT METATENSOR_BUILD_STATIC)
        set(static "")
    endif()
    set(METATENSOR_SHARED_FILE "${shared}" PARENT_SCOPE)
    set(METATENSOR_IMPLIB_FILE "${implib}" PARENT_SCOPE)
    set(METATENSOR_STATIC_FILE "${static}" PARENT_SCOPE)
endfunction()

# Build the libraries with cargo. This runs on each build: cargo itself knows if
# there is something to do.
function(metatensor_build_with_cargo)
    string(TOLOWER "${CMAKE_BUILD_TYPE}" build_type)
    set(environment "")
    if (EXTRA_RUST_FLAGS)
        # not when there are no flags: this would hide the ones in cargo's configuration
        list(APPEND environment "RUSTFLAGS=$ENV{RUSTFLAGS} ${EXTRA_RUST_FLAGS}")
    endif()
    if (build_type STREQUAL "debug")
        set(profile_flag "")
        set(profile_dir "debug")
    elseif (build_type STREQUAL "relwithdebinfo")
        set(profile_flag "--release")
        set(profile_dir "release")
        list(APPEND environment
            "CARGO_PROFILE_RELEASE_DEBUG=true" "CARGO_PROFILE_RELEASE_STRIP=none")
    elseif (build_type STREQUAL "release" OR NOT METATENSOR_IS_TOP_LEVEL)
        # other build types of a project including this one mean nothing here
        set(profile_flag "--release")
        set(profile_dir "release")
    else()
        message(FATAL_ERROR "unknown CMAKE_BUILD_TYPE: expected debug, release or \
relwithdebinfo, got ${CMAKE_BUILD_TYPE}")
    endif()
    if (APPLE AND CMAKE_OSX_DEPLOYMENT_TARGET)
        list(APPEND environment "MACOSX_DEPLOYMENT_TARGET=${CMAKE_OSX_DEPLOYMENT_TARGET}")
    endif()

    set(target_dir "${METATENSOR_CARGO_TARGET_DIR}")
    set(output_dir "${target_dir}/${profile_dir}")
    set(target_flag "")
    if (RUST_BUILD_TARGET)
        set(target_flag "--target=${RUST_BUILD_TARGET}")
        set(output_dir "${target_dir}/${RUST_BUILD_TARGET}/${profile_dir}")
    endif()

    set(crate_types "")
    set(outputs "")
    if (METATENSOR_BUILD_SHARED)
        list(APPEND crate_types "cdylib")
        set(METATENSOR_SHARED_FILE "${output_dir}/${METATENSOR_SHARED_NAME}" PARENT_SCOPE)
        list(APPEND outputs "${output_dir}/${METATENSOR_SHARED_NAME}")
        if (METATENSOR_IMPLIB_NAME)
            set(METATENSOR_IMPLIB_FILE "${output_dir}/${METATENSOR_IMPLIB_NAME}" PARENT_SCOPE)
            list(APPEND outputs "${output_dir}/${METATENSOR_IMPLIB_NAME}")
        endif()
    endif()
    if (METATENSOR_BUILD_STATIC)
        list(APPEND crate_types "staticlib")
        set(METATENSOR_STATIC_FILE "${output_dir}/${METATENSOR_STATIC_NAME}" PARENT_SCOPE)
        list(APPEND outputs "${output_dir}/${METATENSOR_STATIC_NAME}")
    endif()
    list(JOIN crate_types "," crate_types)

    add_custom_target(metatensor-cargo-build ALL
        COMMAND "${CMAKE_COMMAND}" -E env ${environment}
            "${CARGO_EXE}" rustc --package metatensor --lib --crate-type "${crate_types}"
            --target-dir "${target_dir}" ${target_flag} ${profile_flag}
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
        BYPRODUCTS ${outputs}
        COMMENT "Building metatensor with cargo"
        VERBATIM
        USES_TERMINAL
    )
endfunction()

# Stop with a message if cargo is missing or too old
function(metatensor_check_cargo)
    set(advice "Install it from https://rustup.rs (`rustup update` for a newer one), or set \
CARGO_EXE to the path of cargo")
    if (NOT CARGO_EXE)
        message(FATAL_ERROR "could not find cargo: Rust is needed to build metatensor. ${advice}")
    endif()
    execute_process(
        COMMAND "${CARGO_EXE}" --version
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE error
    )
    if (NOT result EQUAL 0 OR NOT output MATCHES "cargo ([0-9]+\\.[0-9]+\\.[0-9]+)")
        message(FATAL_ERROR "could not run ${CARGO_EXE} --version (${result}): ${output}${error}\n\
Rust is needed to build metatensor. ${advice}")
    endif()
    set(version "${CMAKE_MATCH_1}")
    file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/../Cargo.toml" required REGEX "^rust-version *=")
    string(REGEX MATCH "[0-9]+\\.[0-9.]+" required "${required}")
    if (version VERSION_LESS required)
        message(FATAL_ERROR "Rust ${required} or later is needed to build metatensor, but \
${CARGO_EXE} is version ${version}. ${advice}")
    endif()
endfunction()

find_program(CARGO_EXE cargo HINTS "$ENV{HOME}/.cargo/bin" DOC "path to cargo")
set(METATENSOR_SHARED_FILE "")
set(METATENSOR_IMPLIB_FILE "")
set(METATENSOR_STATIC_FILE "")
if (METATENSOR_PREBUILT_LIBRARY)
    metatensor_use_prebuilt()
else()
    metatensor_check_cargo()
    metatensor_build_with_cargo()
endif()

set(METATENSOR_STATIC_LINK_LIBRARIES "")
if (METATENSOR_STATIC_FILE)
    metatensor_static_dependencies(METATENSOR_STATIC_LINK_LIBRARIES)
endif()
