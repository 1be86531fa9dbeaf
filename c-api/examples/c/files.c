/* Files with labels, blocks and tensor maps. */
#include "array.h"
#include "example.h"

static void labels(void) {
    /* [example: mts_labels_save, mts_labels_load] */
    const mts_labels_t* labels = labels_1("atom", 3, (const int32_t[]){2, 4, 6});
    OK(mts_labels_save("example-labels.mts", labels));

    const mts_labels_t* loaded = mts_labels_load("example-labels.mts");
    EXPECT(loaded != NULL);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(loaded, &values, &count, &size));
    EXPECT(count == 3 && size == 1 && values[2] == 6);
    /* [end] */
    OK(mts_labels_free(labels));
    OK(mts_labels_free(loaded));
    EXPECT(remove("example-labels.mts") == 0);
}

static void block(void) {
    /* [example: mts_block_save, mts_block_load] */
    mts_block_t* block = block_2d(1, (const int32_t[]){0}, 2, (const int32_t[]){0, 1},
                                  (const double[]){1.5, 2.5});
    OK(mts_block_save("example-block.mts", block));

    /* `array_create` makes the array which holds the values */
    mts_block_t* loaded = mts_block_load("example-block.mts", array_create);
    EXPECT(loaded != NULL);
    mts_array_t values = {0};
    OK(mts_block_data(loaded, &values));
    EXPECT(array_data_f64(values)[1] == 2.5);
    /* [end] */
    OK(mts_block_free(block));
    OK(mts_block_free(loaded));
    EXPECT(remove("example-block.mts") == 0);
}

static void tensor(void) {
    /* [example: mts_tensormap_save, mts_tensormap_load] */
    mts_tensormap_t* tensor = two_blocks();
    OK(mts_tensormap_set_info(tensor, "unit", "eV"));
    OK(mts_tensormap_save("example-tensor.mts", tensor));

    mts_tensormap_t* loaded = mts_tensormap_load("example-tensor.mts", array_create);
    EXPECT(loaded != NULL);
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(loaded, &block, 1));
    mts_array_t values = {0};
    OK(mts_block_data(block, &values));
    EXPECT(array_data_f64(values)[0] == 5);

    /* a failure is NULL, with a message */
    EXPECT(mts_tensormap_load("missing.mts", array_create) == NULL);
    /* [end] */
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(loaded));
    EXPECT(remove("example-tensor.mts") == 0);
}

int main(void) {
    labels();
    block();
    tensor();
    return EXIT_SUCCESS;
}
