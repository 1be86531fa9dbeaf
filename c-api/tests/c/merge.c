/* Tensor maps: merging blocks, and moving components to the properties. */
#include "check.h"
#include "support.h"

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

static void check_merge_errors(merge_t merge, const char* rows_message) {
    mts_tensormap_t* tensor = make_tensor();
    const mts_labels_t* k1 = make_labels_1("k1", 0, NULL);
    const mts_labels_t* missing = make_labels_1("missing", 0, NULL);
    const mts_labels_t* rows = make_labels_1("k1", 2, I32(0, 1));

    check_merge_error(merge, NULL, k1, array_scalar(0), "invalid parameter...`tensor`");
    check_merge_error(merge, tensor, NULL, array_scalar(0),
                      "invalid parameter...`keys_to_move`");
    check_merge_error(merge, tensor, missing, array_scalar(0),
                      "invalid parameter...'missing'...(k1, k2)");
    check_merge_error(merge, tensor, rows, array_scalar(0), rows_message);
    check_merge_error(merge, tensor, k1, array_f64(1, SHAPE(1), NULL),
                      "invalid parameter...scalar...[1]");
    check_merge_error(merge, tensor, k1, array_i32(0, NULL, NULL),
                      "invalid parameter...int32 and float64");
    mts_array_t fill = array_scalar(0);
    array_state(fill)->device.device_type = kDLCUDA;
    check_merge_error(merge, tensor, k1, fill, "invalid parameter...on CPU, got CUDA:0");

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block_at(tensor, 0), &array));
    array_state(array)->failure = FAIL_CREATE;
    check_merge_error(merge, tensor, k1, array_scalar(0),
                      "callback error: `create`...failure from FAIL_CREATE");
    array_state(array)->failure = FAIL_MOVE_DATA;
    check_merge_error(merge, tensor, k1, array_scalar(0),
                      "callback error: `move_data`...failure from FAIL_MOVE_DATA");

    mts_labels_free(k1);
    mts_labels_free(missing);
    mts_labels_free(rows);
    mts_tensormap_free(tensor);
}

static void test_merge_errors(void) {
    check_merge_errors(mts_tensormap_keys_to_properties,
                       "invalid parameter...blocks 0 and 1...properties");
    check_merge_errors(mts_tensormap_keys_to_samples, "invalid parameter...got 2 value");
}

static void test_merge_name_clash(void) {
    const mts_labels_t* keys = make_labels(2, NAMES("n", "s"), 1, I32(0, 0));
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), NULL);
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    const mts_labels_t* n = make_labels_1("n", 0, NULL);
    const mts_labels_t* s = make_labels_1("s", 0, NULL);
    check_merge_error(mts_tensormap_keys_to_properties, tensor, n, array_scalar(0),
                      "invalid parameter...'n'...properties");
    check_merge_error(mts_tensormap_keys_to_samples, tensor, s, array_scalar(0),
                      "invalid parameter...'s'...samples");
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
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NAMES("missing"), 1),
                  "'missing'...(c, d)");
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NULL, 1), "dimensions");
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NAMES("c", NULL), 2),
                  "NULL...`dimensions[1]`");
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NULL, 0),
                  "at least one component");
    CHECK_INVALID(mts_tensormap_components_to_properties(NULL, NAMES("c"), 1), "tensor");
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NAMES("\xff"), 1), "UTF-8");

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block_at(tensor, 0), &array));
    array_state(array)->failure = FAIL_COPY;
    CHECK_NULL(mts_tensormap_components_to_properties(tensor, NAMES("c"), 1),
               "failure from FAIL_COPY");
    mts_tensormap_free(tensor);

    tensor = make_components("c");
    CHECK_INVALID(mts_tensormap_components_to_properties(tensor, NAMES("c"), 1),
                  "'c'...properties");
    mts_tensormap_free(tensor);
}

int main(void) {
    RUN(test_keys_to_properties);
    RUN(test_keys_to_samples);
    RUN(test_merge_errors);
    RUN(test_merge_name_clash);
    RUN(test_components_to_properties);
    RUN(test_components_to_properties_order);
    RUN(test_components_to_properties_errors);
    return check_summary();
}
