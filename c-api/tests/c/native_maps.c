/* Arrays implemented by the library: many at once, in labels, maps and files. */
#include "check.h"
#include "support.h"

static const DLDataType F64_TYPE = {kDLFloat, 64, 1};
static const DLDataType I32_TYPE = {kDLInt, 32, 1};

typedef struct counts_t {
    int released[3];
    int all;
} counts_t;

static void count_one(void* user_data, uintptr_t index) {
    counts_t* counts = user_data;
    REQUIRE(index < 3);
    CHECK_EQUAL(counts->all, 0);
    counts->released[index] += 1;
}

static void count_all(void* user_data) {
    ((counts_t*)user_data)->all += 1;
}

static void check_counts(const counts_t* counts, int first, int second, int third, int all) {
    CHECK_EQUAL(counts->released[0], first);
    CHECK_EQUAL(counts->released[1], second);
    CHECK_EQUAL(counts->released[2], third);
    CHECK_EQUAL(counts->all, all);
}

static void test_from_memory(void) {
    double first[4] = {1, 2, 3, 4};
    int32_t second[2] = {5, 6};
    void* data[3] = {first, second, NULL};
    const DLDataType dtypes[3] = {F64_TYPE, I32_TYPE, F64_TYPE};
    const uintptr_t* ndims = SHAPE(2, 1, 2);
    const uintptr_t* shapes = SHAPE(2, 2, 2, 0, 7);
    const int64_t strides[5] = {1, 2, 1, 7, 1};
    const uint8_t read_only[3] = {0, 1, 0};
    counts_t counts = {{0, 0, 0}, 0};
    mts_array_t arrays[3];
    CHECK_OK(mts_arrays_from_memory(data, ndims, dtypes, 3, shapes, 5, strides, read_only,
                                    &counts, count_one, count_all, arrays));
    check_counts(&counts, 0, 0, 0, 0);

    DLManagedTensorVersioned* tensors[3];
    CHECK_OK(mts_arrays_as_dlpack(arrays, 3, tensors));
    CHECK(tensors[0]->dl_tensor.data == first && tensors[0]->dl_tensor.strides[1] == 2);
    CHECK(tensors[1]->dl_tensor.data == second && tensors[1]->dl_tensor.ndim == 1);
    CHECK(tensors[1]->flags == DLPACK_FLAG_BITMASK_READ_ONLY && tensors[0]->flags == 0);
    CHECK(tensors[2]->dl_tensor.data == NULL && tensors[2]->dl_tensor.shape[1] == 7);
    arrays[0].destroy(arrays[0].ptr);
    arrays[1].destroy(arrays[1].ptr);
    check_counts(&counts, 0, 0, 0, 0);

    /* back again, taking the tensors */
    mts_array_t again[3];
    CHECK_OK(mts_arrays_from_dlpack(tensors, 3, again));
    again[1].destroy(again[1].ptr);
    check_counts(&counts, 0, 1, 0, 0);
    again[0].destroy(again[0].ptr);
    again[2].destroy(again[2].ptr);
    check_counts(&counts, 1, 1, 0, 0);
    arrays[2].destroy(arrays[2].ptr);
    check_counts(&counts, 1, 1, 1, 1);

    counts.all = 0;
    CHECK_OK(mts_arrays_from_memory(NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, &counts,
                                    count_one, count_all, arrays));
    CHECK_EQUAL(counts.all, 1);
}

static void test_from_memory_errors(void) {
    double value = 1;
    void* data[3] = {&value, &value, &value};
    const DLDataType dtypes[3] = {F64_TYPE, F64_TYPE, F64_TYPE};
    const DLDataType bad_dtypes[3] = {F64_TYPE, {kDLInt, 4, 1}, F64_TYPE};
    const uintptr_t* ndims = SHAPE(1, 0, 1);
    const uintptr_t* shapes = SHAPE(1, 1);
    counts_t counts = {{0, 0, 0}, 0};
    mts_array_t arrays[3];
    memset(arrays, 0, sizeof(arrays));
    CHECK_FAILS(mts_arrays_from_memory(data, ndims, bad_dtypes, 3, shapes, 2, NULL, NULL,
                                       &counts, count_one, count_all, arrays),
                MTS_INVALID_PARAMETER_ERROR, "array 1");
    check_counts(&counts, 1, 1, 1, 1);
    counts.all = 0;
    CHECK_FAILS(mts_arrays_from_memory(data, ndims, dtypes, 3, shapes, 1, NULL, NULL, &counts,
                                       count_one, count_all, arrays),
                MTS_INVALID_PARAMETER_ERROR, "the sum of all `ndims`: 2");
    check_counts(&counts, 2, 2, 2, 1);
    counts.all = 0;
    CHECK_FAILS(mts_arrays_from_memory(NULL, ndims, dtypes, 3, shapes, 2, NULL, NULL, &counts,
                                       count_one, count_all, arrays),
                MTS_INVALID_PARAMETER_ERROR, "`data`");
    check_counts(&counts, 3, 3, 3, 1);
    counts.all = 0;
    data[2] = NULL;
    CHECK_FAILS(mts_arrays_from_memory(data, ndims, dtypes, 3, shapes, 2, NULL, NULL, &counts,
                                       count_one, count_all, arrays),
                MTS_INVALID_PARAMETER_ERROR, "in array 2: got a NULL pointer for `data`");
    check_counts(&counts, 4, 4, 4, 1);
    CHECK_FAILS(mts_arrays_from_memory(data, SHAPE(SIZE_MAX, 2, 1), dtypes, 3, shapes, 2, NULL,
                                       NULL, NULL, NULL, NULL, arrays),
                MTS_INVALID_PARAMETER_ERROR, "`shapes_count`");
    CHECK_FAILS(mts_arrays_from_memory(data, ndims, dtypes, SIZE_MAX, shapes, 2, NULL, NULL,
                                       NULL, NULL, NULL, arrays),
                MTS_INVALID_PARAMETER_ERROR, "`arrays_count` is too large");
    CHECK(arrays[0].ptr == NULL && arrays[2].ptr == NULL);
}

static void test_dlpack_errors(void) {
    mts_array_t arrays[2] = {array_scalar(1), array_scalar(2)};
    DLManagedTensorVersioned* tensors[2] = {NULL, NULL};
    array_state(arrays[1])->failure = FAIL_AS_DLPACK;
    /* the tensor of the first one is freed again: see check_all_released */
    CHECK_FAILS(mts_arrays_as_dlpack(arrays, 2, tensors), MTS_CALLBACK_ERROR, "as_dlpack");
    CHECK(tensors[0] == NULL);
    array_state(arrays[1])->failure = FAIL_NOTHING;
    CHECK_OK(mts_arrays_as_dlpack(arrays, 2, tensors));
    mts_array_t made[2] = {{0}, {0}};
    tensors[1]->dl_tensor.device.device_type = kDLCUDA;
    CHECK_FAILS(mts_arrays_from_dlpack(tensors, 2, made), MTS_INVALID_PARAMETER_ERROR,
                "in array 1");
    CHECK(made[0].ptr == NULL);
    CHECK_OK(mts_arrays_as_dlpack(arrays, 1, tensors));
    tensors[1] = NULL;
    CHECK_FAILS(mts_arrays_from_dlpack(tensors, 2, made), MTS_INVALID_PARAMETER_ERROR,
                "`tensors[1]`");
    arrays[0].destroy(arrays[0].ptr);
    arrays[1].destroy(arrays[1].ptr);
}

static void test_labels(void) {
    int32_t values[4] = {1, 2, 3, 4};
    counts_t counts = {{0, 0, 0}, 0};
    mts_array_t array;
    CHECK_OK(mts_array_from_memory(values, SHAPE(2, 2), 2, NULL, I32_TYPE, true, &counts,
                                   count_all, &array));
    const mts_labels_t* labels = mts_labels(NAMES("a", "b"), 2, array);
    REQUIRE(labels != NULL);
    /* used in place, until the labels are freed */
    const int32_t* found = NULL;
    uintptr_t count = 0, size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &found, &count, &size));
    CHECK(found == values && count == 2 && size == 2);
    /* results are arrays of the same kind, sharing the memory of the labels */
    const mts_labels_t* merged = NULL;
    CHECK_OK(mts_labels_union(labels, labels, &merged, NULL, 0, NULL, 0));
    mts_array_t merged_values;
    CHECK_OK(mts_labels_values(merged, &merged_values));
    mts_data_origin_t origin = 0;
    char name[64];
    CHECK_OK(merged_values.origin(merged_values.ptr, &origin));
    CHECK_OK(mts_get_data_origin(origin, name, sizeof(name)));
    CHECK_STRING(name, "metatensor.native");
    CHECK_OK(mts_labels_free(merged));
    CHECK_OK(mts_labels_free(labels));
    CHECK_EQUAL(counts.all, 1);
}

/* Block with these values, of shape (1, 2, 2, 1), in an array of the library */
static mts_block_t* native_block(double* values) {
    mts_array_t array;
    CHECK_OK(mts_array_from_memory(values, SHAPE(1, 2, 2, 1), 4, NULL, F64_TYPE, true, NULL,
                                   NULL, &array));
    const mts_labels_t* samples = make_labels_1("s", 1, I32(0));
    const mts_labels_t* components[2] = {make_labels_1("c", 2, I32(0, 1)),
                                         make_labels_1("d", 2, I32(0, 1))};
    const mts_labels_t* properties = make_labels_1("p", 1, I32(0));
    mts_block_t* block = mts_block(array, samples, components, 2, properties);
    REQUIRE(block != NULL);
    mts_labels_free(samples);
    mts_labels_free(components[0]);
    mts_labels_free(components[1]);
    mts_labels_free(properties);
    return block;
}

static void test_merge(void) {
    double values[2][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}};
    const mts_labels_t* keys = make_labels_1("k", 2, I32(0, 1));
    mts_block_t* blocks[2] = {native_block(values[0]), native_block(values[1])};
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    const mts_labels_t* k = make_labels_1("k", 0, NULL);
    mts_tensormap_t* merged =
        mts_tensormap_keys_to_properties(tensor, k, array_scalar(0), false);
    REQUIRE(merged != NULL);
    check_values(block_at(merged, 0), 8, F64(1, 5, 2, 6, 3, 7, 4, 8));
    mts_tensormap_free(merged);
    merged = mts_tensormap_keys_to_samples(tensor, k, array_scalar(0), false);
    REQUIRE(merged != NULL);
    check_values(block_at(merged, 0), 8, F64(1, 2, 3, 4, 5, 6, 7, 8));
    mts_tensormap_free(merged);
    mts_labels_free(k);

    /* this needs a copy, and another one if components are not the last ones */
    mts_tensormap_t* moved = mts_tensormap_components_to_properties(tensor, NAMES("c"), 1);
    REQUIRE(moved != NULL);
    check_values(block_at(moved, 1), 4, F64(5, 7, 6, 8));
    CHECK(block_values(block_at(tensor, 1)) == values[1]);
    mts_tensormap_free(moved);

    mts_tensormap_t* copy = mts_tensormap_copy(tensor);
    check_values(block_at(copy, 1), 4, values[1]);
    CHECK(block_values(block_at(copy, 1)) != values[1]);
    mts_tensormap_free(copy);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
}

static uint8_t* grow(void* user_data, uint8_t* pointer, uintptr_t size) {
    (void)user_data;
    return realloc(pointer, size);
}

static void check_loaded(const uint8_t* buffer, uintptr_t size,
                         mts_create_array_callback_t create) {
    mts_block_t* loaded = mts_block_load_buffer(buffer, size, create);
    REQUIRE(loaded != NULL);
    check_values(loaded, 4, F64(1, 2, 3, 4));
    mts_array_t array;
    mts_data_origin_t origin = 0;
    char name[64];
    CHECK_OK(mts_block_data(loaded, &array));
    CHECK_OK(array.origin(array.ptr, &origin));
    CHECK_OK(mts_get_data_origin(origin, name, sizeof(name)));
    CHECK_STRING(name, "metatensor.native");
    mts_block_free(loaded);
}

static void test_files(void) {
    double values[4] = {1, 2, 3, 4};
    mts_block_t* block = native_block(values);
    uint8_t* buffer = NULL;
    uintptr_t size = 0;
    CHECK_OK(mts_block_save_buffer(&buffer, &size, NULL, grow, block));
    mts_block_free(block);
    check_loaded(buffer, size, mts_array_zeros);
    check_loaded(buffer, size, mts_array_empty);
    free(buffer);
}

int main(void) {
    RUN(test_from_memory);
    RUN(test_from_memory_errors);
    RUN(test_dlpack_errors);
    RUN(test_labels);
    RUN(test_merge);
    RUN(test_files);
    return check_summary();
}
