#include "hardening_run.h"

#include "check.h"
#include "hardening_memory.h"

#include <limits.h>

mts_status_t status_of(const void* pointer) {
    return pointer == NULL ? MTS_CALLBACK_ERROR : MTS_SUCCESS;
}

int calls_never_fail(void) {
    int calls = arrays_calls;
    arrays_calls = INT_MAX / 2;
    return calls;
}

void calls_can_fail(int calls_before) {
    arrays_calls = calls_before;
}

const mts_labels_t* lazy_labels(uintptr_t size, const char* const* names, uintptr_t count,
                                const int32_t* values) {
    uintptr_t shape[2] = {count, size};
    int calls = calls_never_fail();
    const mts_labels_t* labels =
        mts_labels_assume_unique(names, size, array_i32(2, shape, values));
    REQUIRE(labels != NULL);
    calls_can_fail(calls);
    return labels;
}

mts_block_t* nested_block(uintptr_t count, const int32_t* rows, int levels) {
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

void run_all_failures(const char* name, operation_t operation) {
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
