/* Tensor maps: creation, copies and global information. */
#include "check.h"
#include "support.h"

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
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, &unchanged, 1), 1, "block 1...1 block");
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
    CHECK_INVALID(mts_tensormap(NULL, blocks, 2), "keys");
    CHECK_INVALID(mts_tensormap(keys, NULL, 2), "blocks");
    mts_block_t* repeated[2] = {blocks[0], blocks[0]};
    CHECK_INVALID(mts_tensormap(keys, repeated, 2), "more than once...index 1");
    CHECK(repeated[0] == first && repeated[1] == first);
    mts_block_t* null[2] = {blocks[0], NULL};
    CHECK_INVALID(mts_tensormap(keys, null, 2), "NULL...`blocks[1]`");
    CHECK(null[0] == first);
    CHECK(blocks[0] == first);

    /* all other failures free them */
    CHECK_INVALID(mts_tensormap(keys, blocks, 1), "1 block...2");
    CHECK(blocks[0] == NULL && blocks[1] != NULL);

    blocks[0] = mts_block_copy(blocks[1]);
    mts_array_t array = {0};
    CHECK_OK(mts_block_data(blocks[1], &array));
    array_state(array)->origin = 0;
    CHECK_INVALID(mts_tensormap(keys, blocks, 2), "origin");
    CHECK(blocks[0] == NULL && blocks[1] == NULL);
    CHECK_EQUAL(array_state(array)->destroyed, 1);

    const mts_labels_t* s = make_labels_1("other", 1, I32(0));
    const mts_labels_t* p = make_labels_1("n", 1, I32(0));
    blocks[0] = make_block(1, I32(0), 1, I32(0), NULL);
    blocks[1] = mts_block(array_f64(2, SHAPE(1, 1), NULL), s, NULL, 0, p);
    CHECK_INVALID(mts_tensormap(keys, blocks, 2), "samples...(other)");
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
    CHECK_INVALID(mts_tensormap(keys, blocks, 2), "gradients...(g)");
    mts_labels_free(s);
    mts_labels_free(p);
    mts_labels_free(keys);
}

static void test_from_blocks(void) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(0, 1));
    mts_block_t* blocks[2] = {make_block(1, I32(0), 1, I32(0), NULL),
                              make_block(1, I32(0), 1, I32(0), NULL)};
    mts_block_t* first = blocks[0];
    mts_block_t* second = blocks[1];

    /* failures leave the blocks to the caller */
    CHECK_INVALID(mts_tensormap_from_blocks(keys, blocks, 1), "1 block...2");
    mts_block_t* repeated[2] = {blocks[0], blocks[0]};
    CHECK_INVALID(mts_tensormap_from_blocks(keys, repeated, 2), "more than once...index 1");
    mts_array_t array = {0};
    CHECK_OK(mts_block_data(second, &array));
    mts_data_origin_t origin = array_state(array)->origin;
    array_state(array)->origin = 0;
    CHECK_INVALID(mts_tensormap_from_blocks(keys, blocks, 2), "origin");
    array_state(array)->origin = origin;
    CHECK(blocks[0] == first && blocks[1] == second);
    CHECK_EQUAL(array_state(array)->destroyed, 0);
    CHECK_OK(mts_block_free(second));
    blocks[1] = make_block(1, I32(0), 1, I32(0), NULL);
    second = blocks[1];

    mts_tensormap_t* tensor = mts_tensormap_from_blocks(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    CHECK(blocks[0] == NULL && blocks[1] == NULL);
    CHECK(block_at(tensor, 0) == first && block_at(tensor, 1) == second);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);

    keys = make_labels_1("k", 0, NULL);
    tensor = mts_tensormap_from_blocks(keys, NULL, 0);
    REQUIRE(tensor != NULL);
    mts_tensormap_free(tensor);
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
    CHECK_FAILS(mts_tensormap_set_info(tensor, "\xff", "x"), 1, "`key`...UTF-8");

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
    CHECK_INVALID(mts_tensormap_copy(NULL), "tensor");
    CHECK_INVALID(mts_tensormap_keys(NULL), "tensor");
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
    RUN(test_from_blocks);
    RUN(test_copy);
    RUN(test_info);
    RUN(test_null_parameters);
    return check_summary();
}
