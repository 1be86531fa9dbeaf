/* Plans which move data, and tensor maps made by following them. */
#include "check.h"
#include "plans_support.h"

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
    RUN(test_reduce);
    RUN(test_select);
    RUN(test_sort);
    RUN(test_join);
    RUN(test_errors);
    RUN(test_nested);
    return check_summary();
}
