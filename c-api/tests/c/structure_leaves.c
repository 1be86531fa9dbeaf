/* Maps made from many arrays in one call, and arrays which fail meanwhile. */
#include "check.h"
#include "hardening_memory.h"
#include "structure_support.h"

/* A map made again from its structure, with one thing changed */
typedef struct leaves_t {
    mts_tensormap_t* tensor;
    mts_structure_t* structure;
    mts_array_t arrays[6];
    int64_t parents[6];
    const char* parameters[6];
    uintptr_t counts[6];
    const mts_labels_t* labels[18];
} leaves_t;

static leaves_t make_leaves(void) {
    leaves_t leaves;
    leaves.tensor = nested_tensor();
    leaves.structure = mts_tensormap_structure(leaves.tensor, NULL);
    REQUIRE(leaves.structure != NULL);
    new_arrays(leaves.structure, leaves.arrays);
    for (int i = 0; i < 6; i++) {
        leaves.parents[i] = leaves.structure->parents[i];
        leaves.parameters[i] = leaves.structure->parameters[i];
        leaves.counts[i] = 3;
    }
    for (int i = 0; i < 18; i++) {
        leaves.labels[i] = leaves.structure->labels[leaves.structure->axes[i]];
    }
    return leaves;
}

/* make the map, and free all but the result */
static mts_tensormap_t* from_leaves(leaves_t* leaves) {
    mts_tensormap_t* result = mts_tensormap_from_leaves(
        leaves->structure->labels[0], leaves->arrays, leaves->parents, leaves->parameters,
        leaves->counts, 6, leaves->labels, 18);
    mts_structure_free(leaves->structure);
    mts_tensormap_free(leaves->tensor);
    return result;
}

static void test_from_leaves(void) {
    leaves_t leaves = make_leaves();
    mts_tensormap_t* tensor = from_leaves(&leaves);
    REQUIRE(tensor != NULL);
    check_values(block_at(tensor, 1), 1, F64(103));
    check_axis(block_at(tensor, 1), 0, 1, 2, I32(20, 21));
    check_axis(block_at(tensor, 1), 1, 1, 3, I32(0, 1, 2));
    mts_block_t* gradient = NULL;
    CHECK_OK(mts_block_gradient(block_at(tensor, 1), "g", &gradient));
    CHECK_OK(mts_block_gradient(gradient, "h", &gradient));
    check_values(gradient, 1, F64(105));
    mts_tensormap_free(tensor);

    const mts_labels_t* keys = make_labels_1("k", 0, NULL);
    tensor = mts_tensormap_from_leaves(keys, NULL, NULL, NULL, NULL, 0, NULL, 0);
    REQUIRE(tensor != NULL);
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
}

static void test_wrong_leaves(void) {
    leaves_t leaves = make_leaves();
    leaves.parents[1] = 1;
    CHECK_NULL(from_leaves(&leaves), "leaf 1 is 1");
    leaves = make_leaves();
    leaves.parents[1] = 6;
    CHECK_NULL(from_leaves(&leaves), "leaf 1 is 6");
    leaves = make_leaves();
    leaves.parents[1] = -2;
    CHECK_NULL(from_leaves(&leaves), "`parents[1]`");
    leaves = make_leaves();
    leaves.parents[4] = -1;
    CHECK_NULL(from_leaves(&leaves), "3 blocks");
    leaves = make_leaves();
    leaves.parents[5] = 3;
    leaves.parameters[5] = "g";
    CHECK_NULL(from_leaves(&leaves), "gradient 'g' of block 1");
    leaves = make_leaves();
    leaves.parameters[5] = NULL;
    CHECK_NULL(from_leaves(&leaves), "`parameters[5]`");
    leaves = make_leaves();
    leaves.parameters[5] = "\xff";
    CHECK_NULL(from_leaves(&leaves), "`parameters[5]`");
    leaves = make_leaves();
    leaves.labels[4] = NULL;
    CHECK_NULL(from_leaves(&leaves), "`labels[4]`");
    leaves = make_leaves();
    leaves.counts[4] = 2;
    CHECK_NULL(from_leaves(&leaves), "`labels_counts`");
    leaves = make_leaves();
    leaves.counts[4] = UINTPTR_MAX;
    CHECK_NULL(from_leaves(&leaves), "`labels_counts`");
    leaves = make_leaves();
    leaves.counts[4] = 1;
    leaves.counts[5] = 5;
    CHECK_NULL(from_leaves(&leaves), "`labels_counts[4]`");
    for (int wrong = WRONG_RANK; wrong < WRONG_COUNT; wrong++) {
        leaves = make_leaves();
        make_wrong(&leaves.arrays[4], (wrong_t)wrong);
        CHECK_NULL(from_leaves(&leaves), "gradient 'g' of block 1: ");
    }
}

/* Run an operation, and free its result. Returns if it succeeded. */
typedef int (*operation_t)(mts_tensormap_t* tensor, mts_structure_t* structure);

static int run_with_arrays(mts_tensormap_t* tensor, mts_structure_t* structure) {
    mts_array_t arrays[6];
    int failing = arrays_failing_call;
    arrays_failing_call = 0;
    new_arrays(structure, arrays);
    arrays_failing_call = failing;
    arrays_calls = 0;
    mts_tensormap_t* result = mts_tensormap_with_arrays(tensor, arrays, 6, true);
    mts_tensormap_free(result);
    return result != NULL;
}

static int run_pick_blocks(mts_tensormap_t* tensor, mts_structure_t* structure) {
    (void)structure;
    const uintptr_t blocks[1] = {1};
    arrays_calls = 0;
    mts_tensormap_t* result = mts_tensormap_pick_blocks(tensor, blocks, 1, NULL, 0, true);
    mts_tensormap_free(result);
    return result != NULL;
}

static int run_from_leaves(mts_tensormap_t* tensor, mts_structure_t* structure) {
    (void)tensor;
    (void)structure;
    int failing = arrays_failing_call;
    arrays_failing_call = 0;
    leaves_t leaves = make_leaves();
    arrays_failing_call = failing;
    arrays_calls = 0;
    mts_tensormap_t* result = from_leaves(&leaves);
    mts_tensormap_free(result);
    return result != NULL;
}

/* each call of a function of an array fails once, and nothing is leaked */
static void test_failing_arrays(void) {
    const operation_t operations[] = {run_with_arrays, run_pick_blocks, run_from_leaves};
    for (int i = 0; i < 3; i++) {
        int succeeded = 0;
        for (int failing = 1; !succeeded; failing++) {
            REQUIRE(failing < 1000);
            mts_tensormap_t* tensor = nested_tensor();
            mts_structure_t* structure = mts_tensormap_structure(tensor, NULL);
            REQUIRE(structure != NULL);
            arrays_failing_call = failing;
            succeeded = operations[i](tensor, structure);
            arrays_failing_call = 0;
            CHECK(succeeded || strstr(last_message(), "callback") != NULL);
            mts_structure_free(structure);
            mts_tensormap_free(tensor);
        }
    }
}

static void run_all(void) {
    RUN(test_from_leaves);
    RUN(test_wrong_leaves);
    RUN(test_failing_arrays);
}

int main(void) {
    check_allocations(run_all);
    return check_summary();
}
