/* Whole maps in one call: their structure, and maps with other arrays. */
#include "check.h"
#include "hardening_memory.h"
#include "structure_support.h"

static void test_structure(void) {
    mts_tensormap_t* tensor = nested_tensor();
    mts_structure_options_t options = {sizeof(options), 0, 1};
    mts_structure_t* structure = mts_tensormap_structure(tensor, &options);
    REQUIRE(structure != NULL);
    CHECK_EQUAL(structure->size, sizeof(mts_structure_t));
    CHECK_EQUAL(structure->blocks_count, 2);
    REQUIRE(structure->leaves_count == 6);
    const int64_t parents[6] = {-1, 0, 1, -1, 3, 4};
    for (uintptr_t i = 0; i < 6; i++) {
        CHECK_EQUAL(structure->parents[i], parents[i]);
        CHECK_EQUAL(structure->axes_starts[i], 3 * i);
        CHECK(structure->arrays[i].destroy == NULL);
        mts_array_t data = {0};
        CHECK_OK(mts_block_data(structure->blocks[i], &data));
        CHECK(data.ptr == structure->arrays[i].ptr);
    }
    CHECK_EQUAL(structure->axes_starts[6], 18);
    for (uintptr_t i = 0; i < 3; i++) {
        CHECK_EQUAL(structure->blocks_starts[i], 3 * i);
    }
    CHECK(structure->blocks[0] == block_at(tensor, 0));
    CHECK(structure->blocks[3] == block_at(tensor, 1));
    CHECK(structure->parameters[0] == NULL && structure->parameters[3] == NULL);
    CHECK_STRING(structure->parameters[1], "g");
    CHECK_STRING(structure->parameters[5], "h");

    /* keys, four labels of each block, and the properties of both */
    CHECK_EQUAL(structure->labels_count, 1 + 2 * 4 + 1);
    const mts_labels_t* keys = mts_tensormap_keys(tensor);
    CHECK(structure->labels[0] == keys);
    mts_labels_free(keys);
    CHECK_EQUAL(structure->axes[2], structure->axes[17]);
    uintptr_t rows = structure->axes[3];
    CHECK_EQUAL(structure->labels_sizes[rows], 2);
    CHECK_EQUAL(structure->labels_rows[rows], 3);
    CHECK_STRING(structure->labels_dimensions[rows][1], "a");
    CHECK_EQUAL(structure->labels_values[rows][3], 4);

    /* labels stay alive, blocks do not */
    CHECK_OK(mts_tensormap_free(tensor));
    check_rows(mts_labels_clone(structure->labels[rows]), 3, 2, I32(1, 0, 0, 4, 1, 2));
    CHECK_OK(mts_structure_free(structure));
    CHECK_OK(mts_structure_free(NULL));
}

static void test_structure_of_blocks(void) {
    const mts_labels_t* properties = make_labels_1("p", 1, I32(9));
    mts_block_t* block = nested_block(0, properties);
    mts_labels_free(properties);
    mts_structure_options_t options = {sizeof(options), 1, 1};
    mts_structure_t* structure = mts_block_structure(block, &options);
    REQUIRE(structure != NULL);
    CHECK_EQUAL(structure->blocks_count, 1);
    CHECK_EQUAL(structure->leaves_count, 3);
    CHECK(structure->blocks[0] == block);
    CHECK_EQUAL(structure->labels_count, 0);
    CHECK(structure->labels == NULL && structure->axes == NULL);
    CHECK(structure->axes_starts == NULL && structure->labels_values == NULL);
    CHECK_OK(mts_structure_free(structure));

    structure = mts_block_structure(block, NULL);
    REQUIRE(structure != NULL);
    CHECK_EQUAL(structure->labels_count, 5);
    CHECK(structure->labels_values == NULL);
    CHECK_OK(mts_structure_free(structure));
    mts_block_free(block);

    const mts_labels_t* keys = make_labels_1("k", 0, NULL);
    mts_tensormap_t* empty = mts_tensormap(keys, NULL, 0);
    mts_labels_free(keys);
    structure = mts_tensormap_structure(empty, NULL);
    REQUIRE(structure != NULL);
    CHECK_EQUAL(structure->leaves_count, 0);
    CHECK(structure->blocks == NULL && structure->arrays == NULL);
    CHECK_EQUAL(structure->blocks_starts[0], 0);
    CHECK_EQUAL(structure->labels_count, 1);
    CHECK_OK(mts_structure_free(structure));
    mts_tensormap_t* same = mts_tensormap_with_arrays(empty, NULL, 0, true);
    REQUIRE(same != NULL);
    mts_tensormap_free(same);
    mts_tensormap_free(empty);
}

static void test_options_of_other_versions(void) {
    mts_tensormap_t* tensor = make_tensor();
    struct {
        mts_structure_options_t known;
        int64_t unknown;
    } options = {{sizeof(options), 1, 0}, 0};
    /* more recent, but the new option is not used */
    mts_structure_t* structure = mts_tensormap_structure(tensor, &options.known);
    REQUIRE(structure != NULL);
    CHECK_EQUAL(structure->labels_count, 0);
    CHECK_OK(mts_structure_free(structure));
    options.unknown = 1;
    CHECK_NULL(mts_tensormap_structure(tensor, &options.known), "`options`");
    /* older: only the size */
    options.known.size = sizeof(uintptr_t);
    structure = mts_tensormap_structure(tensor, &options.known);
    REQUIRE(structure != NULL);
    CHECK(structure->labels_count > 0);
    CHECK_OK(mts_structure_free(structure));
    options.known.size = 0;
    CHECK_NULL(mts_tensormap_structure(tensor, &options.known), "`options.size`");
    options.known.size = UINTPTR_MAX;
    CHECK_NULL(mts_tensormap_structure(tensor, &options.known), "`options.size`");
    mts_tensormap_free(tensor);
}

static void test_gradient_rows(void) {
    mts_tensormap_t* tensor = nested_tensor();
    mts_integer_lists_t* lists = mts_tensormap_gradient_rows(tensor);
    REQUIRE(lists != NULL);
    CHECK_EQUAL(lists->lists_count, 6);
    const uintptr_t starts[7] = {0, 0, 3, 4, 4, 7, 8};
    const int64_t values[8] = {1, 0, 1, 2, 1, 0, 1, 2};
    for (int i = 0; i < 7; i++) {
        CHECK_EQUAL(lists->starts[i], starts[i]);
    }
    for (int i = 0; i < 8; i++) {
        CHECK_EQUAL(lists->values[i], values[i]);
    }
    CHECK_OK(mts_integer_lists_free(lists));
    CHECK_OK(mts_integer_lists_free(NULL));
    mts_tensormap_free(tensor);

    tensor = make_tensor();
    lists = mts_tensormap_gradient_rows(tensor);
    REQUIRE(lists != NULL);
    CHECK(lists->values == NULL);
    CHECK_EQUAL(lists->starts[3], 0);
    mts_integer_lists_free(lists);
    mts_tensormap_free(tensor);
}

static void test_with_arrays(void) {
    mts_tensormap_t* tensor = nested_tensor();
    mts_structure_options_t options = {sizeof(options), 1, 0};
    mts_structure_t* structure = mts_tensormap_structure(tensor, &options);
    REQUIRE(structure != NULL);
    const char* value = NULL;
    mts_array_t arrays[6];
    for (int keep_info = 0; keep_info < 2; keep_info++) {
        new_arrays(structure, arrays);
        mts_tensormap_t* result = mts_tensormap_with_arrays(tensor, arrays, 6, keep_info != 0);
        REQUIRE(result != NULL);
        check_values(block_at(result, 1), 1, F64(103));
        check_axis(block_at(result, 1), 0, 1, 2, I32(20, 21));
        const mts_labels_t* ours = mts_block_labels(block_at(result, 1), 0);
        const mts_labels_t* theirs = mts_block_labels(block_at(tensor, 1), 0);
        CHECK(ours == theirs);
        mts_labels_free(ours);
        mts_labels_free(theirs);
        mts_block_t* gradient = NULL;
        CHECK_OK(mts_block_gradient(block_at(result, 0), "g", &gradient));
        CHECK_OK(mts_block_gradient(gradient, "h", &gradient));
        check_values(gradient, 1, F64(102));
        CHECK_OK(mts_tensormap_get_info(result, "name", &value));
        CHECK((value != NULL) == keep_info);
        CHECK_OK(mts_tensormap_free(result));
    }
    mts_structure_free(structure);

    mts_block_t* block = block_at(tensor, 0);
    structure = mts_block_structure(block, &options);
    new_arrays(structure, arrays);
    mts_block_t* result = mts_block_with_arrays(block, arrays, 3);
    REQUIRE(result != NULL);
    check_values(result, 1, F64(100));
    mts_block_free(result);
    mts_structure_free(structure);
    mts_tensormap_free(tensor);
}

/* all arrays are released by `check_all_released` after each test */
static void test_wrong_arrays(void) {
    mts_tensormap_t* tensor = nested_tensor();
    mts_structure_options_t options = {sizeof(options), 1, 0};
    mts_structure_t* structure = mts_tensormap_structure(tensor, &options);
    REQUIRE(structure != NULL);
    const char* const where = "gradient 'h' of gradient 'g' of block 1";
    const char* const mentions[] = {"2 axes", "axis 1", "unregistered",
                                    "CUDA",   "dtype",  "6 in all"};
    const uintptr_t blocks[2] = {0, 1};
    for (int wrong = WRONG_RANK; wrong <= WRONG_COUNT; wrong++) {
        uintptr_t count = wrong == WRONG_COUNT ? 5 : 6;
        mts_array_t arrays[6];
        for (int function = 0; function < 2; function++) {
            new_arrays(structure, arrays);
            make_wrong(&arrays[5], (wrong_t)wrong);
            if (count == 5) {
                arrays[5].destroy(arrays[5].ptr);
            }
            if (function == 0) {
                CHECK_NULL(mts_tensormap_with_arrays(tensor, arrays, count, true),
                           mentions[wrong]);
            } else {
                CHECK_NULL(mts_tensormap_pick_blocks(tensor, blocks, 2, arrays, count, true),
                           mentions[wrong]);
            }
            CHECK(wrong == WRONG_COUNT || strstr(last_message(), where) != NULL);
        }
    }
    mts_structure_free(structure);
    mts_block_t* block = block_at(tensor, 0);
    mts_array_t array = array_f64(1, SHAPE(1), NULL);
    CHECK_NULL(mts_block_with_arrays(block, &array, 1), "3 in all");
    CHECK_NULL(mts_tensormap_with_arrays(tensor, NULL, 6, true), "`arrays`");
    CHECK_NULL(mts_tensormap_with_arrays(tensor, NULL, UINTPTR_MAX, true), "`arrays`");
    mts_tensormap_free(tensor);
}

static void test_pick_blocks(void) {
    mts_tensormap_t* tensor = make_tensor();
    const uintptr_t blocks[2] = {2, 0};
    mts_tensormap_t* picked = mts_tensormap_pick_blocks(tensor, blocks, 2, NULL, 0, false);
    REQUIRE(picked != NULL);
    check_rows(mts_tensormap_keys(picked), 2, 2, I32(0, 1, 0, 0));
    check_values(block_at(picked, 0), 2, F64(9, 10));
    mts_tensormap_free(picked);

    mts_array_t arrays[2] = {
        array_f64(2, SHAPE(1, 2), F64(-1, -2)),
        array_f64(2, SHAPE(2, 2), NULL),
    };
    picked = mts_tensormap_pick_blocks(tensor, blocks, 2, arrays, 2, false);
    REQUIRE(picked != NULL);
    check_values(block_at(picked, 0), 2, F64(-1, -2));
    mts_tensormap_free(picked);

    picked = mts_tensormap_pick_blocks(tensor, NULL, 0, NULL, 0, false);
    REQUIRE(picked != NULL);
    check_rows(mts_tensormap_keys(picked), 0, 2, NULL);
    mts_tensormap_free(picked);

    const uintptr_t twice[2] = {1, 1};
    CHECK_NULL(mts_tensormap_pick_blocks(tensor, twice, 2, NULL, 0, false), "more than once");
    const uintptr_t missing[1] = {3};
    CHECK_NULL(mts_tensormap_pick_blocks(tensor, missing, 1, NULL, 0, false), "no block 3");
    arrays[0] = array_f64(2, SHAPE(1, 2), NULL);
    CHECK_NULL(mts_tensormap_pick_blocks(tensor, missing, 1, arrays, 1, false), "no block 3");
    mts_tensormap_free(tensor);
}

static void run_all(void) {
    RUN(test_structure);
    RUN(test_structure_of_blocks);
    RUN(test_options_of_other_versions);
    RUN(test_gradient_rows);
    RUN(test_with_arrays);
    RUN(test_wrong_arrays);
    RUN(test_pick_blocks);
}

int main(void) {
    check_allocations(run_all);
    return check_summary();
}
