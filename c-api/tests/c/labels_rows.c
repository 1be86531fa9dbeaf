/* Labels: finding, comparing, sorting, taking and grouping rows. */
#include "check.h"
#include "support.h"

static void check_mapping(const int64_t* actual, uintptr_t count, const int32_t* expected) {
    for (uintptr_t i = 0; i < count; i++) {
        CHECK_EQUAL(actual[i], expected[i]);
    }
}

static void test_positions(void) {
    const mts_labels_t* labels =
        make_labels(2, NAMES("a", "b"), 3, I32(1, 2, 300000, -4, 7, 7));
    int64_t positions[4] = {77, 77, 77, 77};
    CHECK_OK(mts_labels_positions(labels, I32(7, 7, 0, 0, 1, 2, 300000, -4), 8, positions, 4));
    check_mapping(positions, 4, I32(2, -1, 0, 1));
    CHECK_OK(mts_labels_positions(labels, NULL, 0, NULL, 0));

    positions[0] = 77;
    CHECK_FAILS(mts_labels_positions(labels, I32(7, 7, 0), 3, positions, 1),
                MTS_INVALID_PARAMETER_ERROR, "(a, b)");
    CHECK_FAILS(mts_labels_positions(labels, I32(7, 7, 0, 0), 4, positions, 1),
                MTS_INVALID_PARAMETER_ERROR, "2 entries");
    CHECK_FAILS(mts_labels_positions(labels, I32(7, 7, 0, 0), 4, NULL, 2),
                MTS_INVALID_PARAMETER_ERROR, "positions");
    CHECK_EQUAL(positions[0], 77);
    mts_labels_free(labels);
}

static void test_is_sorted(void) {
    bool sorted = false;
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 1, 3));
    CHECK_OK(mts_labels_is_sorted(labels, &sorted));
    CHECK(sorted);
    mts_labels_free(labels);

    labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 1, 1));
    CHECK_OK(mts_labels_is_sorted(labels, &sorted));
    CHECK(!sorted);
    mts_labels_free(labels);

    labels = make_labels_1("a", 1, I32(2));
    mts_array_t array = array_i32(2, SHAPE(2, 1), NULL);
    array_state(array)->failure = FAIL_AS_DLPACK;
    const mts_labels_t* failing = mts_labels_assume_unique(NAMES("a"), 1, array);
    sorted = true;
    CHECK_FAILS(mts_labels_is_sorted(failing, &sorted), MTS_CALLBACK_ERROR,
                "failure from FAIL_AS_DLPACK");
    CHECK(sorted);
    mts_labels_free(failing);
    mts_labels_free(labels);
}

static void check_equal(const mts_labels_t* first, const mts_labels_t* second, bool expected) {
    bool equal = !expected;
    CHECK_OK(mts_labels_equal(first, second, &equal));
    CHECK_EQUAL(equal, expected);
    CHECK_OK(mts_labels_equal(second, first, &equal));
    CHECK_EQUAL(equal, expected);
    mts_labels_free(second);
}

static void test_equal(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 1, 3));
    check_equal(labels, mts_labels_clone(labels), true);
    check_equal(labels, make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 1, 3)), true);
    check_equal(labels, make_labels(2, NAMES("a", "c"), 2, I32(1, 2, 1, 3)), false);
    check_equal(labels, make_labels(2, NAMES("b", "a"), 2, I32(1, 2, 1, 3)), false);
    check_equal(labels, make_labels(2, NAMES("a", "b"), 2, I32(1, 3, 1, 2)), false);
    check_equal(labels, make_labels(2, NAMES("a", "b"), 1, I32(1, 2)), false);

    mts_array_t array = array_i32(2, SHAPE(2, 2), I32(1, 2, 1, 3));
    array_state(array)->device.device_type = kDLCUDA;
    check_equal(labels, mts_labels_assume_unique(NAMES("a", "b"), 2, array), false);
    mts_labels_free(labels);
}

static void test_argsort(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 3, I32(1, 2, -1, 8, 1, 0));
    int64_t order[3] = {77, 77, 77};
    CHECK_FAILS(mts_labels_argsort(labels, false, order, 2), MTS_INVALID_PARAMETER_ERROR,
                "3 entries");
    CHECK_FAILS(mts_labels_argsort(labels, false, NULL, 3), MTS_INVALID_PARAMETER_ERROR,
                "order");
    CHECK_EQUAL(order[0], 77);
    CHECK_OK(mts_labels_argsort(labels, false, order, 3));
    check_mapping(order, 3, I32(1, 2, 0));
    CHECK_OK(mts_labels_argsort(labels, true, order, 3));
    check_mapping(order, 3, I32(0, 2, 1));
    mts_labels_free(labels);
}

static void test_take(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 3, I32(1, 2, -1, 8, 1, 0));
    const int64_t rows[3] = {2, 0, 2};
    check_rows(mts_labels_take(labels, rows, 2), 2, 2, I32(1, 0, 1, 2));
    check_rows(mts_labels_take(labels, NULL, 0), 0, 2, NULL);
    CHECK_NULL(mts_labels_take(labels, rows, 3), "row 2");
    CHECK_NULL(mts_labels_take(labels, NULL, 1), "rows");
    const int64_t outside[2] = {3, -1};
    CHECK_NULL(mts_labels_take(labels, outside, 1), "row 3 is out of range");
    CHECK_NULL(mts_labels_take(labels, outside + 1, 1), "row -1 is out of range");
    mts_labels_free(labels);
}

static void test_group_by(void) {
    const mts_labels_t* labels =
        make_labels(2, NAMES("a", "b"), 4, I32(7, 1, 2, 1, 7, 3, 2, 0));
    const mts_labels_t* groups = NULL;
    int64_t inverse[4];
    int64_t offsets[5] = {77, 77, 77, 77, 77};
    int64_t members[4];
    CHECK_OK(mts_labels_group_by(labels, NAMES("a"), 1, false, &groups, inverse, 4, offsets, 5,
                                 members, 4));
    check_rows(groups, 2, 1, I32(7, 2));
    check_mapping(inverse, 4, I32(0, 1, 0, 1));
    check_mapping(offsets, 5, I32(0, 2, 4, 77, 77));
    check_mapping(members, 4, I32(0, 2, 1, 3));

    CHECK_OK(mts_labels_group_by(labels, NAMES("a"), 1, true, &groups, inverse, 4, NULL, 0,
                                 members, 4));
    check_rows(groups, 2, 1, I32(2, 7));
    check_mapping(inverse, 4, I32(1, 0, 1, 0));
    check_mapping(members, 4, I32(1, 3, 0, 2));

    /* all dimensions, in another order, without any mapping */
    CHECK_OK(mts_labels_group_by(labels, NAMES("b", "a"), 2, true, &groups, NULL, 1234, NULL,
                                 1234, NULL, 1234));
    check_rows(groups, 4, 2, I32(0, 2, 1, 2, 1, 7, 3, 7));
    mts_labels_free(labels);
}

static void test_group_by_errors(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(7, 1, 2, 1));
    const mts_labels_t* groups = labels;
    int64_t buffer[3] = {77, 77, 77};

#define GROUP(names, count, inverse, inverse_count, offsets, offsets_count)                   \
    mts_labels_group_by(labels, names, count, false, &groups, inverse, inverse_count,         \
                        offsets, offsets_count, NULL, 0)
    CHECK_FAILS(GROUP(NULL, 0, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "at least one dimension");
    CHECK_FAILS(GROUP(NAMES("c"), 1, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR, "'c'");
    CHECK_FAILS(GROUP(NAMES("a", "a"), 2, NULL, 0, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "'a'");
    CHECK_FAILS(GROUP(NAMES("a"), 1, buffer, 3, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "2 entries");
    CHECK_FAILS(GROUP(NAMES("a"), 1, NULL, 0, buffer, 2), MTS_INVALID_PARAMETER_ERROR,
                "3 entries");
    CHECK_FAILS(GROUP(NAMES("a"), 1, buffer, 2, buffer, 3), MTS_INVALID_PARAMETER_ERROR,
                "can not share memory");
    /* the new labels are made by the array of the labels */
    mts_array_t array = {0};
    CHECK_OK(mts_labels_values(labels, &array));
    array_state(array)->failure = FAIL_FROM_DLPACK;
    CHECK_FAILS(GROUP(NAMES("a"), 1, buffer, 2, NULL, 0), MTS_CALLBACK_ERROR,
                "failure from FAIL_FROM_DLPACK");
#undef GROUP
    CHECK(groups == labels);
    CHECK_EQUAL(buffer[0], 77);
    mts_labels_free(labels);
}

static void test_unique(void) {
    const mts_labels_t* labels = NULL;
    int64_t inverse[3];
    CHECK_OK(mts_labels_unique(NAMES("a"), 1, array_i32(2, SHAPE(3, 1), I32(5, 2, 5)), false,
                               &labels, inverse, 3));
    check_rows(labels, 2, 1, I32(5, 2));
    check_mapping(inverse, 3, I32(0, 1, 0));
    CHECK_OK(mts_labels_unique(NAMES("a"), 1, array_i32(2, SHAPE(3, 1), I32(5, 2, 5)), true,
                               &labels, inverse, 3));
    check_rows(labels, 2, 1, I32(2, 5));
    check_mapping(inverse, 3, I32(1, 0, 1));

    /* nothing is repeated: the array is kept */
    mts_array_t array = array_i32(2, SHAPE(2, 1), I32(5, 2));
    CHECK_OK(mts_labels_unique(NAMES("a"), 1, array, false, &labels, NULL, 0));
    mts_array_t view = {0};
    CHECK_OK(mts_labels_values(labels, &view));
    CHECK(view.ptr == array.ptr);
    mts_labels_free(labels);

    CHECK_OK(mts_labels_unique(NULL, 0, array_i32(2, SHAPE(0, 0), NULL), false, &labels,
                               inverse, 0));
    check_rows(labels, 0, 0, NULL);

    labels = NULL;
    array = array_i32(2, SHAPE(2, 1), I32(5, 2));
    const test_array_t* state = array_state(array);
    CHECK_FAILS(mts_labels_unique(NAMES("a"), 1, array, false, &labels, inverse, 3),
                MTS_INVALID_PARAMETER_ERROR, "2 entries");
    CHECK_EQUAL(array_destroyed(state), 1);
    CHECK_FAILS(mts_labels_unique(NAMES("a", "b"), 2, array_i32(2, SHAPE(2, 1), NULL), false,
                                  &labels, NULL, 0),
                MTS_INVALID_PARAMETER_ERROR, "(count, 2)");
    CHECK(labels == NULL);
}

int main(void) {
    RUN(test_positions);
    RUN(test_is_sorted);
    RUN(test_equal);
    RUN(test_argsort);
    RUN(test_take);
    RUN(test_group_by);
    RUN(test_group_by_errors);
    RUN(test_unique);
    return check_summary();
}
