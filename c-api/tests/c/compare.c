/* Comparing the metadata of maps and blocks. */
#include "check.h"
#include "hardening_memory.h"
#include "support.h"

/* what to change in a map made by `make` */
typedef struct change_t {
    const char* key;
    int swap_keys;
    int32_t last_key;
    int32_t sample;
    const char* component;
    uintptr_t component_count;
    int32_t property;
    const char* parameter;
    int32_t row;
} change_t;

static const change_t SAME = {"k", 0, 5, 20, "c", 1, 9, "g", 2};

static mts_block_t* make_one(const change_t* change, int changed, int32_t first) {
    const mts_labels_t* samples =
        make_labels_1("s", 2, I32(first, changed ? change->sample : 20));
    const mts_labels_t* components[2] = {make_labels_1(change->component, 1, I32(0)),
                                         make_labels_1("d", 1, I32(0))};
    const mts_labels_t* properties =
        make_labels_1("p", 1, I32(changed ? change->property : 9));
    const mts_labels_t* rows =
        make_labels(2, NAMES("sample", "a"), 2, I32(0, 1, 1, changed ? change->row : 2));
    uintptr_t count = change->component_count;
    uintptr_t shape[4] = {2, 1, 1, 1};
    mts_block_t* block =
        mts_block(array_f64(2 + count, shape, NULL), samples, components, count, properties);
    mts_block_t* gradient =
        mts_block(array_f64(2 + count, shape, NULL), rows, components, count, properties);
    REQUIRE(block != NULL && gradient != NULL);
    CHECK_OK(mts_block_add_gradient(block, change->parameter, gradient));
    mts_labels_free(samples);
    mts_labels_free(components[0]);
    mts_labels_free(components[1]);
    mts_labels_free(properties);
    mts_labels_free(rows);
    return block;
}

/* two blocks with a gradient each; only the second one is changed where both could be */
static mts_tensormap_t* make(change_t change) {
    int32_t values[2] = {7, change.last_key};
    mts_block_t* blocks[2] = {make_one(&change, 0, 1), make_one(&change, 1, 2)};
    if (change.swap_keys) {
        values[0] = change.last_key;
        values[1] = 7;
        mts_block_t* first = blocks[0];
        blocks[0] = blocks[1];
        blocks[1] = first;
    }
    const mts_labels_t* keys = make_labels_1(change.key, 2, values);
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    mts_labels_free(keys);
    return tensor;
}

/* compare the map without changes with another one, which is freed */
static mts_comparison_t* compare(mts_tensormap_t* other,
                                 const mts_compare_options_t* options) {
    mts_tensormap_t* tensor = make(SAME);
    mts_comparison_t* result = mts_tensormap_compare(tensor, other, options);
    REQUIRE(result != NULL);
    CHECK_EQUAL(result->size, sizeof(mts_comparison_t));
    mts_tensormap_free(tensor);
    mts_tensormap_free(other);
    return result;
}

static void check_same(change_t change, const mts_compare_options_t* options) {
    mts_comparison_t* result = compare(make(change), options);
    CHECK(result->same);
    CHECK_EQUAL(result->difference, 0);
    CHECK(result->message == NULL);
    CHECK_EQUAL(result->blocks_count, 2);
    CHECK_EQUAL(result->leaves_count, 4);
    uintptr_t first = change.swap_keys ? 1 : 0;
    CHECK_EQUAL(result->blocks[0], first);
    CHECK_EQUAL(result->blocks[1], 1 - first);
    CHECK_EQUAL(result->leaves[0], 2 * first);
    int64_t gradient =
        options != NULL && options->gradients == 1 ? -1 : (int64_t)(2 * first + 1);
    CHECK_EQUAL(result->leaves[1], gradient);
    CHECK_OK(mts_comparison_free(result));
}

/* the change is a difference of this kind, `gradient` is NULL for blocks */
static void check_difference(change_t change, const mts_compare_options_t* options,
                             int difference, int labels_difference, int64_t axis, int64_t row,
                             const char* gradient, const char* message) {
    mts_comparison_t* result = compare(make(change), options);
    CHECK(!result->same);
    CHECK_EQUAL(result->difference, difference);
    CHECK_EQUAL(result->labels_difference, labels_difference);
    int about_block = difference >= 3;
    CHECK_EQUAL(result->block == -1, !about_block);
    CHECK_EQUAL(result->other_block == -1, !about_block);
    CHECK_EQUAL(result->axis, axis);
    CHECK_EQUAL(result->row, row);
    CHECK_EQUAL(result->gradient_count, gradient != NULL);
    if (gradient != NULL && result->gradient_count == 1) {
        CHECK_STRING(result->gradient[0], gradient);
    }
    REQUIRE(result->message != NULL);
    CHECK(strstr(result->message, message) != NULL);
    CHECK(result->blocks == NULL && result->leaves == NULL);
    CHECK_EQUAL(result->blocks_count, 0);
    CHECK_OK(mts_comparison_free(result));
}

static mts_compare_options_t no_options(void) {
    mts_compare_options_t options = {0};
    options.size = sizeof(options);
    return options;
}

static void test_same(void) {
    mts_compare_options_t options = no_options();
    check_same(SAME, NULL);
    check_same(SAME, &options);
    change_t change = SAME;
    change.swap_keys = 1;
    check_same(change, NULL);
    options.gradients = 1;
    check_same(change, &options);
    options.gradients = 2;
    check_same(change, &options);

    mts_tensormap_t* tensor = make(SAME);
    mts_comparison_t* result = mts_tensormap_compare(tensor, tensor, NULL);
    REQUIRE(result != NULL);
    CHECK(result->same);
    mts_comparison_free(result);
    CHECK_OK(mts_comparison_free(NULL));
    mts_tensormap_free(tensor);
}

static void test_keys(void) {
    mts_compare_options_t options = no_options();
    change_t change = SAME;
    change.key = "other";
    check_difference(change, NULL, 2, 1, -1, -1, NULL, "(k) and (other)");
    options.keys = 2;
    check_same(change, &options);
    change = SAME;
    change.last_key = 6;
    check_difference(change, NULL, 2, 5, -1, 1, NULL, "(5)");
    change = SAME;
    change.swap_keys = 1;
    options.keys = 1;
    check_difference(change, &options, 2, 4, -1, 0, NULL, "order");

    mts_comparison_t* result = compare(make_tensor(), NULL);
    CHECK_EQUAL(result->difference, 2);
    CHECK_EQUAL(result->labels_difference, 1);
    mts_comparison_free(result);
    options.keys = 2;
    result = compare(make_tensor(), &options);
    CHECK_EQUAL(result->difference, 1);
    CHECK(strstr(result->message, "2 and 3 blocks") != NULL);
    mts_comparison_free(result);
}

static void test_axes(void) {
    mts_compare_options_t options = no_options();
    change_t change = SAME;
    change.sample = 21;
    check_difference(change, NULL, 3, 4, 0, 1, NULL, "samples of block 1");
    options.skip_samples = 1;
    check_same(change, &options);

    change = SAME;
    change.component = "x";
    check_difference(change, NULL, 3, 1, 1, -1, NULL, "components[0] of block 0");
    options = no_options();
    options.skip_components = 1;
    check_same(change, &options);
    change.component_count = 2;
    check_difference(change, NULL, 4, 0, -1, -1, NULL, "1 and 2");
    check_same(change, &options);

    change = SAME;
    change.property = 8;
    check_difference(change, NULL, 3, 4, 2, 0, NULL, "properties of block 1");
    options = no_options();
    options.skip_properties = 1;
    check_same(change, &options);
}

static void test_gradients(void) {
    mts_compare_options_t options = no_options();
    change_t change = SAME;
    change.row = 3;
    check_difference(change, NULL, 3, 4, 0, 1, "g", "samples of gradient 'g' of block 1");
    change.swap_keys = 1;
    check_difference(change, NULL, 3, 4, 0, 1, "g", "samples of gradient 'g' of block 1");
    options.gradients = 2;
    check_difference(change, &options, 3, 4, 0, 1, "g", "order");
    options.gradients = 1;
    check_same(change, &options);
    change = SAME;
    change.parameter = "h";
    check_difference(change, NULL, 5, 0, -1, -1, NULL, "(g) and (h)");
    check_same(change, &options);
}

static void test_blocks(void) {
    change_t change = SAME;
    change.row = 3;
    mts_block_t* first = make_one(&change, 0, 0);
    mts_block_t* second = make_one(&change, 1, 0);
    mts_comparison_t* result = mts_block_compare(first, second, NULL);
    REQUIRE(result != NULL);
    CHECK_EQUAL(result->difference, 3);
    CHECK_EQUAL(result->block, -1);
    CHECK_EQUAL(result->other_block, -1);
    CHECK(strstr(result->message, "gradient 'g' of the block") != NULL);
    mts_comparison_free(result);
    mts_compare_options_t options = no_options();
    options.gradients = 1;
    result = mts_block_compare(first, second, &options);
    REQUIRE(result != NULL);
    CHECK(result->same);
    CHECK_EQUAL(result->leaves_count, 2);
    mts_comparison_free(result);
    mts_block_free(first);
    mts_block_free(second);
}

static void test_options(void) {
    mts_tensormap_t* tensor = make(SAME);
    mts_compare_options_t options = no_options();
    options.keys = 3;
    CHECK_NULL(mts_tensormap_compare(tensor, tensor, &options), "`options.keys`");
    options = no_options();
    options.gradients = -1;
    CHECK_NULL(mts_tensormap_compare(tensor, tensor, &options), "`options.gradients`");
    options = no_options();
    options.reserved = 1;
    CHECK_NULL(mts_tensormap_compare(tensor, tensor, &options), "`options.reserved`");
    options = no_options();
    options.size = 3;
    CHECK_NULL(mts_tensormap_compare(tensor, tensor, &options), "`options.size`");
    mts_tensormap_free(tensor);
}

/* samples whose values are not there yet */
static mts_block_t* lazy_block(void) {
    const mts_labels_t* samples =
        mts_labels_assume_unique(NAMES("s"), 1, array_i32(2, SHAPE(2, 1), I32(0, 1)));
    const mts_labels_t* properties =
        mts_labels_assume_unique(NAMES("p"), 1, array_i32(2, SHAPE(2, 1), I32(0, 1)));
    mts_block_t* block =
        mts_block(array_f64(2, SHAPE(2, 2), NULL), samples, NULL, 0, properties);
    REQUIRE(block != NULL);
    mts_labels_free(samples);
    mts_labels_free(properties);
    return block;
}

static void test_failing_arrays(void) {
    int succeeded = 0;
    int failing = 1;
    for (; !succeeded; failing++) {
        mts_block_t* first = lazy_block();
        mts_block_t* second = lazy_block();
        arrays_calls = 0;
        arrays_failing_call = failing;
        mts_comparison_t* result = mts_block_compare(first, second, NULL);
        arrays_failing_call = 0;
        succeeded = result != NULL;
        CHECK(succeeded || strstr(last_message(), "callback") != NULL);
        mts_comparison_free(result);
        mts_block_free(first);
        mts_block_free(second);
    }
    /* the values of four labels */
    CHECK(failing > 4);
}

static void run_all(void) {
    RUN(test_same);
    RUN(test_keys);
    RUN(test_axes);
    RUN(test_gradients);
    RUN(test_blocks);
    RUN(test_options);
    RUN(test_failing_arrays);
}

int main(void) {
    check_allocations(run_all);
    return check_summary();
}
