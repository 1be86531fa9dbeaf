/* Plans: what they contain, and tensor maps made by following them. */
#include "check.h"
#include "support.h"

enum { SHARE, RANGE, GATHER, REDUCE, SCATTER };

/* A map with two blocks sharing all labels: 3 samples (s, t), 2 properties, and a
 * gradient with 4 rows */
static mts_tensormap_t* make_map(void) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(3, 1));
    const mts_labels_t* samples = make_labels(2, NAMES("s", "t"), 3, I32(1, 0, 0, 0, 1, 1));
    const mts_labels_t* properties = make_labels_1("n", 2, I32(5, 2));
    const mts_labels_t* rows =
        make_labels(2, NAMES("sample", "a"), 4, I32(0, 7, 1, 7, 2, 7, 2, 0));
    mts_block_t* blocks[2];
    for (int i = 0; i < 2; i++) {
        mts_array_t values = array_f64(2, SHAPE(3, 2), F64(1, 2, 3, 4, 5, 6));
        mts_array_t gradient = array_f64(2, SHAPE(4, 2), F64(1, 2, 3, 4, 5, 6, 7, 8));
        blocks[i] = mts_block(values, samples, NULL, 0, properties);
        mts_block_t* block = mts_block(gradient, rows, NULL, 0, properties);
        REQUIRE(blocks[i] != NULL && block != NULL);
        CHECK_OK(mts_block_add_gradient(blocks[i], "g", block));
    }
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    CHECK_OK(mts_labels_free(keys));
    CHECK_OK(mts_labels_free(samples));
    CHECK_OK(mts_labels_free(properties));
    CHECK_OK(mts_labels_free(rows));
    return tensor;
}

static mts_metadata_t* make_metadata(void) {
    mts_tensormap_t* tensor = make_map();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    REQUIRE(metadata != NULL);
    /* metadata do not need the map */
    CHECK_OK(mts_tensormap_free(tensor));
    return metadata;
}

/* Row of the output of an entry for a row of the input, -1 if there is none */
static int64_t output_row(const mts_plan_t* plan, const mts_plan_entry_t* entry, int64_t row) {
    switch (entry->kind) {
    case SHARE:
        return row;
    case RANGE:
        row -= entry->start;
        return row >= 0 && row < entry->output_count ? row : -1;
    case GATHER:
        for (int64_t i = 0; i < entry->output_count; i++) {
            if (plan->indices[entry->indices + i] == row) {
                return i;
            }
        }
        return -1;
    default:
        return plan->indices[entry->indices + row];
    }
}

/* Follow the steps of one leaf of 2-dimensional arrays, adding up what is reduced;
 * pieces are joined along `joined` */
static mts_array_t execute_leaf(const mts_plan_t* plan, uintptr_t leaf, uintptr_t rows,
                                uintptr_t columns, const mts_structure_t* inputs,
                                int64_t joined) {
    double values[64] = {0};
    REQUIRE(rows * columns <= 64);
    for (uintptr_t s = plan->leaves_starts[leaf]; s < plan->leaves_starts[leaf + 1]; s++) {
        const mts_plan_step_t* step = &plan->steps[s];
        const mts_plan_entry_t* entry = &plan->entries[step->entry];
        const test_array_t* input = array_state(inputs[step->input].arrays[step->source]);
        for (int64_t i = 0; i < (int64_t)input->shape[0]; i++) {
            for (int64_t j = 0; j < (int64_t)input->shape[1]; j++) {
                int64_t row = step->axis == 0 ? output_row(plan, entry, i) : i;
                int64_t column = step->axis == 1 ? output_row(plan, entry, j) : j;
                if (row < 0 || column < 0) {
                    continue;
                }
                row += joined == 0 ? step->start : 0;
                column += joined == 1 ? step->start : 0;
                values[row * (int64_t)columns + column] +=
                    ((const double*)input->data)[i * (int64_t)input->shape[1] + j];
            }
        }
    }
    return array_f64(2, SHAPE(rows, columns), values);
}

/* The tensor map which is the result of a plan */
static mts_tensormap_t* execute(const mts_plan_t* plan, uintptr_t result,
                                mts_tensormap_t* const* inputs, uintptr_t inputs_count,
                                int64_t joined) {
    mts_structure_t structures[4];
    mts_structure_t* owned[4];
    for (uintptr_t i = 0; i < inputs_count; i++) {
        owned[i] = mts_tensormap_structure(inputs[i], NULL);
        REQUIRE(owned[i] != NULL);
        structures[i] = *owned[i];
    }
    uintptr_t leaf = 0;
    for (uintptr_t i = 0; i < result; i++) {
        leaf += plan->results[i]->leaves_count;
    }
    const mts_metadata_t* metadata = plan->results[result];
    mts_array_t arrays[16];
    REQUIRE(metadata->leaves_count <= 16);
    for (uintptr_t i = 0; i < metadata->leaves_count; i++) {
        const uintptr_t* axes = &metadata->axes[metadata->axes_starts[i]];
        arrays[i] = execute_leaf(plan, leaf + i, metadata->labels_rows[axes[0]],
                                 metadata->labels_rows[axes[1]], structures, joined);
    }
    mts_tensormap_t* tensor =
        mts_metadata_with_arrays(metadata, arrays, metadata->leaves_count);
    REQUIRE(tensor != NULL);
    for (uintptr_t i = 0; i < inputs_count; i++) {
        CHECK_OK(mts_structure_free(owned[i]));
    }
    return tensor;
}

/* Rows of some labels of metadata */
static void check_values_of(const mts_metadata_t* metadata, uintptr_t labels, uintptr_t size,
                            uintptr_t count, const int32_t* expected) {
    CHECK_EQUAL(metadata->labels_sizes[labels], size);
    CHECK_EQUAL(metadata->labels_rows[labels], count);
    REQUIRE(metadata->labels_values[labels] != NULL || count == 0);
    for (uintptr_t i = 0; i < size * count; i++) {
        CHECK_EQUAL(metadata->labels_values[labels][i], expected[i]);
    }
}

static mts_block_t* gradient_of(mts_block_t* block) {
    mts_block_t* gradient = NULL;
    CHECK_OK(mts_block_gradient(block, "g", &gradient));
    REQUIRE(gradient != NULL);
    return gradient;
}

static void test_metadata(void) {
    mts_metadata_t* metadata = make_metadata();
    mts_metadata_t* copy = mts_metadata_copy(metadata);
    REQUIRE(copy != NULL);
    CHECK(copy->labels[1] == metadata->labels[1]);
    CHECK_OK(mts_metadata_free(metadata));

    CHECK_EQUAL(copy->size, sizeof(mts_metadata_t));
    CHECK_EQUAL(copy->blocks_count, 2);
    CHECK_EQUAL(copy->leaves_count, 4);
    CHECK_EQUAL(copy->labels_count, 4);
    for (uintptr_t i = 0; i < 4; i++) {
        CHECK_EQUAL(copy->parents[i], i % 2 == 0 ? -1 : (int64_t)i - 1);
        CHECK_EQUAL(copy->axes_starts[i], 2 * i);
        CHECK_EQUAL(copy->axes[2 * i], i % 2 == 0 ? 1 : 3);
        CHECK_EQUAL(copy->axes[2 * i + 1], 2);
    }
    CHECK_EQUAL(copy->axes_starts[4], 8);
    CHECK_EQUAL(copy->blocks_starts[1], 2);
    CHECK_EQUAL(copy->blocks_starts[2], 4);
    CHECK(copy->parameters[0] == NULL);
    CHECK_STRING(copy->parameters[1], "g");
    CHECK_STRING(copy->labels_dimensions[1][1], "t");
    mts_labels_free(mts_labels_clone(copy->labels[0]));

    /* the same from labels only */
    const mts_labels_t* labels[8];
    const uintptr_t counts[4] = {2, 2, 2, 2};
    for (int i = 0; i < 8; i++) {
        labels[i] = copy->labels[copy->axes[i]];
    }
    mts_metadata_t* other =
        mts_metadata(copy->labels[0], copy->parents, copy->parameters, counts, 4, labels, 8);
    REQUIRE(other != NULL);
    CHECK_EQUAL(other->labels_count, 4);
    CHECK(other->labels[3] == copy->labels[3]);
    CHECK_OK(mts_metadata_free(other));
    CHECK_NULL(
        mts_metadata(copy->labels[0], copy->parents, copy->parameters, counts, 4, labels, 7),
        "labels_count");
    CHECK_NULL(
        mts_metadata(copy->labels[0], copy->parents, copy->parameters, counts, 3, labels, 6),
        "");
    CHECK_NULL(mts_metadata(copy->labels[0], (const int64_t[]){-1, 5}, copy->parameters,
                            counts, 2, labels, 4),
               "5");
    CHECK_NULL(mts_metadata(copy->labels[0], copy->parents, copy->parameters,
                            (const uintptr_t[]){1}, 1, labels, 1),
               "at least 2");
    CHECK_OK(mts_metadata_free(copy));

    mts_tensormap_t* tensor = make_map();
    metadata = mts_block_metadata(block_at(tensor, 1));
    REQUIRE(metadata != NULL);
    check_values_of(metadata, 0, 1, 1, I32(0));
    CHECK_STRING(metadata->labels_dimensions[0][0], "_");
    CHECK_EQUAL(metadata->leaves_count, 2);
    CHECK_OK(mts_metadata_free(metadata));
    CHECK_OK(mts_tensormap_free(tensor));
    CHECK_OK(mts_metadata_free(NULL));
}

static void test_with_arrays(void) {
    mts_metadata_t* metadata = make_metadata();
    mts_array_t arrays[4];
    for (int i = 0; i < 4; i++) {
        arrays[i] = array_f64(2, SHAPE(3, 2), NULL);
    }
    CHECK_NULL(mts_metadata_with_arrays(metadata, arrays, 4), "gradient 'g' of block 0");
    /* all arrays were taken */
    CHECK_EQUAL(array_destroyed(array_state(arrays[3])), 1);
    mts_array_t array = array_f64(2, SHAPE(3, 2), NULL);
    CHECK_NULL(mts_metadata_with_arrays(metadata, &array, 1), "got 1");
    array = array_f64(2, SHAPE(3, 2), NULL);
    CHECK_NULL(mts_metadata_with_arrays(NULL, &array, 1), "metadata");
    CHECK_OK(mts_metadata_free(metadata));
}

static void test_reduce(void) {
    mts_tensormap_t* tensor = make_map();
    mts_metadata_t* metadata = make_metadata();
    mts_plan_t* plan = mts_plan_reduce(metadata, "samples", NAMES("t"), 1);
    REQUIRE(plan != NULL);
    CHECK_EQUAL(plan->size, sizeof(mts_plan_t));
    CHECK_EQUAL(plan->results_count, 1);
    CHECK_EQUAL(plan->leaves_count, 4);
    CHECK_EQUAL(plan->steps_count, 4);
    /* shared labels need one entry */
    CHECK_EQUAL(plan->entries_count, 2);
    CHECK_EQUAL(plan->steps[0].entry, plan->steps[2].entry);
    const mts_plan_entry_t* entry = &plan->entries[plan->steps[0].entry];
    CHECK_EQUAL(entry->kind, REDUCE);
    CHECK_EQUAL(plan->indices[entry->counts], 1);
    CHECK_EQUAL(plan->indices[entry->counts + 1], 2);
    CHECK_EQUAL(plan->indices[entry->offsets + 2], 3);
    CHECK_EQUAL(plan->indices[entry->members], 1);
    CHECK_EQUAL(plan->indices[entry->members + 1], 0);
    CHECK_OK(mts_metadata_free(metadata));

    mts_tensormap_t* result = execute(plan, 0, &tensor, 1, -1);
    CHECK_OK(mts_plan_free(plan));
    check_axis(block_at(result, 1), 0, 1, 2, I32(0, 1));
    check_values(block_at(result, 1), 4, F64(3, 4, 6, 8));
    mts_block_t* gradient = gradient_of(block_at(result, 0));
    check_axis(gradient, 0, 2, 3, I32(0, 7, 1, 0, 1, 7));
    check_values(gradient, 6, F64(3, 4, 7, 8, 6, 8));
    CHECK_OK(mts_tensormap_free(result));
    CHECK_OK(mts_tensormap_free(tensor));
    CHECK_OK(mts_plan_free(NULL));
}

static void test_select(void) {
    mts_tensormap_t* tensor = make_map();
    mts_metadata_t* metadata = make_metadata();
    const mts_labels_t* systems = make_labels_1("s", 2, I32(1, 9));
    const mts_selection_t selections[3] = {
        {systems, NULL, 0},
        {NULL, (const int64_t[]){-1, 1}, 2},
        {NULL, NULL, 0},
    };
    mts_plan_t* plan = mts_plan_select(metadata, "samples", selections, 3);
    REQUIRE(plan != NULL);
    CHECK_EQUAL(plan->results_count, 3);
    CHECK_EQUAL(plan->leaves_count, 12);
    check_values_of(plan->results[2], 1, 2, 0, NULL);

    mts_tensormap_t* result = execute(plan, 0, &tensor, 1, -1);
    check_axis(block_at(result, 0), 0, 2, 2, I32(1, 0, 1, 1));
    check_axis(gradient_of(block_at(result, 0)), 0, 2, 3, I32(0, 7, 1, 7, 1, 0));
    CHECK_OK(mts_tensormap_free(result));

    result = execute(plan, 1, &tensor, 1, -1);
    check_axis(block_at(result, 1), 0, 2, 2, I32(1, 1, 0, 0));
    check_values(block_at(result, 1), 4, F64(5, 6, 3, 4));
    check_axis(gradient_of(block_at(result, 1)), 0, 2, 3, I32(1, 7, 0, 7, 0, 0));
    check_values(gradient_of(block_at(result, 1)), 6, F64(3, 4, 5, 6, 7, 8));
    CHECK_OK(mts_tensormap_free(result));
    CHECK_OK(mts_plan_free(plan));

    plan = mts_plan_select(metadata, "properties", selections + 1, 1);
    REQUIRE(plan != NULL);
    const mts_plan_entry_t* entry = &plan->entries[plan->steps[0].entry];
    CHECK_EQUAL(plan->steps[0].axis, 1);
    CHECK_EQUAL(entry->kind, RANGE);
    CHECK_EQUAL(entry->start, 1);
    CHECK_EQUAL(entry->output_count, 1);
    CHECK_EQUAL(entry->indices, -1);
    CHECK_OK(mts_plan_free(plan));
    CHECK_OK(mts_labels_free(systems));
    CHECK_OK(mts_metadata_free(metadata));
    CHECK_OK(mts_tensormap_free(tensor));
}

static void test_sort(void) {
    mts_tensormap_t* tensor = make_map();
    mts_metadata_t* metadata = make_metadata();
    mts_plan_t* plan = mts_plan_sort(metadata, NAMES("samples", "keys"), 2, false);
    REQUIRE(plan != NULL);
    check_values_of(plan->results[0], 0, 1, 2, I32(1, 3));
    CHECK_EQUAL(plan->steps[0].source, 2);
    mts_tensormap_t* result = execute(plan, 0, &tensor, 1, -1);
    check_axis(block_at(result, 0), 0, 2, 3, I32(0, 0, 1, 0, 1, 1));
    check_values(block_at(result, 0), 6, F64(3, 4, 1, 2, 5, 6));
    check_axis(gradient_of(block_at(result, 0)), 0, 2, 4, I32(0, 7, 1, 7, 2, 0, 2, 7));
    CHECK_OK(mts_tensormap_free(result));
    CHECK_OK(mts_plan_free(plan));

    plan = mts_plan_sort(metadata, NULL, 0, true);
    REQUIRE(plan != NULL);
    CHECK_EQUAL(plan->entries[plan->steps[0].entry].kind, SHARE);
    CHECK(plan->results[0]->labels[1] == metadata->labels[1]);
    CHECK_EQUAL(plan->indices_count, 0);
    CHECK(plan->indices == NULL);
    CHECK_OK(mts_plan_free(plan));
    CHECK_OK(mts_metadata_free(metadata));
    CHECK_OK(mts_tensormap_free(tensor));
}

static void test_join(void) {
    mts_tensormap_t* tensors[2] = {make_map(), make_map()};
    mts_metadata_t* first = mts_tensormap_metadata(tensors[0]);
    mts_metadata_t* second = mts_tensormap_metadata(tensors[1]);
    const mts_metadata_t* both[2] = {first, second};
    mts_plan_t* plan = mts_plan_join(both, 2, "samples", "error", "i");
    REQUIRE(plan != NULL);
    mts_tensormap_t* result = execute(plan, 0, tensors, 2, 0);
    check_axis(block_at(result, 0), 0, 3, 6,
               I32(1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1));
    check_values(block_at(result, 0), 12, F64(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6));
    check_axis(gradient_of(block_at(result, 0)), 0, 2, 8,
               I32(0, 7, 1, 7, 2, 7, 2, 0, 3, 7, 4, 7, 5, 7, 5, 0));
    CHECK_OK(mts_tensormap_free(result));
    CHECK_OK(mts_plan_free(plan));

    plan = mts_plan_join(both, 2, "properties", "union", "i");
    REQUIRE(plan != NULL);
    result = execute(plan, 0, tensors, 2, 1);
    check_axis(block_at(result, 1), 1, 2, 4, I32(5, 0, 2, 0, 5, 1, 2, 1));
    check_values(block_at(result, 1), 12, F64(1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6));
    CHECK_OK(mts_tensormap_free(result));
    CHECK_OK(mts_plan_free(plan));

    int32_t category = -1;
    CHECK_NULL(mts_plan_join(both, 2, "samples", "error", NULL), "(s=1, t=0) more than once");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 0);
    CHECK_NULL(mts_plan_join(both, 2, "samples", "maybe", NULL), "'intersection'");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 1);
    CHECK_NULL(mts_plan_join(both, 2, "samples", "error", "\xff"), "add_dimension");
    CHECK_NULL(mts_plan_join(NULL, 0, "samples", "error", NULL), "at least one");
    mts_plan_t* picked = mts_plan_pick_blocks(second, (const int64_t[]){-1}, 1);
    REQUIRE(picked != NULL);
    both[1] = picked->results[0];
    CHECK_NULL(mts_plan_join(both, 2, "samples", "error", "i"), "2 blocks");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 3);
    plan = mts_plan_join(both, 2, "samples", "intersection", "i");
    REQUIRE(plan != NULL);
    CHECK_EQUAL(plan->results[0]->blocks_count, 1);
    CHECK_OK(mts_plan_free(plan));
    CHECK_OK(mts_plan_free(picked));
    CHECK_OK(mts_metadata_free(first));
    CHECK_OK(mts_metadata_free(second));
    CHECK_OK(mts_tensormap_free(tensors[0]));
    CHECK_OK(mts_tensormap_free(tensors[1]));
}

static void test_dimensions(void) {
    mts_metadata_t* metadata = make_metadata();
    mts_plan_t* plan =
        mts_plan_insert_dimension(metadata, "samples", -1, "z", (const int64_t[]){4}, 1, true);
    REQUIRE(plan != NULL);
    check_values_of(plan->results[0], 1, 3, 3, I32(1, 4, 0, 0, 4, 0, 1, 4, 1));
    CHECK(plan->results[0]->labels[3] == metadata->labels[3]);
    CHECK_OK(mts_plan_free(plan));

    plan =
        mts_plan_insert_dimension(metadata, "keys", 0, "z", (const int64_t[]){4, 5}, 2, false);
    REQUIRE(plan != NULL);
    check_values_of(plan->results[0], 0, 2, 2, I32(4, 3, 5, 1));
    CHECK_OK(mts_plan_free(plan));

    plan = mts_plan_permute_dimensions(metadata, "samples", (const int64_t[]){1, 0}, 2);
    REQUIRE(plan != NULL);
    check_values_of(plan->results[0], 1, 2, 3, I32(0, 1, 0, 0, 1, 1));
    CHECK_OK(mts_plan_free(plan));

    plan = mts_plan_rename_dimension(metadata, "properties", "n", "m");
    REQUIRE(plan != NULL);
    CHECK_STRING(plan->results[0]->labels_dimensions[2][0], "m");
    CHECK_OK(mts_plan_free(plan));

    CHECK_NULL(mts_plan_remove_dimension(metadata, "samples", "t"), "(s=1) would");
    CHECK_NULL(mts_plan_remove_dimension(metadata, "samples", "x"), "'x'");
    CHECK_NULL(mts_plan_remove_dimension(metadata, "rows", "x"), "'components'");
    CHECK_NULL(
        mts_plan_insert_dimension(metadata, "keys", 9, "z", (const int64_t[]){4}, 1, true),
        "index 9");
    int32_t category = -1;
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 2);
    CHECK_NULL(mts_plan_insert_dimension(metadata, "keys", 0, "z", NULL, 0, true),
               "values_count");
    CHECK_NULL(mts_plan_insert_dimension(metadata, "keys", 0, "z", NULL, 0, false),
               "2 entries");
    CHECK_NULL(mts_plan_permute_dimensions(metadata, "samples", NULL, 0), "got 0");
    CHECK_NULL(mts_plan_rename_dimension(metadata, "samples", "s", "t"), "'t'");
    CHECK_OK(mts_metadata_free(metadata));
}

static void test_blocks(void) {
    mts_metadata_t* metadata = make_metadata();
    const mts_labels_t* keys = make_labels_1("k", 2, I32(1, 3));
    mts_plan_t* plan = mts_plan_filter_blocks(metadata, keys, true);
    REQUIRE(plan != NULL);
    check_values_of(plan->results[0], 0, 1, 2, I32(1, 3));
    CHECK_EQUAL(plan->steps[0].source, 2);
    CHECK_EQUAL(plan->steps[1].source, 3);
    CHECK_OK(mts_plan_free(plan));
    plan = mts_plan_filter_blocks(metadata, keys, false);
    REQUIRE(plan != NULL);
    CHECK_EQUAL(plan->results[0]->blocks_count, 0);
    mts_tensormap_t* empty = mts_metadata_with_arrays(plan->results[0], NULL, 0);
    REQUIRE(empty != NULL);
    CHECK_OK(mts_tensormap_free(empty));
    CHECK_OK(mts_plan_free(plan));
    plan = mts_plan_drop_empty_blocks(metadata);
    REQUIRE(plan != NULL);
    CHECK(plan->results[0]->labels[0] == metadata->labels[0]);
    CHECK_OK(mts_plan_free(plan));
    CHECK_NULL(mts_plan_pick_blocks(metadata, (const int64_t[]){2}, 1), "no block 2");
    CHECK_NULL(mts_plan_pick_blocks(metadata, (const int64_t[]){0, -2}, 2), "(k=3)");
    CHECK_OK(mts_labels_free(keys));
    keys = make_labels_1("x", 0, NULL);
    CHECK_NULL(mts_plan_filter_blocks(metadata, keys, true), "'x'");
    CHECK_OK(mts_labels_free(keys));
    CHECK_OK(mts_metadata_free(metadata));
}

static void test_queries(void) {
    mts_metadata_t* metadata = make_metadata();
    const mts_labels_t* unique =
        mts_metadata_unique(metadata, "samples", NAMES("a", "sample"), 2, "g");
    REQUIRE(unique != NULL);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(unique, &values, &count, &size));
    CHECK_EQUAL(count, 4);
    for (int i = 0; i < 8; i++) {
        CHECK_EQUAL(values[i], I32(0, 2, 7, 0, 7, 1, 7, 2)[i]);
    }
    CHECK_OK(mts_labels_free(unique));
    CHECK_NULL(mts_metadata_unique(metadata, "samples", NAMES("a"), 1, NULL), "'a'");
    CHECK_NULL(mts_metadata_unique(metadata, "samples", NAMES("a"), 1, "h"), "'h'");
    CHECK_NULL(mts_metadata_unique(metadata, "keys", NAMES("a"), 1, NULL), "'keys'");

    int64_t positions[3] = {-7, -7, -7};
    const mts_labels_t* possible = make_labels_1("s", 3, I32(2, 1, 0));
    CHECK_OK(mts_labels_one_hot(metadata->labels[1], possible, positions, 3));
    CHECK_EQUAL(positions[0], 1);
    CHECK_EQUAL(positions[1], 2);
    CHECK_EQUAL(positions[2], 1);
    positions[0] = -7;
    CHECK_FAILS(mts_labels_one_hot(metadata->labels[1], possible, positions, 2),
                MTS_INVALID_PARAMETER_ERROR, "positions_count");
    CHECK_FAILS(mts_labels_one_hot(metadata->labels[1], metadata->labels[1], positions, 3),
                MTS_INVALID_PARAMETER_ERROR, "(s, t)");
    CHECK_OK(mts_labels_free(possible));
    possible = make_labels_1("s", 1, I32(1));
    CHECK_FAILS(mts_labels_one_hot(metadata->labels[1], possible, positions, 3),
                MTS_INVALID_PARAMETER_ERROR, "s=0");
    CHECK_EQUAL(positions[0], -7);
    CHECK_OK(mts_labels_free(possible));
    CHECK_OK(mts_metadata_free(metadata));
}

static void test_errors(void) {
    mts_metadata_t* metadata = make_metadata();
    int32_t category = -1;
    CHECK_NULL(mts_plan_reduce(metadata, "samples", NAMES("x"), 1), "'x'");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 1);
    CHECK_NULL(mts_plan_reduce(metadata, "components", NAMES("x"), 1),
               "'samples', 'properties'");
    CHECK_NULL(mts_plan_reduce(metadata, "\xff", NULL, 0), "axis");
    CHECK_NULL(mts_plan_sort(metadata, NAMES("samples", "x"), 2, false), "'x'");

    mts_selection_t selection = {NULL, (const int64_t[]){3}, 1};
    CHECK_NULL(mts_plan_select(metadata, "samples", &selection, 1), "position 3");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 2);
    selection.positions = NULL;
    CHECK_NULL(mts_plan_select(metadata, "samples", &selection, 1), "selections[0].positions");
    selection.labels = metadata->labels[0];
    CHECK_NULL(mts_plan_select(metadata, "samples", &selection, 1), "both");
    selection.positions_count = 0;
    CHECK_NULL(mts_plan_select(metadata, "samples", &selection, 1), "'k'");

    /* something which is not from the library */
    mts_metadata_t other;
    memset(&other, 0, sizeof(other));
    CHECK_NULL(mts_plan_reduce(&other, "samples", NULL, 0), "mts_metadata_t");
    CHECK_OK(mts_metadata_free(metadata));

    CHECK_OK(mts_set_last_error("mine", "test", NULL, NULL));
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 0);
}

static void test_nested(void) {
    mts_tensormap_t* tensor = make_map();
    const mts_labels_t* keys = make_labels_1("k", 1, I32(0));
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), NULL);
    const mts_labels_t* rows = make_labels_1("sample", 1, I32(0));
    const mts_labels_t* properties = make_labels_1("n", 1, I32(0));
    mts_block_t* gradient =
        mts_block(array_f64(2, SHAPE(1, 1), NULL), rows, NULL, 0, properties);
    mts_block_t* nested =
        mts_block(array_f64(2, SHAPE(1, 1), NULL), rows, NULL, 0, properties);
    CHECK_OK(mts_block_add_gradient(gradient, "h", nested));
    CHECK_OK(mts_block_add_gradient(block, "g", gradient));
    mts_tensormap_free(tensor);
    tensor = mts_tensormap(keys, &block, 1);
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    REQUIRE(metadata != NULL);
    CHECK_EQUAL(metadata->parents[2], 1);
    int32_t category = -1;
    CHECK_NULL(mts_plan_reduce(metadata, "samples", NULL, 0), "'h'");
    CHECK_OK(mts_last_error_category(&category));
    CHECK_EQUAL(category, 4);
    CHECK_OK(mts_metadata_free(metadata));
    CHECK_OK(mts_labels_free(keys));
    CHECK_OK(mts_labels_free(rows));
    CHECK_OK(mts_labels_free(properties));
    CHECK_OK(mts_tensormap_free(tensor));
}

int main(void) {
    RUN(test_metadata);
    RUN(test_with_arrays);
    RUN(test_reduce);
    RUN(test_select);
    RUN(test_sort);
    RUN(test_join);
    RUN(test_dimensions);
    RUN(test_blocks);
    RUN(test_queries);
    RUN(test_errors);
    RUN(test_nested);
    return check_summary();
}
