/* Labels, blocks and tensor maps used by several tests. */
#ifndef METATENSOR_TESTS_SUPPORT_H
#define METATENSOR_TESTS_SUPPORT_H

#include "arrays.h"

/* Address of the double values of a block */
const double* block_values(mts_block_t* block);
/* New labels from `count` rows */
const mts_labels_t* make_labels(uintptr_t size, const char* const* names, uintptr_t count,
                                const int32_t* values);
/* New labels with a single dimension */
const mts_labels_t* make_labels_1(const char* name, uintptr_t count, const int32_t* values);
/* Check all the rows of labels, and release them */
void check_rows(const mts_labels_t* labels, uintptr_t expected_count, uintptr_t expected_size,
                const int32_t* expected);
/* New block without components, of shape `(samples, properties)` */
mts_block_t* make_block(uintptr_t n_samples, const int32_t* samples, uintptr_t n_properties,
                        const int32_t* properties, const double* values);

/* New tensor map with keys (k1, k2) = (0,0) (1,0) (0,1), and blocks with different
 * samples and properties */
mts_tensormap_t* make_tensor(void);
/* One of the blocks of a tensor map */
mts_block_t* block_at(mts_tensormap_t* tensor, uintptr_t index);
/* Check the labels of one axis of a block, made of `expected_count` rows */
void check_axis(mts_block_t* block, uintptr_t axis, uintptr_t expected_size,
                uintptr_t expected_count, const int32_t* expected);
/* Check the first `count` values of a block */
void check_values(mts_block_t* block, uintptr_t count, const double* expected);

#endif
