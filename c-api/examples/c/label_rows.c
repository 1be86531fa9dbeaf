/* Labels: finding, sorting, taking and grouping rows. */
#include "array.h"
#include "example.h"

static const mts_labels_t* make_labels(void) {
    const char* const names[2] = {"system", "atom"};
    const int32_t values[8] = {4, 0, 2, 0, 4, 1, 2, 1};
    const uintptr_t shape[2] = {4, 2};
    const mts_labels_t* labels = mts_labels(names, 2, array_i32(2, shape, values));
    EXPECT(labels != NULL);
    return labels;
}

static void find(const mts_labels_t* labels) {
    /* [example: mts_labels_positions] */
    const int32_t rows[6] = {2, 1, 9, 9, 4, 0};
    int64_t positions[3];
    OK(mts_labels_positions(labels, rows, 6, positions, 3));
    EXPECT(positions[0] == 3 && positions[1] == -1 && positions[2] == 0);
    /* [end] */
}

static void sort(const mts_labels_t* labels) {
    /* [example: mts_labels_is_sorted, mts_labels_argsort, mts_labels_take] */
    bool sorted = true;
    OK(mts_labels_is_sorted(labels, &sorted));
    EXPECT(!sorted);

    int64_t order[4];
    OK(mts_labels_argsort(labels, false, order, 4));
    EXPECT(order[0] == 1 && order[1] == 3 && order[2] == 0 && order[3] == 2);

    const mts_labels_t* ordered = mts_labels_take(labels, order, 4);
    EXPECT(ordered != NULL);
    OK(mts_labels_is_sorted(ordered, &sorted));
    EXPECT(sorted);
    OK(mts_labels_free(ordered));
    /* [end] */
}

static void compare(const mts_labels_t* labels) {
    const mts_labels_t* other = make_labels();
    /* [example: mts_labels_equal] */
    bool equal = false;
    OK(mts_labels_equal(labels, other, &equal));
    EXPECT(equal);
    /* [end] */
    OK(mts_labels_free(other));
}

static void group(const mts_labels_t* labels) {
    /* [example: mts_labels_group_by] */
    /* sum the values of all atoms of each system */
    const double values[4] = {1.0, 2.0, 4.0, 8.0};
    const char* const system = "system";
    const mts_labels_t* groups = NULL;
    int64_t inverse[4];
    int64_t offsets[5];
    int64_t members[4];
    OK(mts_labels_group_by(labels, &system, 1, true, &groups, inverse, 4, offsets, 5, members,
                           4));

    double sums[2] = {0.0, 0.0};
    for (int row = 0; row < 4; row++) {
        sums[inverse[row]] += values[row];
    }
    EXPECT(sums[0] == 10.0 && sums[1] == 5.0);

    /* the atoms of system 4, which is the second group */
    EXPECT(offsets[1] == 2 && offsets[2] == 4);
    EXPECT(members[2] == 0 && members[3] == 2);
    OK(mts_labels_free(groups));
    /* [end] */
}

static void unique(void) {
    /* [example: mts_labels_unique] */
    const int32_t types[5] = {8, 1, 1, 8, 6};
    const uintptr_t shape[2] = {5, 1};
    const char* const name = "type";
    const mts_labels_t* labels = NULL;
    int64_t inverse[5];
    OK(mts_labels_unique(&name, 1, array_i32(2, shape, types), true, &labels, inverse, 5));

    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(labels, &values, &count, &size));
    EXPECT(count == 3 && values[0] == 1 && values[1] == 6 && values[2] == 8);
    EXPECT(inverse[0] == 2 && inverse[1] == 0 && inverse[4] == 1);
    OK(mts_labels_free(labels));
    /* [end] */
}

int main(void) {
    const mts_labels_t* labels = make_labels();
    find(labels);
    sort(labels);
    compare(labels);
    group(labels);
    OK(mts_labels_free(labels));
    unique();
    return EXIT_SUCCESS;
}
