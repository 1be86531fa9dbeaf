/* Maps with gradients of gradients, for the tests of whole maps. */
#ifndef METATENSOR_TESTS_STRUCTURE_SUPPORT_H
#define METATENSOR_TESTS_STRUCTURE_SUPPORT_H

#include "support.h"

/* block of shape (2, 3, 1), with a gradient "g" of shape (3, 3, 1), which has a gradient
 * "h" of shape (1, 3, 1) */
mts_block_t* nested_block(int32_t first, const mts_labels_t* properties);
/* two of these blocks, sharing their properties */
mts_tensormap_t* nested_tensor(void);
/* one new array for each leaf */
void new_arrays(const mts_structure_t* structure, mts_array_t* arrays);

/* a way to make an array which does not fit */
typedef enum wrong_t {
    WRONG_RANK,
    WRONG_SIZE,
    WRONG_ORIGIN,
    WRONG_DEVICE,
    WRONG_DTYPE,
    WRONG_COUNT,
} wrong_t;

/* Change an array so that it does not fit */
void make_wrong(mts_array_t* array, wrong_t wrong);

#endif
