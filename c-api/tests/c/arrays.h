/* An implementation of `mts_array_t` in C which remembers all the arrays and DLPack
 * tensors it made, to check that each one is released exactly once. */
#ifndef METATENSOR_TESTS_ARRAYS_H
#define METATENSOR_TESTS_ARRAYS_H

#include "metatensor.h"

#define ARRAY_MAX_NDIM 6

/* Arrays written where they are used */
#define NAMES(...) ((const char* const[]){__VA_ARGS__})
#define SHAPE(...) ((const uintptr_t[]){__VA_ARGS__})
#define I32(...) ((const int32_t[]){__VA_ARGS__})
#define F64(...) ((const double[]){__VA_ARGS__})

/* Number of calls of all functions of arrays but `destroy`, and of
 * `array_create_callback` and `buffer_realloc`, since the test set it to 0. The call
 * number `arrays_failing_call` fails, the first one being 1; none does if this is 0 */
extern int arrays_calls;
extern int arrays_failing_call;
/* Called by all these functions when it is not NULL */
extern void (*arrays_on_call)(void);

/* Which callback of an array should fail */
typedef enum array_failure_t {
    FAIL_NOTHING,
    FAIL_ORIGIN,
    FAIL_DEVICE,
    FAIL_DTYPE,
    FAIL_AS_DLPACK,
    FAIL_FROM_DLPACK,
    FAIL_SHAPE,
    FAIL_CREATE,
    FAIL_COPY,
    FAIL_MOVE_DATA,
    FAIL_SWAP_AXES,
    FAIL_RESHAPE,
} array_failure_t;

/* State of the arrays. Tests can change the public fields of any array */
typedef struct test_array_t {
    array_failure_t failure;
    /* only 8-byte floating point values and 4-byte integers are implemented */
    DLDataType dtype;
    DLDevice device;
    mts_data_origin_t origin;
    uintptr_t shape[ARRAY_MAX_NDIM];
    uintptr_t ndim;
    /* row-major data */
    void* data;

    int destroyed;
    struct test_array_t* next;
} test_array_t;

/* Origin used by all new arrays */
mts_data_origin_t arrays_origin(void);

/* New arrays, copying `values` (or filled with zeros if it is NULL). `shape` has
 * `ndim` values. */
mts_array_t array_f64(uintptr_t ndim, const uintptr_t* shape, const double* values);
mts_array_t array_i32(uintptr_t ndim, const uintptr_t* shape, const int32_t* values);
/* New array with zero dimensions */
mts_array_t array_scalar(double value);
/* State of an array made by the functions above */
test_array_t* array_state(mts_array_t array);
/* How many times was this array destroyed? It must be from this test */
int array_destroyed(const test_array_t* array);

/* `mts_create_array_callback_t` making these arrays */
mts_status_t array_create_callback(const uintptr_t* shape, uintptr_t shape_count,
                                   DLDataType dtype, mts_array_t* array);
/* `mts_realloc_buffer_t` using `realloc` */
uint8_t* buffer_realloc(void* user_data, uint8_t* pointer, uintptr_t size);

#endif
