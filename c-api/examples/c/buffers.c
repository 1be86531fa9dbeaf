/* The content of files in memory. */
#include "array.h"
#include "example.h"

/* [example: mts_realloc_buffer_t] */
static uint8_t* grow(void* user_data, uint8_t* buffer, uintptr_t new_size) {
    (void)user_data;
    return realloc(buffer, new_size);
}
/* [end] */

static void labels(void) {
    /* [example: mts_labels_save_buffer, mts_labels_load_buffer] */
    const mts_labels_t* labels = labels_1("atom", 3, (const int32_t[]){2, 4, 6});
    uint8_t* buffer = NULL;
    uintptr_t size = 0;
    OK(mts_labels_save_buffer(&buffer, &size, NULL, grow, labels));
    printf("labels: %d bytes\n", (int)size);

    const mts_labels_t* loaded = mts_labels_load_buffer(buffer, size);
    EXPECT(loaded != NULL);
    /* the labels do not use the buffer, which is ours */
    free(buffer);
    /* [end] */
    OK(mts_labels_free(labels));
    OK(mts_labels_free(loaded));
}

static void block(void) {
    /* [example: mts_block_save_buffer, mts_block_load_buffer] */
    mts_block_t* block = block_2d(1, (const int32_t[]){0}, 2, (const int32_t[]){0, 1},
                                  (const double[]){1.5, 2.5});
    uint8_t* buffer = NULL;
    uintptr_t size = 0;
    OK(mts_block_save_buffer(&buffer, &size, NULL, grow, block));

    mts_block_t* loaded = mts_block_load_buffer(buffer, size, array_create);
    EXPECT(loaded != NULL);
    mts_array_t values = {0};
    OK(mts_block_data(loaded, &values));
    EXPECT(array_data_f64(values)[1] == 2.5);
    free(buffer);
    /* [end] */
    OK(mts_block_free(block));
    OK(mts_block_free(loaded));
}

static void tensor(void) {
    /* [example: mts_tensormap_save_buffer, mts_tensormap_load_buffer] */
    mts_tensormap_t* tensor = two_blocks();
    /* a buffer with some memory to start with */
    uintptr_t size = 4096;
    uint8_t* buffer = malloc(size);
    OK(mts_tensormap_save_buffer(&buffer, &size, NULL, grow, tensor));
    EXPECT(size < 4096);

    mts_tensormap_t* loaded = mts_tensormap_load_buffer(buffer, size, array_create);
    EXPECT(loaded != NULL);
    const mts_labels_t* keys = mts_tensormap_keys(loaded);
    const int32_t key[2] = {6, 0};
    int64_t index = -1;
    OK(mts_labels_position(keys, key, 2, &index));
    EXPECT(index == 1);
    free(buffer);
    /* [end] */
    OK(mts_labels_free(keys));
    OK(mts_tensormap_free(tensor));
    OK(mts_tensormap_free(loaded));
}

int main(void) {
    labels();
    block();
    tensor();
    return EXIT_SUCCESS;
}
