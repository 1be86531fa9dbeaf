# Link the runtime of the sanitizers, and prove that they are on

# Rust code compiled for ThreadSanitizer needs functions which only the runtime of
# the Rust compiler is sure to have; it also works for C and C++ code.
set(runtime "")
if (METATENSOR_SANITIZE STREQUAL "thread" AND EXTRA_RUST_FLAGS MATCHES "sanitizer=thread")
    get_filename_component(bin_dir "${CARGO_EXE}" DIRECTORY)
    find_program(METATENSOR_RUSTC_EXE rustc HINTS "${bin_dir}")
    execute_process(COMMAND "${METATENSOR_RUSTC_EXE}" --print=target-libdir
        OUTPUT_VARIABLE rust_libraries OUTPUT_STRIP_TRAILING_WHITESPACE)
    file(GLOB runtime "${rust_libraries}/librustc-*_rt.tsan.a")
    if (NOT runtime)
        message(FATAL_ERROR "there is no runtime of ThreadSanitizer in ${rust_libraries}, \
a nightly Rust compiler is needed")
    endif()
endif()
if (runtime)
    target_link_options(metatensor-tests-options INTERFACE
        "LINKER:--whole-archive,${runtime},--no-whole-archive")
    target_link_libraries(metatensor-tests-options INTERFACE stdc++ pthread dl m rt)
else()
    target_link_options(metatensor-tests-options INTERFACE -fsanitize=${METATENSOR_SANITIZE})
endif()

find_package(Threads REQUIRED)
add_executable(sanitizers c/sanitizers.c)
target_link_libraries(sanitizers PRIVATE metatensor-tests-options metatensor Threads::Threads)

# The program commits a crime, and the test passes if the sanitizer says so
function(add_crime name message)
    add_test(NAME sanitizer-${name} COMMAND sanitizers ${name})
    set_tests_properties(sanitizer-${name} PROPERTIES PASS_REGULAR_EXPRESSION "${message}")
endfunction()

if (METATENSOR_SANITIZE MATCHES "address")
    add_crime(heap-overflow "AddressSanitizer: heap-buffer-overflow")
    add_crime(use-after-free "AddressSanitizer: heap-use-after-free")
    add_crime(leak "LeakSanitizer: detected memory leaks")
endif()
if (METATENSOR_SANITIZE MATCHES "undefined")
    add_crime(signed-overflow "signed integer overflow")
endif()
if (METATENSOR_SANITIZE MATCHES "thread")
    add_crime(race "ThreadSanitizer: data race")
endif()
if (runtime)
    add_crime(race-in-library "ThreadSanitizer: data race")
endif()
