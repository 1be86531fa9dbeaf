#include "hardening_memory.h"

#include <stddef.h>
#include <stdlib.h>

#include "check.h"

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif
#ifdef __SANITIZE_THREAD__
#define SANITIZED
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

#include <errno.h>
#include <stdint.h>

/* Definitions in the program replace the ones of glibc in all libraries */
extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* pointer, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void* pointer);

static long allocations = 0;

static void* counted(void* pointer) {
    if (pointer != NULL) {
        __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
    }
    return pointer;
}

void* malloc(size_t size) {
    return counted(__libc_malloc(size));
}

void* calloc(size_t count, size_t size) {
    return counted(__libc_calloc(count, size));
}

void* realloc(void* pointer, size_t size) {
    if (pointer == NULL) {
        return counted(__libc_realloc(pointer, size));
    }
    if (size == 0) {
        __atomic_sub_fetch(&allocations, 1, __ATOMIC_RELAXED);
    }
    return __libc_realloc(pointer, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
    return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void** pointer, size_t alignment, size_t size);

int posix_memalign(void** pointer, size_t alignment, size_t size) {
    *pointer = counted(__libc_memalign(alignment, size));
    return *pointer == NULL ? ENOMEM : 0;
}

void free(void* pointer) {
    if (pointer != NULL) {
        __atomic_sub_fetch(&allocations, 1, __ATOMIC_RELAXED);
        __libc_free(pointer);
    }
}

long memory_allocations(void) {
    return __atomic_load_n(&allocations, __ATOMIC_RELAXED);
}

int memory_is_counted(void) {
    return 1;
}

#else

long memory_allocations(void) {
    return 0;
}

int memory_is_counted(void) {
    return 0;
}

#endif

void check_allocations(void (*run_all)(void)) {
    run_all();
    /* whatever is only allocated once is there by now */
    long before = memory_allocations();
    run_all();
    CHECK_EQUAL(memory_allocations(), before);
}
