/* Labels as sets: union, intersection, difference and selection. */
#include "array.h"
#include "example.h"

static const int32_t FIRST[3] = {5, 3, 1};
static const int32_t SECOND[4] = {1, 2, 3, 9};

static void expect_rows(const mts_labels_t* labels, uintptr_t count, const int32_t* expected) {
    const int32_t* values = NULL;
    uintptr_t actual = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(labels, &values, &actual, &size));
    EXPECT(actual == count && size == 1);
    for (uintptr_t i = 0; i < count; i++) {
        EXPECT(values[i] == expected[i]);
    }
}

static void set_union(const mts_labels_t* first, const mts_labels_t* second) {
    /* [example: mts_labels_union] */
    /* rows 5 3 1 and 1 2 3 9 */
    const mts_labels_t* result = NULL;
    int64_t first_mapping[3];
    int64_t second_mapping[4];
    OK(mts_labels_union(first, second, &result, first_mapping, 3, second_mapping, 4));
    expect_rows(result, 5, (const int32_t[]){5, 3, 1, 2, 9});
    /* where each row went */
    EXPECT(first_mapping[0] == 0 && first_mapping[2] == 2);
    EXPECT(second_mapping[0] == 2 && second_mapping[3] == 4);
    OK(mts_labels_free(result));
    /* [end] */
}

static void set_intersection(const mts_labels_t* first, const mts_labels_t* second) {
    /* [example: mts_labels_intersection] */
    /* rows 5 3 1 and 1 2 3 9: the order is the one of the labels with fewer rows */
    const mts_labels_t* result = NULL;
    int64_t first_mapping[3];
    OK(mts_labels_intersection(first, second, &result, first_mapping, 3, NULL, 0));
    expect_rows(result, 2, (const int32_t[]){3, 1});
    EXPECT(first_mapping[0] == -1 && first_mapping[1] == 0 && first_mapping[2] == 1);
    OK(mts_labels_free(result));
    /* [end] */
}

static void set_difference(const mts_labels_t* first, const mts_labels_t* second) {
    /* [example: mts_labels_difference] */
    /* rows 5 3 1 which are not among 1 2 3 9 */
    const mts_labels_t* result = NULL;
    OK(mts_labels_difference(first, second, &result, NULL, 0));
    expect_rows(result, 1, (const int32_t[]){5});
    OK(mts_labels_free(result));
    /* [end] */
}

static void selection(void) {
    /* [example: mts_labels_select] */
    const char* const names[2] = {"system", "atom"};
    const int32_t values[8] = {0, 0, 0, 1, 1, 0, 2, 0};
    const uintptr_t shape[2] = {4, 2};
    const mts_labels_t* labels = mts_labels(names, 2, array_i32(2, shape, values));

    /* all the rows of systems 0 and 2 */
    const mts_labels_t* wanted = labels_1("system", 2, (const int32_t[]){0, 2});
    uint64_t selected[4];
    uintptr_t count = 4;
    OK(mts_labels_select(labels, wanted, selected, &count));
    EXPECT(count == 3);
    EXPECT(selected[0] == 0 && selected[1] == 1 && selected[2] == 3);
    /* [end] */
    OK(mts_labels_free(labels));
    OK(mts_labels_free(wanted));
}

int main(void) {
    const mts_labels_t* first = labels_1("i", 3, FIRST);
    const mts_labels_t* second = labels_1("i", 4, SECOND);
    set_union(first, second);
    set_intersection(first, second);
    set_difference(first, second);
    selection();
    OK(mts_labels_free(first));
    OK(mts_labels_free(second));
    return EXIT_SUCCESS;
}
