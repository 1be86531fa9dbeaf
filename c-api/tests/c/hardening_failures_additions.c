/* The same as hardening_failures.c for the additions about labels and arrays. */
#include "check.h"
#include "hardening_run.h"

/***** Labels *****/

static mts_status_t run_positions(inputs_t* inputs) {
    int64_t positions[2];
    return mts_labels_positions(inputs->labels, I32(1, 5, 9, 9), 4, positions, 2);
}

static mts_status_t run_is_sorted(inputs_t* inputs) {
    bool sorted = true;
    return mts_labels_is_sorted(inputs->labels, &sorted);
}

static mts_status_t run_equal(inputs_t* inputs) {
    bool equal = true;
    return mts_labels_equal(inputs->labels, inputs->others, &equal);
}

static mts_status_t run_argsort(inputs_t* inputs) {
    int64_t order[3];
    return mts_labels_argsort(inputs->labels, true, order, 3);
}

/* free labels which are the result of a function */
static mts_status_t release(const mts_labels_t* labels) {
    mts_labels_free(labels);
    return status_of(labels);
}

static mts_status_t run_take(inputs_t* inputs) {
    return release(mts_labels_take(inputs->labels, (const int64_t[]){2, 0}, 2));
}

static mts_status_t run_group_by(inputs_t* inputs) {
    const mts_labels_t* result = NULL;
    int64_t inverse[3];
    int64_t offsets[4];
    int64_t members[3];
    mts_status_t status = mts_labels_group_by(inputs->labels, NAMES("a"), 1, true, &result,
                                              inverse, 3, offsets, 4, members, 3);
    CHECK((result == NULL) == (status != MTS_SUCCESS));
    mts_labels_free(result);
    return status;
}

static mts_status_t run_unique(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* result = NULL;
    int64_t inverse[3];
    mts_array_t array = array_i32(2, SHAPE(3, 1), I32(4, 1, 4));
    mts_status_t status = mts_labels_unique(NAMES("a"), 1, array, false, &result, inverse, 3);
    CHECK((result == NULL) == (status != MTS_SUCCESS));
    mts_labels_free(result);
    return status;
}

static mts_status_t run_insert(inputs_t* inputs) {
    return release(mts_labels_insert(inputs->labels, 1, "new", I32(3, 1, 2), 3));
}

static mts_status_t run_append(inputs_t* inputs) {
    return release(mts_labels_append(inputs->labels, "new", I32(3), 1));
}

static mts_status_t run_remove(inputs_t* inputs) {
    return release(mts_labels_remove(inputs->labels, NAMES("a"), 1));
}

static mts_status_t run_rename(inputs_t* inputs) {
    return release(mts_labels_rename(inputs->labels, "a", "new"));
}

static mts_status_t run_permute(inputs_t* inputs) {
    return release(mts_labels_permute(inputs->labels, SHAPE(1, 0), 2));
}

static mts_status_t run_one_hot(inputs_t* inputs) {
    const mts_labels_t* dimension = lazy_labels(1, NAMES("b"), 3, I32(5, 3, 0));
    int64_t positions[3];
    mts_status_t status = mts_labels_one_hot(inputs->labels, dimension, positions, 3);
    mts_labels_free(dimension);
    return status;
}

/***** Arrays *****/

static mts_status_t run_arrays_as_dlpack(inputs_t* inputs) {
    (void)inputs;
    mts_array_t arrays[3];
    DLManagedTensorVersioned* tensors[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) {
        arrays[i] = array_f64(1, SHAPE(2), NULL);
    }
    mts_status_t status = mts_arrays_as_dlpack(arrays, 3, tensors);
    for (int i = 0; i < 3; i++) {
        CHECK((tensors[i] == NULL) == (status != MTS_SUCCESS));
        if (tensors[i] != NULL) {
            tensors[i]->deleter(tensors[i]);
        }
        arrays[i].destroy(arrays[i].ptr);
    }
    return status;
}

/* an array of the library filled with an array which is not */
static mts_status_t run_native_create(inputs_t* inputs) {
    (void)inputs;
    const DLDataType dtype = {kDLFloat, 64, 1};
    mts_array_t array;
    mts_array_t created = {0};
    CHECK_OK(mts_array_zeros(SHAPE(1), 1, dtype, &array));
    mts_array_t fill = array_scalar(3.0);
    mts_status_t status = array.create(array.ptr, SHAPE(2), 1, fill, &created);
    if (created.destroy != NULL) {
        created.destroy(created.ptr);
    }
    /* always taken */
    CHECK_EQUAL(array_state(fill)->destroyed, 1);
    array.destroy(array.ptr);
    return status;
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    RUN_FAILURES(positions);
    RUN_FAILURES(is_sorted);
    RUN_FAILURES(equal);
    RUN_FAILURES(argsort);
    RUN_FAILURES(take);
    RUN_FAILURES(group_by);
    RUN_FAILURES(unique);
    RUN_FAILURES(insert);
    RUN_FAILURES(append);
    RUN_FAILURES(remove);
    RUN_FAILURES(rename);
    RUN_FAILURES(permute);
    RUN_FAILURES(one_hot);
    RUN_FAILURES(arrays_as_dlpack);
    RUN_FAILURES(native_create);
    return check_summary();
}
