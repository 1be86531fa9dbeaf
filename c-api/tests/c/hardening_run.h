/* Running operations with one call of one callback failing. */
#ifndef METATENSOR_TESTS_HARDENING_RUN_H
#define METATENSOR_TESTS_HARDENING_RUN_H

#include "support.h"

/* inputs of all operations */
typedef struct inputs_t {
    const mts_labels_t* labels;
    const mts_labels_t* others;
    const mts_labels_t* selection;
    mts_block_t* block;
    mts_tensormap_t* tensor;
    uint8_t* labels_file;
    uintptr_t labels_file_count;
    uint8_t* block_file;
    uintptr_t block_file_count;
    uint8_t* tensor_file;
    uintptr_t tensor_file_count;
} inputs_t;

/* Run an operation, and free its results. Returns its status. */
typedef mts_status_t (*operation_t)(inputs_t* inputs);

/* Status of functions which return a pointer */
mts_status_t status_of(const void* pointer);
/* Labels whose values were not read yet; this never fails */
const mts_labels_t* lazy_labels(uintptr_t size, const char* const* names, uintptr_t count,
                                const int32_t* values);
/* Block of shape (samples, 2, 2), with a gradient "g", which has one if there are two
 * levels */
mts_block_t* nested_block(uintptr_t count, const int32_t* rows, int levels);
/* From here on no call fails, until calls are counted again from `calls_before` */
int calls_never_fail(void);
void calls_can_fail(int calls_before);

/* Run an operation with each of its calls failing once. Failures must have the status of
 * callbacks and their message, nothing can be leaked, and inputs must still work. */
void run_all_failures(const char* name, operation_t operation);

#define RUN_FAILURES(name) run_all_failures(#name, run_##name)

#endif
