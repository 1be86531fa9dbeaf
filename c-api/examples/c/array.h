/* A complete implementation of `mts_array_t`: row-major arrays in memory of the CPU. */
#ifndef METATENSOR_EXAMPLES_ARRAY_H
#define METATENSOR_EXAMPLES_ARRAY_H

#include "metatensor.h"

/* highest number of dimensions of these arrays */
#define ARRAY_MAX_NDIM 8

/* New arrays with a copy of `values`, or filled with zeros if it is NULL. */
mts_array_t array_i32(uintptr_t ndim, const uintptr_t* shape, const int32_t* values);
mts_array_t array_f64(uintptr_t ndim, const uintptr_t* shape, const double* values);
/* New array with zero dimensions and one value. */
mts_array_t array_scalar(double value);

/* Address of the values of an array made by these functions. */
int32_t* array_data_i32(mts_array_t array);
double* array_data_f64(mts_array_t array);

/* `mts_create_array_callback_t` making these arrays when files are loaded. */
mts_status_t array_create(const uintptr_t* shape, uintptr_t shape_count, DLDataType dtype,
                          mts_array_t* array);

/* Labels with a single dimension. */
const mts_labels_t* labels_1(const char* name, uintptr_t count, const int32_t* values);
/* Block without components, of shape (n_samples, n_properties), with samples called `system`
 * and properties called `n`. */
mts_block_t* block_2d(uintptr_t n_samples, const int32_t* samples, uintptr_t n_properties,
                      const int32_t* properties, const double* values);
/* Map with keys (type, l) = (1, 0) (6, 0) and one such block for each. */
mts_tensormap_t* two_blocks(void);

#endif
