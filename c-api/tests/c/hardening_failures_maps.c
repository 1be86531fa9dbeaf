/* The same as hardening_failures.c for the additions about whole maps, their metadata and
 * plans. */
#include "check.h"
#include "hardening_run.h"

/***** Whole maps *****/

/* a map of two blocks, nothing of which was read yet */
static mts_tensormap_t* lazy_tensor(void) {
    int calls = calls_never_fail();
    const mts_labels_t* keys = lazy_labels(2, NAMES("k", "l"), 2, I32(0, 0, 0, 1));
    mts_block_t* blocks[2];
    for (int32_t i = 0; i < 2; i++) {
        const mts_labels_t* samples = lazy_labels(2, NAMES("s", "t"), 2, I32(i, 1, i + 1, 0));
        const mts_labels_t* properties = lazy_labels(1, NAMES("p"), 2, I32(i, 3));
        mts_array_t values = array_f64(2, SHAPE(2, 2), F64(1, 2, 3, 4));
        blocks[i] = mts_block(values, samples, NULL, 0, properties);
        REQUIRE(blocks[i] != NULL);
        mts_labels_free(samples);
        mts_labels_free(properties);
    }
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    mts_labels_free(keys);
    calls_can_fail(calls);
    return tensor;
}

static mts_status_t run_structure(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_structure_options_t options = {sizeof(options), 0, 1};
    mts_structure_t* structure = mts_tensormap_structure(tensor, &options);
    mts_structure_free(structure);
    mts_tensormap_free(tensor);
    return status_of(structure);
}

static mts_status_t run_block_structure(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_structure_options_t options = {sizeof(options), 0, 1};
    mts_structure_t* structure = mts_block_structure(block_at(tensor, 1), &options);
    mts_structure_free(structure);
    mts_tensormap_free(tensor);
    return status_of(structure);
}

static mts_status_t run_gradient_rows(inputs_t* inputs) {
    mts_integer_lists_t* rows = mts_tensormap_gradient_rows(inputs->tensor);
    mts_integer_lists_free(rows);
    return status_of(rows);
}

/* arrays which replace the ones of `lazy_tensor` */
static void new_arrays(mts_array_t* arrays) {
    arrays[0] = array_f64(2, SHAPE(2, 2), NULL);
    arrays[1] = array_f64(2, SHAPE(2, 2), NULL);
}

static mts_status_t run_with_arrays(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_array_t arrays[2];
    new_arrays(arrays);
    mts_tensormap_t* result = mts_tensormap_with_arrays(tensor, arrays, 2, true);
    mts_tensormap_free(result);
    mts_tensormap_free(tensor);
    return status_of(result);
}

static mts_status_t run_block_with_arrays(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_array_t array = array_f64(2, SHAPE(2, 2), NULL);
    mts_block_t* result = mts_block_with_arrays(block_at(tensor, 0), &array, 1);
    mts_block_free(result);
    mts_tensormap_free(tensor);
    return status_of(result);
}

static mts_status_t run_pick_blocks(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_tensormap_t* result = mts_tensormap_pick_blocks(tensor, SHAPE(1), 1, NULL, 0, true);
    mts_tensormap_free(result);
    mts_tensormap_free(tensor);
    return status_of(result);
}

static mts_status_t run_pick_blocks_with_arrays(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_array_t arrays[2];
    new_arrays(arrays);
    mts_tensormap_t* result =
        mts_tensormap_pick_blocks(tensor, SHAPE(1, 0), 2, arrays, 2, true);
    mts_tensormap_free(result);
    mts_tensormap_free(tensor);
    return status_of(result);
}

static mts_status_t run_from_leaves(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* keys = lazy_labels(1, NAMES("k"), 1, I32(0));
    const mts_labels_t* samples = lazy_labels(1, NAMES("s"), 2, I32(1, 0));
    const mts_labels_t* rows = lazy_labels(1, NAMES("sample"), 2, I32(1, 0));
    const mts_labels_t* properties = lazy_labels(1, NAMES("p"), 2, I32(1, 0));
    const mts_labels_t* labels[4] = {samples, properties, rows, properties};
    const char* const parameters[2] = {NULL, "g"};
    mts_array_t arrays[2];
    new_arrays(arrays);
    mts_tensormap_t* result = mts_tensormap_from_leaves(keys, arrays, (const int64_t[]){-1, 0},
                                                        parameters, SHAPE(2, 2), 2, labels, 4);
    mts_tensormap_free(result);
    mts_labels_free(keys);
    mts_labels_free(samples);
    mts_labels_free(rows);
    mts_labels_free(properties);
    return status_of(result);
}

static mts_status_t run_from_blocks(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    const mts_labels_t* keys = lazy_labels(1, NAMES("k"), 2, I32(0, 1));
    mts_block_t* blocks[2] = {mts_block_copy(block_at(tensor, 0)), NULL};
    mts_tensormap_t* result = NULL;
    if (blocks[0] != NULL) {
        blocks[1] = mts_block_copy(block_at(tensor, 1));
    }
    if (blocks[1] != NULL) {
        result = mts_tensormap_from_blocks(keys, blocks, 2);
    }
    mts_status_t status = status_of(result);
    /* they are NULL if they were taken */
    mts_block_free(blocks[0]);
    mts_block_free(blocks[1]);
    mts_tensormap_free(result);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
    return status;
}

static mts_status_t make_copies(const void* block, mts_array_t* arrays, uintptr_t count) {
    mts_array_t array = {0};
    mts_status_t status = mts_block_data((mts_block_t*)block, &array);
    for (uintptr_t i = 0; i < count && status == MTS_SUCCESS; i++) {
        status = array.copy(array.ptr, (DLDevice){kDLCPU, 0}, &arrays[i]);
    }
    return status;
}

static mts_status_t run_lazy_arrays(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    mts_status_t status = status_of(metadata);
    mts_tensormap_t* result = NULL;
    if (status == MTS_SUCCESS) {
        mts_array_t leaves = {0};
        leaves.ptr = block_at(tensor, 0);
        result = mts_metadata_with_lazy_arrays(metadata, leaves, make_copies);
        status = status_of(result);
    }
    mts_block_t* block = NULL;
    if (status == MTS_SUCCESS) {
        const void* known = NULL;
        CHECK_OK(mts_tensormap_lazy_leaves(result, make_copies, &known));
        CHECK(known == block_at(tensor, 0));
        status = mts_tensormap_block_by_id(result, &block, 1);
    }
    CHECK((block != NULL) == (status == MTS_SUCCESS));
    mts_tensormap_free(result);
    mts_metadata_free(metadata);
    mts_tensormap_free(tensor);
    return status;
}

static mts_status_t run_compare(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* first = lazy_tensor();
    mts_tensormap_t* second = lazy_tensor();
    mts_comparison_t* comparison = mts_tensormap_compare(first, second, NULL);
    mts_comparison_free(comparison);
    mts_tensormap_free(first);
    mts_tensormap_free(second);
    return status_of(comparison);
}

static mts_status_t run_block_compare(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* first = lazy_tensor();
    mts_tensormap_t* second = lazy_tensor();
    mts_comparison_t* comparison =
        mts_block_compare(block_at(first, 0), block_at(second, 0), NULL);
    mts_comparison_free(comparison);
    mts_tensormap_free(first);
    mts_tensormap_free(second);
    return status_of(comparison);
}

/***** Metadata and plans *****/

static mts_status_t run_metadata(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    mts_metadata_t* copy = metadata == NULL ? NULL : mts_metadata_copy(metadata);
    mts_metadata_free(metadata);
    mts_metadata_free(copy);
    mts_tensormap_free(tensor);
    return status_of(copy);
}

static mts_status_t run_block_metadata(inputs_t* inputs) {
    (void)inputs;
    mts_tensormap_t* tensor = lazy_tensor();
    mts_metadata_t* metadata = mts_block_metadata(block_at(tensor, 0));
    mts_metadata_free(metadata);
    mts_tensormap_free(tensor);
    return status_of(metadata);
}

static mts_status_t run_metadata_of_labels(inputs_t* inputs) {
    (void)inputs;
    const mts_labels_t* keys = lazy_labels(1, NAMES("k"), 1, I32(0));
    const mts_labels_t* samples = lazy_labels(1, NAMES("s"), 2, I32(1, 0));
    const mts_labels_t* labels[2] = {samples, samples};
    const char* const parameters[1] = {NULL};
    mts_metadata_t* metadata =
        mts_metadata(keys, (const int64_t[]){-1}, parameters, SHAPE(2), 1, labels, 2);
    mts_metadata_free(metadata);
    mts_labels_free(keys);
    mts_labels_free(samples);
    return status_of(metadata);
}

/* metadata of `lazy_tensor`, or NULL if this failed */
static mts_metadata_t* lazy_metadata(void) {
    mts_tensormap_t* tensor = lazy_tensor();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    mts_tensormap_free(tensor);
    return metadata;
}

static mts_status_t run_metadata_with_arrays(inputs_t* inputs) {
    (void)inputs;
    mts_metadata_t* metadata = lazy_metadata();
    mts_array_t arrays[2];
    if (metadata == NULL) {
        return MTS_CALLBACK_ERROR;
    }
    new_arrays(arrays);
    mts_tensormap_t* tensor = mts_metadata_with_arrays(metadata, arrays, 2);
    mts_metadata_free(metadata);
    mts_tensormap_free(tensor);
    return status_of(tensor);
}

static mts_status_t run_metadata_unique(inputs_t* inputs) {
    (void)inputs;
    mts_metadata_t* metadata = lazy_metadata();
    if (metadata == NULL) {
        return MTS_CALLBACK_ERROR;
    }
    const mts_labels_t* result = mts_metadata_unique(metadata, "samples", NAMES("t"), 1, NULL);
    mts_metadata_free(metadata);
    mts_labels_free(result);
    return status_of(result);
}

/* a function which makes a plan */
#define RUN_PLAN(name, ...)                                                                   \
    static mts_status_t run_plan_##name(inputs_t* inputs) {                                   \
        (void)inputs;                                                                         \
        mts_metadata_t* metadata = lazy_metadata();                                           \
        if (metadata == NULL) {                                                               \
            return MTS_CALLBACK_ERROR;                                                        \
        }                                                                                     \
        mts_plan_t* plan = (__VA_ARGS__);                                                     \
        mts_plan_free(plan);                                                                  \
        mts_metadata_free(metadata);                                                          \
        return status_of(plan);                                                               \
    }

RUN_PLAN(reduce, mts_plan_reduce(metadata, "samples", NAMES("t"), 1))
RUN_PLAN(sort, mts_plan_sort(metadata, NAMES("samples", "keys"), 2, true))
RUN_PLAN(insert,
         mts_plan_insert_dimension(metadata, "samples", 0, "z", (const int64_t[]){4}, 1, true))
RUN_PLAN(permute, mts_plan_permute_dimensions(metadata, "samples", (const int64_t[]){1, 0}, 2))
RUN_PLAN(remove, mts_plan_remove_dimension(metadata, "samples", "t"))
RUN_PLAN(rename, mts_plan_rename_dimension(metadata, "samples", "t", "z"))
RUN_PLAN(pick, mts_plan_pick_blocks(metadata, (const int64_t[]){-1}, 1))
RUN_PLAN(drop_empty, mts_plan_drop_empty_blocks(metadata))
RUN_PLAN(join, mts_plan_join((const mts_metadata_t* const[]){metadata, metadata}, 2, "samples",
                             "error", "i"))

static mts_status_t run_plan_select(inputs_t* inputs) {
    const mts_labels_t* labels = lazy_labels(1, NAMES("t"), 1, I32(0));
    mts_metadata_t* metadata = lazy_metadata();
    const mts_selection_t selection = {labels, NULL, 0};
    mts_plan_t* plan =
        metadata == NULL ? NULL : mts_plan_select(metadata, "samples", &selection, 1);
    (void)inputs;
    mts_plan_free(plan);
    mts_metadata_free(metadata);
    mts_labels_free(labels);
    return status_of(plan);
}

static mts_status_t run_plan_filter(inputs_t* inputs) {
    const mts_labels_t* keys = lazy_labels(1, NAMES("l"), 1, I32(1));
    mts_metadata_t* metadata = lazy_metadata();
    mts_plan_t* plan = metadata == NULL ? NULL : mts_plan_filter_blocks(metadata, keys, true);
    (void)inputs;
    mts_plan_free(plan);
    mts_metadata_free(metadata);
    mts_labels_free(keys);
    return status_of(plan);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    RUN_FAILURES(structure);
    RUN_FAILURES(block_structure);
    RUN_FAILURES(gradient_rows);
    RUN_FAILURES(with_arrays);
    RUN_FAILURES(block_with_arrays);
    RUN_FAILURES(pick_blocks);
    RUN_FAILURES(pick_blocks_with_arrays);
    RUN_FAILURES(from_leaves);
    RUN_FAILURES(from_blocks);
    RUN_FAILURES(lazy_arrays);
    RUN_FAILURES(compare);
    RUN_FAILURES(block_compare);
    RUN_FAILURES(metadata);
    RUN_FAILURES(block_metadata);
    RUN_FAILURES(metadata_of_labels);
    RUN_FAILURES(metadata_with_arrays);
    RUN_FAILURES(metadata_unique);
    RUN_FAILURES(plan_reduce);
    RUN_FAILURES(plan_select);
    RUN_FAILURES(plan_sort);
    RUN_FAILURES(plan_join);
    RUN_FAILURES(plan_insert);
    RUN_FAILURES(plan_permute);
    RUN_FAILURES(plan_remove);
    RUN_FAILURES(plan_rename);
    RUN_FAILURES(plan_filter);
    RUN_FAILURES(plan_pick);
    RUN_FAILURES(plan_drop_empty);
    return check_summary();
}
