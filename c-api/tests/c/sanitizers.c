/* Commits the crime given on the command line, which a sanitizer must notice: proof that
 * the sanitizer is on. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metatensor.h"

static char* volatile heap;
static volatile int number = INT_MAX;

static int heap_overflow(void) {
    heap = malloc(4);
    heap[4] = 1;
    return heap[4];
}

static int use_after_free(void) {
    heap = malloc(4);
    free(heap);
    return heap[0];
}

static int leak(void) {
    heap = malloc(4);
    heap = NULL;
    return 0;
}

static int signed_overflow(void) {
    number = number + 1;
    return number < 0;
}

/* far too short to be seen by chance: the threads meet many times */
#define TIMES 1000

static int32_t shared[1] = {0};

static void* write_shared(void* unused) {
    (void)unused;
    for (int i = 0; i < TIMES; i++) {
        *(volatile int32_t*)shared = i;
    }
    return NULL;
}

static int race(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, write_shared, NULL) != 0) {
        return 1;
    }
    write_shared(NULL);
    return pthread_join(thread, NULL);
}

static const mts_labels_t* labels_of_race;

static void* read_in_library(void* unused) {
    (void)unused;
    int64_t position = 0;
    for (int i = 0; i < TIMES; i++) {
        mts_labels_position(labels_of_race, shared, 1, &position);
    }
    return NULL;
}

/* only noticed if the library is instrumented as well */
static int race_in_library(void) {
    static const char file[] = "\x93NUMPY\x01\x00\x76\x00"
                               "{ 'descr': [('a', '<i4'), ], 'fortran_order': False, "
                               "'shape': (1, ), }";
    uint8_t buffer[128 + 4];
    memset(buffer, ' ', sizeof(buffer));
    memcpy(buffer, file, sizeof(file) - 1);
    buffer[127] = '\n';
    memset(buffer + 128, 0, 4);
    labels_of_race = mts_labels_load_buffer(buffer, sizeof(buffer));
    if (labels_of_race == NULL) {
        return 1;
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, read_in_library, NULL) != 0) {
        return 1;
    }
    write_shared(NULL);
    pthread_join(thread, NULL);
    return mts_labels_free(labels_of_race) == MTS_SUCCESS ? 0 : 1;
}

static const struct {
    const char* name;
    int (*commit)(void);
} CRIMES[] = {
    {"heap-overflow", heap_overflow},
    {"use-after-free", use_after_free},
    {"leak", leak},
    {"signed-overflow", signed_overflow},
    {"race", race},
    {"race-in-library", race_in_library},
};

int main(int argc, char** argv) {
    for (size_t i = 0; i < sizeof(CRIMES) / sizeof(CRIMES[0]); i++) {
        if (argc == 2 && strcmp(argv[1], CRIMES[i].name) == 0) {
            return CRIMES[i].commit();
        }
    }
    fprintf(stderr, "unknown crime\n");
    return 1;
}
