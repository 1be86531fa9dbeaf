/* Labels: creation, properties and set operations. */
#include "check.h"
#include "support.h"

static void check_mapping(const int64_t* actual, uintptr_t count, const int32_t* expected) {
    for (uintptr_t i = 0; i < count; i++) {
        CHECK_EQUAL(actual[i], expected[i]);
    }
}

static void test_create(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "_b1"), 2, I32(1, 2, 1, 3));
    const char* const* names = NULL;
    uintptr_t count = 0;
    CHECK_OK(mts_labels_dimensions(labels, &names, &count));
    CHECK_EQUAL(count, 2);
    CHECK_STRING(names[0], "a");
    CHECK_STRING(names[1], "_b1");

    /* the same pointer every time */
    const int32_t* values = NULL;
    const int32_t* again = NULL;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &values, &count, &size));
    CHECK_OK(mts_labels_values_cpu(labels, &again, &count, &size));
    CHECK(values == again);
    check_rows(labels, 2, 2, I32(1, 2, 1, 3));
}

static void test_values_are_not_copied(void) {
    mts_array_t array = array_i32(2, SHAPE(2, 1), I32(4, 2));
    test_array_t* state = array_state(array);
    const mts_labels_t* labels = mts_labels(NAMES("a"), 1, array);
    mts_array_t view = {0};
    CHECK_OK(mts_labels_values(labels, &view));
    CHECK(view.ptr == state);
    CHECK(view.destroy == NULL);
    CHECK_EQUAL(state->destroyed, 0);
    CHECK_OK(mts_labels_free(labels));
    CHECK_EQUAL(state->destroyed, 1);
}

static void test_output_is_overwritten(void) {
    /* whatever is in an output array, it must not be used */
    const mts_labels_t* labels = make_labels_1("a", 1, I32(4));
    mts_array_t other = array_i32(2, SHAPE(1, 1), NULL);
    mts_array_t output = other;
    CHECK_OK(mts_labels_values(labels, &output));
    CHECK_EQUAL(array_state(other)->destroyed, 0);
    other.destroy(other.ptr);
    mts_labels_free(labels);
}

static void test_empty(void) {
    check_rows(make_labels_1("a", 0, NULL), 0, 1, NULL);

    const mts_labels_t* labels = mts_labels(NULL, 0, array_i32(2, SHAPE(5, 0), NULL));
    const char* const* names = NAMES("x");
    uintptr_t count = 12;
    CHECK_OK(mts_labels_dimensions(labels, &names, &count));
    CHECK(names == NULL);
    CHECK_EQUAL(count, 0);
    int64_t position = 3;
    CHECK_OK(mts_labels_position(labels, I32(1), 0, &position));
    CHECK_EQUAL(position, -1);
    check_rows(labels, 0, 0, NULL);

    /* the type of an array without rows does not matter */
    labels = mts_labels(NAMES("a"), 1, array_f64(2, SHAPE(0, 1), NULL));
    CHECK(labels != NULL);
    mts_labels_free(labels);
}

static void test_references(void) {
    const mts_labels_t* labels = make_labels_1("a", 1, I32(4));
    const mts_labels_t* clone = mts_labels_clone(labels);
    CHECK(clone == labels);
    CHECK_OK(mts_labels_free(labels));
    check_rows(clone, 1, 1, I32(4));
    CHECK_OK(mts_labels_free(NULL));
}

typedef const mts_labels_t* (*create_labels_t)(const char* const*, uintptr_t, mts_array_t);

static void check_creation_errors(create_labels_t create) {
    CHECK_INVALID(create(NULL, 1, array_i32(2, SHAPE(1, 1), NULL)), "dimensions");
    CHECK_INVALID(create(NAMES("a", NULL), 2, array_i32(2, SHAPE(1, 2), NULL)), "NULL...[1]`");
    CHECK_INVALID(create(NAMES("\xff"), 1, array_i32(2, SHAPE(1, 1), NULL)), "UTF-8");
    CHECK_INVALID(create(NAMES(""), 1, array_i32(2, SHAPE(1, 1), NULL)),
                  "''...not a valid dimension");
    CHECK_INVALID(create(NAMES("1a"), 1, array_i32(2, SHAPE(1, 1), NULL)),
                  "'1a'...not a valid");
    CHECK_INVALID(create(NAMES("a b"), 1, array_i32(2, SHAPE(1, 1), NULL)),
                  "'a b'...not a valid");
    CHECK_INVALID(create(NAMES("\xc3\xa9"), 1, array_i32(2, SHAPE(1, 1), NULL)), "\xc3\xa9");
    CHECK_INVALID(create(NAMES("x", "x"), 2, array_i32(2, SHAPE(1, 2), NULL)), "unique...'x'");
    CHECK_INVALID(create(NULL, 0, array_i32(2, SHAPE(1, 1), NULL)), "without dimensions");
    CHECK_INVALID(create(NAMES("a"), 1, array_i32(1, SHAPE(1), NULL)), "(count, 1)...[1]");
    CHECK_INVALID(create(NAMES("a"), 1, array_i32(2, SHAPE(1, 2), NULL)),
                  "(count, 1)...[1, 2]");
    CHECK_INVALID(create(NAMES("a"), 1, array_i32(3, SHAPE(1, 1, 1), NULL)),
                  "(count, 1)...[1, 1, 1]");

    mts_array_t array = array_i32(2, SHAPE(1, 1), NULL);
    array_state(array)->failure = FAIL_SHAPE;
    CHECK_NULL(create(NAMES("a"), 1, array), "failure from FAIL_SHAPE");
}

static void test_creation_errors(void) {
    check_creation_errors(mts_labels);
    check_creation_errors(mts_labels_assume_unique);

    CHECK_INVALID(mts_labels(NAMES("a", "b"), 2, array_i32(2, SHAPE(2, 2), I32(7, 1, 7, 1))),
                  "a=7, b=1");
    CHECK_INVALID(mts_labels(NAMES("a"), 1, array_f64(2, SHAPE(1, 1), NULL)),
                  "int32...got float64");
    mts_array_t array = array_i32(2, SHAPE(1, 1), NULL);
    array_state(array)->failure = FAIL_AS_DLPACK;
    CHECK_NULL(mts_labels(NAMES("a"), 1, array), "failure from FAIL_AS_DLPACK");

    array = array_i32(2, SHAPE(1, 1), NULL);
    array_state(array)->device.device_type = kDLExtDev;
    CHECK_INVALID(mts_labels(NAMES("a"), 1, array), "ExtDev...no data");
}

static void test_assume_unique(void) {
    /* the data is not read when creating the labels */
    mts_array_t array = array_f64(2, SHAPE(1, 1), NULL);
    array_state(array)->failure = FAIL_AS_DLPACK;
    const mts_labels_t* labels = mts_labels_assume_unique(NAMES("a"), 1, array);
    CHECK(labels != NULL);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_FAILS(mts_labels_values_cpu(labels, &values, &count, &size), MTS_CALLBACK_ERROR,
                "failure from FAIL_AS_DLPACK");
    array_state(array)->failure = FAIL_NOTHING;
    CHECK_FAILS(mts_labels_values_cpu(labels, &values, &count, &size),
                MTS_INVALID_PARAMETER_ERROR, "int32");
    CHECK(values == NULL);
    mts_labels_free(labels);

    array = array_i32(2, SHAPE(2, 1), I32(3, 1));
    array_state(array)->device.device_type = kDLExtDev;
    labels = mts_labels_assume_unique(NAMES("a"), 1, array);
    int64_t position = 0;
    CHECK_FAILS(mts_labels_values_cpu(labels, &values, &count, &size),
                MTS_INVALID_PARAMETER_ERROR, "no data");
    CHECK_FAILS(mts_labels_position(labels, I32(3), 1, &position), MTS_INVALID_PARAMETER_ERROR,
                "no data");
    mts_labels_free(labels);

    check_rows(mts_labels_assume_unique(NAMES("a"), 1, array_i32(2, SHAPE(2, 1), I32(3, 1))),
               2, 1, I32(3, 1));
}

static void test_position(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 1, 3));
    int64_t position = 8;
    CHECK_OK(mts_labels_position(labels, I32(1, 3), 2, &position));
    CHECK_EQUAL(position, 1);
    CHECK_OK(mts_labels_position(labels, I32(3, 1), 2, &position));
    CHECK_EQUAL(position, -1);
    position = 8;
    CHECK_FAILS(mts_labels_position(labels, I32(3), 1, &position), MTS_INVALID_PARAMETER_ERROR,
                "2 dimension...(a, b)...got 1");
    CHECK_EQUAL(position, 8);
    mts_labels_free(labels);
}

static void test_set_operations(void) {
    const mts_labels_t* a = make_labels(2, NAMES("a", "b"), 3, I32(7, 1, 2, 2, 7, -3));
    const mts_labels_t* b = make_labels(2, NAMES("a", "b"), 4, I32(5, 5, 2, 2, 7, 1, 6, 0));
    const mts_labels_t* result = NULL;
    int64_t map_a[3];
    int64_t map_b[4];

    CHECK_OK(mts_labels_union(a, b, &result, map_a, 3, map_b, 4));
    check_mapping(map_a, 3, I32(0, 1, 2));
    check_mapping(map_b, 4, I32(3, 1, 0, 4));
    check_rows(result, 5, 2, I32(7, 1, 2, 2, 7, -3, 5, 5, 6, 0));

    CHECK_OK(mts_labels_intersection(a, b, &result, map_a, 3, map_b, 4));
    check_mapping(map_a, 3, I32(0, 1, -1));
    check_mapping(map_b, 4, I32(-1, 1, 0, -1));
    check_rows(result, 2, 2, I32(7, 1, 2, 2));
    CHECK_OK(mts_labels_intersection(b, a, &result, NULL, 0, NULL, 0));
    check_rows(result, 2, 2, I32(7, 1, 2, 2));

    CHECK_OK(mts_labels_difference(a, b, &result, map_a, 3));
    check_mapping(map_a, 3, I32(-1, -1, 0));
    check_rows(result, 1, 2, I32(7, -3));
    CHECK_OK(mts_labels_difference(b, a, &result, map_b, 4));
    check_mapping(map_b, 4, I32(0, -1, -1, 1));
    check_rows(result, 2, 2, I32(5, 5, 6, 0));
    /* the size of unwanted mappings does not matter */
    CHECK_OK(mts_labels_difference(b, a, &result, NULL, 1234));
    check_rows(result, 2, 2, I32(5, 5, 6, 0));

    mts_labels_free(a);
    mts_labels_free(b);
}

typedef mts_status_t (*set_operation_t)(const mts_labels_t*, const mts_labels_t*,
                                        const mts_labels_t**, int64_t*, uintptr_t, int64_t*,
                                        uintptr_t);

static mts_status_t difference(const mts_labels_t* first, const mts_labels_t* second,
                               const mts_labels_t** result, int64_t* first_mapping,
                               uintptr_t first_mapping_count, int64_t* second_mapping,
                               uintptr_t second_mapping_count) {
    (void)second_mapping;
    (void)second_mapping_count;
    return mts_labels_difference(first, second, result, first_mapping, first_mapping_count);
}

static void check_set_operation_errors(set_operation_t operation) {
    const mts_labels_t* a = make_labels_1("a", 2, I32(1, 2));
    const mts_labels_t* b = make_labels_1("b", 1, I32(2));
    const mts_labels_t* unchanged = a;
    const mts_labels_t* result = unchanged;
    int64_t mapping[3] = {77, 77, 77};

    CHECK_FAILS(operation(a, b, &result, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "(a) and (b)");
    CHECK_FAILS(operation(a, a, &result, mapping, 3, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "first...2 entries, got 3");
    CHECK_EQUAL(mapping[0], 77);
    CHECK_FAILS(operation(NULL, a, &result, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "first");
    CHECK_FAILS(operation(a, NULL, &result, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "second");
    CHECK_FAILS(operation(a, a, NULL, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "result");

    /* the new labels are made by the array of the first ones */
    mts_array_t array = {0};
    CHECK_OK(mts_labels_values(a, &array));
    array_state(array)->failure = FAIL_FROM_DLPACK;
    const mts_labels_t* c = make_labels_1("a", 2, I32(2, 3));
    CHECK_FAILS(operation(a, c, &result, NULL, 0, NULL, 0), MTS_CALLBACK_ERROR,
                "failure from FAIL_FROM_DLPACK");
    CHECK(result == unchanged);
    mts_labels_free(c);
    mts_labels_free(a);
    mts_labels_free(b);
}

static void test_set_operation_errors(void) {
    check_set_operation_errors(mts_labels_union);
    check_set_operation_errors(mts_labels_intersection);
    check_set_operation_errors(difference);
}

static void test_select(void) {
    const mts_labels_t* labels =
        make_labels(2, NAMES("u", "v"), 4, I32(8, 3, 4, 7, 8, 7, 5, 3));
    uint64_t selected[4];
    uintptr_t count = 4;

    const mts_labels_t* selection = make_labels_1("u", 3, I32(5, 8, 9));
    CHECK_OK(mts_labels_select(labels, selection, selected, &count));
    CHECK_EQUAL(count, 3);
    CHECK(selected[0] == 0 && selected[1] == 2 && selected[2] == 3);
    count = 3;
    CHECK_FAILS(mts_labels_select(labels, selection, selected, &count),
                MTS_INVALID_PARAMETER_ERROR, "(4), got 3");
    CHECK_EQUAL(count, 3);
    mts_labels_free(selection);

    /* same dimensions: order of the selection */
    selection = make_labels(2, NAMES("u", "v"), 3, I32(5, 3, 9, 3, 8, 3));
    count = 4;
    CHECK_OK(mts_labels_select(labels, selection, selected, &count));
    CHECK_EQUAL(count, 2);
    CHECK(selected[0] == 3 && selected[1] == 0);
    mts_labels_free(selection);

    /* other order of the dimensions: order of the labels */
    selection = make_labels(2, NAMES("v", "u"), 2, I32(3, 5, 3, 8));
    count = 4;
    CHECK_OK(mts_labels_select(labels, selection, selected, &count));
    CHECK_EQUAL(count, 2);
    CHECK(selected[0] == 0 && selected[1] == 3);
    mts_labels_free(selection);

    selection = mts_labels(NULL, 0, array_i32(2, SHAPE(0, 0), NULL));
    count = 4;
    CHECK_OK(mts_labels_select(labels, selection, selected, &count));
    CHECK_EQUAL(count, 4);
    mts_labels_free(selection);

    selection = make_labels_1("other", 0, NULL);
    CHECK_FAILS(mts_labels_select(labels, selection, selected, &count),
                MTS_INVALID_PARAMETER_ERROR, "'other'...(u, v)");
    mts_labels_free(selection);
    mts_labels_free(labels);
}

static void test_null_parameters(void) {
    const mts_labels_t* labels = make_labels_1("a", 1, I32(4));
    const char* const* names = NULL;
    const int32_t* values = NULL;
    uintptr_t count = 1;
    uintptr_t size = 0;
    int64_t position = 0;
    uint64_t selected[1];
    mts_array_t array = {0};

    CHECK_INVALID(mts_labels_clone(NULL), "labels");
    CHECK_FAILS(mts_labels_dimensions(NULL, &names, &count), 1, "labels");
    CHECK_FAILS(mts_labels_dimensions(labels, NULL, &count), 1, "");
    CHECK_FAILS(mts_labels_dimensions(labels, &names, NULL), 1, "count");
    CHECK_FAILS(mts_labels_values(NULL, &array), 1, "labels");
    CHECK_FAILS(mts_labels_values(labels, NULL), 1, "array");
    CHECK_FAILS(mts_labels_values_cpu(NULL, &values, &count, &size), 1, "labels");
    CHECK_FAILS(mts_labels_values_cpu(labels, NULL, &count, &size), 1, "values");
    CHECK_FAILS(mts_labels_values_cpu(labels, &values, NULL, &size), 1, "count");
    CHECK_FAILS(mts_labels_values_cpu(labels, &values, &count, NULL), 1, "size");
    CHECK_FAILS(mts_labels_position(NULL, I32(1), 1, &position), 1, "labels");
    CHECK_FAILS(mts_labels_position(labels, NULL, 1, &position), 1, "values");
    CHECK_FAILS(mts_labels_position(labels, I32(1), 1, NULL), 1, "result");
    count = 1;
    CHECK_FAILS(mts_labels_select(NULL, labels, selected, &count), 1, "labels");
    CHECK_FAILS(mts_labels_select(labels, NULL, selected, &count), 1, "selection");
    CHECK_FAILS(mts_labels_select(labels, labels, NULL, &count), 1, "selected");
    CHECK_FAILS(mts_labels_select(labels, labels, selected, NULL), 1, "selected_count");
    mts_labels_free(labels);
}

int main(void) {
    RUN(test_create);
    RUN(test_values_are_not_copied);
    RUN(test_output_is_overwritten);
    RUN(test_empty);
    RUN(test_references);
    RUN(test_creation_errors);
    RUN(test_assume_unique);
    RUN(test_position);
    RUN(test_set_operations);
    RUN(test_set_operation_errors);
    RUN(test_select);
    RUN(test_null_parameters);
    return check_summary();
}
