/* Each call of each callback fails once: every operation using arrays is run with its
 * first call failing, then its second one, until no call is left. Failures have the
 * status of callbacks and their message, nothing is leaked, and inputs still work. */
#include "check.h"
#include "hardening_run.h"

/***** Labels *****/

static mts_status_t run_labels(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* labels =
        mts_labels(NAMES("a", "b"), 2, array_i32(2, SHAPE(2, 2), I32(1, 0, 0, 1)));
    mts_labels_free(labels);
    return status_of(labels);
}

static mts_status_t run_labels_assume_unique(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* labels = mts_labels_assume_unique(
        NAMES("a", "b"), 2, array_i32(2, SHAPE(2, 2), I32(1, 0, 0, 1)));
    mts_labels_free(labels);
    return status_of(labels);
}

static mts_status_t run_values_cpu(inputs_t* inputs) {
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    return mts_labels_values_cpu(inputs->labels, &values, &count, &size);
}

static mts_status_t run_position(inputs_t* inputs) {
    int64_t position = 0;
    return mts_labels_position(inputs->labels, I32(1, 5), 2, &position);
}

static mts_status_t run_union(inputs_t* inputs) {
    const mts_labels_t* result = NULL;
    int64_t mappings[2][3];
    mts_status_t status = mts_labels_union(inputs->labels, inputs->others, &result,
                                           mappings[0], 3, mappings[1], 3);
    mts_labels_free(result);
    return status;
}

static mts_status_t run_intersection(inputs_t* inputs) {
    const mts_labels_t* result = NULL;
    int64_t mappings[2][3];
    mts_status_t status = mts_labels_intersection(inputs->labels, inputs->others, &result,
                                                  mappings[0], 3, mappings[1], 3);
    mts_labels_free(result);
    return status;
}

static mts_status_t run_difference(inputs_t* inputs) {
    const mts_labels_t* result = NULL;
    int64_t mapping[3];
    mts_status_t status =
        mts_labels_difference(inputs->labels, inputs->others, &result, mapping, 3);
    mts_labels_free(result);
    return status;
}

static mts_status_t run_select(inputs_t* inputs) {
    uint64_t selected[3];
    uintptr_t count = 3;
    return mts_labels_select(inputs->labels, inputs->selection, selected, &count);
}

/***** Blocks *****/

static mts_status_t run_block(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* samples = lazy_labels(1, NAMES("s"), 2, I32(0, 1));
    const mts_labels_t* component = lazy_labels(1, NAMES("c"), 1, I32(0));
    const mts_labels_t* properties = lazy_labels(1, NAMES("p"), 2, I32(0, 1));
    mts_block_t* block =
        mts_block(array_f64(3, SHAPE(2, 1, 2), NULL), samples, &component, 1, properties);
    mts_block_free(block);
    mts_labels_free(samples);
    mts_labels_free(component);
    mts_labels_free(properties);
    return status_of(block);
}

static mts_status_t run_block_copy(inputs_t* inputs) {
    mts_block_t* copy = mts_block_copy(inputs->block);
    mts_block_free(copy);
    return status_of(copy);
}

static mts_status_t run_add_gradient(inputs_t* inputs) {
    calls_never_fail();
    const mts_labels_t* samples = lazy_labels(1, NAMES("sample"), 2, I32(0, 1));
    const mts_labels_t* component = mts_block_labels(inputs->block, 1);
    const mts_labels_t* properties = mts_block_labels(inputs->block, 2);
    mts_block_t* gradient =
        mts_block(array_f64(3, SHAPE(2, 2, 2), NULL), samples, &component, 1, properties);
    REQUIRE(gradient != NULL);
    calls_can_fail(0);
    mts_status_t status = mts_block_add_gradient(inputs->block, "new", gradient);
    mts_labels_free(samples);
    mts_labels_free(component);
    mts_labels_free(properties);
    return status;
}

static mts_status_t run_block_device(inputs_t* inputs) {
    DLDevice device;
    return mts_block_device(inputs->block, &device);
}

static mts_status_t run_block_dtype(inputs_t* inputs) {
    DLDataType dtype;
    return mts_block_dtype(inputs->block, &dtype);
}

/***** Tensor maps *****/

static mts_status_t run_tensormap(inputs_t* inputs) {
    (void)inputs;
    calls_never_fail();
    const mts_labels_t* keys = lazy_labels(1, NAMES("k"), 2, I32(0, 1));
    mts_block_t* blocks[2] = {nested_block(1, I32(0), 2), nested_block(1, I32(0), 2)};
    calls_can_fail(0);
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
    return status_of(tensor);
}

static mts_status_t run_tensormap_copy(inputs_t* inputs) {
    mts_tensormap_t* copy = mts_tensormap_copy(inputs->tensor);
    mts_tensormap_free(copy);
    return status_of(copy);
}

static mts_status_t run_keys_to_properties(inputs_t* inputs) {
    const mts_labels_t* moved = lazy_labels(1, NAMES("l"), 0, NULL);
    mts_tensormap_t* result =
        mts_tensormap_keys_to_properties(inputs->tensor, moved, array_scalar(0.0), true);
    mts_tensormap_free(result);
    mts_labels_free(moved);
    return status_of(result);
}

static mts_status_t run_keys_to_chosen_properties(inputs_t* inputs) {
    const mts_labels_t* moved = lazy_labels(1, NAMES("l"), 3, I32(1, 7, 0));
    mts_tensormap_t* result =
        mts_tensormap_keys_to_properties(inputs->tensor, moved, array_scalar(0.0), false);
    mts_tensormap_free(result);
    mts_labels_free(moved);
    return status_of(result);
}

static mts_status_t run_keys_to_samples(inputs_t* inputs) {
    const mts_labels_t* moved = lazy_labels(1, NAMES("k"), 0, NULL);
    mts_tensormap_t* result =
        mts_tensormap_keys_to_samples(inputs->tensor, moved, array_scalar(0.0), true);
    mts_tensormap_free(result);
    mts_labels_free(moved);
    return status_of(result);
}

static mts_status_t run_components_to_properties(inputs_t* inputs) {
    mts_tensormap_t* result =
        mts_tensormap_components_to_properties(inputs->tensor, NAMES("c"), 1);
    mts_tensormap_free(result);
    return status_of(result);
}

static mts_status_t run_tensormap_device(inputs_t* inputs) {
    DLDevice device;
    return mts_tensormap_device(inputs->tensor, &device);
}

static mts_status_t run_tensormap_dtype(inputs_t* inputs) {
    DLDataType dtype;
    return mts_tensormap_dtype(inputs->tensor, &dtype);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    RUN_FAILURES(labels);
    RUN_FAILURES(labels_assume_unique);
    RUN_FAILURES(values_cpu);
    RUN_FAILURES(position);
    RUN_FAILURES(union);
    RUN_FAILURES(intersection);
    RUN_FAILURES(difference);
    RUN_FAILURES(select);
    RUN_FAILURES(block);
    RUN_FAILURES(block_copy);
    RUN_FAILURES(add_gradient);
    RUN_FAILURES(block_device);
    RUN_FAILURES(block_dtype);
    RUN_FAILURES(tensormap);
    RUN_FAILURES(tensormap_copy);
    RUN_FAILURES(keys_to_properties);
    RUN_FAILURES(keys_to_chosen_properties);
    RUN_FAILURES(keys_to_samples);
    RUN_FAILURES(components_to_properties);
    RUN_FAILURES(tensormap_device);
    RUN_FAILURES(tensormap_dtype);
    return check_summary();
}
