/* Files written and read with options. */
#include "array.h"
#include "example.h"

static const char* const PATH = "example-options.mts";

static mts_block_t* new_block(void) {
    return block_2d(2, (const int32_t[]){0, 1}, 2, (const int32_t[]){0, 1},
                    (const double[]){1, 2, 3, 4});
}

static void map_in_memory(void) {
    /* [example: mts_tensormap_save_with, mts_tensormap_load_with] */
    mts_tensormap_t* tensor = two_blocks();
    mts_save_options_t save = {.size = sizeof(save)};
    save.aligned = 1;
    OK(mts_tensormap_save_with("example-options.mts", tensor, &save));

    /* values are only read from the file when they are used */
    mts_load_options_t load = {.size = sizeof(load)};
    load.mmap = 1;
    mts_tensormap_t* mapped = mts_tensormap_load_with("example-options.mts", &load, NULL);
    EXPECT(mapped != NULL);
    OK(mts_tensormap_free(mapped));

    /* only one of the blocks, and some of its samples */
    const uintptr_t blocks[] = {1};
    const mts_labels_t* samples = labels_1("system", 1, (const int32_t[]){0});
    mts_load_options_t part = {.size = sizeof(part)};
    part.blocks = blocks;
    part.blocks_count = 1;
    part.samples = samples;
    mts_tensormap_t* loaded =
        mts_tensormap_load_with("example-options.mts", &part, array_create);
    EXPECT(loaded != NULL);
    const mts_labels_t* keys = mts_tensormap_keys(loaded);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(keys, &values, &count, &size));
    EXPECT(count == 1 && values[0] == 6);
    /* [end] */
    OK(mts_labels_free(keys));
    OK(mts_labels_free(samples));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(loaded));
    EXPECT(remove(PATH) == 0);
}

static void one_block(void) {
    /* [example: mts_block_save_with, mts_block_load_with] */
    mts_block_t* block = new_block();
    mts_save_options_t save = {.size = sizeof(save)};
    save.sync = 1; /* wait until the file is on the disk */
    OK(mts_block_save_with("example-options.mts", block, &save));

    /* without a function to create arrays, they are made by the library */
    mts_block_t* loaded = mts_block_load_with("example-options.mts", NULL, NULL);
    EXPECT(loaded != NULL);
    /* [end] */
    OK(mts_block_free(block));
    OK(mts_block_free(loaded));
    EXPECT(remove(PATH) == 0);
}

static void structure(void) {
    mts_tensormap_t* tensor = two_blocks();
    OK(mts_tensormap_save("example-options.mts", tensor));
    OK(mts_tensormap_free(tensor));
    /* [example: mts_tensormap_load_structure] */
    mts_tensormap_t* structure = mts_tensormap_load_structure("example-options.mts", NULL);
    EXPECT(structure != NULL);
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(structure, &block, 0));
    /* there are labels, shapes and types, but no values */
    mts_array_t values = {0};
    OK(mts_block_data(block, &values));
    const uintptr_t* shape = NULL;
    uintptr_t shape_count = 0;
    OK(values.shape(values.ptr, &shape, &shape_count));
    EXPECT(shape_count == 2);
    DLDevice device = {kDLCPU, 0};
    OK(mts_block_device(block, &device));
    EXPECT(device.device_type == kDLExtDev);
    /* [end] */
    OK(mts_tensormap_free(structure));

    block = new_block();
    OK(mts_block_save("example-options.mts", block));
    OK(mts_block_free(block));
    /* [example: mts_block_load_structure] */
    mts_block_t* without_values = mts_block_load_structure("example-options.mts", NULL);
    EXPECT(without_values != NULL);
    const mts_labels_t* samples = mts_block_labels(without_values, 0);
    uintptr_t count = 0;
    uintptr_t size = 0;
    const int32_t* rows = NULL;
    OK(mts_labels_values_cpu(samples, &rows, &count, &size));
    EXPECT(count == 2);
    /* [end] */
    OK(mts_labels_free(samples));
    OK(mts_block_free(without_values));
    EXPECT(remove(PATH) == 0);
}

int main(void) {
    map_in_memory();
    one_block();
    structure();
    return EXIT_SUCCESS;
}
