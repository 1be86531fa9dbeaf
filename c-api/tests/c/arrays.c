#include "arrays.h"
#include "check.h"

/* all arrays made by the current test */
static test_array_t* all_arrays = NULL;
static int live_tensors = 0;

int arrays_calls = 0;
int arrays_failing_call = 0;
void (*arrays_on_call)(void) = NULL;

static int this_call_fails(void) {
    arrays_calls += 1;
    if (arrays_on_call != NULL) {
        arrays_on_call();
    }
    return arrays_calls == arrays_failing_call;
}

typedef struct test_tensor_t {
    DLManagedTensorVersioned tensor;
    int64_t shape[ARRAY_MAX_NDIM];
} test_tensor_t;

mts_data_origin_t arrays_origin(void) {
    mts_data_origin_t origin = 0;
    mts_register_data_origin("metatensor.tests.c", &origin);
    return origin;
}

test_array_t* array_state(mts_array_t array) {
    return (test_array_t*)array.ptr;
}

int array_destroyed(const test_array_t* array) {
    return array->destroyed;
}

static size_t item_size(DLDataType dtype) {
    return (size_t)dtype.bits / 8;
}

static size_t element_count(uintptr_t ndim, const uintptr_t* shape) {
    size_t count = 1;
    for (uintptr_t i = 0; i < ndim; i++) {
        count *= shape[i];
    }
    return count;
}

static mts_array_t make_array(DLDataType dtype, uintptr_t ndim, const uintptr_t* shape,
                              const void* values);

/* give up with an error set by this callback if the test asked for it */
#define FAIL_IF(array, kind)                                                                  \
    do {                                                                                      \
        if (this_call_fails() || ((const test_array_t*)(array))->failure == (kind)) {         \
            mts_set_last_error("failure from " #kind, "tests", NULL, NULL);                   \
            return MTS_CALLBACK_ERROR;                                                        \
        }                                                                                     \
    } while (0)

static void callback_destroy(void* array) {
    ((test_array_t*)array)->destroyed += 1;
}

static mts_status_t callback_origin(const void* array, mts_data_origin_t* origin) {
    FAIL_IF(array, FAIL_ORIGIN);
    *origin = ((const test_array_t*)array)->origin;
    return MTS_SUCCESS;
}

static mts_status_t callback_device(const void* array, DLDevice* device) {
    FAIL_IF(array, FAIL_DEVICE);
    *device = ((const test_array_t*)array)->device;
    return MTS_SUCCESS;
}

static mts_status_t callback_dtype(const void* array, DLDataType* dtype) {
    FAIL_IF(array, FAIL_DTYPE);
    *dtype = ((const test_array_t*)array)->dtype;
    return MTS_SUCCESS;
}

static void delete_tensor(DLManagedTensorVersioned* tensor) {
    live_tensors -= 1;
    free(tensor->manager_ctx);
}

static mts_status_t callback_as_dlpack(void* array, DLManagedTensorVersioned** output,
                                       DLDevice device, const int64_t* stream,
                                       DLPackVersion max_version) {
    FAIL_IF(array, FAIL_AS_DLPACK);
    CHECK_EQUAL(device.device_type, kDLCPU);
    CHECK(stream == NULL);
    CHECK_EQUAL(device.device_id, 0);
    CHECK_EQUAL(max_version.major, 1);
    CHECK_EQUAL(max_version.minor, 3);

    test_array_t* state = array;
    test_tensor_t* result = calloc(1, sizeof(test_tensor_t));
    for (uintptr_t i = 0; i < state->ndim; i++) {
        result->shape[i] = (int64_t)state->shape[i];
    }
    result->tensor.version.major = 1;
    result->tensor.version.minor = 3;
    result->tensor.manager_ctx = result;
    result->tensor.deleter = delete_tensor;
    result->tensor.dl_tensor.data = state->data;
    result->tensor.dl_tensor.device.device_type = kDLCPU;
    result->tensor.dl_tensor.dtype = state->dtype;
    result->tensor.dl_tensor.ndim = (int32_t)state->ndim;
    result->tensor.dl_tensor.shape = result->shape;
    live_tensors += 1;
    *output = &result->tensor;
    return MTS_SUCCESS;
}

/* the core gives arrays filled with zeros to the functions which set them */
static void check_output(const mts_array_t* array) {
    const mts_array_t zeros = {0};
    CHECK(memcmp(array, &zeros, sizeof(zeros)) == 0);
}

static mts_status_t callback_from_dlpack(const void* array, DLManagedTensorVersioned* tensor,
                                         mts_array_t* new_array) {
    mts_status_t status = MTS_SUCCESS;
    if (this_call_fails() || ((const test_array_t*)array)->failure == FAIL_FROM_DLPACK) {
        mts_set_last_error("failure from FAIL_FROM_DLPACK", "tests", NULL, NULL);
        status = MTS_CALLBACK_ERROR;
    } else {
        /* the core gives read-only and contiguous integers to this function */
        const DLTensor* dl_tensor = &tensor->dl_tensor;
        CHECK(tensor->version.major == 1 && tensor->version.minor == 3);
        CHECK_EQUAL(tensor->flags & DLPACK_FLAG_BITMASK_READ_ONLY, 1);
        CHECK_EQUAL(dl_tensor->device.device_type, kDLCPU);
        CHECK(dl_tensor->dtype.code == kDLInt && dl_tensor->dtype.bits == 32);
        CHECK_EQUAL(dl_tensor->ndim, 2);
        CHECK_EQUAL(dl_tensor->strides[0], dl_tensor->shape[1]);
        CHECK_EQUAL(dl_tensor->strides[1], 1);
        check_output(new_array);
        uintptr_t shape[ARRAY_MAX_NDIM];
        for (int i = 0; i < dl_tensor->ndim; i++) {
            shape[i] = (uintptr_t)dl_tensor->shape[i];
        }
        *new_array = make_array(dl_tensor->dtype, (uintptr_t)dl_tensor->ndim, shape,
                                (const char*)dl_tensor->data + dl_tensor->byte_offset);
    }
    if (tensor->deleter != NULL) {
        tensor->deleter(tensor);
    }
    return status;
}

static mts_status_t callback_shape(const void* array, const uintptr_t** shape,
                                   uintptr_t* shape_count) {
    FAIL_IF(array, FAIL_SHAPE);
    *shape = ((const test_array_t*)array)->shape;
    *shape_count = ((const test_array_t*)array)->ndim;
    return MTS_SUCCESS;
}

static mts_status_t callback_reshape(void* array, const uintptr_t* shape,
                                     uintptr_t shape_count) {
    FAIL_IF(array, FAIL_RESHAPE);
    test_array_t* state = array;
    CHECK_EQUAL(element_count(shape_count, shape), element_count(state->ndim, state->shape));
    state->ndim = shape_count;
    memcpy(state->shape, shape, shape_count * sizeof(uintptr_t));
    return MTS_SUCCESS;
}

static mts_status_t callback_swap_axes(void* array, uintptr_t axis_1, uintptr_t axis_2) {
    FAIL_IF(array, FAIL_SWAP_AXES);
    test_array_t* state = array;
    size_t size = item_size(state->dtype);
    size_t count = element_count(state->ndim, state->shape);
    uintptr_t shape[ARRAY_MAX_NDIM];
    uintptr_t index[ARRAY_MAX_NDIM];
    memcpy(shape, state->shape, sizeof(shape));
    shape[axis_1] = state->shape[axis_2];
    shape[axis_2] = state->shape[axis_1];

    char* data = malloc(count * size + 1);
    for (size_t input = 0; input < count; input++) {
        size_t rest = input;
        for (uintptr_t i = state->ndim; i > 0; i--) {
            index[i - 1] = rest % state->shape[i - 1];
            rest /= state->shape[i - 1];
        }
        uintptr_t swapped = index[axis_1];
        index[axis_1] = index[axis_2];
        index[axis_2] = swapped;
        size_t output = 0;
        for (uintptr_t i = 0; i < state->ndim; i++) {
            output = output * shape[i] + index[i];
        }
        memcpy(data + output * size, (const char*)state->data + input * size, size);
    }
    free(state->data);
    state->data = data;
    memcpy(state->shape, shape, sizeof(shape));
    return MTS_SUCCESS;
}

static mts_status_t callback_create(const void* array, const uintptr_t* shape,
                                    uintptr_t shape_count, mts_array_t fill_value,
                                    mts_array_t* new_array) {
    FAIL_IF(array, FAIL_CREATE);
    const test_array_t* state = array;
    DLManagedTensorVersioned* fill = NULL;
    DLDevice cpu = {kDLCPU, 0};
    DLPackVersion version = {1, 3};
    mts_status_t status = fill_value.as_dlpack(fill_value.ptr, &fill, cpu, NULL, version);
    if (status != MTS_SUCCESS) {
        return status;
    }
    CHECK_EQUAL(fill->dl_tensor.ndim, 0);
    /* the fill value is borrowed */
    CHECK(fill_value.destroy == NULL);
    check_output(new_array);
    mts_array_t result = make_array(state->dtype, shape_count, shape, NULL);
    size_t size = item_size(state->dtype);
    size_t count = element_count(shape_count, shape);
    for (size_t i = 0; i < count; i++) {
        memcpy((char*)array_state(result)->data + i * size,
               (const char*)fill->dl_tensor.data + fill->dl_tensor.byte_offset, size);
    }
    fill->deleter(fill);
    if (fill_value.destroy != NULL) {
        fill_value.destroy(fill_value.ptr);
    }
    *new_array = result;
    return MTS_SUCCESS;
}

static mts_status_t callback_copy(const void* array, DLDevice device, mts_array_t* new_array) {
    FAIL_IF(array, FAIL_COPY);
    check_output(new_array);
    const test_array_t* state = array;
    *new_array = make_array(state->dtype, state->ndim, state->shape, state->data);
    array_state(*new_array)->device = device;
    return MTS_SUCCESS;
}

static mts_status_t callback_move_data(void* output, const void* input,
                                       const mts_data_movement_t* movements,
                                       uintptr_t movements_count) {
    FAIL_IF(output, FAIL_MOVE_DATA);
    FAIL_IF(input, FAIL_MOVE_DATA);
    test_array_t* to = output;
    const test_array_t* from = input;
    size_t size = item_size(to->dtype);
    size_t last = to->ndim - 1;
    size_t components = element_count(last - 1, to->shape + 1);
    CHECK_EQUAL(components, element_count(last - 1, from->shape + 1));
    for (uintptr_t m = 0; m < movements_count; m++) {
        const mts_data_movement_t* move = &movements[m];
        CHECK(move->sample_in < from->shape[0] && move->sample_out < to->shape[0]);
        CHECK(move->properties_start_in + move->properties_length <= from->shape[last]);
        CHECK(move->properties_start_out + move->properties_length <= to->shape[last]);
        for (size_t c = 0; c < components; c++) {
            size_t start_in = (move->sample_in * components + c) * from->shape[last] +
                              move->properties_start_in;
            size_t start_out = (move->sample_out * components + c) * to->shape[last] +
                               move->properties_start_out;
            memcpy((char*)to->data + start_out * size,
                   (const char*)from->data + start_in * size, move->properties_length * size);
        }
    }
    return MTS_SUCCESS;
}

static mts_array_t make_array(DLDataType dtype, uintptr_t ndim, const uintptr_t* shape,
                              const void* values) {
    REQUIRE(ndim <= ARRAY_MAX_NDIM);
    test_array_t* state = calloc(1, sizeof(test_array_t));
    size_t bytes = item_size(dtype) * element_count(ndim, shape);
    state->dtype = dtype;
    state->device.device_type = kDLCPU;
    state->origin = arrays_origin();
    state->ndim = ndim;
    if (ndim != 0) {
        memcpy(state->shape, shape, ndim * sizeof(uintptr_t));
    }
    state->data = calloc(1, bytes + 1);
    if (values != NULL && bytes != 0) {
        memcpy(state->data, values, bytes);
    }
    state->next = all_arrays;
    all_arrays = state;

    mts_array_t array = {
        .ptr = state,
        .destroy = callback_destroy,
        .origin = callback_origin,
        .device = callback_device,
        .dtype = callback_dtype,
        .as_dlpack = callback_as_dlpack,
        .from_dlpack = callback_from_dlpack,
        .shape = callback_shape,
        .reshape = callback_reshape,
        .swap_axes = callback_swap_axes,
        .create = callback_create,
        .copy = callback_copy,
        .move_data = callback_move_data,
    };
    return array;
}

mts_array_t array_f64(uintptr_t ndim, const uintptr_t* shape, const double* values) {
    DLDataType dtype = {kDLFloat, 64, 1};
    return make_array(dtype, ndim, shape, values);
}

mts_array_t array_i32(uintptr_t ndim, const uintptr_t* shape, const int32_t* values) {
    DLDataType dtype = {kDLInt, 32, 1};
    return make_array(dtype, ndim, shape, values);
}

mts_array_t array_scalar(double value) {
    return array_f64(0, NULL, &value);
}

mts_status_t array_create_callback(const uintptr_t* shape, uintptr_t shape_count,
                                   DLDataType dtype, mts_array_t* array) {
    if (this_call_fails() || shape_count > ARRAY_MAX_NDIM) {
        mts_set_last_error("failure from the creation of an array", "tests", NULL, NULL);
        return MTS_CALLBACK_ERROR;
    }
    *array = make_array(dtype, shape_count, shape, NULL);
    return MTS_SUCCESS;
}

uint8_t* buffer_realloc(void* user_data, uint8_t* pointer, uintptr_t size) {
    (void)user_data;
    return this_call_fails() ? NULL : realloc(pointer, size);
}

void check_all_released(const char* test) {
    while (all_arrays != NULL) {
        test_array_t* array = all_arrays;
        if (array->destroyed != 1) {
            fprintf(stderr, "%s: an array with %d dimensions was destroyed %d times\n", test,
                    (int)array->ndim, array->destroyed);
            check_failures += 1;
        }
        all_arrays = array->next;
        free(array->data);
        free(array);
    }
    if (live_tensors != 0) {
        fprintf(stderr, "%s: %d DLPack tensors were not released\n", test, live_tensors);
        check_failures += 1;
        live_tensors = 0;
    }
}
