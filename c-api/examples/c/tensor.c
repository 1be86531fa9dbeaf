/* Tensor maps: blocks found by their keys. */
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_tensormap, mts_tensormap_free] */
static mts_tensormap_t* make_tensor(void) {
    const mts_labels_t* keys = labels_1("type", 2, (const int32_t[]){1, 8});
    mts_block_t* blocks[2] = {
        block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0}, (const double[]){1, 2}),
        block_2d(1, (const int32_t[]){1}, 1, (const int32_t[]){0}, (const double[]){3}),
    };
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    EXPECT(tensor != NULL);
    /* the blocks now belong to the map */
    EXPECT(blocks[0] == NULL && blocks[1] == NULL);
    OK(mts_labels_free(keys));
    return tensor;
}

static void create(void) {
    mts_tensormap_t* tensor = make_tensor();
    OK(mts_tensormap_free(tensor));
}
/* [end] */

static void create_or_keep(void) {
    /* [example: mts_tensormap_from_blocks] */
    const mts_labels_t* keys = labels_1("type", 2, (const int32_t[]){1, 8});
    mts_block_t* block =
        block_2d(1, (const int32_t[]){1}, 1, (const int32_t[]){0}, (const double[]){3});
    /* there are more keys than blocks: the block still belongs to us */
    mts_tensormap_t* tensor = mts_tensormap_from_blocks(keys, &block, 1);
    EXPECT(tensor == NULL && block != NULL);
    OK(mts_block_free(block));
    OK(mts_labels_free(keys));
    /* [end] */
}

static void find_block(void) {
    mts_tensormap_t* tensor = make_tensor();
    /* [example: mts_tensormap_keys, mts_tensormap_block_by_id] */
    /* the block for type 8 */
    const mts_labels_t* keys = mts_tensormap_keys(tensor);
    const int32_t key = 8;
    int64_t index = -1;
    OK(mts_labels_position(keys, &key, 1, &index));
    EXPECT(index == 1);
    OK(mts_labels_free(keys));

    /* a view, valid as long as the map: it must not be freed */
    mts_block_t* block = NULL;
    OK(mts_tensormap_block_by_id(tensor, &block, (uintptr_t)index));
    mts_array_t values = {0};
    OK(mts_block_data(block, &values));
    EXPECT(array_data_f64(values)[0] == 3);
    /* [end] */
    OK(mts_tensormap_free(tensor));
}

static void device_and_dtype(void) {
    mts_tensormap_t* tensor = make_tensor();
    /* [example: mts_tensormap_device, mts_tensormap_dtype] */
    /* the same for all the blocks */
    DLDevice device;
    OK(mts_tensormap_device(tensor, &device));
    EXPECT(device.device_type == kDLCPU);

    DLDataType dtype;
    OK(mts_tensormap_dtype(tensor, &dtype));
    EXPECT(dtype.code == kDLFloat && dtype.bits == 64);
    /* [end] */
    OK(mts_tensormap_free(tensor));
}

static void copy(void) {
    mts_tensormap_t* tensor = make_tensor();
    /* [example: mts_tensormap_copy] */
    /* all the data is copied, labels are shared */
    mts_tensormap_t* copy = mts_tensormap_copy(tensor);
    EXPECT(copy != NULL);
    const mts_labels_t* keys = mts_tensormap_keys(tensor);
    const mts_labels_t* copied_keys = mts_tensormap_keys(copy);
    EXPECT(keys == copied_keys);
    OK(mts_labels_free(keys));
    OK(mts_labels_free(copied_keys));
    OK(mts_tensormap_free(copy));
    /* [end] */
    OK(mts_tensormap_free(tensor));
}

static void info(void) {
    mts_tensormap_t* tensor = make_tensor();
    /* [example: mts_tensormap_set_info, mts_tensormap_get_info, mts_tensormap_info_keys] */
    OK(mts_tensormap_set_info(tensor, "unit", "eV"));
    OK(mts_tensormap_set_info(tensor, "author", "somebody"));

    const char* value = NULL;
    OK(mts_tensormap_get_info(tensor, "unit", &value));
    EXPECT(strcmp(value, "eV") == 0);
    OK(mts_tensormap_get_info(tensor, "missing", &value));
    EXPECT(value == NULL);

    const char* const* names = NULL;
    uintptr_t count = 0;
    OK(mts_tensormap_info_keys(tensor, &names, &count));
    EXPECT(count == 2 && strcmp(names[1], "author") == 0);
    /* [end] */
    OK(mts_tensormap_free(tensor));
}

int main(void) {
    create();
    create_or_keep();
    find_block();
    device_and_dtype();
    copy();
    info();
    return EXIT_SUCCESS;
}
