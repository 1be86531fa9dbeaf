/* Moving dimensions between keys, samples, components and properties. */
#include "array.h"
#include "example.h"

/* Check the shape of the values of the only block of a map, and get them */
static const double* only_block(mts_tensormap_t* tensor, uintptr_t rows, uintptr_t columns) {
    EXPECT(tensor != NULL);
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(tensor, &block, 0));
    mts_array_t values = {0};
    OK(mts_block_data(block, &values));
    const uintptr_t* shape = NULL;
    uintptr_t ndim = 0;
    OK(values.shape(values.ptr, &shape, &ndim));
    EXPECT(ndim == 2 && shape[0] == rows && shape[1] == columns);
    return array_data_f64(values);
}

static void keys_to_properties(void) {
    /* [example: mts_tensormap_keys_to_properties] */
    /* type 1: systems 0 2, values [[1, 2], [3, 4]]; type 6: system 1, values [[5, 6]] */
    mts_tensormap_t* tensor = two_blocks();
    /* labels without rows: only their names matter */
    const mts_labels_t* types = labels_1("type", 0, NULL);

    /* missing entries are filled with zeros, samples are sorted */
    mts_tensormap_t* merged =
        mts_tensormap_keys_to_properties(tensor, types, array_scalar(0), true);
    const double* values = only_block(merged, 3, 4);
    const double expected[12] = {1, 2, 0, 0, 0, 0, 5, 6, 3, 4, 0, 0};
    for (int i = 0; i < 12; i++) {
        EXPECT(values[i] == expected[i]);
    }
    /* [end] */
    OK(mts_labels_free(types));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(merged));
}

static void keys_to_samples(void) {
    /* [example: mts_tensormap_keys_to_samples] */
    /* type 1: systems 0 2, values [[1, 2], [3, 4]]; type 6: system 1, values [[5, 6]] */
    mts_tensormap_t* tensor = two_blocks();
    const mts_labels_t* types = labels_1("type", 0, NULL);

    mts_tensormap_t* merged =
        mts_tensormap_keys_to_samples(tensor, types, array_scalar(0), true);
    /* samples (system, type) = (0, 1) (1, 6) (2, 1) */
    const double* values = only_block(merged, 3, 2);
    const double expected[6] = {1, 2, 5, 6, 3, 4};
    for (int i = 0; i < 6; i++) {
        EXPECT(values[i] == expected[i]);
    }
    /* [end] */
    OK(mts_labels_free(types));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(merged));
}

static void components_to_properties(void) {
    /* [example: mts_tensormap_components_to_properties] */
    const int32_t zero = 0;
    const mts_labels_t* one = labels_1("i", 1, &zero);
    const mts_labels_t* xyz = labels_1("xyz", 3, (const int32_t[]){0, 1, 2});
    const mts_labels_t* properties = labels_1("n", 2, (const int32_t[]){0, 1});
    const uintptr_t shape[3] = {1, 3, 2};
    mts_array_t array = array_f64(3, shape, (const double[]){1, 2, 3, 4, 5, 6});
    mts_block_t* block = mts_block(array, one, &xyz, 1, properties);
    mts_tensormap_t* tensor = mts_tensormap(one, &block, 1);

    const char* const component = "xyz";
    mts_tensormap_t* moved = mts_tensormap_components_to_properties(tensor, &component, 1);
    /* properties (xyz, n) = (0, 0) (0, 1) (1, 0) ... */
    const double* values = only_block(moved, 1, 6);
    EXPECT(values[0] == 1 && values[5] == 6);
    /* [end] */
    OK(mts_labels_free(one));
    OK(mts_labels_free(xyz));
    OK(mts_labels_free(properties));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(moved));
}

int main(void) {
    keys_to_properties();
    keys_to_samples();
    components_to_properties();
    return EXIT_SUCCESS;
}
