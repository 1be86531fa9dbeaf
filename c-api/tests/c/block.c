/* Blocks and gradients. */
#include "check.h"
#include "support.h"

/* labels shared by the tests below */
typedef struct fixture_t {
    const mts_labels_t* samples;
    const mts_labels_t* component;
    const mts_labels_t* properties;
} fixture_t;

static fixture_t make_fixture(void) {
    fixture_t fixture = {
        .samples = make_labels(2, NAMES("s", "t"), 3, I32(0, 0, 0, 1, 5, 2)),
        .component = make_labels_1("c", 2, I32(-1, 1)),
        .properties = make_labels_1("n", 2, I32(4, 9)),
    };
    return fixture;
}

static void free_fixture(fixture_t* fixture) {
    mts_labels_free(fixture->samples);
    mts_labels_free(fixture->component);
    mts_labels_free(fixture->properties);
}

/* block of shape (3, 2, 2) */
static mts_block_t* fixture_block(const fixture_t* fixture) {
    mts_block_t* block = mts_block(array_f64(3, SHAPE(3, 2, 2), NULL), fixture->samples,
                                   &fixture->component, 1, fixture->properties);
    REQUIRE(block != NULL);
    return block;
}

/* gradient of shape (rows, 2, 2), with two sample dimensions */
static mts_block_t* fixture_gradient(const fixture_t* fixture, uintptr_t rows,
                                     const int32_t* samples) {
    const mts_labels_t* labels = make_labels(2, NAMES("sample", "atom"), rows, samples);
    mts_block_t* block = mts_block(array_f64(3, SHAPE(rows, 2, 2), NULL), labels,
                                   &fixture->component, 1, fixture->properties);
    REQUIRE(block != NULL);
    mts_labels_free(labels);
    return block;
}

static void test_create(void) {
    fixture_t fixture = make_fixture();
    mts_array_t array = array_f64(3, SHAPE(3, 2, 2), NULL);
    test_array_t* state = array_state(array);
    mts_block_t* block =
        mts_block(array, fixture.samples, &fixture.component, 1, fixture.properties);
    REQUIRE(block != NULL);

    const mts_labels_t* expected[3] = {fixture.samples, fixture.component, fixture.properties};
    for (uintptr_t axis = 0; axis < 3; axis++) {
        const mts_labels_t* labels = mts_block_labels(block, axis);
        CHECK(labels == expected[axis]);
        mts_labels_free(labels);
    }
    CHECK_INVALID(mts_block_labels(block, 3), "axis 3...3 axes");

    mts_array_t view = {0};
    CHECK_OK(mts_block_data(block, &view));
    CHECK(view.ptr == state && view.destroy == NULL);

    DLDevice device = {kDLCUDA, 3};
    CHECK_OK(mts_block_device(block, &device));
    CHECK(device.device_type == kDLCPU && device.device_id == 0);
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(mts_block_dtype(block, &dtype));
    CHECK(dtype.code == kDLFloat && dtype.bits == 64 && dtype.lanes == 1);

    const char* const* parameters = NAMES("x");
    uintptr_t count = 4;
    CHECK_OK(mts_block_gradients_list(block, &parameters, &count));
    CHECK(parameters == NULL);
    CHECK_EQUAL(count, 0);

    /* the block has its own references to the labels */
    free_fixture(&fixture);
    const mts_labels_t* samples = mts_block_labels(block, 0);
    CHECK(samples != NULL);
    mts_labels_free(samples);
    CHECK_EQUAL(state->destroyed, 0);
    CHECK_OK(mts_block_free(block));
    CHECK_EQUAL(state->destroyed, 1);
    CHECK_OK(mts_block_free(NULL));
}

static void test_empty_axes(void) {
    const mts_labels_t* nothing = mts_labels(NULL, 0, array_i32(2, SHAPE(0, 0), NULL));
    const mts_labels_t* properties = make_labels_1("n", 0, NULL);
    mts_block_t* block =
        mts_block(array_f64(2, SHAPE(0, 0), NULL), nothing, NULL, 0, properties);
    CHECK(block != NULL);
    mts_block_free(block);
    mts_labels_free(nothing);
    mts_labels_free(properties);
}

static void test_creation_errors(void) {
    fixture_t f = make_fixture();
    const mts_labels_t* other = make_labels_1("other", 2, I32(0, 1));
    const mts_labels_t* pair = make_labels(2, NAMES("c", "d"), 2, I32(0, 0, 0, 1));
    const mts_labels_t* empty = make_labels_1("c", 0, NULL);
    const mts_labels_t* twice[2] = {f.component, f.component};
    const mts_labels_t* null = NULL;

    CHECK_INVALID(
        mts_block(array_f64(2, SHAPE(3, 2), NULL), f.samples, &f.component, 1, f.properties),
        "2 axes...3 labels");
    CHECK_INVALID(mts_block(array_f64(1, SHAPE(3), NULL), f.samples, NULL, 0, f.properties),
                  "1 axes...2 labels");
    CHECK_INVALID(mts_block(array_f64(0, NULL, NULL), f.samples, NULL, 0, f.properties),
                  "0 axes...2 labels");
    CHECK_INVALID(mts_block(array_f64(2, SHAPE(7, 2), NULL), f.samples, NULL, 0, f.properties),
                  "size 7...axis 0...samples...3 entries");
    CHECK_INVALID(
        mts_block(array_f64(4, SHAPE(3, 2, 2, 2), NULL), f.samples, twice, 2, f.properties),
        "unique...(c)");
    CHECK_INVALID(mts_block(array_f64(3, SHAPE(3, 8, 2), NULL), f.samples, &f.component, 1,
                            f.properties),
                  "size 8...axis 1...components[0]...2 entries");
    CHECK_INVALID(mts_block(array_f64(2, SHAPE(3, 6), NULL), f.samples, NULL, 0, f.properties),
                  "size 6...axis 1...properties...2 entries");
    CHECK_INVALID(
        mts_block(array_f64(3, SHAPE(3, 2, 2), NULL), f.samples, &pair, 1, f.properties),
        "components[0]...(c, d)");
    CHECK_INVALID(
        mts_block(array_f64(3, SHAPE(3, 0, 2), NULL), f.samples, &empty, 1, f.properties),
        "at least one entry...'c'");
    mts_array_t array = array_f64(2, SHAPE(3, 2), NULL);
    array_state(array)->device.device_type = kDLCUDA;
    CHECK_INVALID(mts_block(array, f.samples, NULL, 0, f.properties), "CUDA:0...CPU:0");

    CHECK_INVALID(mts_block(array_f64(2, SHAPE(3, 2), NULL), NULL, NULL, 0, f.properties),
                  "samples");
    CHECK_INVALID(mts_block(array_f64(2, SHAPE(3, 2), NULL), f.samples, NULL, 0, NULL),
                  "properties");
    CHECK_INVALID(
        mts_block(array_f64(3, SHAPE(3, 2, 2), NULL), f.samples, NULL, 1, f.properties),
        "components");
    CHECK_INVALID(
        mts_block(array_f64(3, SHAPE(3, 2, 2), NULL), f.samples, &null, 1, f.properties),
        "components");

    mts_labels_free(other);
    mts_labels_free(pair);
    mts_labels_free(empty);
    free_fixture(&f);
}

static void test_gradients(void) {
    fixture_t fixture = make_fixture();
    mts_block_t* block = fixture_block(&fixture);
    mts_block_t* gradient = fixture_gradient(&fixture, 2, I32(0, 3, 2, 1));
    CHECK_OK(mts_block_add_gradient(block, "z/positions", gradient));
    CHECK_OK(mts_block_add_gradient(block, "", fixture_gradient(&fixture, 0, NULL)));

    mts_block_t* view = NULL;
    CHECK_OK(mts_block_gradient(block, "z/positions", &view));
    CHECK(view != NULL);
    const mts_labels_t* samples = mts_block_labels(view, 0);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(samples, &values, &count, &size));
    CHECK_EQUAL(count, 2);
    CHECK_EQUAL(values[1], 3);
    mts_labels_free(samples);

    const char* const* parameters = NULL;
    CHECK_OK(mts_block_gradients_list(block, &parameters, &count));
    CHECK_EQUAL(count, 2);
    CHECK_STRING(parameters[0], "z/positions");
    CHECK_STRING(parameters[1], "");

    /* pointers stay valid when adding more gradients */
    CHECK_OK(mts_block_add_gradient(block, "last", fixture_gradient(&fixture, 0, NULL)));
    mts_block_t* again = NULL;
    CHECK_OK(mts_block_gradient(block, "z/positions", &again));
    CHECK(again == view);

    again = block;
    CHECK_FAILS(mts_block_gradient(block, "missing", &again), 1, "'missing'");
    CHECK_FAILS(mts_block_gradient(block, "\xff", &again), 1, "`parameter`...UTF-8");
    CHECK(again == block);

    mts_block_free(block);
    free_fixture(&fixture);
}

static void test_nested_gradients(void) {
    fixture_t fixture = make_fixture();
    mts_block_t* block = fixture_block(&fixture);
    mts_block_t* gradient = fixture_gradient(&fixture, 2, I32(0, 3, 2, 1));
    /* samples of the second gradient are rows of the first one */
    CHECK_OK(
        mts_block_add_gradient(gradient, "second", fixture_gradient(&fixture, 1, I32(1, 0))));
    CHECK_FAILS(
        mts_block_add_gradient(gradient, "third", fixture_gradient(&fixture, 1, I32(2, 0))), 1,
        "2 samples...sample=2");
    CHECK_OK(mts_block_add_gradient(block, "first", gradient));

    mts_block_t* copy = mts_block_copy(block);
    mts_block_t* first = NULL;
    mts_block_t* second = NULL;
    CHECK_OK(mts_block_gradient(copy, "first", &first));
    CHECK_OK(mts_block_gradient(first, "second", &second));
    CHECK(second != NULL);
    mts_block_free(copy);
    mts_block_free(block);
    free_fixture(&fixture);
}

/* adding this gradient must fail, and destroy it once */
static void check_bad_gradient(mts_block_t* block, mts_block_t* gradient,
                               const char* message) {
    mts_array_t array = {0};
    REQUIRE(gradient != NULL);
    CHECK_OK(mts_block_data(gradient, &array));
    CHECK_FAILS(mts_block_add_gradient(block, "bad", gradient), 1, message);
    CHECK_EQUAL(array_state(array)->destroyed, 1);
}

static mts_block_t* gradient_with(const fixture_t* f, const mts_labels_t* samples,
                                  mts_array_t array, const mts_labels_t* component) {
    return mts_block(array, samples, &component, 1, f->properties);
}

static void test_gradient_errors(void) {
    fixture_t f = make_fixture();
    mts_block_t* block = fixture_block(&f);
    const mts_labels_t* samples = make_labels_1("sample", 1, I32(0));
    const uintptr_t* shape = SHAPE(1, 2, 2);

    mts_array_t array = array_f64(3, shape, NULL);
    array_state(array)->origin = 0;
    check_bad_gradient(block, gradient_with(&f, samples, array, f.component),
                       "unregistered origin...metatensor.tests.c");
    check_bad_gradient(block,
                       gradient_with(&f, samples, array_i32(3, shape, NULL), f.component),
                       "int32...float64");
    check_bad_gradient(block, fixture_gradient(&f, 1, I32(3, 0)), "3 samples...sample=3");
    check_bad_gradient(block, fixture_gradient(&f, 1, I32(-1, 0)), "sample=-1");

    const mts_labels_t* other = make_labels_1("structure", 1, I32(0));
    check_bad_gradient(block, gradient_with(&f, other, array_f64(3, shape, NULL), f.component),
                       "'sample'...'structure'");
    mts_labels_free(other);
    const mts_labels_t* nothing = mts_labels(NULL, 0, array_i32(2, SHAPE(0, 0), NULL));
    check_bad_gradient(
        block, gradient_with(&f, nothing, array_f64(3, SHAPE(0, 2, 2), NULL), f.component),
        "at least one dimension...'sample'");
    mts_labels_free(nothing);

    check_bad_gradient(
        block, mts_block(array_f64(2, SHAPE(1, 2), NULL), samples, NULL, 0, f.properties),
        "at least the 1 component...got 0");
    const mts_labels_t* component = make_labels_1("c", 2, I32(0, 1));
    check_bad_gradient(block, gradient_with(&f, samples, array_f64(3, shape, NULL), component),
                       "component 'c'");
    mts_labels_free(component);
    const mts_labels_t* properties = make_labels_1("n", 2, I32(9, 4));
    check_bad_gradient(
        block, mts_block(array_f64(3, shape, NULL), samples, &f.component, 1, properties),
        "properties");
    mts_labels_free(properties);

    CHECK_OK(mts_block_add_gradient(block, "bad", fixture_gradient(&f, 0, NULL)));
    check_bad_gradient(block, fixture_gradient(&f, 0, NULL), "already...'bad'");

    mts_labels_free(samples);
    mts_block_free(block);
    free_fixture(&f);
}

static void test_gradient_not_taken(void) {
    fixture_t fixture = make_fixture();
    mts_block_t* block = fixture_block(&fixture);
    mts_block_t* gradient = fixture_gradient(&fixture, 0, NULL);
    CHECK_FAILS(mts_block_add_gradient(NULL, "x", gradient), 1, "block");
    CHECK_FAILS(mts_block_add_gradient(block, NULL, gradient), 1, "parameter");
    CHECK_FAILS(mts_block_add_gradient(block, "\xff", gradient), 1, "`parameter`...UTF-8");
    CHECK_FAILS(mts_block_add_gradient(block, "x", NULL), 1, "gradient");
    /* the gradient is still ours */
    CHECK_OK(mts_block_add_gradient(block, "x", gradient));
    mts_block_free(block);
    free_fixture(&fixture);
}

static void test_copy(void) {
    mts_block_t* block = make_block(2, I32(0, 1), 1, I32(0), F64(1.5, 2.5));
    mts_block_t* copy = mts_block_copy(block);
    REQUIRE(copy != NULL);
    CHECK(block_values(copy) != block_values(block));
    CHECK(block_values(copy)[1] == 2.5);
    mts_block_free(copy);

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block, &array));
    array_state(array)->failure = FAIL_COPY;
    CHECK_NULL(mts_block_copy(block), "failure from FAIL_COPY");
    array_state(array)->failure = FAIL_NOTHING;
    mts_block_free(block);
}

static void test_null_parameters(void) {
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), NULL);
    mts_block_t* gradient = NULL;
    mts_array_t array = {0};
    const char* const* parameters = NULL;
    uintptr_t count = 0;
    DLDevice device;
    DLDataType dtype;
    CHECK_INVALID(mts_block_copy(NULL), "block");
    CHECK_INVALID(mts_block_labels(NULL, 0), "block");
    CHECK_FAILS(mts_block_data(NULL, &array), 1, "block");
    CHECK_FAILS(mts_block_data(block, NULL), 1, "data");
    CHECK_FAILS(mts_block_gradient(NULL, "x", &gradient), 1, "block");
    CHECK_FAILS(mts_block_gradient(block, NULL, &gradient), 1, "parameter");
    CHECK_FAILS(mts_block_gradient(block, "x", NULL), 1, "gradient");
    CHECK_FAILS(mts_block_gradients_list(NULL, &parameters, &count), 1, "block");
    CHECK_FAILS(mts_block_gradients_list(block, NULL, &count), 1, "parameters");
    CHECK_FAILS(mts_block_gradients_list(block, &parameters, NULL), 1, "parameters_count");
    CHECK_FAILS(mts_block_device(NULL, &device), 1, "block");
    CHECK_FAILS(mts_block_device(block, NULL), 1, "device");
    CHECK_FAILS(mts_block_dtype(NULL, &dtype), 1, "block");
    CHECK_FAILS(mts_block_dtype(block, NULL), 1, "dtype");
    mts_block_free(block);
}

int main(void) {
    RUN(test_create);
    RUN(test_empty_axes);
    RUN(test_creation_errors);
    RUN(test_gradients);
    RUN(test_nested_gradients);
    RUN(test_gradient_errors);
    RUN(test_gradient_not_taken);
    RUN(test_copy);
    RUN(test_null_parameters);
    return check_summary();
}
