/* What callbacks and callers may rely on: records of errors, output arguments, and calls
 * of `realloc`. */
#include "check.h"
#include "support.h"

static int deleted = 0;
static int data = 0;

static void deleter(void* pointer) {
    CHECK(pointer == &data);
    deleted += 1;
}

static mts_status_t failing_dtype(const void* array, DLDataType* dtype) {
    (void)array;
    (void)dtype;
    mts_set_last_error("from the callback", "tests.origin", &data, deleter);
    /* any value is a failure */
    return -7;
}

static mts_status_t silent_dtype(const void* array, DLDataType* dtype) {
    (void)array;
    (void)dtype;
    return MTS_INVALID_PARAMETER_ERROR;
}

/* block whose array has another function for its type */
static mts_block_t* block_with_dtype(mts_status_t (*dtype)(const void*, DLDataType*)) {
    const mts_labels_t* labels = make_labels_1("a", 1, I32(0));
    mts_array_t array = array_f64(2, SHAPE(1, 1), NULL);
    array.dtype = dtype;
    mts_block_t* block = mts_block(array, labels, NULL, 0, labels);
    REQUIRE(block != NULL);
    mts_labels_free(labels);
    return block;
}

static void test_records_of_callbacks(void) {
    const char* origin = NULL;
    void* found = NULL;
    DLDataType dtype = {9, 9, 9};
    mts_block_t* block = block_with_dtype(failing_dtype);
    deleted = 0;
    CHECK_FAILS(mts_block_dtype(block, &dtype), MTS_CALLBACK_ERROR,
                "callback error: `dtype`...from the callback");
    CHECK(dtype.code == 9 && dtype.bits == 9 && dtype.lanes == 9);
    CHECK_OK(mts_last_error(NULL, &origin, &found));
    CHECK_STRING(origin, "tests.origin");
    CHECK(found == &data);
    CHECK_EQUAL(deleted, 0);
    CHECK_NULL(mts_labels_clone(NULL), "`labels`");
    CHECK_EQUAL(deleted, 1);
    mts_block_free(block);

    /* whatever was there before is not the error of this callback */
    block = block_with_dtype(silent_dtype);
    CHECK_OK(mts_set_last_error("stale", "stale.origin", &data, deleter));
    CHECK_FAILS(mts_block_dtype(block, &dtype), MTS_CALLBACK_ERROR, "no message");
    CHECK_OK(mts_last_error(NULL, &origin, &found));
    CHECK_STRING(origin, "metatensor-core");
    CHECK(found == NULL);
    CHECK_EQUAL(deleted, 2);
    mts_block_free(block);
}

/* what is in an output is never used, not even a function to destroy it */
static void test_outputs_are_overwritten(void) {
    mts_array_t garbage;
    memset(&garbage, 0x5A, sizeof(garbage));
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), NULL);
    mts_array_t view = garbage;
    CHECK_OK(mts_block_data(block, &view));
    CHECK(view.destroy == NULL);
    mts_block_free(block);

    /* the array of the library */
    const mts_labels_t* labels = mts_labels(NULL, 0, array_i32(2, SHAPE(0, 0), NULL));
    view = garbage;
    CHECK_OK(mts_labels_values(labels, &view));
    CHECK(view.destroy == NULL);
    const DLDevice cpu = {kDLCPU, 0};
    const DLPackVersion version = {1, 3};
    mts_array_t copy = garbage;
    CHECK_OK(view.copy(view.ptr, cpu, &copy));
    CHECK(copy.ptr == view.ptr && copy.destroy != NULL);
    DLManagedTensorVersioned* tensor = NULL;
    CHECK_OK(copy.as_dlpack(copy.ptr, &tensor, cpu, NULL, version));
    mts_array_t imported = garbage;
    CHECK_OK(copy.from_dlpack(copy.ptr, tensor, &imported));
    mts_labels_free(labels);
    copy.destroy(copy.ptr);
    imported.destroy(imported.ptr);
}

/***** Growing buffers *****/

static uintptr_t sizes[32];
static int calls = 0;

static uint8_t* grow(void* limit, uint8_t* pointer, uintptr_t size) {
    sizes[calls % 32] = size;
    calls += 1;
    if (size > *(const uintptr_t*)limit) {
        mts_set_last_error("from realloc", "tests", NULL, NULL);
        return NULL;
    }
    return realloc(pointer, size);
}

static void test_growth_of_buffers(void) {
    static double values[200];
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), values);
    uintptr_t limit = UINTPTR_MAX;
    uintptr_t count = 128;
    uint8_t* buffer = malloc(count);
    CHECK_OK(mts_block_save_buffer(&buffer, &count, &limit, grow, block));
    CHECK(calls > 0 && count > 512);
    /* the largest of 128, 256, 512... which was asked for is the first large enough */
    uintptr_t last = sizes[(calls - 1) % 32];
    CHECK(last >= count && last / 2 < count && last % 128 == 0);
    CHECK_EQUAL((last / 128) & (last / 128 - 1), 0);
    free(buffer);

    /* a failure: the buffer is still the one of the caller, who frees it */
    limit = 256;
    count = 128;
    buffer = malloc(count);
    CHECK_FAILS(mts_block_save_buffer(&buffer, &count, &limit, grow, block), MTS_IO_ERROR,
                "io error...`realloc`");
    CHECK(strstr(last_message(), "from realloc") == NULL);
    const char* origin = NULL;
    CHECK_OK(mts_last_error(NULL, &origin, NULL));
    CHECK_STRING(origin, "metatensor-core");
    CHECK_EQUAL(count, 128);
    CHECK(buffer != NULL);
    memset(buffer, 1, count);
    free(buffer);
    mts_block_free(block);
}

/***** Arrays made for values which are loaded *****/

static void keep(DLManagedTensorVersioned* tensor) {
    (void)tensor;
    deleted += 1;
}

static DLManagedTensorVersioned exported;

static mts_status_t no_tensor(void* array, DLManagedTensorVersioned** tensor, DLDevice device,
                              const int64_t* stream, DLPackVersion version) {
    (void)array, (void)device, (void)stream, (void)version;
    *tensor = NULL;
    return MTS_SUCCESS;
}

static mts_status_t wrong_version(void* array, DLManagedTensorVersioned** tensor,
                                  DLDevice device, const int64_t* stream,
                                  DLPackVersion version) {
    (void)array, (void)device, (void)stream, (void)version;
    memset(&exported, 0x5A, sizeof(exported));
    exported.version.major = 2;
    exported.deleter = keep;
    *tensor = &exported;
    return MTS_SUCCESS;
}

static mts_status_t create_without_tensor(const uintptr_t* shape, uintptr_t shape_count,
                                          DLDataType dtype, mts_array_t* array) {
    mts_status_t status = array_create_callback(shape, shape_count, dtype, array);
    array->as_dlpack = no_tensor;
    return status;
}

static mts_status_t create_with_wrong_version(const uintptr_t* shape, uintptr_t shape_count,
                                              DLDataType dtype, mts_array_t* array) {
    mts_status_t status = array_create_callback(shape, shape_count, dtype, array);
    array->as_dlpack = wrong_version;
    return status;
}

static void test_wrong_exports(void) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_block_t* block = make_block(1, I32(0), 1, I32(0), F64(1));
    CHECK_OK(mts_block_save_buffer(&buffer, &count, NULL, buffer_realloc, block));
    mts_block_free(block);
    CHECK_NULL(mts_block_load_buffer(buffer, count, create_without_tensor), "NULL");
    deleted = 0;
    CHECK_NULL(mts_block_load_buffer(buffer, count, create_with_wrong_version), "version");
    CHECK_EQUAL(deleted, 1);
    free(buffer);
}

int main(void) {
    RUN(test_records_of_callbacks);
    RUN(test_outputs_are_overwritten);
    RUN(test_growth_of_buffers);
    RUN(test_wrong_exports);
    return check_summary();
}
