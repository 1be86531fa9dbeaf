/* Blocks: arrays with labels for each axis. */
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_block, mts_block_free] */
static mts_block_t* make_block(void) {
    /* forces: 2 atoms, 3 directions, 1 property */
    const mts_labels_t* samples = labels_1("atom", 2, (const int32_t[]){0, 1});
    const mts_labels_t* xyz = labels_1("xyz", 3, (const int32_t[]){0, 1, 2});
    const mts_labels_t* properties = labels_1("force", 1, (const int32_t[]){0});
    const uintptr_t shape[3] = {2, 3, 1};
    const double values[6] = {1, 2, 3, 4, 5, 6};

    mts_block_t* block = mts_block(array_f64(3, shape, values), samples, &xyz, 1, properties);
    EXPECT(block != NULL);
    /* the block has its own references */
    OK(mts_labels_free(samples));
    OK(mts_labels_free(xyz));
    OK(mts_labels_free(properties));
    return block;
}

static void create(void) {
    mts_block_t* block = make_block();
    OK(mts_block_free(block));
}
/* [end] */

static void data(void) {
    mts_block_t* block = make_block();
    /* [example: mts_block_data] */
    /* a view of the array given to `mts_block` */
    mts_array_t array = {0};
    OK(mts_block_data(block, &array));
    array_data_f64(array)[0] = 10;

    /* any implementation can give its data as a DLPack tensor */
    DLManagedTensorVersioned* tensor = NULL;
    DLDevice cpu = {kDLCPU, 0};
    DLPackVersion version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
    OK(array.as_dlpack(array.ptr, &tensor, cpu, NULL, version));
    const double* values = tensor->dl_tensor.data;
    EXPECT(values[0] == 10 && values[5] == 6);
    tensor->deleter(tensor);
    /* [end] */
    OK(mts_block_free(block));
}

static void labels(void) {
    mts_block_t* block = make_block();
    /* [example: mts_block_labels] */
    /* 0 for samples, then components, and properties */
    const mts_labels_t* xyz = mts_block_labels(block, 1);
    const char* const* names = NULL;
    uintptr_t size = 0;
    OK(mts_labels_dimensions(xyz, &names, &size));
    EXPECT(size == 1 && strcmp(names[0], "xyz") == 0);
    OK(mts_labels_free(xyz));

    EXPECT(mts_block_labels(block, 3) == NULL);
    /* [end] */
    OK(mts_block_free(block));
}

static void device_and_dtype(void) {
    mts_block_t* block = make_block();
    /* [example: mts_block_device, mts_block_dtype] */
    DLDevice device;
    OK(mts_block_device(block, &device));
    EXPECT(device.device_type == kDLCPU);

    DLDataType dtype;
    OK(mts_block_dtype(block, &dtype));
    EXPECT(dtype.code == kDLFloat && dtype.bits == 64 && dtype.lanes == 1);
    /* [end] */
    OK(mts_block_free(block));
}

static void copy(void) {
    mts_block_t* block = make_block();
    /* [example: mts_block_copy] */
    mts_block_t* copy = mts_block_copy(block);
    EXPECT(copy != NULL);
    mts_array_t original = {0};
    mts_array_t copied = {0};
    OK(mts_block_data(block, &original));
    OK(mts_block_data(copy, &copied));
    array_data_f64(original)[0] = -1;
    EXPECT(array_data_f64(copied)[0] == 1);
    OK(mts_block_free(copy));
    /* [end] */
    OK(mts_block_free(block));
}

int main(void) {
    create();
    data();
    labels();
    device_and_dtype();
    copy();
    return EXIT_SUCCESS;
}
