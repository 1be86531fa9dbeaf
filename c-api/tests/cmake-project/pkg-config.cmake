# Build and run a program with the flags given by pkg-config. Arguments: PREFIX,
# LIBDIR, PKG_CONFIG, COMPILER, SOURCE, PROGRAM, VERSION, and STATIC_NAME.

set(ENV{PKG_CONFIG_PATH} "${PREFIX}/${LIBDIR}/pkgconfig")
# keep all the paths, also the ones where compilers look without being asked
set(ENV{PKG_CONFIG_ALLOW_SYSTEM_CFLAGS} 1)
set(ENV{PKG_CONFIG_ALLOW_SYSTEM_LIBS} 1)

# Flags for the library
function(get_flags output)
    execute_process(
        COMMAND "${PKG_CONFIG}" ${ARGN} "metatensor = ${VERSION}"
        OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY
    )
    separate_arguments(flags UNIX_COMMAND "${flags}")
    set(${output} "${flags}" PARENT_SCOPE)
endfunction()

# Compile and run the program
function(check_program)
    execute_process(COMMAND "${COMPILER}" "${SOURCE}" -o "${PROGRAM}" ${ARGN}
        COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${PROGRAM}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

get_flags(flags --cflags --libs)
check_program(${flags} "-Wl,-rpath,${PREFIX}/${LIBDIR}")

# the static library, with the system libraries it needs
if (EXISTS "${PREFIX}/${LIBDIR}/${STATIC_NAME}")
    get_flags(flags --static --cflags --libs)
    list(TRANSFORM flags REPLACE "^-lmetatensor$" "${PREFIX}/${LIBDIR}/${STATIC_NAME}")
    check_program(${flags})
endif()
