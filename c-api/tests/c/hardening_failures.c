/* Each call of each callback fails once: every operation using arrays is run with its
 * first call failing, then its second one, until no call is left. Failures have the
 * status of callbacks and their message, nothing is leaked, and inputs still work. */
#include "check.h"
#include "hardening_memory.h"
#include "support.h"

#include <limits.h>

/* inputs of all operations */
typedef struct inputs_t {
    const mts_labels_t* labels;
    const mts_labels_t* others;
    const mts_labels_t* selection;
    mts_block_t* block;
    mts_tensormap_t* tensor;
    uint8_t* labels_file;
    uintptr_t labels_file_count;
    uint8_t* block_file;
    uintptr_t block_file_count;
    uint8_t* tensor_file;
    uintptr_t tensor_file_count;
} inputs_t;

/* Run an operation, and free its results. Returns its status. */
typedef mts_status_t (*operation_t)(inputs_t* inputs);

/* status of functions which return a pointer */
static mts_status_t status_of(const void* pointer) {
    return pointer == NULL ? MTS_CALLBACK_ERROR : MTS_SUCCESS;
}

/* labels whose values were not read yet; this never fails */
static const mts_labels_t* lazy_labels(uintptr_t size, const char* const* names,
                                       uintptr_t count, const int32_t* values) {
    uintptr_t shape[2] = {count, size};
    int calls = arrays_calls;
    arrays_calls = INT_MAX / 2;
    const mts_labels_t* labels =
        mts_labels_assume_unique(names, size, array_i32(2, shape, values));
    REQUIRE(labels != NULL);
    arrays_calls = calls;
    return labels;
}

/* block of shape (samples, 2, 2), with a gradient, which has one if there are two levels */
static mts_block_t* nested_block(uintptr_t count, const int32_t* rows, int levels) {
    const mts_labels_t* samples = make_labels_1("s", count, rows);
    const mts_labels_t* component = make_labels_1("c", 2, I32(0, 1));
    const mts_labels_t* properties = make_labels_1("p", 2, I32(3, 4));
    const mts_labels_t* rows_1 = make_labels(2, NAMES("sample", "a"), 2, I32(0, 1, 0, 3));
    const mts_labels_t* rows_2 = make_labels_1("sample", 2, I32(0, 1));
    mts_block_t* block =
        mts_block(array_f64(3, SHAPE(count, 2, 2), NULL), samples, &component, 1, properties);
    mts_block_t* gradient =
        mts_block(array_f64(3, SHAPE(2, 2, 2), NULL), rows_1, &component, 1, properties);
    mts_block_t* second =
        mts_block(array_f64(3, SHAPE(2, 2, 2), NULL), rows_2, &component, 1, properties);
    REQUIRE(block != NULL && gradient != NULL && second != NULL);
    if (levels > 1) {
        CHECK_OK(mts_block_add_gradient(gradient, "h", second));
    } else {
        mts_block_free(second);
    }
    CHECK_OK(mts_block_add_gradient(block, "g", gradient));
    mts_labels_free(samples);
    mts_labels_free(component);
    mts_labels_free(properties);
    mts_labels_free(rows_1);
    mts_labels_free(rows_2);
    return block;
}

static mts_tensormap_t* nested_tensor(void) {
    const mts_labels_t* keys = make_labels(2, NAMES("k", "l"), 3, I32(0, 0, 0, 1, 1, 0));
    mts_block_t* blocks[3] = {
        nested_block(2, I32(0, 1), 1),
        nested_block(3, I32(4, 1, 2), 1),
        nested_block(2, I32(0, 1), 1),
    };
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 3);
    REQUIRE(tensor != NULL);
    mts_labels_free(keys);
    return tensor;
}

static inputs_t make_inputs(void) {
    inputs_t inputs = {0};
    inputs.labels = lazy_labels(2, NAMES("a", "b"), 3, I32(2, 0, 1, 5, 1, 3));
    inputs.others = lazy_labels(2, NAMES("a", "b"), 3, I32(7, 0, 1, 5, 1, 4));
    inputs.selection = lazy_labels(1, NAMES("b"), 2, I32(5, 0));
    inputs.block = nested_block(2, I32(0, 1), 2);
    inputs.tensor = nested_tensor();
    CHECK_OK(mts_tensormap_set_info(inputs.tensor, "key", "value"));
    const mts_labels_t* saved = make_labels_1("a", 2, I32(1, 2));
    CHECK_OK(mts_labels_save_buffer(&inputs.labels_file, &inputs.labels_file_count, NULL,
                                    buffer_realloc, saved));
    mts_labels_free(saved);
    CHECK_OK(mts_block_save_buffer(&inputs.block_file, &inputs.block_file_count, NULL,
                                   buffer_realloc, inputs.block));
    CHECK_OK(mts_tensormap_save_buffer(&inputs.tensor_file, &inputs.tensor_file_count, NULL,
                                       buffer_realloc, inputs.tensor));
    return inputs;
}

static void free_inputs(inputs_t* inputs) {
    mts_labels_free(inputs->labels);
    mts_labels_free(inputs->others);
    mts_labels_free(inputs->selection);
    mts_block_free(inputs->block);
    mts_tensormap_free(inputs->tensor);
    free(inputs->labels_file);
    free(inputs->block_file);
    free(inputs->tensor_file);
}

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
    arrays_calls = INT_MAX / 2;
    const mts_labels_t* samples = lazy_labels(1, NAMES("sample"), 2, I32(0, 1));
    const mts_labels_t* component = mts_block_labels(inputs->block, 1);
    const mts_labels_t* properties = mts_block_labels(inputs->block, 2);
    mts_block_t* gradient =
        mts_block(array_f64(3, SHAPE(2, 2, 2), NULL), samples, &component, 1, properties);
    REQUIRE(gradient != NULL);
    arrays_calls = 0;
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
    arrays_calls = INT_MAX / 2;
    const mts_labels_t* keys = lazy_labels(1, NAMES("k"), 2, I32(0, 1));
    mts_block_t* blocks[2] = {nested_block(1, I32(0), 2), nested_block(1, I32(0), 2)};
    arrays_calls = 0;
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

/***** Files *****/

#define PATH "hardening-failures.mts"
#define PREVIOUS "previous content"

static void write_previous(void) {
    FILE* file = fopen(PATH, "wb");
    REQUIRE(file != NULL);
    CHECK(fwrite(PREVIOUS, 1, sizeof(PREVIOUS), file) == sizeof(PREVIOUS));
    fclose(file);
}

/* a failure must keep the previous content of the file */
static mts_status_t check_previous(mts_status_t status) {
    char content[sizeof(PREVIOUS)] = {0};
    FILE* file = fopen(PATH, "rb");
    REQUIRE(file != NULL);
    size_t count = fread(content, 1, sizeof(content), file);
    fclose(file);
    int same = count == sizeof(PREVIOUS) && memcmp(content, PREVIOUS, count) == 0;
    CHECK(same == (status != MTS_SUCCESS));
    remove(PATH);
    return status;
}

static mts_status_t run_labels_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_labels_save(PATH, inputs->labels));
}

static mts_status_t run_block_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_block_save(PATH, inputs->block));
}

static mts_status_t run_tensormap_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_tensormap_save(PATH, inputs->tensor));
}

/* failures to grow the buffer are not failures of arrays */
static mts_status_t check_buffer(mts_status_t status, uint8_t* buffer, uintptr_t count) {
    CHECK((count != 0) == (status == MTS_SUCCESS));
    free(buffer);
    if (status == MTS_IO_ERROR) {
        CHECK(strstr(last_message(), "`realloc` callback") != NULL);
        mts_set_last_error("callback error: failure from realloc", "tests", NULL, NULL);
        return MTS_CALLBACK_ERROR;
    }
    return status;
}

static mts_status_t run_labels_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_labels_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->labels);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_block_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_block_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->block);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_tensormap_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_tensormap_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->tensor);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_labels_load_buffer(inputs_t* inputs) {
    const mts_labels_t* labels =
        mts_labels_load_buffer(inputs->labels_file, inputs->labels_file_count);
    mts_labels_free(labels);
    return status_of(labels);
}

static mts_status_t run_block_load_buffer(inputs_t* inputs) {
    mts_block_t* block = mts_block_load_buffer(inputs->block_file, inputs->block_file_count,
                                               array_create_callback);
    mts_block_free(block);
    return status_of(block);
}

static mts_status_t run_tensormap_load_buffer(inputs_t* inputs) {
    mts_tensormap_t* tensor = mts_tensormap_load_buffer(
        inputs->tensor_file, inputs->tensor_file_count, array_create_callback);
    mts_tensormap_free(tensor);
    return status_of(tensor);
}

/***** Running everything *****/

/* Run with one call failing. Returns the number of calls. */
static int run_failing(const char* name, operation_t operation, int failing_call) {
    inputs_t inputs = make_inputs();
    mts_set_last_error("nothing", "tests", NULL, NULL);
    arrays_calls = 0;
    arrays_failing_call = failing_call;
    mts_status_t status = operation(&inputs);
    int calls = arrays_calls;
    arrays_failing_call = 0;
    int should_fail = failing_call != 0 && calls >= failing_call;
    if (status != (should_fail ? MTS_CALLBACK_ERROR : MTS_SUCCESS) ||
        (should_fail && (strstr(last_message(), "failure from") == NULL ||
                         strstr(last_message(), "callback error") == NULL))) {
        fprintf(stderr, "%s: with call %d of %d failing, got status %d and the message: %s\n",
                name, failing_call, calls, (int)status, last_message());
        check_failures += 1;
    }
    /* the inputs still work */
    if (should_fail) {
        CHECK_OK(operation(&inputs));
    }
    free_inputs(&inputs);
    check_all_released(name);
    return calls;
}

static void run_all_failures(const char* name, operation_t operation) {
    /* the first time, things may be created for the whole life of the program */
    int calls = run_failing(name, operation, 0);
    long allocations = memory_allocations();
    int tried = 0;
    for (int repeat = 0; repeat < 3; repeat++) {
        for (int failing_call = 1; failing_call <= calls; failing_call++) {
            run_failing(name, operation, failing_call);
            tried += 1;
        }
    }
    /* the message of the last error is kept */
    mts_set_last_error("nothing", "tests", NULL, NULL);
    long leaked = memory_allocations() - allocations;
    printf("%s: %d failures\n", name, tried);
    if (leaked > 0) {
        fprintf(stderr, "%s: %ld allocations were leaked in %d failures\n", name, leaked,
                tried);
        check_failures += 1;
    }
}

#define RUN_FAILURES(name) run_all_failures(#name, run_##name)

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
    RUN_FAILURES(labels_save);
    RUN_FAILURES(block_save);
    RUN_FAILURES(tensormap_save);
    RUN_FAILURES(labels_save_buffer);
    RUN_FAILURES(block_save_buffer);
    RUN_FAILURES(tensormap_save_buffer);
    RUN_FAILURES(labels_load_buffer);
    RUN_FAILURES(block_load_buffer);
    RUN_FAILURES(tensormap_load_buffer);
    return check_summary();
}
