/* Labels: creation, references, values and lookups. */
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_labels, mts_labels_free] */
static const mts_labels_t* make_labels(void) {
    const char* const names[2] = {"system", "atom"};
    const int32_t values[6] = {0, 0, 0, 1, 1, 0};
    const uintptr_t shape[2] = {3, 2};
    /* the library owns the array from now on, whatever happens */
    const mts_labels_t* labels = mts_labels(names, 2, array_i32(2, shape, values));
    EXPECT(labels != NULL);
    return labels;
}

static void create(void) {
    const mts_labels_t* labels = make_labels();
    OK(mts_labels_free(labels));

    /* all rows must be different */
    const char* const name = "i";
    const int32_t twice[2] = {3, 3};
    const uintptr_t shape[2] = {2, 1};
    EXPECT(mts_labels(&name, 1, array_i32(2, shape, twice)) == NULL);
}
/* [end] */

static void create_unchecked(void) {
    /* [example: mts_labels_assume_unique] */
    /* these rows are different by construction: there is no need to check them */
    int32_t values[100];
    for (int32_t i = 0; i < 100; i++) {
        values[i] = 2 * i;
    }
    const char* const name = "even";
    const uintptr_t shape[2] = {100, 1};
    const mts_labels_t* labels =
        mts_labels_assume_unique(&name, 1, array_i32(2, shape, values));
    EXPECT(labels != NULL);

    int64_t position = -1;
    OK(mts_labels_position(labels, &values[40], 1, &position));
    EXPECT(position == 40);
    OK(mts_labels_free(labels));
    /* [end] */
}

static void references(void) {
    const mts_labels_t* labels = make_labels();
    /* [example: mts_labels_clone] */
    /* a new reference, at the same address; each one has to be freed */
    const mts_labels_t* reference = mts_labels_clone(labels);
    EXPECT(reference == labels);
    OK(mts_labels_free(labels));

    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(reference, &values, &count, &size));
    EXPECT(count == 3 && size == 2);
    OK(mts_labels_free(reference));
    /* [end] */
}

static void names(void) {
    const mts_labels_t* labels = make_labels();
    /* [example: mts_labels_dimensions] */
    const char* const* dimensions = NULL;
    uintptr_t size = 0;
    OK(mts_labels_dimensions(labels, &dimensions, &size));
    for (uintptr_t i = 0; i < size; i++) {
        printf("dimension %d is called %s\n", (int)i, dimensions[i]);
    }
    EXPECT(size == 2 && strcmp(dimensions[1], "atom") == 0);
    /* [end] */
    OK(mts_labels_free(labels));
}

static void values(void) {
    const mts_labels_t* labels = make_labels();
    /* [example: mts_labels_values] */
    /* a view of the array given to `mts_labels`: there is nothing to free */
    mts_array_t array = {0};
    OK(mts_labels_values(labels, &array));
    EXPECT(array.destroy == NULL);

    const uintptr_t* shape = NULL;
    uintptr_t ndim = 0;
    OK(array.shape(array.ptr, &shape, &ndim));
    EXPECT(ndim == 2 && shape[0] == 3 && shape[1] == 2);
    EXPECT(array_data_i32(array)[2] == 0 && array_data_i32(array)[3] == 1);
    /* [end] */

    /* [example: mts_labels_values_cpu] */
    /* row-major integers on CPU, wherever the array is */
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    OK(mts_labels_values_cpu(labels, &values, &count, &size));
    for (uintptr_t row = 0; row < count; row++) {
        printf("system %d, atom %d\n", values[row * size], values[row * size + 1]);
    }
    EXPECT(values[2 * size] == 1 && values[2 * size + 1] == 0);
    /* [end] */
    OK(mts_labels_free(labels));
}

static void lookup(void) {
    const mts_labels_t* labels = make_labels();
    /* [example: mts_labels_position] */
    const int32_t row[2] = {1, 0};
    int64_t position = -1;
    OK(mts_labels_position(labels, row, 2, &position));
    EXPECT(position == 2);

    const int32_t missing[2] = {7, 7};
    OK(mts_labels_position(labels, missing, 2, &position));
    EXPECT(position == -1);
    /* [end] */
    OK(mts_labels_free(labels));
}

int main(void) {
    create();
    create_unchecked();
    references();
    names();
    values();
    lookup();
    return EXIT_SUCCESS;
}
