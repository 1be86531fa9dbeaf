/* Threads of the library: after a fork, and after the library was closed. */
#define _DEFAULT_SOURCE /* setenv, usleep */

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

int check_failures = 0;

typedef mts_status_t (*full_t)(const uintptr_t*, uintptr_t, DLDataType, const void*,
                               mts_array_t*);

/* enough work for several threads; gives the number of wrong values */
static int work(full_t full) {
    const uintptr_t shape[1] = {1 << 20};
    const DLDataType dtype = {kDLFloat, 64, 1};
    const DLDevice cpu = {kDLCPU, 0};
    const DLPackVersion version = {1, 3};
    const double value = 2.5;
    mts_array_t array, copy;
    DLManagedTensorVersioned* tensor = NULL;
    if (full(shape, 1, dtype, &value, &array) != MTS_SUCCESS ||
        array.copy(array.ptr, cpu, &copy) != MTS_SUCCESS ||
        copy.as_dlpack(copy.ptr, &tensor, cpu, NULL, version) != MTS_SUCCESS) {
        return -1;
    }
    array.destroy(array.ptr);
    copy.destroy(copy.ptr);
    int wrong = 0;
    for (uintptr_t i = 0; i < shape[0]; i++) {
        wrong += ((const double*)tensor->dl_tensor.data)[i] != value;
    }
    tensor->deleter(tensor);
    return wrong;
}

/* children have no threads, and do the work anyway */
static void check_fork(full_t full) {
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(work(full) == 0 ? 0 : 1);
    }
    int status = -1;
    pid_t ended = waitpid(child, &status, 0);
    CHECK(ended == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argc, char** argv) {
    REQUIRE(argc == 2);
    setenv("METATENSOR_NUM_THREADS", "3", 1);
#ifdef __linux__
    /* linked so that it is never unmapped, as the threads run its code */
    void* first = dlopen(argv[1], RTLD_NOW);
    REQUIRE(first != NULL);
    CHECK_EQUAL(dlclose(first), 0);
    CHECK(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
#endif
    /* not linked: this is the only reference to the library */
    for (int i = 0; i < 2; i++) {
        void* library = dlopen(argv[1], RTLD_NOW);
        REQUIRE(library != NULL);
        full_t full;
        *(void**)&full = dlsym(library, "mts_array_full");
        REQUIRE(full != NULL);
        CHECK_EQUAL(work(full), 0);
        check_fork(full);
        CHECK_EQUAL(work(full), 0);
        CHECK_EQUAL(dlclose(library), 0);
        /* threads which are looking for work now would crash in unmapped code */
        usleep(50000);
    }
    return check_failures == 0 ? 0 : 1;
}
