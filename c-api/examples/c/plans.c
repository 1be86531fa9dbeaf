/* Plans: what an operation does to all blocks of a map, computed from labels only. */
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_plan_reduce, mts_plan_free, mts_plan_t, mts_plan_entry_t, mts_plan_step_t] */
/* Sum of the values of all blocks over one dimension of the samples, for blocks with
 * two-dimensional arrays */
static mts_tensormap_t* sum_over(mts_tensormap_t* tensor, const char* dimension) {
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    mts_structure_t* structure = mts_tensormap_structure(tensor, NULL);
    mts_plan_t* plan = mts_plan_reduce(metadata, "samples", &dimension, 1);
    EXPECT(metadata != NULL && structure != NULL && plan != NULL);

    const mts_metadata_t* result = plan->results[0];
    mts_array_t arrays[8];
    EXPECT(result->leaves_count <= 8);
    for (uintptr_t leaf = 0; leaf < result->leaves_count; leaf++) {
        /* a reduction has one step for each leaf */
        const mts_plan_step_t* step = &plan->steps[plan->leaves_starts[leaf]];
        const mts_plan_entry_t* entry = &plan->entries[step->entry];
        const uintptr_t properties = result->axes[result->axes_starts[leaf] + 1];
        const uintptr_t count = result->labels_rows[properties];
        const uintptr_t shape[2] = {(uintptr_t)entry->output_count, count};
        arrays[leaf] = array_f64(2, shape, NULL);
        double* output = array_data_f64(arrays[leaf]);
        const double* input = array_data_f64(structure->arrays[step->source]);
        for (int64_t row = 0; row < entry->input_count; row++) {
            /* 3 is to reduce; axes without rows are shared */
            const int64_t new_row =
                entry->kind == 3 ? plan->indices[entry->indices + row] : row;
            for (uintptr_t i = 0; i < count; i++) {
                output[(uintptr_t)new_row * count + i] += input[(uintptr_t)row * count + i];
            }
        }
    }
    mts_tensormap_t* sum = mts_metadata_with_arrays(result, arrays, result->leaves_count);
    OK(mts_plan_free(plan));
    OK(mts_structure_free(structure));
    OK(mts_metadata_free(metadata));
    return sum;
}
/* [end] */

static void reduce(void) {
    mts_tensormap_t* tensor = two_blocks();
    mts_tensormap_t* sum = sum_over(tensor, "system");
    EXPECT(sum != NULL);
    OK(mts_tensormap_free(sum));
    OK(mts_tensormap_free(tensor));
}

static void metadata(void) {
    /* [example: mts_tensormap_metadata, mts_metadata_free, mts_metadata_t] */
    mts_tensormap_t* tensor = two_blocks();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    EXPECT(metadata != NULL);
    /* metadata keep the labels, and do not need the map */
    OK(mts_tensormap_free(tensor));
    EXPECT(metadata->blocks_count == 2 && metadata->leaves_count == 2);
    /* the first labels are the keys */
    EXPECT(strcmp(metadata->labels_dimensions[0][0], "type") == 0);
    EXPECT(metadata->labels_rows[0] == 2);
    OK(mts_metadata_free(metadata));
    /* [end] */

    /* [example: mts_block_metadata, mts_metadata_copy] */
    mts_block_t* block =
        block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0}, (const double[]){1, 2});
    metadata = mts_block_metadata(block);
    EXPECT(metadata != NULL && metadata->leaves_count == 1);
    mts_metadata_t* copy = mts_metadata_copy(metadata);
    EXPECT(copy != NULL && copy->labels[1] == metadata->labels[1]);
    OK(mts_metadata_free(copy));
    OK(mts_metadata_free(metadata));
    OK(mts_block_free(block));
    /* [end] */

    /* [example: mts_metadata, mts_metadata_with_arrays] */
    /* one block, without any array so far */
    const mts_labels_t* keys = labels_1("type", 1, (const int32_t[]){1});
    const mts_labels_t* labels[2] = {
        labels_1("system", 3, (const int32_t[]){0, 1, 2}),
        labels_1("n", 1, (const int32_t[]){0}),
    };
    const int64_t parent = -1;
    const char* parameter = NULL;
    const uintptr_t labels_count = 2;
    metadata = mts_metadata(keys, &parent, &parameter, &labels_count, 1, labels, 2);
    EXPECT(metadata != NULL);
    const uintptr_t shape[2] = {3, 1};
    mts_array_t array = array_f64(2, shape, NULL);
    tensor = mts_metadata_with_arrays(metadata, &array, 1);
    EXPECT(tensor != NULL);
    OK(mts_tensormap_free(tensor));
    OK(mts_metadata_free(metadata));
    OK(mts_labels_free(keys));
    OK(mts_labels_free(labels[0]));
    OK(mts_labels_free(labels[1]));
    /* [end] */
}

/* [example: mts_make_arrays_callback_t] */
/* Arrays of one column, all with the number of rows at `leaves` */
static mts_status_t make_arrays(const void* leaves, mts_array_t* arrays,
                                uintptr_t arrays_count) {
    const uintptr_t shape[2] = {*(const uintptr_t*)leaves, 1};
    for (uintptr_t i = 0; i < arrays_count; i++) {
        arrays[i] = array_f64(2, shape, NULL);
    }
    return MTS_SUCCESS;
}

/* [end] */

/* [example: mts_metadata_with_lazy_arrays, mts_tensormap_lazy_leaves] */
static void lazy(void) {
    mts_block_t* block =
        block_2d(2, (const int32_t[]){0, 1}, 1, (const int32_t[]){0}, (const double[]){1, 2});
    mts_metadata_t* metadata = mts_block_metadata(block);
    EXPECT(metadata != NULL);
    const uintptr_t rows = 2;
    mts_array_t leaves = {0}; /* set `destroy` to free what `ptr` points to */
    leaves.ptr = (void*)&rows;
    mts_tensormap_t* tensor = mts_metadata_with_lazy_arrays(metadata, leaves, make_arrays);
    EXPECT(tensor != NULL);

    const void* known = NULL;
    OK(mts_tensormap_lazy_leaves(tensor, make_arrays, &known));
    EXPECT(known == &rows);
    /* this makes the arrays */
    mts_block_t* made = NULL;
    OK(mts_tensormap_block_by_id(tensor, &made, 0));
    OK(mts_tensormap_lazy_leaves(tensor, make_arrays, &known));
    EXPECT(known == NULL);
    OK(mts_tensormap_free(tensor));
    OK(mts_metadata_free(metadata));
    OK(mts_block_free(block));
}
/* [end] */

static void select_and_sort(mts_metadata_t* metadata) {
    /* [example: mts_plan_select, mts_selection_t] */
    /* two results: the system 0, and the first sample of each block */
    const mts_labels_t* system = labels_1("system", 1, (const int32_t[]){0});
    const int64_t first = 0;
    const mts_selection_t selections[2] = {{system, NULL, 0}, {NULL, &first, 1}};
    mts_plan_t* plan = mts_plan_select(metadata, "samples", selections, 2);
    EXPECT(plan != NULL && plan->results_count == 2);
    EXPECT(plan->results[1]->blocks_count == 2);
    OK(mts_plan_free(plan));
    OK(mts_labels_free(system));
    /* [end] */

    /* [example: mts_plan_sort] */
    const char* axes[2] = {"keys", "samples"};
    const bool descending = true;
    plan = mts_plan_sort(metadata, axes, 2, descending);
    EXPECT(plan != NULL);
    /* the last block comes first */
    EXPECT(plan->steps[plan->leaves_starts[0]].source == 1);
    OK(mts_plan_free(plan));
    /* [end] */
}

static void join(const mts_metadata_t* metadata) {
    /* [example: mts_plan_join] */
    /* a map next to itself, with a new dimension 0 or 1 */
    const mts_metadata_t* inputs[2] = {metadata, metadata};
    mts_plan_t* plan = mts_plan_join(inputs, 2, "properties", "error", "tensor");
    EXPECT(plan != NULL);
    const mts_metadata_t* result = plan->results[0];
    const uintptr_t properties = result->axes[1];
    EXPECT(strcmp(result->labels_dimensions[properties][1], "tensor") == 0);
    /* two pieces for each leaf */
    EXPECT(plan->steps_count == 2 * result->leaves_count);
    OK(mts_plan_free(plan));
    /* [end] */
}

static void dimensions(const mts_metadata_t* metadata) {
    /* [example: mts_plan_insert_dimension] */
    const int64_t value = 7;
    const bool constant = true;
    mts_plan_t* plan =
        mts_plan_insert_dimension(metadata, "samples", 0, "frame", &value, 1, constant);
    EXPECT(plan != NULL);
    EXPECT(strcmp(plan->results[0]->labels_dimensions[1][0], "frame") == 0);
    OK(mts_plan_free(plan));
    /* [end] */
    /* [example: mts_plan_permute_dimensions] */
    /* keys (l, type) instead of (type, l) */
    const int64_t positions[2] = {1, 0};
    plan = mts_plan_permute_dimensions(metadata, "keys", positions, 2);
    EXPECT(plan != NULL);
    EXPECT(strcmp(plan->results[0]->labels_dimensions[0][0], "l") == 0);
    OK(mts_plan_free(plan));
    /* [end] */
    /* [example: mts_plan_remove_dimension] */
    plan = mts_plan_remove_dimension(metadata, "keys", "l");
    EXPECT(plan != NULL && plan->results[0]->labels_sizes[0] == 1);
    OK(mts_plan_free(plan));
    /* [end] */
    /* [example: mts_plan_rename_dimension] */
    plan = mts_plan_rename_dimension(metadata, "samples", "system", "structure");
    EXPECT(plan != NULL);
    EXPECT(strcmp(plan->results[0]->labels_dimensions[1][0], "structure") == 0);
    OK(mts_plan_free(plan));
    /* [end] */
}

static void blocks(const mts_metadata_t* metadata) {
    /* [example: mts_plan_filter_blocks] */
    const mts_labels_t* keys = labels_1("type", 1, (const int32_t[]){6});
    const bool keep = true;
    mts_plan_t* plan = mts_plan_filter_blocks(metadata, keys, keep);
    EXPECT(plan != NULL && plan->results[0]->blocks_count == 1);
    OK(mts_plan_free(plan));
    OK(mts_labels_free(keys));
    /* [end] */
    /* [example: mts_plan_pick_blocks] */
    const int64_t last = -1;
    plan = mts_plan_pick_blocks(metadata, &last, 1);
    EXPECT(plan != NULL && plan->steps[0].source == 1);
    OK(mts_plan_free(plan));
    /* [end] */
    /* [example: mts_plan_drop_empty_blocks] */
    plan = mts_plan_drop_empty_blocks(metadata);
    EXPECT(plan != NULL && plan->results[0]->blocks_count == 2);
    OK(mts_plan_free(plan));
    /* [end] */
}

static void queries(const mts_metadata_t* metadata) {
    /* [example: mts_metadata_unique] */
    const char* dimension = "n";
    const mts_labels_t* n = mts_metadata_unique(metadata, "properties", &dimension, 1, NULL);
    EXPECT(n != NULL);
    OK(mts_labels_free(n));
    /* [end] */
    /* [example: mts_labels_one_hot] */
    const mts_labels_t* types = labels_1("type", 3, (const int32_t[]){8, 6, 1});
    int64_t positions[2] = {-1, -1};
    OK(mts_labels_one_hot(metadata->labels[0], types, positions, 2));
    EXPECT(positions[0] == 2 && positions[1] == 1);
    OK(mts_labels_free(types));
    /* [end] */
    /* [example: mts_last_error_category] */
    EXPECT(mts_plan_remove_dimension(metadata, "samples", "atom") == NULL);
    int32_t category = 0;
    OK(mts_last_error_category(&category));
    /* an unknown name */
    EXPECT(category == 1);
    /* [end] */
}

int main(void) {
    reduce();
    metadata();
    lazy();
    mts_tensormap_t* tensor = two_blocks();
    mts_metadata_t* all = mts_tensormap_metadata(tensor);
    EXPECT(all != NULL);
    select_and_sort(all);
    join(all);
    dimensions(all);
    blocks(all);
    queries(all);
    OK(mts_metadata_free(all));
    OK(mts_tensormap_free(tensor));
    return 0;
}
