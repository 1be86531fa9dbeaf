/* Saving and loading labels, blocks and tensor maps. Files are written in the
 * current directory. */
#include "check.h"
#include "support.h"

/* State of the realloc callback */
typedef struct allocation_t {
    int calls;
    /* fail when asked for more than this */
    uintptr_t limit;
    uintptr_t sizes[32];
} allocation_t;

static uint8_t* grow(void* user_data, uint8_t* data, uintptr_t size) {
    allocation_t* allocation = user_data;
    allocation->sizes[allocation->calls % 32] = size;
    allocation->calls += 1;
    if (allocation->limit != 0 && size > allocation->limit) {
        return NULL;
    }
    return realloc(data, size);
}

/* block of shape (2, 2) with a gradient */
static mts_block_t* make_saved_block(void) {
    mts_block_t* block = make_block(2, I32(0, 2), 2, I32(0, 1), F64(1, 2, 3, 4));
    const mts_labels_t* samples = make_labels_1("sample", 1, I32(1));
    const mts_labels_t* properties = mts_block_labels(block, 1);
    mts_block_t* gradient =
        mts_block(array_f64(2, SHAPE(1, 2), F64(-1, -2)), samples, NULL, 0, properties);
    CHECK_OK(mts_block_add_gradient(block, "g", gradient));
    mts_labels_free(samples);
    mts_labels_free(properties);
    return block;
}

static mts_tensormap_t* make_saved_tensor(void) {
    const mts_labels_t* keys = make_labels_1("k", 1, I32(7));
    mts_block_t* block = make_saved_block();
    mts_tensormap_t* tensor = mts_tensormap(keys, &block, 1);
    REQUIRE(tensor != NULL);
    CHECK_OK(mts_tensormap_set_info(tensor, "key", "some \"value\""));
    mts_labels_free(keys);
    return tensor;
}

/* check the content written by `make_saved_block`, and free the block */
static void check_block_content(mts_block_t* block) {
    mts_block_t* gradient = NULL;
    CHECK_OK(mts_block_gradient(block, "g", &gradient));
    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(block_values(block)[i], i + 1);
    }
    CHECK_EQUAL(block_values(gradient)[0], -1);
    CHECK_EQUAL(block_values(gradient)[1], -2);
}

static void check_loaded_block(mts_block_t* block) {
    REQUIRE(block != NULL);
    check_block_content(block);
    mts_block_free(block);
}

static void check_loaded_tensor(mts_tensormap_t* tensor) {
    REQUIRE(tensor != NULL);
    mts_block_t* block = NULL;
    CHECK_OK(mts_tensormap_block_by_id(tensor, &block, 0));
    check_block_content(block);
    const char* value = NULL;
    CHECK_OK(mts_tensormap_get_info(tensor, "key", &value));
    CHECK_STRING(value, "some \"value\"");
    mts_tensormap_free(tensor);
}

static void check_loaded_labels(const mts_labels_t* labels) {
    REQUIRE(labels != NULL);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &values, &count, &size));
    CHECK(count == 2 && size == 2);
    CHECK(values[0] == 1 && values[1] == -2 && values[2] == 3 && values[3] == 4);
    mts_labels_free(labels);
}

static const mts_labels_t* make_saved_labels(void) {
    return make_labels(2, NAMES("a", "b"), 2, I32(1, -2, 3, 4));
}

static void test_files(void) {
    const mts_labels_t* labels = make_saved_labels();
    CHECK_OK(mts_labels_save("c-io-labels.mts", labels));
    mts_labels_free(labels);
    check_loaded_labels(mts_labels_load("c-io-labels.mts"));

    mts_block_t* block = make_saved_block();
    CHECK_OK(mts_block_save("c-io-block.mts", block));
    mts_block_free(block);
    check_loaded_block(mts_block_load("c-io-block.mts", array_create_callback));

    mts_tensormap_t* tensor = make_saved_tensor();
    CHECK_OK(mts_tensormap_save("c-io-tensor.mts", tensor));
    /* files are replaced */
    CHECK_OK(mts_tensormap_save("c-io-tensor.mts", tensor));
    mts_tensormap_free(tensor);
    check_loaded_tensor(mts_tensormap_load("c-io-tensor.mts", array_create_callback));

    remove("c-io-labels.mts");
    remove("c-io-block.mts");
    remove("c-io-tensor.mts");
}

static void test_buffers(void) {
    allocation_t allocation = {0};
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    const mts_labels_t* labels = make_saved_labels();
    CHECK_OK(mts_labels_save_buffer(&buffer, &count, &allocation, grow, labels));
    CHECK(count > 128);
    CHECK_EQUAL(allocation.calls, 1);
    CHECK_EQUAL(allocation.sizes[0], 1024);
    check_loaded_labels(mts_labels_load_buffer(buffer, count));
    mts_labels_free(labels);

    /* start again with the same buffer */
    mts_block_t* block = make_saved_block();
    CHECK_OK(mts_block_save_buffer(&buffer, &count, &allocation, grow, block));
    mts_block_free(block);
    check_loaded_block(mts_block_load_buffer(buffer, count, array_create_callback));

    mts_tensormap_t* tensor = make_saved_tensor();
    CHECK_OK(mts_tensormap_save_buffer(&buffer, &count, &allocation, grow, tensor));
    mts_tensormap_free(tensor);
    check_loaded_tensor(mts_tensormap_load_buffer(buffer, count, array_create_callback));
    free(buffer);
}

static void test_buffer_growth(void) {
    const mts_labels_t* labels = make_saved_labels();
    allocation_t allocation = {0};
    uintptr_t count = 48;
    uint8_t* buffer = malloc(count);
    CHECK_OK(mts_labels_save_buffer(&buffer, &count, &allocation, grow, labels));
    CHECK(allocation.calls > 0);
    /* doubling the initial size, as many times as needed */
    uintptr_t size = 48;
    for (int i = 0; i < allocation.calls; i++) {
        uintptr_t previous = size;
        while (size < allocation.sizes[i]) {
            size *= 2;
        }
        CHECK(size > previous);
        CHECK_EQUAL(allocation.sizes[i], size);
    }
    CHECK(size >= count && size / 2 < count);
    check_loaded_labels(mts_labels_load_buffer(buffer, count));

    /* no call when it fits */
    uintptr_t expected = count;
    allocation.calls = 0;
    buffer = realloc(buffer, 4096);
    count = 4096;
    CHECK_OK(mts_labels_save_buffer(&buffer, &count, &allocation, grow, labels));
    CHECK_EQUAL(allocation.calls, 0);
    CHECK_EQUAL(count, expected);
    free(buffer);

    /* failure to allocate */
    count = 16;
    buffer = malloc(count);
    allocation.limit = 64;
    CHECK_FAILS(mts_labels_save_buffer(&buffer, &count, &allocation, grow, labels),
                MTS_IO_ERROR, "io error");
    CHECK_EQUAL(count, 16);
    free(buffer);
    mts_labels_free(labels);
}

static mts_status_t failing_callback(const uintptr_t* shape, uintptr_t shape_count,
                                     DLDataType dtype, mts_array_t* array) {
    (void)shape;
    (void)shape_count;
    (void)dtype;
    (void)array;
    mts_set_last_error("nothing to see", "tests", NULL, NULL);
    return MTS_CALLBACK_ERROR;
}

/* the array has the wrong shape */
static mts_status_t wrong_shape(const uintptr_t* shape, uintptr_t shape_count,
                                DLDataType dtype, mts_array_t* array) {
    (void)shape;
    (void)shape_count;
    (void)dtype;
    *array = array_f64(2, SHAPE(1, 1), NULL);
    return MTS_SUCCESS;
}

/* the array has the wrong type */
static mts_status_t wrong_dtype(const uintptr_t* shape, uintptr_t shape_count,
                                DLDataType dtype, mts_array_t* array) {
    (void)dtype;
    *array = array_i32(shape_count, shape, NULL);
    return MTS_SUCCESS;
}

/* the array can not give its data */
static mts_status_t without_data(const uintptr_t* shape, uintptr_t shape_count,
                                 DLDataType dtype, mts_array_t* array) {
    mts_status_t status = array_create_callback(shape, shape_count, dtype, array);
    array_state(*array)->failure = FAIL_AS_DLPACK;
    return status;
}

/* the array does not have the function giving its data */
static mts_status_t missing_as_dlpack(const uintptr_t* shape, uintptr_t shape_count,
                                      DLDataType dtype, mts_array_t* array) {
    mts_status_t status = array_create_callback(shape, shape_count, dtype, array);
    array->as_dlpack = NULL;
    return status;
}

/* the callback leaves no array behind */
static mts_status_t no_array(const uintptr_t* shape, uintptr_t shape_count, DLDataType dtype,
                             mts_array_t* array) {
    (void)shape;
    (void)shape_count;
    (void)dtype;
    CHECK(array->ptr == NULL && array->destroy == NULL && array->shape == NULL);
    return MTS_SUCCESS;
}

static void test_create_array_errors(void) {
    allocation_t allocation = {0};
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_tensormap_t* tensor = make_saved_tensor();
    CHECK_OK(mts_tensormap_save_buffer(&buffer, &count, &allocation, grow, tensor));

    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, failing_callback),
               "callback error...nothing to see");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, wrong_shape),
               "serialization error...[2, 2]...[1, 1]");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, wrong_dtype),
               "serialization error...float64...int32");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, without_data),
               "callback error...FAIL_AS_DLPACK");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, missing_as_dlpack), "`as_dlpack`");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, no_array), "");
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, NULL), "create_array");

    CHECK_NULL(mts_block_load_buffer(buffer, count, NULL), "create_array");
    CHECK_NULL(mts_block_load("x.mts", NULL), "create_array");
    CHECK_NULL(mts_tensormap_load("x.mts", NULL), "create_array");

    /* failure of an array while saving */
    mts_block_t* block = NULL;
    mts_array_t array = {0};
    CHECK_OK(mts_tensormap_block_by_id(tensor, &block, 0));
    CHECK_OK(mts_block_data(block, &array));
    array_state(array)->failure = FAIL_AS_DLPACK;
    CHECK_FAILS(mts_tensormap_save_buffer(&buffer, &count, &allocation, grow, tensor),
                MTS_CALLBACK_ERROR, "FAIL_AS_DLPACK");
    mts_tensormap_free(tensor);
    free(buffer);
}

static void test_bad_files(void) {
    CHECK_NULL(mts_labels_load("missing.mts"), "io error...missing.mts");
    CHECK_NULL(mts_block_load("missing.mts", array_create_callback), "io error...missing.mts");
    CHECK_NULL(mts_tensormap_load("missing.mts", array_create_callback), "missing.mts");
    CHECK(strstr(last_message(), "io error") != NULL);
    CHECK_NULL(mts_labels_load("\xff"), "invalid parameter...`path`...UTF-8");
    CHECK_NULL(mts_block_load("\xff", array_create_callback),
               "invalid parameter...`path`...UTF-8");
    CHECK_NULL(mts_tensormap_load("\xff", array_create_callback),
               "invalid parameter...`path`...UTF-8");

    const mts_labels_t* labels = make_saved_labels();
    CHECK_FAILS(mts_labels_save("missing-directory/x.mts", labels), MTS_IO_ERROR,
                "missing-directory");
    CHECK_FAILS(mts_labels_save("\xff", labels), MTS_INVALID_PARAMETER_ERROR,
                "`path`...UTF-8");
    mts_labels_free(labels);

    const uint8_t garbage[64] = {'g', 'a', 'r', 'b', 'a', 'g', 'e'};
    CHECK_NULL(mts_labels_load_buffer(garbage, 64), "serialization error");
    CHECK_NULL(mts_block_load_buffer(garbage, 64, array_create_callback),
               "serialization error");
    CHECK_NULL(mts_tensormap_load_buffer(garbage, 64, array_create_callback),
               "serialization error");
    CHECK_NULL(mts_labels_load_buffer(garbage, 0), "serialization error...Labels...empty");
    CHECK_NULL(mts_block_load_buffer(garbage, 0, array_create_callback), "empty");
    CHECK_NULL(mts_tensormap_load_buffer(garbage, 0, array_create_callback), "empty");
}

static void test_truncated_buffers(void) {
    allocation_t allocation = {0};
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_tensormap_t* tensor = make_saved_tensor();
    CHECK_OK(mts_tensormap_save_buffer(&buffer, &count, &allocation, grow, tensor));
    mts_tensormap_free(tensor);
    for (uintptr_t length = 0; length < count; length += 7) {
        /* an exact allocation, so that sanitizers see reads after the end */
        uint8_t* truncated = malloc(length == 0 ? 1 : length);
        memcpy(truncated, buffer, length);
        CHECK(mts_tensormap_load_buffer(truncated, length, array_create_callback) == NULL);
        CHECK(mts_block_load_buffer(truncated, length, array_create_callback) == NULL);
        CHECK(mts_labels_load_buffer(truncated, length) == NULL);
        free(truncated);
    }
    free(buffer);
}

static void test_wrong_kind(void) {
    allocation_t allocation = {0};
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    const mts_labels_t* labels = make_saved_labels();
    CHECK_OK(mts_labels_save_buffer(&buffer, &count, &allocation, grow, labels));
    mts_labels_free(labels);
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, array_create_callback), "load_labels");
    CHECK_NULL(mts_block_load_buffer(buffer, count, array_create_callback), "load_labels");

    mts_block_t* block = make_saved_block();
    CHECK_OK(mts_block_save_buffer(&buffer, &count, &allocation, grow, block));
    mts_block_free(block);
    CHECK_NULL(mts_tensormap_load_buffer(buffer, count, array_create_callback), "load_block");
    CHECK_NULL(mts_labels_load_buffer(buffer, count), "load_block");
    free(buffer);
}

static void test_null_parameters(void) {
    allocation_t allocation = {0};
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    const mts_labels_t* labels = make_saved_labels();
    mts_block_t* block = make_saved_block();
    mts_tensormap_t* tensor = make_saved_tensor();

    CHECK_NULL(mts_labels_load(NULL), "path");
    CHECK_NULL(mts_block_load(NULL, array_create_callback), "path");
    CHECK_NULL(mts_tensormap_load(NULL, array_create_callback), "path");
    CHECK_NULL(mts_labels_load_buffer(NULL, 3), "buffer");
    CHECK_NULL(mts_block_load_buffer(NULL, 3, array_create_callback), "buffer");
    CHECK_NULL(mts_tensormap_load_buffer(NULL, 3, array_create_callback), "buffer");

    CHECK_FAILS(mts_labels_save(NULL, labels), 1, "path");
    CHECK_FAILS(mts_labels_save("null.mts", NULL), 1, "labels");
    CHECK_FAILS(mts_block_save(NULL, block), 1, "path");
    CHECK_FAILS(mts_block_save("null.mts", NULL), 1, "block");
    CHECK_FAILS(mts_tensormap_save(NULL, tensor), 1, "path");
    CHECK_FAILS(mts_tensormap_save("null.mts", NULL), 1, "tensor");

#define CHECK_SAVE_BUFFER(function, object, name)                                             \
    do {                                                                                      \
        CHECK_FAILS(function(NULL, &count, &allocation, grow, object), 1, "buffer");          \
        CHECK_FAILS(function(&buffer, NULL, &allocation, grow, object), 1, "buffer_count");   \
        CHECK_FAILS(function(&buffer, &count, &allocation, NULL, object), 1, "realloc");      \
        CHECK_FAILS(function(&buffer, &count, &allocation, grow, NULL), 1, name);             \
        count = 3;                                                                            \
        CHECK_FAILS(function(&buffer, &count, &allocation, grow, object), 1, "buffer");       \
        count = 0;                                                                            \
    } while (0)
    CHECK_SAVE_BUFFER(mts_labels_save_buffer, labels, "labels");
    CHECK_SAVE_BUFFER(mts_block_save_buffer, block, "block");
    CHECK_SAVE_BUFFER(mts_tensormap_save_buffer, tensor, "tensor");
    CHECK(buffer == NULL);

    mts_labels_free(labels);
    mts_block_free(block);
    mts_tensormap_free(tensor);
}

int main(void) {
    RUN(test_files);
    RUN(test_buffers);
    RUN(test_buffer_growth);
    RUN(test_create_array_errors);
    RUN(test_bad_files);
    RUN(test_truncated_buffers);
    RUN(test_wrong_kind);
    RUN(test_null_parameters);
    return check_summary();
}
