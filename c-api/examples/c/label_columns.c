/* Labels: adding, removing, renaming and moving dimensions. */
#include "array.h"
#include "example.h"

static void expect_rows(const mts_labels_t* labels, uintptr_t expected_size,
                        const int32_t* expected) {
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    EXPECT(labels != NULL);
    OK(mts_labels_values_cpu(labels, &values, &count, &size));
    EXPECT(count == 2 && size == expected_size);
    for (uintptr_t i = 0; i < count * size; i++) {
        EXPECT(values[i] == expected[i]);
    }
}

int main(void) {
    const int32_t values[2] = {5, 6};
    const mts_labels_t* labels = labels_1("atom", 2, values);

    /* [example: mts_labels_insert] */
    /* the same value for all rows */
    const int32_t system = 3;
    const mts_labels_t* inserted = mts_labels_insert(labels, 0, "system", &system, 1);
    const int32_t with_system[4] = {3, 5, 3, 6};
    expect_rows(inserted, 2, with_system);
    /* [end] */

    /* [example: mts_labels_append] */
    /* one value for each row */
    const int32_t types[2] = {1, 8};
    const mts_labels_t* appended = mts_labels_append(labels, "type", types, 2);
    const int32_t with_type[4] = {5, 1, 6, 8};
    expect_rows(appended, 2, with_type);
    /* [end] */

    /* [example: mts_labels_remove] */
    const char* const name = "system";
    const mts_labels_t* removed = mts_labels_remove(inserted, &name, 1);
    expect_rows(removed, 1, values);

    /* without its atoms, system 3 would be there twice */
    const char* const atom = "atom";
    EXPECT(mts_labels_remove(inserted, &atom, 1) == NULL);
    /* [end] */

    /* [example: mts_labels_rename] */
    const mts_labels_t* renamed = mts_labels_rename(labels, "atom", "center");
    expect_rows(renamed, 1, values);
    /* [end] */

    /* [example: mts_labels_permute] */
    const uintptr_t order[2] = {1, 0};
    const mts_labels_t* permuted = mts_labels_permute(appended, order, 2);
    const int32_t type_first[4] = {1, 5, 8, 6};
    expect_rows(permuted, 2, type_first);
    /* [end] */

    OK(mts_labels_free(permuted));
    OK(mts_labels_free(renamed));
    OK(mts_labels_free(removed));
    OK(mts_labels_free(appended));
    OK(mts_labels_free(inserted));
    OK(mts_labels_free(labels));
    return EXIT_SUCCESS;
}
