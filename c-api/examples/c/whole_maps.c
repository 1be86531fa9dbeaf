/* Functions working on all blocks and gradients of a map in one call. */
#include <string.h>

#include "array.h"
#include "example.h"

/* Map with one block and a gradient */
static mts_tensormap_t* with_gradient(void) {
    mts_block_t* block = block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0},
                                  (const double[]){-1.5, -2.5});
    const mts_labels_t* samples = labels_1("sample", 1, (const int32_t[]){1});
    const mts_labels_t* properties = mts_block_labels(block, 1);
    const uintptr_t shape[2] = {1, 1};
    mts_block_t* gradient =
        mts_block(array_f64(2, shape, (const double[]){0.5}), samples, NULL, 0, properties);
    OK(mts_labels_free(samples));
    OK(mts_labels_free(properties));
    OK(mts_block_add_gradient(block, "strain", gradient));
    const mts_labels_t* keys = labels_1("type", 1, (const int32_t[]){1});
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    EXPECT(tensor != NULL);
    OK(mts_labels_free(keys));
    return tensor;
}

static void structure(void) {
    mts_tensormap_t* tensor = with_gradient();
    /* [example: mts_tensormap_structure, mts_structure_free, mts_structure_t] */
    /* one block with one gradient: two leaves */
    mts_structure_t* structure = mts_tensormap_structure(tensor, NULL);
    EXPECT(structure != NULL);
    EXPECT(structure->blocks_count == 1 && structure->leaves_count == 2);
    for (uintptr_t leaf = 0; leaf < structure->leaves_count; leaf++) {
        const double* values = array_data_f64(structure->arrays[leaf]);
        if (structure->parents[leaf] < 0) {
            printf("values, starting with %g\n", values[0]);
        } else {
            printf("gradient %s of leaf %d, starting with %g\n", structure->parameters[leaf],
                   (int)structure->parents[leaf], values[0]);
        }
        /* the first axis: samples */
        const uintptr_t samples = structure->axes[structure->axes_starts[leaf]];
        EXPECT(structure->labels_rows[samples] == (leaf == 0 ? 2 : 1));
    }
    OK(mts_structure_free(structure));
    /* [end] */

    /* [example: mts_block_structure, mts_structure_options_t] */
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(tensor, &block, 0));
    mts_structure_options_t options = {0};
    options.size = sizeof(options);
    options.skip_labels = 1;
    structure = mts_block_structure(block, &options);
    EXPECT(structure != NULL && structure->leaves_count == 2);
    EXPECT(strcmp(structure->parameters[1], "strain") == 0);
    OK(mts_structure_free(structure));
    /* [end] */

    /* [example: mts_tensormap_gradient_rows, mts_integer_lists_free] */
    /* nothing for the values of the block, then the rows of the gradient */
    mts_integer_lists_t* rows = mts_tensormap_gradient_rows(tensor);
    EXPECT(rows != NULL && rows->lists_count == 2);
    EXPECT(rows->starts[0] == 0 && rows->starts[1] == 0 && rows->starts[2] == 1);
    EXPECT(rows->values[0] == 1);
    OK(mts_integer_lists_free(rows));
    /* [end] */
    OK(mts_tensormap_free(tensor));
}

static void with_arrays(void) {
    mts_tensormap_t* tensor = with_gradient();
    /* [example: mts_tensormap_with_arrays] */
    /* the same labels with other values: the library owns these arrays */
    const uintptr_t shapes[2][2] = {{2, 1}, {1, 1}};
    mts_array_t arrays[2] = {
        array_f64(2, shapes[0], (const double[]){10, 20}),
        array_f64(2, shapes[1], NULL),
    };
    mts_tensormap_t* other = mts_tensormap_with_arrays(tensor, arrays, 2, true);
    EXPECT(other != NULL);
    /* [end] */

    /* [example: mts_block_with_arrays] */
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(tensor, &block, 0));
    mts_array_t block_arrays[2] = {array_f64(2, shapes[0], NULL),
                                   array_f64(2, shapes[1], NULL)};
    mts_block_t* zeros = mts_block_with_arrays(block, block_arrays, 2);
    EXPECT(zeros != NULL);
    OK(mts_block_free(zeros));
    /* [end] */
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(other));
}

static void pick_blocks(void) {
    mts_tensormap_t* tensor = two_blocks();
    /* [example: mts_tensormap_pick_blocks] */
    /* only the second block, with a copy of its values */
    const uintptr_t blocks[1] = {1};
    mts_tensormap_t* picked =
        mts_tensormap_pick_blocks(tensor, blocks, 1, NULL, 0, /* keep_info */ true);
    EXPECT(picked != NULL);
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(picked, &block, 0));
    mts_array_t values = {0};
    OK(mts_block_data(block, &values));
    EXPECT(array_data_f64(values)[0] == 5);
    /* [end] */
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(picked));
}

static void from_leaves(void) {
    /* [example: mts_tensormap_from_leaves] */
    /* the values of one block and its gradient with respect to "strain" */
    const mts_labels_t* keys = labels_1("type", 1, (const int32_t[]){1});
    const mts_labels_t* systems = labels_1("system", 2, (const int32_t[]){0, 1});
    const mts_labels_t* rows = labels_1("sample", 1, (const int32_t[]){1});
    const mts_labels_t* properties = labels_1("energy", 1, (const int32_t[]){0});
    const uintptr_t shapes[2][2] = {{2, 1}, {1, 1}};
    const mts_array_t arrays[2] = {array_f64(2, shapes[0], NULL),
                                   array_f64(2, shapes[1], NULL)};
    const int64_t parents[2] = {-1, 0};
    const char* const parameters[2] = {NULL, "strain"};
    /* two axes for each leaf, all labels one after the other */
    const uintptr_t labels_counts[2] = {2, 2};
    const mts_labels_t* const labels[4] = {systems, properties, rows, properties};

    mts_tensormap_t* tensor = mts_tensormap_from_leaves(keys, arrays, parents, parameters,
                                                        labels_counts, 2, labels, 4);
    EXPECT(tensor != NULL);
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(tensor, &block, 0));
    mts_block_t* gradient = NULL;
    OK(mts_block_gradient(block, "strain", &gradient));
    /* [end] */
    OK(mts_tensormap_free(tensor));
    OK(mts_labels_free(keys));
    OK(mts_labels_free(systems));
    OK(mts_labels_free(rows));
    OK(mts_labels_free(properties));
}

static void compare(void) {
    mts_tensormap_t* first = two_blocks();
    mts_tensormap_t* second = with_gradient();
    /* [example: mts_tensormap_compare, mts_comparison_free, mts_comparison_t] */
    mts_comparison_t* comparison = mts_tensormap_compare(first, first, NULL);
    EXPECT(comparison != NULL && comparison->same);
    OK(mts_comparison_free(comparison));

    /* a difference is not an error, but described in the result */
    comparison = mts_tensormap_compare(first, second, NULL);
    EXPECT(comparison != NULL && !comparison->same);
    printf("the maps differ: %s\n", comparison->message);
    OK(mts_comparison_free(comparison));
    /* [end] */

    mts_block_t* block = NULL;
    mts_block_t* other = NULL;
    OK(mts_tensormap_block_by_id(first, &block, 0));
    OK(mts_tensormap_block_by_id(first, &other, 1));
    /* [example: mts_block_compare, mts_compare_options_t] */
    /* these blocks only differ in their samples */
    comparison = mts_block_compare(block, other, NULL);
    EXPECT(comparison != NULL && !comparison->same && comparison->axis == 0);
    OK(mts_comparison_free(comparison));

    mts_compare_options_t options = {0};
    options.size = sizeof(options);
    options.skip_samples = 1;
    comparison = mts_block_compare(block, other, &options);
    EXPECT(comparison != NULL && comparison->same);
    OK(mts_comparison_free(comparison));
    /* [end] */
    OK(mts_tensormap_free(first));
    OK(mts_tensormap_free(second));
}

int main(void) {
    structure();
    with_arrays();
    pick_blocks();
    from_leaves();
    compare();
    return EXIT_SUCCESS;
}
