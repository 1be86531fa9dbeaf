/* Arrays implemented by the library: one at a time. */
#include "check.h"
#include "support.h"

static const DLDataType F64_TYPE = {kDLFloat, 64, 1};
static const DLDataType I32_TYPE = {kDLInt, 32, 1};
static const DLDevice CPU = {kDLCPU, 0};
static const DLPackVersion VERSION = {1, 3};

static void count_release(void* user_data) {
    *(int*)user_data += 1;
}

static DLManagedTensorVersioned* export(mts_array_t array) {
    DLManagedTensorVersioned* tensor = NULL;
    CHECK_OK(array.as_dlpack(array.ptr, &tensor, CPU, NULL, VERSION));
    REQUIRE(tensor != NULL);
    return tensor;
}

static void check_origin(mts_array_t array) {
    mts_data_origin_t origin = 0;
    char name[64];
    CHECK_OK(array.origin(array.ptr, &origin));
    CHECK_OK(mts_get_data_origin(origin, name, sizeof(name)));
    CHECK_STRING(name, "metatensor.native");
}

static void check_shape(mts_array_t array, uintptr_t count, const uintptr_t* expected) {
    const uintptr_t* shape = NULL;
    uintptr_t shape_count = 0;
    CHECK_OK(array.shape(array.ptr, &shape, &shape_count));
    CHECK_EQUAL(shape_count, count);
    for (uintptr_t i = 0; i < count && i < shape_count; i++) {
        CHECK_EQUAL(shape[i], expected[i]);
    }
}

/* check all elements of a 64-bit floating point array, whatever its strides */
static void check_elements(mts_array_t array, int64_t count, const double* expected) {
    mts_array_t copy = {0};
    CHECK_OK(array.copy(array.ptr, CPU, &copy));
    DLManagedTensorVersioned* tensor = export(copy);
    copy.destroy(copy.ptr);
    CHECK_EQUAL((uintptr_t)tensor->dl_tensor.data % 64, 0);
    int64_t found = 1;
    for (int32_t i = 0; i < tensor->dl_tensor.ndim; i++) {
        found *= tensor->dl_tensor.shape[i];
    }
    CHECK_EQUAL(found, count);
    for (int64_t i = 0; i < count && i < found; i++) {
        CHECK(((const double*)tensor->dl_tensor.data)[i] == expected[i]);
    }
    tensor->deleter(tensor);
}

static void test_from_memory(void) {
    double data[6] = {0, 1, 2, 3, 4, 5};
    int released = 0;
    mts_array_t array;
    memset(&array, 0x5A, sizeof(array));
    /* transposed: the strides are in elements */
    CHECK_OK(mts_array_from_memory(data, SHAPE(3, 2), 2, (const int64_t[]){1, 3}, F64_TYPE,
                                   false, &released, count_release, &array));
    check_origin(array);
    check_shape(array, 2, SHAPE(3, 2));
    DLDevice device = {0, 0};
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(array.device(array.ptr, &device));
    CHECK_OK(array.dtype(array.ptr, &dtype));
    CHECK(device.device_type == kDLCPU && device.device_id == 0);
    CHECK(dtype.code == kDLFloat && dtype.bits == 64 && dtype.lanes == 1);
    check_elements(array, 6, F64(0, 3, 1, 4, 2, 5));

    /* no copy: changes are seen on both sides, and the tensor keeps the memory */
    DLManagedTensorVersioned* tensor = export(array);
    CHECK(tensor->dl_tensor.data == data && tensor->flags == 0);
    CHECK_EQUAL(tensor->dl_tensor.strides[1], 3);
    data[3] = 33;
    check_elements(array, 6, F64(0, 33, 1, 4, 2, 5));

    /* swapping axes moves nothing, reshaping copies if there is no other way */
    CHECK_OK(array.swap_axes(array.ptr, 0, 1));
    check_shape(array, 2, SHAPE(2, 3));
    check_elements(array, 6, F64(0, 1, 2, 33, 4, 5));
    CHECK_OK(array.reshape(array.ptr, SHAPE(6), 1));
    DLManagedTensorVersioned* flat = export(array);
    CHECK(flat->dl_tensor.data == data);
    flat->deleter(flat);
    CHECK_FAILS(array.reshape(array.ptr, SHAPE(7), 1), MTS_INVALID_PARAMETER_ERROR, "[7]");
    CHECK_FAILS(array.swap_axes(array.ptr, 0, 1), MTS_INVALID_PARAMETER_ERROR, "axis 1");

    CHECK_EQUAL(released, 0);
    array.destroy(array.ptr);
    CHECK_EQUAL(released, 0);
    tensor->deleter(tensor);
    CHECK_EQUAL(released, 1);

    /* nothing to release */
    CHECK_OK(mts_array_from_memory(data, NULL, 0, NULL, F64_TYPE, false, NULL, NULL, &array));
    check_shape(array, 0, NULL);
    check_elements(array, 1, data);
    array.destroy(array.ptr);
    CHECK_OK(
        mts_array_from_memory(NULL, SHAPE(0, 3), 2, NULL, F64_TYPE, true, NULL, NULL, &array));
    check_elements(array, 0, NULL);
    array.destroy(array.ptr);
}

static void test_from_memory_errors(void) {
    double data[4] = {0, 1, 2, 3};
    int released = 0;
    mts_array_t array = {0};
    const DLDataType half_bytes = {kDLInt, 4, 1};
    CHECK_FAILS(mts_array_from_memory(data, SHAPE(4), 1, NULL, half_bytes, false, &released,
                                      count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "whole bytes");
    CHECK_FAILS(mts_array_from_memory(NULL, SHAPE(4), 1, NULL, F64_TYPE, false, &released,
                                      count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "`data`");
    CHECK_FAILS(mts_array_from_memory(data, NULL, 1, NULL, F64_TYPE, false, &released,
                                      count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "`shape`");
    CHECK_FAILS(mts_array_from_memory(data, SHAPE(SIZE_MAX / 2, 8), 2, NULL, F64_TYPE, false,
                                      &released, count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "too large");
    CHECK_FAILS(mts_array_from_memory(data, SHAPE(2, 2), 2, (const int64_t[]){INT64_MAX, 1},
                                      F64_TYPE, false, &released, count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "too far away");
    CHECK_FAILS(mts_array_from_memory(data, SHAPE(4), SIZE_MAX, NULL, F64_TYPE, false,
                                      &released, count_release, &array),
                MTS_INVALID_PARAMETER_ERROR, "`shape`");
    CHECK_FAILS(mts_array_from_memory(data, SHAPE(4), 1, NULL, F64_TYPE, false, &released,
                                      count_release, NULL),
                MTS_INVALID_PARAMETER_ERROR, "`array`");
    /* each failure released the memory, once */
    CHECK_EQUAL(released, 7);
    CHECK(array.ptr == NULL && array.destroy == NULL);
}

static void test_read_only(void) {
    double data[4] = {0, 1, 2, 3};
    mts_array_t array, copy, other;
    CHECK_OK(
        mts_array_from_memory(data, SHAPE(2, 2), 2, NULL, F64_TYPE, true, NULL, NULL, &array));
    CHECK_OK(mts_array_zeros(SHAPE(2, 2), 2, F64_TYPE, &other));
    mts_data_movement_t movement = {0, 1, 0, 0, 2};
    CHECK_FAILS(array.move_data(array.ptr, other.ptr, &movement, 1),
                MTS_INVALID_PARAMETER_ERROR, "read-only");
    CHECK(data[2] == 2);
    DLManagedTensorVersioned* tensor = export(array);
    CHECK(tensor->flags == DLPACK_FLAG_BITMASK_READ_ONLY);
    tensor->deleter(tensor);

    CHECK_OK(array.copy(array.ptr, CPU, &copy));
    CHECK_OK(copy.move_data(copy.ptr, other.ptr, &movement, 1));
    check_elements(copy, 4, F64(0, 1, 0, 0));
    copy.destroy(copy.ptr);
    other.destroy(other.ptr);
    array.destroy(array.ptr);
}

/* a tensor made by the arrays of the tests, which count them */
static DLManagedTensorVersioned* tensor_i32(uintptr_t ndim, const uintptr_t* shape,
                                            const int32_t* values) {
    mts_array_t array = array_i32(ndim, shape, values);
    DLManagedTensorVersioned* tensor = export(array);
    array.destroy(array.ptr);
    return tensor;
}

static void test_from_dlpack(void) {
    mts_array_t array = {0};
    DLManagedTensorVersioned* tensor = tensor_i32(2, SHAPE(2, 2), I32(1, 2, 3, 4));
    void* data = tensor->dl_tensor.data;
    CHECK_OK(mts_array_from_dlpack(tensor, &array));
    check_origin(array);
    check_shape(array, 2, SHAPE(2, 2));

    /* through the function of another array as well */
    mts_array_t other = {0};
    CHECK_OK(array.from_dlpack(array.ptr, export(array), &other));
    array.destroy(array.ptr);
    tensor = export(other);
    CHECK(tensor->dl_tensor.data == data);
    tensor->deleter(tensor);
    other.destroy(other.ptr);

    /* taken also on failure: check_all_released looks at this */
    memset(&array, 0, sizeof(array));
    tensor = tensor_i32(1, SHAPE(1), I32(1));
    CHECK_FAILS(mts_array_from_dlpack(tensor, NULL), MTS_INVALID_PARAMETER_ERROR, "`array`");
    tensor = tensor_i32(1, SHAPE(1), I32(1));
    tensor->version.major = 2;
    CHECK_FAILS(mts_array_from_dlpack(tensor, &array), MTS_INVALID_PARAMETER_ERROR, "2.3");
    tensor = tensor_i32(1, SHAPE(1), I32(1));
    tensor->dl_tensor.device.device_type = kDLCUDA;
    CHECK_FAILS(mts_array_from_dlpack(tensor, &array), MTS_INVALID_PARAMETER_ERROR, "CUDA:0");
    tensor = tensor_i32(1, SHAPE(1), I32(1));
    tensor->dl_tensor.dtype.bits = 31;
    CHECK_FAILS(mts_array_from_dlpack(tensor, &array), MTS_INVALID_PARAMETER_ERROR,
                "whole bytes");
    CHECK(array.ptr == NULL);
}

static void test_owned(void) {
    mts_array_t array, filled;
    CHECK_OK(mts_array_zeros(SHAPE(2, 2), 2, F64_TYPE, &array));
    check_elements(array, 4, F64(0, 0, 0, 0));
    double value = -1.5;
    CHECK_OK(mts_array_full(SHAPE(3), 1, F64_TYPE, &value, &filled));
    check_elements(filled, 3, F64(-1.5, -1.5, -1.5));
    filled.destroy(filled.ptr);

    /* filled with a scalar of any origin, which is destroyed */
    CHECK_OK(array.create(array.ptr, SHAPE(2, 1), 2, array_scalar(4), &filled));
    check_origin(filled);
    check_elements(filled, 2, F64(4, 4));
    filled.destroy(filled.ptr);
    memset(&filled, 0, sizeof(filled));
    CHECK_FAILS(array.create(array.ptr, SHAPE(1), 1, array_i32(0, NULL, I32(1)), &filled),
                MTS_INVALID_PARAMETER_ERROR, "a scalar of type float64");
    CHECK_FAILS(array.create(array.ptr, SHAPE(1), 1, array_f64(1, SHAPE(1), NULL), &filled),
                MTS_INVALID_PARAMETER_ERROR, "a scalar of type float64");
    CHECK(filled.ptr == NULL);
    array.destroy(array.ptr);

    CHECK_OK(mts_array_empty(SHAPE(100), 1, F64_TYPE, &array));
    DLManagedTensorVersioned* tensor = export(array);
    CHECK_EQUAL((uintptr_t)tensor->dl_tensor.data % 64, 0);
    tensor->deleter(tensor);
    array.destroy(array.ptr);

    const uintptr_t huge = SIZE_MAX / 16;
    CHECK_FAILS(mts_array_zeros(SHAPE(huge, 100), 2, F64_TYPE, &array),
                MTS_INVALID_PARAMETER_ERROR, "too large");
    CHECK_FAILS(mts_array_empty(SHAPE(huge), 1, F64_TYPE, &array), MTS_INVALID_PARAMETER_ERROR,
                "not enough memory");
}

static void test_as_dlpack_errors(void) {
    mts_array_t array, copy = {0};
    CHECK_OK(mts_array_zeros(SHAPE(2), 1, F64_TYPE, &array));
    DLManagedTensorVersioned* tensor = NULL;
    const DLDevice cuda = {kDLCUDA, 0};
    const DLPackVersion old = {0, 8};
    const DLPackVersion first = {1, 0};
    const int64_t stream = 1;
    CHECK_FAILS(array.as_dlpack(array.ptr, &tensor, cuda, NULL, VERSION),
                MTS_INVALID_PARAMETER_ERROR, "CUDA:0");
    CHECK_FAILS(array.as_dlpack(array.ptr, &tensor, CPU, &stream, VERSION),
                MTS_INVALID_PARAMETER_ERROR, "`stream` must be NULL");
    CHECK_FAILS(array.as_dlpack(array.ptr, &tensor, CPU, NULL, old),
                MTS_INVALID_PARAMETER_ERROR, "0.8");
    CHECK_FAILS(array.as_dlpack(array.ptr, NULL, CPU, NULL, VERSION),
                MTS_INVALID_PARAMETER_ERROR, "`dl_managed_tensor`");
    CHECK(tensor == NULL);
    CHECK_OK(array.as_dlpack(array.ptr, &tensor, CPU, NULL, first));
    CHECK_EQUAL(tensor->version.minor, 0);
    tensor->deleter(tensor);
    CHECK_FAILS(array.copy(array.ptr, cuda, &copy), MTS_INVALID_PARAMETER_ERROR, "CUDA:0");
    CHECK(copy.ptr == NULL);
    array.destroy(array.ptr);
}

static void test_move_data_errors(void) {
    mts_array_t input, output;
    CHECK_OK(mts_array_zeros(SHAPE(2, 3), 2, F64_TYPE, &input));
    CHECK_OK(mts_array_zeros(SHAPE(4, 3), 2, F64_TYPE, &output));
    const mts_data_movement_t movements[2] = {{0, 3, 0, 1, 2}, {2, 0, 0, 0, 1}};
    CHECK_OK(output.move_data(output.ptr, input.ptr, movements, 1));
    CHECK_FAILS(output.move_data(output.ptr, input.ptr, movements, 2),
                MTS_INVALID_PARAMETER_ERROR, "movement 1: `sample_in` is 2");
    CHECK_FAILS(output.move_data(output.ptr, input.ptr, NULL, 1), MTS_INVALID_PARAMETER_ERROR,
                "`movements`");
    CHECK_OK(output.move_data(output.ptr, input.ptr, NULL, 0));
    input.destroy(input.ptr);
    CHECK_OK(mts_array_zeros(SHAPE(2, 3), 2, I32_TYPE, &input));
    CHECK_FAILS(output.move_data(output.ptr, input.ptr, movements, 1),
                MTS_INVALID_PARAMETER_ERROR,
                "from an array of type int32 to an array of type float64");
    input.destroy(input.ptr);
    output.destroy(output.ptr);
}

int main(void) {
    RUN(test_from_memory);
    RUN(test_from_memory_errors);
    RUN(test_read_only);
    RUN(test_from_dlpack);
    RUN(test_owned);
    RUN(test_as_dlpack_errors);
    RUN(test_move_data_errors);
    return check_summary();
}
