# Build and run a program with the flags given by pkg-config. Arguments: PREFIX,
# LIBDIR, PKG_CONFIG, COMPILER, SOURCE, PROGRAM, and VERSION.

set(ENV{PKG_CONFIG_PATH} "${PREFIX}/${LIBDIR}/pkgconfig")
# keep all the paths, also the ones where compilers look without being asked
set(ENV{PKG_CONFIG_ALLOW_SYSTEM_CFLAGS} 1)
set(ENV{PKG_CONFIG_ALLOW_SYSTEM_LIBS} 1)
execute_process(
    COMMAND "${PKG_CONFIG}" --cflags --libs "metatensor = ${VERSION}"
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY
)
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(
    COMMAND "${COMPILER}" "${SOURCE}" -o "${PROGRAM}" ${flags} "-Wl,-rpath,${PREFIX}/${LIBDIR}"
    COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND "${PROGRAM}" COMMAND_ERROR_IS_FATAL ANY)
