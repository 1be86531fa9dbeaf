/* A map, and tensor maps made by following plans. */
#ifndef METATENSOR_TESTS_PLANS_SUPPORT_H
#define METATENSOR_TESTS_PLANS_SUPPORT_H

#include "support.h"

/* Kinds of entries of plans */
enum { SHARE, RANGE, GATHER, REDUCE, SCATTER };

/* A map with two blocks sharing all labels: 3 samples (s, t), 2 properties, and a
 * gradient with 4 rows */
mts_tensormap_t* make_map(void);
/* Metadata of this map */
mts_metadata_t* make_metadata(void);
/* The tensor map which is the result of a plan */
mts_tensormap_t* execute(const mts_plan_t* plan, uintptr_t result,
                         mts_tensormap_t* const* inputs, uintptr_t inputs_count,
                         int64_t joined);
/* Rows of some labels of metadata */
void check_values_of(const mts_metadata_t* metadata, uintptr_t labels, uintptr_t size,
                     uintptr_t count, const int32_t* expected);
/* Gradient "g" of a block */
mts_block_t* gradient_of(mts_block_t* block);

#endif
