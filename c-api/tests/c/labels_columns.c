/* Labels: adding, removing, renaming and moving dimensions. */
#include "check.h"
#include "support.h"

static void check_names(const mts_labels_t* labels, uintptr_t expected_count,
                        const char* const* expected) {
    const char* const* names = NULL;
    uintptr_t count = 0;
    CHECK_OK(mts_labels_dimensions(labels, &names, &count));
    CHECK_EQUAL(count, expected_count);
    for (uintptr_t i = 0; i < count && i < expected_count; i++) {
        CHECK_STRING(names[i], expected[i]);
    }
}

static void test_insert(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 3, 4));
    const mts_labels_t* inserted = mts_labels_insert(labels, 1, "c", I32(8, 9), 2);
    check_names(inserted, 3, NAMES("a", "c", "b"));
    check_rows(inserted, 2, 3, I32(1, 8, 2, 3, 9, 4));
    check_rows(mts_labels_insert(labels, 0, "c", I32(7), 1), 2, 3, I32(7, 1, 2, 7, 3, 4));

    inserted = mts_labels_append(labels, "c", I32(8, 9), 2);
    check_names(inserted, 3, NAMES("a", "b", "c"));
    check_rows(inserted, 2, 3, I32(1, 2, 8, 3, 4, 9));

    CHECK_NULL(mts_labels_insert(labels, 3, "c", I32(7), 1), "position 3");
    CHECK_NULL(mts_labels_insert(labels, 0, "a", I32(7), 1), "'a'");
    CHECK_NULL(mts_labels_insert(labels, 0, "not ok", I32(7), 1), "'not ok'");
    CHECK_NULL(mts_labels_insert(labels, 0, "c", I32(7, 8, 9), 3), "2 rows");
    CHECK_NULL(mts_labels_append(labels, "c", NULL, 0), "2 rows");
    CHECK_NULL(mts_labels_append(labels, "c", NULL, 1), "values");
    mts_labels_free(labels);

    labels = make_labels_1("a", 0, NULL);
    check_rows(mts_labels_append(labels, "c", NULL, 0), 0, 2, NULL);
    check_rows(mts_labels_append(labels, "c", I32(3), 1), 0, 2, NULL);
    mts_labels_free(labels);
}

static void test_remove(void) {
    const mts_labels_t* labels =
        make_labels(3, NAMES("a", "b", "c"), 2, I32(1, 2, 3, 1, 4, 3));
    const mts_labels_t* removed = mts_labels_remove(labels, NAMES("a", "c"), 2);
    check_names(removed, 1, NAMES("b"));
    check_rows(removed, 2, 1, I32(2, 4));
    check_rows(mts_labels_remove(labels, NULL, 0), 2, 3, I32(1, 2, 3, 1, 4, 3));

    CHECK_NULL(mts_labels_remove(labels, NAMES("b"), 1), "(a=1, c=3)");
    CHECK_NULL(mts_labels_remove(labels, NAMES("d"), 1), "'d'");
    CHECK_NULL(mts_labels_remove(labels, NAMES("a", "b", "c"), 3), "(a, b, c)");
    mts_labels_free(labels);

    labels = make_labels_1("a", 0, NULL);
    check_rows(mts_labels_remove(labels, NAMES("a"), 1), 0, 0, NULL);
    mts_labels_free(labels);
}

static void test_rename(void) {
    const mts_labels_t* labels = make_labels(2, NAMES("a", "b"), 2, I32(1, 2, 3, 4));
    mts_array_t array = {0};
    mts_array_t renamed_array = {0};
    CHECK_OK(mts_labels_values(labels, &array));
    const mts_labels_t* renamed = mts_labels_rename(labels, "b", "c");
    CHECK_OK(mts_labels_values(renamed, &renamed_array));
    CHECK(array.ptr == renamed_array.ptr);
    check_names(renamed, 2, NAMES("a", "c"));
    check_names(labels, 2, NAMES("a", "b"));
    CHECK_NULL(mts_labels_rename(labels, "c", "d"), "'c'");
    CHECK_NULL(mts_labels_rename(labels, "a", "b"), "'b'");
    CHECK_NULL(mts_labels_rename(labels, "a", "1"), "'1'");

    /* the values live as long as one of the labels */
    mts_labels_free(labels);
    CHECK_EQUAL(array_state(array)->destroyed, 0);
    check_rows(renamed, 2, 2, I32(1, 2, 3, 4));
}

static void test_permute(void) {
    const mts_labels_t* labels = make_labels(3, NAMES("a", "b", "c"), 1, I32(1, 2, 3));
    const mts_labels_t* permuted = mts_labels_permute(labels, SHAPE(2, 0, 1), 3);
    check_names(permuted, 3, NAMES("c", "a", "b"));
    check_rows(permuted, 1, 3, I32(3, 1, 2));
    CHECK_NULL(mts_labels_permute(labels, SHAPE(0, 1), 2), "3 dimension(s)");
    CHECK_NULL(mts_labels_permute(labels, SHAPE(0, 1, 1), 3), "[0, 1, 1]");
    CHECK_NULL(mts_labels_permute(labels, SHAPE(0, 1, 3), 3), "[0, 1, 3]");
    CHECK_NULL(mts_labels_permute(labels, NULL, 3), "order");
    mts_labels_free(labels);
}

int main(void) {
    RUN(test_insert);
    RUN(test_remove);
    RUN(test_rename);
    RUN(test_permute);
    return check_summary();
}
