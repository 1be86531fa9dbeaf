/* Gradients of blocks. */
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_block_add_gradient] */
static mts_block_t* block_with_gradient(void) {
    /* the energies of two systems */
    mts_block_t* block = block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0},
                                  (const double[]){-1.5, -2.5});

    /* derivatives with respect to the cell: `sample` says which row of the values */
    const mts_labels_t* samples = labels_1("sample", 1, (const int32_t[]){1});
    const mts_labels_t* direction = labels_1("xyz", 3, (const int32_t[]){0, 1, 2});
    const mts_labels_t* properties = mts_block_labels(block, 1);
    const uintptr_t shape[3] = {1, 3, 1};
    mts_array_t values = array_f64(3, shape, (const double[]){0.1, 0.2, 0.3});
    mts_block_t* gradient = mts_block(values, samples, &direction, 1, properties);
    EXPECT(gradient != NULL);

    /* the gradient belongs to the block */
    OK(mts_block_add_gradient(block, "cell", gradient));
    OK(mts_labels_free(samples));
    OK(mts_labels_free(direction));
    OK(mts_labels_free(properties));
    return block;
}
/* [end] */

int main(void) {
    mts_block_t* block = block_with_gradient();

    /* [example: mts_block_gradients_list] */
    const char* const* parameters = NULL;
    uintptr_t count = 0;
    OK(mts_block_gradients_list(block, &parameters, &count));
    EXPECT(count == 1 && strcmp(parameters[0], "cell") == 0);
    /* [end] */

    /* [example: mts_block_gradient] */
    /* a view, valid as long as the block: it must not be freed */
    mts_block_t* gradient = NULL;
    OK(mts_block_gradient(block, "cell", &gradient));
    mts_array_t values = {0};
    OK(mts_block_data(gradient, &values));
    EXPECT(array_data_f64(values)[2] == 0.3);

    EXPECT(mts_block_gradient(block, "missing", &gradient) == MTS_INVALID_PARAMETER_ERROR);
    /* [end] */
    OK(mts_block_free(block));
    return EXIT_SUCCESS;
}
