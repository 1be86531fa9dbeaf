/* Metadata without data, plans which only change labels or blocks, and queries. */
#include "check.h"
#include "plans_support.h"

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

/* How many arrays to make, how often this was done and what the last one was */
typedef struct leaves_t {
    uintptr_t count;
    int calls;
    int destroyed;
    test_array_t* last;
} leaves_t;

static mts_status_t make_arrays(const void* pointer, mts_array_t* arrays, uintptr_t count) {
    leaves_t* leaves = (leaves_t*)pointer;
    CHECK_EQUAL(count, 4);
    leaves->calls++;
    for (uintptr_t i = 0; i < leaves->count; i++) {
        arrays[i] = array_f64(2, SHAPE(i % 2 == 0 ? 3 : 4, 2), NULL);
        leaves->last = array_state(arrays[i]);
    }
    if (leaves->count < count) {
        CHECK_OK(mts_set_last_error("no more arrays", "test", NULL, NULL));
        return MTS_CALLBACK_ERROR;
    }
    return MTS_SUCCESS;
}

static mts_status_t make_others(const void* pointer, mts_array_t* arrays, uintptr_t count) {
    (void)pointer;
    (void)arrays;
    (void)count;
    return MTS_CALLBACK_ERROR;
}

static void destroy_leaves(void* leaves) {
    ((leaves_t*)leaves)->destroyed++;
}

static void test_with_lazy_arrays(void) {
    leaves_t leaves = {4, 0, 0, NULL};
    mts_array_t owner = {0};
    owner.ptr = &leaves;
    owner.destroy = destroy_leaves;
    mts_metadata_t* metadata = make_metadata();
    mts_tensormap_t* tensor = mts_metadata_with_lazy_arrays(metadata, owner, make_arrays);
    REQUIRE(tensor != NULL);
    const void* known = NULL;
    CHECK_OK(mts_tensormap_lazy_leaves(tensor, make_arrays, &known));
    CHECK(known == &leaves);
    CHECK_OK(mts_tensormap_lazy_leaves(tensor, make_others, &known));
    CHECK(known == NULL);
    mts_metadata_t* same = mts_tensormap_metadata(tensor);
    REQUIRE(same != NULL);
    CHECK(same->labels[1] == metadata->labels[1]);
    CHECK_OK(mts_metadata_free(same));
    CHECK_OK(mts_metadata_free(metadata));
    CHECK_EQUAL(leaves.calls, 0);

    mts_block_t* block = block_at(tensor, 1);
    mts_array_t array = {0};
    CHECK_OK(mts_block_data(gradient_of(block), &array));
    CHECK(array_state(array) == leaves.last);
    CHECK(block_at(tensor, 1) == block);
    CHECK_EQUAL(leaves.calls, 1);
    known = &leaves;
    CHECK_OK(mts_tensormap_lazy_leaves(tensor, make_arrays, &known));
    CHECK(known == NULL);
    CHECK_OK(mts_tensormap_free(tensor));
    CHECK_EQUAL(leaves.destroyed, 1);
    CHECK_EQUAL(array_destroyed(leaves.last), 1);

    /* a map which is no lazy one */
    tensor = make_map();
    known = &leaves;
    CHECK_OK(mts_tensormap_lazy_leaves(tensor, make_arrays, &known));
    CHECK(known == NULL);
    CHECK_OK(mts_tensormap_free(tensor));
}

static void test_lazy_arrays_which_fail(void) {
    leaves_t leaves = {3, 0, 0, NULL};
    mts_array_t owner = {0};
    owner.ptr = &leaves;
    owner.destroy = destroy_leaves;
    mts_metadata_t* metadata = make_metadata();
    mts_tensormap_t* tensor = mts_metadata_with_lazy_arrays(metadata, owner, make_arrays);
    REQUIRE(tensor != NULL);
    mts_block_t* block = NULL;
    for (int i = 1; i < 3; i++) {
        CHECK_FAILS(mts_tensormap_block_by_id(tensor, &block, 0), MTS_CALLBACK_ERROR,
                    "`make_arrays` failed: no more arrays");
        CHECK_EQUAL(leaves.calls, i);
        CHECK_EQUAL(array_destroyed(leaves.last), 1);
    }
    CHECK_OK(mts_tensormap_free(tensor));
    CHECK_EQUAL(leaves.destroyed, 1);

    CHECK_NULL(mts_metadata_with_lazy_arrays(NULL, owner, make_arrays), "metadata");
    CHECK_EQUAL(leaves.destroyed, 2);
    CHECK_OK(mts_metadata_free(metadata));
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

int main(void) {
    RUN(test_metadata);
    RUN(test_with_arrays);
    RUN(test_with_lazy_arrays);
    RUN(test_lazy_arrays_which_fail);
    RUN(test_dimensions);
    RUN(test_blocks);
    RUN(test_queries);
    return check_summary();
}
