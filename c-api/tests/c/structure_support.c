#include "structure_support.h"

#include "check.h"

mts_block_t* nested_block(int32_t first, const mts_labels_t* properties) {
    const mts_labels_t* samples = make_labels_1("s", 2, I32(first, first + 1));
    const mts_labels_t* component = make_labels_1("c", 3, I32(0, 1, 2));
    const mts_labels_t* rows_g =
        make_labels(2, NAMES("sample", "a"), 3, I32(1, 0, 0, 4, 1, 2));
    const mts_labels_t* rows_h = make_labels_1("sample", 1, I32(2));
    double value = first;
    mts_block_t* block = mts_block(array_f64(3, SHAPE(2, 3, 1), F64(value, 0, 0, 0, 0, 0)),
                                   samples, &component, 1, properties);
    mts_block_t* g =
        mts_block(array_f64(3, SHAPE(3, 3, 1), NULL), rows_g, &component, 1, properties);
    mts_block_t* h =
        mts_block(array_f64(3, SHAPE(1, 3, 1), NULL), rows_h, &component, 1, properties);
    REQUIRE(block != NULL && g != NULL && h != NULL);
    CHECK_OK(mts_block_add_gradient(g, "h", h));
    CHECK_OK(mts_block_add_gradient(block, "g", g));
    mts_labels_free(samples);
    mts_labels_free(component);
    mts_labels_free(rows_g);
    mts_labels_free(rows_h);
    return block;
}

mts_tensormap_t* nested_tensor(void) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(7, 5));
    const mts_labels_t* properties = make_labels_1("p", 1, I32(9));
    mts_block_t* blocks[2] = {nested_block(10, properties), nested_block(20, properties)};
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    CHECK_OK(mts_tensormap_set_info(tensor, "name", "value"));
    mts_labels_free(keys);
    mts_labels_free(properties);
    return tensor;
}

void new_arrays(const mts_structure_t* structure, mts_array_t* arrays) {
    for (uintptr_t i = 0; i < structure->leaves_count; i++) {
        const uintptr_t* shape = NULL;
        uintptr_t ndim = 0;
        mts_array_t array = structure->arrays[i];
        CHECK_OK(array.shape(array.ptr, &shape, &ndim));
        arrays[i] = array_f64(ndim, shape, NULL);
        double* data = array_state(arrays[i])->data;
        data[0] = (double)(100 + i);
    }
}

void make_wrong(mts_array_t* array, wrong_t wrong) {
    test_array_t* state = array_state(*array);
    switch (wrong) {
    case WRONG_RANK:
        state->ndim = 2;
        break;
    case WRONG_SIZE:
        state->shape[1] = 2;
        break;
    case WRONG_ORIGIN:
        state->origin = 0;
        break;
    case WRONG_DEVICE:
        state->device.device_type = kDLCUDA;
        break;
    case WRONG_DTYPE:
        state->dtype.bits = 32;
        break;
    case WRONG_COUNT:
        break;
    }
}
