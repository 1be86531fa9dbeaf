/* Files in memory, written and read with options. */
#include "array.h"
#include "example.h"

static uint8_t* grow(void* user_data, uint8_t* buffer, uintptr_t size) {
    (void)user_data;
    return realloc(buffer, size);
}

static void tensor(void) {
    /* [example: mts_tensormap_save_buffer_with, mts_tensormap_load_buffer_with] */
    mts_tensormap_t* tensor = two_blocks();
    mts_save_options_t save = {.size = sizeof(save)};
    save.aligned = 1;
    uint8_t* buffer = NULL;
    uintptr_t buffer_count = 0;
    OK(mts_tensormap_save_buffer_with(&buffer, &buffer_count, NULL, grow, tensor, &save));

    mts_load_options_t load = {.size = sizeof(load)};
    const mts_labels_t* keys = labels_1("type", 1, (const int32_t[]){6});
    load.keys = keys;
    mts_tensormap_t* loaded =
        mts_tensormap_load_buffer_with(buffer, buffer_count, &load, array_create);
    EXPECT(loaded != NULL);
    /* [end] */

    /* [example: mts_tensormap_load_structure_buffer] */
    mts_tensormap_t* structure =
        mts_tensormap_load_structure_buffer(buffer, buffer_count, NULL);
    EXPECT(structure != NULL);
    /* [end] */
    free(buffer);
    OK(mts_labels_free(keys));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(loaded));
    OK(mts_tensormap_free(structure));
}

static void block(void) {
    /* [example: mts_block_save_buffer_with, mts_block_load_buffer_with] */
    mts_block_t* block =
        block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0}, (const double[]){1, 2});
    uint8_t* buffer = NULL;
    uintptr_t buffer_count = 0;
    OK(mts_block_save_buffer_with(&buffer, &buffer_count, NULL, grow, block, NULL));

    mts_load_options_t load = {.size = sizeof(load)};
    const mts_labels_t* samples = labels_1("system", 1, (const int32_t[]){1});
    load.samples = samples;
    mts_block_t* loaded =
        mts_block_load_buffer_with(buffer, buffer_count, &load, array_create);
    EXPECT(loaded != NULL);
    mts_array_t values = {0};
    OK(mts_block_data(loaded, &values));
    EXPECT(array_data_f64(values)[0] == 2);
    /* [end] */

    /* [example: mts_block_load_structure_buffer] */
    mts_block_t* structure = mts_block_load_structure_buffer(buffer, buffer_count, NULL);
    EXPECT(structure != NULL);
    /* [end] */
    free(buffer);
    OK(mts_labels_free(samples));
    OK(mts_block_free(block));
    OK(mts_block_free(loaded));
    OK(mts_block_free(structure));
}

int main(void) {
    tensor();
    block();
    return EXIT_SUCCESS;
}
