/* Counts which are wrong, pointers which are not aligned, and arrays whose functions
 * give anything: always an error, never a crash. NULL pointers are in
 * null_arguments_generated.c, which covers all functions. */
#include "check.h"
#include "hardening_memory.h"
#include "support.h"

#define TOO_MANY (UINTPTR_MAX)
/* this many values of 8 bytes wrap around the address space */
#define WRAPS_AROUND (UINTPTR_MAX / 8 + 2)

static const uintptr_t WRONG_COUNTS[] = {TOO_MANY, WRAPS_AROUND, UINTPTR_MAX / 2 + 1, 0};

/* a pointer which is not a multiple of anything */
static void* misaligned(void* pointer) {
    return (char*)pointer + 1;
}

static void test_counts_of_labels(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(0, 1, 2, 3));
    int64_t position = 7;
    int64_t mapping[4] = {7, 7, 7, 7};
    uint64_t selected[2] = {7, 7};
    const mts_labels_t* result = NULL;
    for (size_t i = 0; i < 4; i++) {
        uintptr_t wrong = WRONG_COUNTS[i];
        CHECK_FAILS(mts_labels_position(labels, I32(0, 1), wrong, &position),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK_FAILS(mts_labels_union(labels, labels, &result, mapping, wrong, NULL, 0),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK_FAILS(mts_labels_intersection(labels, labels, &result, NULL, 0, mapping, wrong),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK_FAILS(mts_labels_difference(labels, labels, &result, mapping, wrong),
                    MTS_INVALID_PARAMETER_ERROR, "");
        uintptr_t count = wrong;
        CHECK_FAILS(mts_labels_select(labels, labels, selected, &count),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK(count == wrong);
    }
    /* off by one */
    for (uintptr_t wrong = 1; wrong <= 3; wrong += 2) {
        CHECK_FAILS(mts_labels_position(labels, I32(0, 1, 2), wrong, &position),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK_FAILS(mts_labels_union(labels, labels, &result, mapping, wrong, NULL, 0),
                    MTS_INVALID_PARAMETER_ERROR, "");
        CHECK_FAILS(mts_labels_difference(labels, labels, &result, mapping, wrong),
                    MTS_INVALID_PARAMETER_ERROR, "");
    }
    CHECK_EQUAL(position, 7);
    CHECK(mapping[0] == 7 && selected[0] == 7 && result == NULL);

    for (size_t i = 0; i < 3; i++) {
        mts_array_t array = array_i32(2, SHAPE(1, 1), NULL);
        CHECK_NULL(mts_labels(NAMES("a"), WRONG_COUNTS[i], array), "dimensions");
    }
    CHECK_NULL(mts_labels(NAMES("a", "b"), 2, array_i32(2, SHAPE(1, 1), NULL)), "");
    CHECK_NULL(mts_labels(NAMES("a"), 1, array_i32(2, SHAPE(1, 2), NULL)), "");
    CHECK_OK(mts_labels_free(labels));
}

static void test_counts_of_blocks(void) {
    const mts_labels_t* labels = make_labels_1("s", 2, I32(0, 1));
    const mts_labels_t* properties = make_labels_1("p", 2, I32(0, 1));
    for (size_t i = 0; i < 3; i++) {
        CHECK_NULL(mts_block(array_f64(2, SHAPE(2, 2), NULL), labels, &properties,
                             WRONG_COUNTS[i], properties),
                   "components");
    }
    CHECK_NULL(mts_block(array_f64(2, SHAPE(2, 2), NULL), labels, &labels, 1, properties), "");
    CHECK_NULL(mts_block(array_f64(3, SHAPE(2, 2, 2), NULL), labels, NULL, 0, properties), "");
    CHECK_NULL(mts_block(array_f64(2, SHAPE(3, 2), NULL), labels, NULL, 0, properties), "");
    CHECK_NULL(mts_block(array_f64(2, SHAPE(2, 1), NULL), labels, NULL, 0, properties), "");

    mts_block_t* block = make_block(2, I32(0, 1), 1, I32(0), F64(1, 2));
    for (uintptr_t axis = 2; axis < 4; axis++) {
        CHECK_NULL(mts_block_labels(block, axis), "");
    }
    CHECK_NULL(mts_block_labels(block, TOO_MANY), "");
    mts_labels_free(labels);
    mts_labels_free(properties);
    mts_block_free(block);
}

static void test_counts_of_tensors(void) {
    mts_tensormap_t* tensor = make_tensor();
    mts_block_t* block = NULL;
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, &block, 3), MTS_INVALID_PARAMETER_ERROR,
                "3");
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, &block, TOO_MANY),
                MTS_INVALID_PARAMETER_ERROR, "");
    for (size_t i = 0; i < 3; i++) {
        CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("c"), WRONG_COUNTS[i]),
                   "dimensions");
    }

    const mts_labels_t* keys = mts_tensormap_keys(tensor);
    mts_block_t* blocks[1] = {make_block(1, I32(0), 1, I32(0), F64(1))};
    for (size_t i = 0; i < 3; i++) {
        CHECK_NULL(mts_tensormap(keys, blocks, WRONG_COUNTS[i]), "blocks");
        CHECK(blocks[0] != NULL);
    }
    /* fewer blocks than keys: these are taken */
    CHECK_NULL(mts_tensormap(keys, blocks, 1), "");
    CHECK(blocks[0] == NULL);
    CHECK_NULL(mts_tensormap(keys, blocks, 1), "`blocks[0]`");
    mts_labels_free(keys);
    mts_tensormap_free(tensor);
}

static void test_counts_of_buffers(void) {
    const uint8_t bytes[64] = {0};
    for (size_t i = 0; i < 3; i++) {
        CHECK_NULL(mts_labels_load_buffer(bytes, UINTPTR_MAX - i), "buffer");
        CHECK_NULL(mts_block_load_buffer(bytes, UINTPTR_MAX - i, array_create_callback),
                   "buffer");
        CHECK_NULL(mts_tensormap_load_buffer(bytes, UINTPTR_MAX - i, array_create_callback),
                   "buffer");
    }
    char name[8] = "unset";
    CHECK_FAILS(mts_get_data_origin(arrays_origin(), name, 3), MTS_BUFFER_SIZE_ERROR, "3");
    CHECK_FAILS(mts_get_data_origin(arrays_origin(), name, TOO_MANY),
                MTS_INVALID_PARAMETER_ERROR, "buffer");
    CHECK_STRING(name, "unset");
}

static void test_misaligned_pointers(void) {
    int64_t memory[4] = {0};
    const mts_labels_t* labels = make_labels_1("a", 1, I32(0));
    const int32_t* values = misaligned(memory);
    int64_t position = 0;
    CHECK_FAILS(mts_labels_position(labels, values, 1, &position), MTS_INVALID_PARAMETER_ERROR,
                "`values` is not aligned");
    CHECK_FAILS(mts_labels_position(labels, I32(0), 1, misaligned(memory)),
                MTS_INVALID_PARAMETER_ERROR, "`result` is not aligned");
    CHECK_FAILS(mts_labels_position(misaligned(memory), I32(0), 1, &position),
                MTS_INVALID_PARAMETER_ERROR, "`labels` is not aligned");
    CHECK_NULL(mts_labels_clone(misaligned(memory)), "`labels` is not aligned");
    CHECK_NULL(mts_block_copy(misaligned(memory)), "`block` is not aligned");
    CHECK_FAILS(mts_tensormap_set_info(misaligned(memory), "a", "b"),
                MTS_INVALID_PARAMETER_ERROR, "`tensor` is not aligned");
    uint64_t* selected = misaligned(memory);
    uintptr_t count = 1;
    CHECK_FAILS(mts_labels_select(labels, labels, selected, &count),
                MTS_INVALID_PARAMETER_ERROR, "`selected` is not aligned");
    mts_labels_free(labels);
}

/***** Arrays which give anything *****/

/* what the functions below give */
static struct {
    uintptr_t shape[4];
    const uintptr_t* shape_pointer;
    uintptr_t shape_count;
    /* from the second call on, the first dimension is larger by this */
    uintptr_t growth;
    int calls;
    DLManagedTensorVersioned tensor;
    int64_t tensor_shape[4];
    int64_t strides[4];
    int give_no_tensor;
    int32_t data[64];
} garbage;

static mts_status_t garbage_shape(const void* array, const uintptr_t** shape,
                                  uintptr_t* shape_count) {
    (void)array;
    garbage.calls += 1;
    if (garbage.calls == 2) {
        garbage.shape[0] += garbage.growth;
    }
    *shape = garbage.shape_pointer;
    *shape_count = garbage.shape_count;
    return MTS_SUCCESS;
}

static mts_status_t garbage_device(const void* array, DLDevice* device) {
    (void)array;
    device->device_type = kDLCPU;
    device->device_id = 0;
    return MTS_SUCCESS;
}

static mts_status_t garbage_as_dlpack(void* array, DLManagedTensorVersioned** tensor,
                                      DLDevice device, const int64_t* stream,
                                      DLPackVersion version) {
    (void)array;
    (void)device;
    (void)stream;
    (void)version;
    *tensor = garbage.give_no_tensor ? NULL : &garbage.tensor;
    return MTS_SUCCESS;
}

/* array of shape (2, 2) with consistent answers, to be changed by the tests */
static mts_array_t garbage_array(void) {
    memset(&garbage, 0, sizeof(garbage));
    garbage.shape[0] = 2;
    garbage.shape[1] = 2;
    garbage.shape_pointer = garbage.shape;
    garbage.shape_count = 2;
    garbage.tensor_shape[0] = 2;
    garbage.tensor_shape[1] = 2;
    garbage.strides[0] = 2;
    garbage.strides[1] = 1;
    for (int32_t i = 0; i < 64; i++) {
        garbage.data[i] = i;
    }
    garbage.tensor.version.major = 1;
    garbage.tensor.dl_tensor.data = garbage.data;
    garbage.tensor.dl_tensor.device.device_type = kDLCPU;
    garbage.tensor.dl_tensor.dtype.code = kDLInt;
    garbage.tensor.dl_tensor.dtype.bits = 32;
    garbage.tensor.dl_tensor.dtype.lanes = 1;
    garbage.tensor.dl_tensor.ndim = 2;
    garbage.tensor.dl_tensor.shape = garbage.tensor_shape;
    garbage.tensor.dl_tensor.strides = garbage.strides;
    mts_array_t array = {0};
    array.ptr = &garbage;
    array.shape = garbage_shape;
    array.device = garbage_device;
    array.as_dlpack = garbage_as_dlpack;
    return array;
}

static const mts_labels_t* garbage_labels(mts_array_t array) {
    return mts_labels(NAMES("a", "b"), 2, array);
}

static void test_garbage_shapes(void) {
    const mts_labels_t* labels = garbage_labels(garbage_array());
    CHECK(labels != NULL);
    mts_labels_free(labels);

    mts_array_t array = garbage_array();
    garbage.shape_pointer = NULL;
    CHECK_NULL(garbage_labels(array), "NULL");
    array = garbage_array();
    garbage.shape_pointer = misaligned(garbage.shape);
    CHECK_NULL(garbage_labels(array), "aligned");
    array = garbage_array();
    garbage.shape_count = UINTPTR_MAX;
    CHECK_NULL(garbage_labels(array), "dimensions");
    array = garbage_array();
    garbage.shape_count = 3;
    CHECK_NULL(garbage_labels(array), "");
    array = garbage_array();
    garbage.shape[0] = UINTPTR_MAX;
    CHECK_NULL(garbage_labels(array), "");
    array = garbage_array();
    garbage.growth = 100;
    labels = garbage_labels(array);
    mts_labels_free(labels);

    /* huge, and really so: all rows are the same memory */
    array = garbage_array();
    garbage.shape[0] = (uintptr_t)1 << 45;
    garbage.tensor_shape[0] = (int64_t)1 << 45;
    garbage.strides[0] = 0;
    CHECK_NULL(garbage_labels(array), "memory");
}

static void test_garbage_tensors(void) {
    mts_array_t array = garbage_array();
    garbage.give_no_tensor = 1;
    CHECK_NULL(garbage_labels(array), "NULL");
    array = garbage_array();
    garbage.tensor.dl_tensor.dtype.bits = 64;
    CHECK_NULL(garbage_labels(array), "int64");
    array = garbage_array();
    garbage.tensor.dl_tensor.dtype.lanes = 0;
    CHECK_NULL(garbage_labels(array), "");
    array = garbage_array();
    garbage.tensor.dl_tensor.data = NULL;
    CHECK_NULL(garbage_labels(array), "NULL");
    array = garbage_array();
    garbage.tensor_shape[0] = 3;
    CHECK_NULL(garbage_labels(array), "shape");
    array = garbage_array();
    garbage.tensor.dl_tensor.ndim = 1;
    CHECK_NULL(garbage_labels(array), "shape");
    array = garbage_array();
    garbage.tensor.dl_tensor.ndim = INT32_MAX;
    CHECK_NULL(garbage_labels(array), "dimensions");
    array = garbage_array();
    garbage.tensor.dl_tensor.shape = NULL;
    CHECK_NULL(garbage_labels(array), "NULL");
    array = garbage_array();
    garbage.tensor.dl_tensor.shape = misaligned(garbage.tensor_shape);
    CHECK_NULL(garbage_labels(array), "aligned");
    array = garbage_array();
    garbage.strides[0] = INT64_MAX / 2;
    CHECK_NULL(garbage_labels(array), "strides");
    array = garbage_array();
    garbage.tensor.version.major = 2;
    CHECK_NULL(garbage_labels(array), "version");
    array = garbage_array();
    garbage.tensor.dl_tensor.device.device_type = kDLCUDA;
    CHECK_NULL(garbage_labels(array), "");
}

static void test_unusual_tensors(void) {
    /* backwards */
    mts_array_t array = garbage_array();
    garbage.strides[0] = -2;
    garbage.tensor.dl_tensor.data = garbage.data + 2;
    const mts_labels_t* labels = garbage_labels(array);
    int64_t position = -1;
    CHECK_OK(mts_labels_position(labels, I32(0, 1), 2, &position));
    CHECK_EQUAL(position, 1);
    mts_labels_free(labels);
    /* rows sharing memory, and integers at any address */
    array = garbage_array();
    garbage.strides[0] = 1;
    garbage.tensor.dl_tensor.byte_offset = 4;
    labels = garbage_labels(array);
    CHECK_OK(mts_labels_position(labels, I32(2, 3), 2, &position));
    CHECK_EQUAL(position, 1);
    mts_labels_free(labels);
    array = garbage_array();
    memmove((char*)garbage.data + 3, garbage.data, 16);
    garbage.tensor.dl_tensor.byte_offset = 3;
    labels = garbage_labels(array);
    CHECK_OK(mts_labels_position(labels, I32(2, 3), 2, &position));
    CHECK_EQUAL(position, 1);
    mts_labels_free(labels);
}

/* more properties than any memory */
static void test_products_which_are_too_large(void) {
    enum { COUNT = 1 << 18 };
    int32_t* rows = malloc(COUNT * sizeof(int32_t));
    double* zeros = calloc(COUNT, sizeof(double));
    REQUIRE(rows != NULL && zeros != NULL);
    for (int32_t i = 0; i < COUNT; i++) {
        rows[i] = i;
    }
    const mts_labels_t* keys = make_labels_1("k", 1, rows);
    const mts_labels_t* moved = make_labels_1("k", COUNT, rows);
    mts_block_t* block = make_block(1, I32(0), COUNT, rows, zeros);
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    REQUIRE(tensor != NULL);
    CHECK_NULL(mts_tensormap_keys_to_properties(tensor, moved, array_scalar(0), true),
               "memory");
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
    mts_labels_free(moved);
    free(rows);
    free(zeros);
}

/* arrays of the library which no memory could hold */
static void test_arrays_which_are_too_large(void) {
    const DLDataType dtype = {kDLFloat, 64, 1};
    const uintptr_t sizes[] = {UINTPTR_MAX, WRAPS_AROUND, (uintptr_t)1 << 58};
    for (size_t i = 0; i < 3; i++) {
        for (uintptr_t rows = 1; rows <= 2; rows++) {
            const uintptr_t shape[2] = {rows, sizes[i]};
            mts_array_t array;
            memset(&array, 0x5A, sizeof(array));
            void* untouched = array.ptr;
            CHECK_FAILS(mts_array_zeros(shape, 2, dtype, &array), MTS_INVALID_PARAMETER_ERROR,
                        "");
            CHECK_FAILS(mts_array_empty(shape, 2, dtype, &array), MTS_INVALID_PARAMETER_ERROR,
                        "");
            CHECK_FAILS(mts_array_full(shape, 2, dtype, F64(1), &array),
                        MTS_INVALID_PARAMETER_ERROR, "");
            CHECK(array.ptr == untouched);
        }
    }
}

int main(void) {
    /* check that leaks would be seen */
    long before = memory_allocations();
    char* volatile pointer = malloc(1);
    CHECK_EQUAL(memory_allocations() - before, memory_is_counted());
    free(pointer);

    RUN(test_counts_of_labels);
    RUN(test_counts_of_blocks);
    RUN(test_counts_of_tensors);
    RUN(test_counts_of_buffers);
    RUN(test_misaligned_pointers);
    RUN(test_garbage_shapes);
    RUN(test_garbage_tensors);
    RUN(test_unusual_tensors);
    RUN(test_products_which_are_too_large);
    RUN(test_arrays_which_are_too_large);
    return check_summary();
}
