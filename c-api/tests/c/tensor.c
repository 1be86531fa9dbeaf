/* Tensor maps: creation, merging blocks, moving components, global information. */
#include "arrays.h"
#include "check.h"

/* keys (k1, k2) = (0,0) (1,0) (0,1), with different samples and properties */
static mts_tensormap_t* make_tensor(void) {
    const mts_labels_t* keys = make_labels(2, NAMES("k1", "k2"), 3, I32(0, 0, 1, 0, 0, 1));
    mts_block_t* blocks[3] = {
        make_block(2, I32(0, 2), 2, I32(0, 1), F64(1, 2, 3, 4)),
        make_block(2, I32(1, 2), 2, I32(1, 5), F64(5, 6, 7, 8)),
        make_block(1, I32(4), 2, I32(0, 1), F64(9, 10)),
    };
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 3);
    REQUIRE(tensor != NULL);
    for (int i = 0; i < 3; i++) {
        CHECK(blocks[i] == NULL);
    }
    mts_labels_free(keys);
    return tensor;
}

static mts_block_t* block_at(mts_tensormap_t* tensor, uintptr_t index) {
    mts_block_t* block = NULL;
    CHECK_OK(mts_tensormap_block_by_id(tensor, &block, index));
    REQUIRE(block != NULL);
    return block;
}

/* labels of one axis of a block; the values stay valid as long as the block */
static void check_axis(mts_block_t* block, uintptr_t axis, uintptr_t expected_size,
                       uintptr_t expected_count, const int32_t* expected) {
    const mts_labels_t* labels = mts_block_labels(block, axis);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &values, &count, &size));
    CHECK_EQUAL(count, expected_count);
    CHECK_EQUAL(size, expected_size);
    if (count == expected_count && size == expected_size) {
        for (uintptr_t i = 0; i < count * size; i++) {
            CHECK_EQUAL(values[i], expected[i]);
        }
    }
    mts_labels_free(labels);
}

static void check_values(mts_block_t* block, uintptr_t count, const double* expected) {
    const double* values = block_values(block);
    for (uintptr_t i = 0; i < count; i++) {
        CHECK_EQUAL(values[i], expected[i]);
    }
}

static void test_create(void) {
    const mts_labels_t* keys = make_labels_1("k", 1, I32(3));
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), F64(5));
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    REQUIRE(tensor != NULL);
    CHECK(block == NULL);
    CHECK(block_at(tensor, 0) == block_at(tensor, 0));

    const mts_labels_t* same = mts_tensormap_keys(tensor);
    CHECK(same == keys);
    mts_labels_free(same);
    mts_labels_free(keys);

    mts_block_t* unchanged = NULL;
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, &unchanged, 1), 1, "1");
    CHECK(unchanged == NULL);

    DLDevice device = {kDLCUDA, 4};
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(mts_tensormap_device(tensor, &device));
    CHECK(device.device_type == kDLCPU && device.device_id == 0);
    CHECK_OK(mts_tensormap_dtype(tensor, &dtype));
    CHECK(dtype.code == kDLFloat && dtype.bits == 64 && dtype.lanes == 1);
    CHECK_OK(mts_tensormap_free(tensor));
    CHECK_OK(mts_tensormap_free(NULL));
}

static void test_without_blocks(void) {
    const mts_labels_t* keys = make_labels_1("k", 0, NULL);
    mts_tensormap_t* tensor = mts_tensormap(keys, NULL, 0);
    REQUIRE(tensor != NULL);
    DLDevice device = {kDLCUDA, 4};
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(mts_tensormap_device(tensor, &device));
    CHECK(device.device_type == kDLCPU && device.device_id == 0);
    CHECK_OK(mts_tensormap_dtype(tensor, &dtype));
    CHECK(dtype.code == kDLFloat && dtype.bits == 64);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
}

static void test_creation_errors(void) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(0, 1));
    mts_block_t* blocks[2] = {make_block(1, I32(0), 1, I32(0), NULL),
                              make_block(1, I32(0), 1, I32(0), NULL)};
    mts_block_t* first = blocks[0];

    /* early failures leave the blocks to the caller */
    CHECK_NULL(mts_tensormap(NULL, blocks, 2), "keys");
    CHECK_NULL(mts_tensormap(keys, NULL, 2), "blocks");
    mts_block_t* repeated[2] = {blocks[0], blocks[0]};
    CHECK_NULL(mts_tensormap(keys, repeated, 2), "invalid parameter");
    CHECK(repeated[0] == first && repeated[1] == first);
    mts_block_t* null[2] = {blocks[0], NULL};
    CHECK_NULL(mts_tensormap(keys, null, 2), "blocks");
    CHECK(null[0] == first);
    CHECK(blocks[0] == first);

    /* all other failures free them */
    CHECK_NULL(mts_tensormap(keys, blocks, 1), "invalid parameter");
    CHECK(blocks[0] == NULL && blocks[1] != NULL);

    blocks[0] = mts_block_copy(blocks[1]);
    mts_array_t array = {0};
    CHECK_OK(mts_block_data(blocks[1], &array));
    array_state(array)->origin = 0;
    CHECK_NULL(mts_tensormap(keys, blocks, 2), "origin");
    CHECK(blocks[0] == NULL && blocks[1] == NULL);
    CHECK_EQUAL(array_state(array)->destroyed, 1);

    const mts_labels_t* s = make_labels_1("other", 1, I32(0));
    const mts_labels_t* p = make_labels_1("n", 1, I32(0));
    blocks[0] = make_block(1, I32(0), 1, I32(0), NULL);
    blocks[1] = mts_block(array_f64(2, SHAPE(1, 1), NULL), s, NULL, 0, p);
    CHECK_NULL(mts_tensormap(keys, blocks, 2), "sample");
    CHECK(blocks[0] == NULL && blocks[1] == NULL);
    mts_labels_free(s);
    mts_labels_free(p);

    /* gradients must be the same */
    blocks[0] = make_block(1, I32(0), 1, I32(0), NULL);
    blocks[1] = make_block(1, I32(0), 1, I32(0), NULL);
    s = make_labels_1("sample", 0, NULL);
    p = mts_block_labels(blocks[0], 1);
    mts_block_t* gradient = mts_block(array_f64(2, SHAPE(0, 1), NULL), s, NULL, 0, p);
    CHECK_OK(mts_block_add_gradient(blocks[0], "g", gradient));
    CHECK_NULL(mts_tensormap(keys, blocks, 2), "gradient");
    mts_labels_free(s);
    mts_labels_free(p);
    mts_labels_free(keys);
}

static void test_copy(void) {
    mts_tensormap_t* tensor = make_tensor();
    CHECK_OK(mts_tensormap_set_info(tensor, "key", "value"));
    mts_tensormap_t* copy = mts_tensormap_copy(tensor);
    REQUIRE(copy != NULL);
    mts_tensormap_free(tensor);
    const char* value = NULL;
    CHECK_OK(mts_tensormap_get_info(copy, "key", &value));
    CHECK_STRING(value, "value");
    check_values(block_at(copy, 1), 4, F64(5, 6, 7, 8));
    mts_tensormap_free(copy);
}

static void test_keys_to_properties(void) {
    mts_tensormap_t* tensor = make_tensor();
    const mts_labels_t* k1 = make_labels_1("k1", 0, NULL);
    mts_array_t fill = array_scalar(-1);
    mts_tensormap_t* merged = mts_tensormap_keys_to_properties(tensor, k1, fill, true);
    REQUIRE(merged != NULL);
    CHECK_EQUAL(array_state(fill)->destroyed, 1);

    mts_block_t* block = block_at(merged, 0);
    check_axis(block, 0, 1, 3, I32(0, 1, 2));
    check_axis(block, 1, 2, 4, I32(0, 0, 0, 1, 1, 1, 1, 5));
    check_values(block, 12, F64(1, 2, -1, -1, -1, -1, 5, 6, 3, 4, 7, 8));
    block = block_at(merged, 1);
    check_axis(block, 1, 2, 2, I32(0, 0, 0, 1));
    check_values(block, 2, F64(9, 10));
    mts_tensormap_free(merged);

    merged = mts_tensormap_keys_to_properties(tensor, k1, array_scalar(-1), false);
    REQUIRE(merged != NULL);
    check_axis(block_at(merged, 0), 0, 1, 3, I32(0, 2, 1));
    mts_tensormap_free(merged);
    mts_labels_free(k1);
    mts_tensormap_free(tensor);
}

static void test_keys_to_samples(void) {
    mts_tensormap_t* tensor = make_tensor();
    const mts_labels_t* k1 = make_labels_1("k1", 0, NULL);
    mts_tensormap_t* merged =
        mts_tensormap_keys_to_samples(tensor, k1, array_scalar(-1), true);
    REQUIRE(merged != NULL);
    mts_block_t* block = block_at(merged, 0);
    check_axis(block, 0, 2, 4, I32(0, 0, 1, 1, 2, 0, 2, 1));
    check_axis(block, 1, 1, 3, I32(0, 1, 5));
    check_values(block, 12, F64(1, 2, -1, -1, 5, 6, 3, 4, -1, -1, 7, 8));
    mts_tensormap_free(merged);
    mts_labels_free(k1);
    mts_tensormap_free(tensor);
}

typedef mts_tensormap_t* (*merge_t)(const mts_tensormap_t*, const mts_labels_t*, mts_array_t,
                                    bool);

/* merging must fail, and destroy the fill value once */
static void check_merge_error(merge_t merge, const mts_tensormap_t* tensor,
                              const mts_labels_t* keys, mts_array_t fill,
                              const char* message) {
    test_array_t* state = array_state(fill);
    CHECK_NULL(merge(tensor, keys, fill, true), message);
    CHECK_EQUAL(state->destroyed, 1);
}

static void check_merge_errors(merge_t merge) {
    mts_tensormap_t* tensor = make_tensor();
    const mts_labels_t* k1 = make_labels_1("k1", 0, NULL);
    const mts_labels_t* missing = make_labels_1("missing", 0, NULL);
    const mts_labels_t* rows = make_labels_1("k1", 2, I32(0, 1));

    check_merge_error(merge, NULL, k1, array_scalar(0), "tensor");
    check_merge_error(merge, tensor, NULL, array_scalar(0), "keys");
    check_merge_error(merge, tensor, missing, array_scalar(0), "missing");
    check_merge_error(merge, tensor, rows, array_scalar(0), "invalid parameter");
    check_merge_error(merge, tensor, k1, array_f64(1, SHAPE(1), NULL), "invalid parameter");
    check_merge_error(merge, tensor, k1, array_i32(0, NULL, NULL), "invalid parameter");
    mts_array_t fill = array_scalar(0);
    array_state(fill)->device.device_type = kDLCUDA;
    check_merge_error(merge, tensor, k1, fill, "invalid parameter");

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block_at(tensor, 0), &array));
    array_state(array)->failure = FAIL_CREATE;
    check_merge_error(merge, tensor, k1, array_scalar(0), "failure from FAIL_CREATE");
    array_state(array)->failure = FAIL_MOVE_DATA;
    check_merge_error(merge, tensor, k1, array_scalar(0), "failure from FAIL_MOVE_DATA");

    mts_labels_free(k1);
    mts_labels_free(missing);
    mts_labels_free(rows);
    mts_tensormap_free(tensor);
}

static void test_merge_errors(void) {
    check_merge_errors(mts_tensormap_keys_to_properties);
    check_merge_errors(mts_tensormap_keys_to_samples);
}

static void test_merge_name_clash(void) {
    const mts_labels_t* keys = make_labels(2, NAMES("n", "s"), 1, I32(0, 0));
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), NULL);
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    const mts_labels_t* n = make_labels_1("n", 0, NULL);
    const mts_labels_t* s = make_labels_1("s", 0, NULL);
    check_merge_error(mts_tensormap_keys_to_properties, tensor, n, array_scalar(0), "n");
    check_merge_error(mts_tensormap_keys_to_samples, tensor, s, array_scalar(0), "s");
    mts_labels_free(n);
    mts_labels_free(s);
    mts_labels_free(keys);
    mts_tensormap_free(tensor);
}

/* one block of shape (2, 2, 3, 2) containing 0 ... 23 */
static mts_tensormap_t* make_components(const char* property) {
    const mts_labels_t* keys = make_labels_1("k", 1, I32(0));
    const mts_labels_t* s = make_labels_1("s", 2, I32(0, 1));
    const mts_labels_t* c = make_labels_1("c", 2, I32(0, 1));
    const mts_labels_t* d = make_labels_1("d", 3, I32(-1, 0, 1));
    const mts_labels_t* n = make_labels_1(property, 2, I32(0, 1));
    const mts_labels_t* components[2] = {c, d};
    double values[24];
    for (int i = 0; i < 24; i++) {
        values[i] = i;
    }
    mts_block_t* block =
        mts_block(array_f64(4, SHAPE(2, 2, 3, 2), values), s, components, 2, n);
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    REQUIRE(tensor != NULL);
    mts_labels_free(keys);
    mts_labels_free(s);
    mts_labels_free(c);
    mts_labels_free(d);
    mts_labels_free(n);
    return tensor;
}

static void test_components_to_properties(void) {
    mts_tensormap_t* tensor = make_components("n");
    mts_tensormap_t* moved = mts_tensormap_components_to_properties(tensor, NAMES("c"), 1);
    REQUIRE(moved != NULL);
    check_axis(block_at(moved, 0), 1, 1, 3, I32(-1, 0, 1));
    check_axis(block_at(moved, 0), 2, 2, 4, I32(0, 0, 0, 1, 1, 0, 1, 1));
    check_values(block_at(moved, 0), 12, F64(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11));
    mts_tensormap_free(moved);

    moved = mts_tensormap_components_to_properties(tensor, NAMES("d"), 1);
    REQUIRE(moved != NULL);
    check_values(block_at(moved, 0), 12, F64(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    mts_tensormap_free(moved);

    moved = mts_tensormap_components_to_properties(tensor, NAMES("c", "d"), 2);
    REQUIRE(moved != NULL);
    check_values(block_at(moved, 0), 12, F64(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11));
    mts_tensormap_free(moved);
    mts_tensormap_free(tensor);
}

static void test_components_to_properties_order(void) {
    /* with three components, the ones which stay keep their order */
    const char* names[3] = {"c", "d", "e"};
    const mts_labels_t* keys = make_labels_1("k", 1, I32(0));
    const mts_labels_t* components[3];
    for (int i = 0; i < 3; i++) {
        components[i] = make_labels_1(names[i], (uintptr_t)i + 2, I32(0, 1, 2, 3));
    }
    double values[24];
    for (int i = 0; i < 24; i++) {
        values[i] = i;
    }
    const mts_labels_t* s = make_labels_1("s", 1, I32(0));
    const mts_labels_t* n = make_labels_1("n", 1, I32(0));
    mts_block_t* block =
        mts_block(array_f64(5, SHAPE(1, 2, 3, 4, 1), values), s, components, 3, n);
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    mts_tensormap_t* moved = mts_tensormap_components_to_properties(tensor, NAMES("c"), 1);
    REQUIRE(moved != NULL);
    check_axis(block_at(moved, 0), 1, 1, 3, I32(0, 1, 2));
    for (int d = 0; d < 3; d++) {
        for (int e = 0; e < 4; e++) {
            for (int c = 0; c < 2; c++) {
                CHECK_EQUAL(block_values(block_at(moved, 0))[(d * 4 + e) * 2 + c],
                            (c* 3 + d) * 4 + e);
            }
        }
    }
    mts_tensormap_free(moved);
    mts_tensormap_free(tensor);
    for (int i = 0; i < 3; i++) {
        mts_labels_free(components[i]);
    }
    mts_labels_free(keys);
    mts_labels_free(s);
    mts_labels_free(n);
}

static void test_components_to_properties_errors(void) {
    mts_tensormap_t* tensor = make_components("n");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("missing"), 1), "missing");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NULL, 1), "dimensions");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("c", NULL), 2), "NULL");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NULL, 0), "invalid parameter");
    CHECK_NULL(mts_tensormap_components_to_properties(NULL, NAMES("c"), 1), "tensor");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("\xff"), 1), "");

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block_at(tensor, 0), &array));
    array_state(array)->failure = FAIL_COPY;
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("c"), 1),
               "failure from FAIL_COPY");
    mts_tensormap_free(tensor);

    tensor = make_components("c");
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("c"), 1), "c");
    mts_tensormap_free(tensor);
}

static void test_info(void) {
    mts_tensormap_t* tensor = make_tensor();
    const char* const* keys = NAMES("x");
    const char* value = "unset";
    uintptr_t count = 5;
    CHECK_OK(mts_tensormap_info_keys(tensor, &keys, &count));
    CHECK(keys == NULL);
    CHECK_EQUAL(count, 0);
    CHECK_OK(mts_tensormap_get_info(tensor, "missing", &value));
    CHECK(value == NULL);

    CHECK_OK(mts_tensormap_set_info(tensor, "zeta", "1"));
    CHECK_OK(mts_tensormap_set_info(tensor, "alpha", "\xc3\xa9"));
    CHECK_OK(mts_tensormap_set_info(tensor, "zeta", "2"));
    CHECK_OK(mts_tensormap_info_keys(tensor, &keys, &count));
    CHECK_EQUAL(count, 2);
    CHECK_STRING(keys[0], "zeta");
    CHECK_STRING(keys[1], "alpha");
    CHECK_OK(mts_tensormap_get_info(tensor, "zeta", &value));
    CHECK_STRING(value, "2");
    CHECK_OK(mts_tensormap_get_info(tensor, "alpha", &value));
    CHECK_STRING(value, "\xc3\xa9");
    CHECK_FAILS(mts_tensormap_set_info(tensor, "\xff", "x"), 1, "");

    /* kept by all the functions */
    const mts_labels_t* k1 = make_labels_1("k1", 0, NULL);
    mts_tensormap_t* merged = mts_tensormap_keys_to_samples(tensor, k1, array_scalar(0), true);
    CHECK_OK(mts_tensormap_get_info(merged, "zeta", &value));
    CHECK_STRING(value, "2");
    mts_tensormap_free(merged);
    mts_labels_free(k1);
    mts_tensormap_free(tensor);
}

static void test_null_parameters(void) {
    mts_tensormap_t* tensor = make_tensor();
    mts_block_t* block = NULL;
    DLDevice device;
    DLDataType dtype;
    const char* value = NULL;
    const char* const* keys = NULL;
    uintptr_t count = 0;
    CHECK_NULL(mts_tensormap_copy(NULL), "tensor");
    CHECK_NULL(mts_tensormap_keys(NULL), "tensor");
    CHECK_FAILS(mts_tensormap_block_by_id(NULL, &block, 0), 1, "tensor");
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, NULL, 0), 1, "block");
    CHECK_FAILS(mts_tensormap_device(NULL, &device), 1, "tensor");
    CHECK_FAILS(mts_tensormap_device(tensor, NULL), 1, "device");
    CHECK_FAILS(mts_tensormap_dtype(NULL, &dtype), 1, "tensor");
    CHECK_FAILS(mts_tensormap_dtype(tensor, NULL), 1, "dtype");
    CHECK_FAILS(mts_tensormap_set_info(NULL, "a", "b"), 1, "tensor");
    CHECK_FAILS(mts_tensormap_set_info(tensor, NULL, "b"), 1, "key");
    CHECK_FAILS(mts_tensormap_set_info(tensor, "a", NULL), 1, "value");
    CHECK_FAILS(mts_tensormap_get_info(NULL, "a", &value), 1, "tensor");
    CHECK_FAILS(mts_tensormap_get_info(tensor, NULL, &value), 1, "key");
    CHECK_FAILS(mts_tensormap_get_info(tensor, "a", NULL), 1, "value");
    CHECK_FAILS(mts_tensormap_info_keys(NULL, &keys, &count), 1, "tensor");
    CHECK_FAILS(mts_tensormap_info_keys(tensor, NULL, &count), 1, "keys");
    CHECK_FAILS(mts_tensormap_info_keys(tensor, &keys, NULL), 1, "keys_count");
    mts_tensormap_free(tensor);
}

int main(void) {
    RUN(test_create);
    RUN(test_without_blocks);
    RUN(test_creation_errors);
    RUN(test_copy);
    RUN(test_keys_to_properties);
    RUN(test_keys_to_samples);
    RUN(test_merge_errors);
    RUN(test_merge_name_clash);
    RUN(test_components_to_properties);
    RUN(test_components_to_properties_order);
    RUN(test_components_to_properties_errors);
    RUN(test_info);
    RUN(test_null_parameters);
    return check_summary();
}
