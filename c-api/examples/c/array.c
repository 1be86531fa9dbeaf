#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "example.h"

/* [example: mts_array_t] */
/* State of the arrays: `mts_array_t.ptr` points to it. */
typedef struct array_t {
    DLDataType dtype;
    uintptr_t ndim;
    uintptr_t shape[ARRAY_MAX_NDIM];
    /* row-major */
    char* data;
} array_t;

static uintptr_t count_of(uintptr_t ndim, const uintptr_t* shape) {
    uintptr_t count = 1;
    for (uintptr_t i = 0; i < ndim; i++) {
        count *= shape[i];
    }
    return count;
}

static size_t item_size(const array_t* array) {
    return array->dtype.bits / 8;
}

/* Callbacks explain their failures with `mts_set_last_error`. */
static mts_status_t failure(const char* message) {
    mts_set_last_error(message, "array of the examples", NULL, NULL);
    return MTS_CALLBACK_ERROR;
}

static void array_destroy(void* self) {
    free(((array_t*)self)->data);
    free(self);
}

static mts_status_t array_origin(const void* self, mts_data_origin_t* origin) {
    (void)self;
    return mts_register_data_origin("metatensor.examples.array", origin);
}

static mts_status_t array_device(const void* self, DLDevice* device) {
    (void)self;
    device->device_type = kDLCPU;
    device->device_id = 0;
    return MTS_SUCCESS;
}

static mts_status_t array_dtype(const void* self, DLDataType* dtype) {
    *dtype = ((const array_t*)self)->dtype;
    return MTS_SUCCESS;
}

static mts_status_t array_shape(const void* self, const uintptr_t** shape, uintptr_t* count) {
    *shape = ((const array_t*)self)->shape;
    *count = ((const array_t*)self)->ndim;
    return MTS_SUCCESS;
}

static mts_status_t array_reshape(void* self, const uintptr_t* shape, uintptr_t count) {
    array_t* array = self;
    if (count > ARRAY_MAX_NDIM ||
        count_of(count, shape) != count_of(array->ndim, array->shape)) {
        return failure("can not reshape: the number of elements differs");
    }
    array->ndim = count;
    memcpy(array->shape, shape, count * sizeof(uintptr_t));
    return MTS_SUCCESS;
}
/* [end] */

/* Tensors given by `as_dlpack` share the memory of the array. */
typedef struct array_tensor_t {
    DLManagedTensorVersioned tensor;
    int64_t shape[ARRAY_MAX_NDIM];
} array_tensor_t;

static void free_tensor(DLManagedTensorVersioned* tensor) {
    free(tensor->manager_ctx);
}

static mts_status_t array_as_dlpack(void* self, DLManagedTensorVersioned** output,
                                    DLDevice device, const int64_t* stream,
                                    DLPackVersion max_version) {
    array_t* array = self;
    if (device.device_type != kDLCPU || stream != NULL || max_version.major != 1) {
        return failure("only CPU tensors of DLPack 1 are implemented");
    }
    array_tensor_t* result = calloc(1, sizeof(array_tensor_t));
    if (result == NULL) {
        return failure("out of memory");
    }
    for (uintptr_t i = 0; i < array->ndim; i++) {
        result->shape[i] = (int64_t)array->shape[i];
    }
    result->tensor.version.major = DLPACK_MAJOR_VERSION;
    result->tensor.version.minor = DLPACK_MINOR_VERSION;
    result->tensor.manager_ctx = result;
    result->tensor.deleter = free_tensor;
    result->tensor.dl_tensor.data = array->data;
    result->tensor.dl_tensor.device = device;
    result->tensor.dl_tensor.dtype = array->dtype;
    result->tensor.dl_tensor.ndim = (int32_t)array->ndim;
    result->tensor.dl_tensor.shape = result->shape;
    *output = &result->tensor;
    return MTS_SUCCESS;
}

static mts_status_t array_new(DLDataType dtype, uintptr_t ndim, const uintptr_t* shape,
                              mts_array_t* output);

/* Copy the elements of `tensor` below `axis`, in row-major order. */
static char* copy_strided(const DLTensor* tensor, int axis, const char* source, size_t size,
                          char* target) {
    if (axis == tensor->ndim) {
        memcpy(target, source, size);
        return target + size;
    }
    int64_t stride = 1;
    for (int i = axis + 1; i < tensor->ndim; i++) {
        stride *= tensor->shape[i];
    }
    if (tensor->strides != NULL) {
        stride = tensor->strides[axis];
    }
    for (int64_t i = 0; i < tensor->shape[axis]; i++) {
        target =
            copy_strided(tensor, axis + 1, source + i * stride * (int64_t)size, size, target);
    }
    return target;
}

static mts_status_t array_from_dlpack(const void* self, DLManagedTensorVersioned* tensor,
                                      mts_array_t* new_array) {
    (void)self;
    const DLTensor* dl_tensor = &tensor->dl_tensor;
    mts_status_t status = MTS_SUCCESS;
    if (dl_tensor->device.device_type != kDLCPU || dl_tensor->dtype.lanes != 1 ||
        dl_tensor->ndim > ARRAY_MAX_NDIM) {
        status = failure("only CPU tensors with a few dimensions are implemented");
    } else {
        uintptr_t shape[ARRAY_MAX_NDIM];
        for (int32_t i = 0; i < dl_tensor->ndim; i++) {
            shape[i] = (uintptr_t)dl_tensor->shape[i];
        }
        status = array_new(dl_tensor->dtype, (uintptr_t)dl_tensor->ndim, shape, new_array);
        if (status == MTS_SUCCESS) {
            array_t* created = new_array->ptr;
            copy_strided(dl_tensor, 0, (const char*)dl_tensor->data + dl_tensor->byte_offset,
                         item_size(created), created->data);
        }
    }
    /* the tensor is ours, also on failure */
    if (tensor->deleter != NULL) {
        tensor->deleter(tensor);
    }
    return status;
}

static mts_status_t array_swap_axes(void* self, uintptr_t axis_1, uintptr_t axis_2) {
    array_t* array = self;
    if (axis_1 >= array->ndim || axis_2 >= array->ndim) {
        return failure("can not swap axes which do not exist");
    }
    /* look at the data as a tensor with other strides, and copy it in order */
    int64_t shape[ARRAY_MAX_NDIM];
    int64_t strides[ARRAY_MAX_NDIM];
    int64_t stride = 1;
    for (uintptr_t i = array->ndim; i > 0; i--) {
        shape[i - 1] = (int64_t)array->shape[i - 1];
        strides[i - 1] = stride;
        stride *= shape[i - 1];
    }
    int64_t saved = strides[axis_1];
    strides[axis_1] = strides[axis_2];
    strides[axis_2] = saved;
    shape[axis_1] = (int64_t)array->shape[axis_2];
    shape[axis_2] = (int64_t)array->shape[axis_1];

    DLTensor transposed = {0};
    transposed.ndim = (int32_t)array->ndim;
    transposed.shape = shape;
    transposed.strides = strides;
    char* data = malloc((size_t)stride * item_size(array) + 1);
    if (data == NULL) {
        return failure("out of memory");
    }
    copy_strided(&transposed, 0, array->data, item_size(array), data);
    free(array->data);
    array->data = data;
    array->shape[axis_1] = (uintptr_t)shape[axis_1];
    array->shape[axis_2] = (uintptr_t)shape[axis_2];
    return MTS_SUCCESS;
}

static mts_status_t array_new_filled(const void* self, const uintptr_t* shape,
                                     uintptr_t shape_count, mts_array_t fill_value,
                                     mts_array_t* new_array) {
    const array_t* array = self;
    mts_status_t status = array_new(array->dtype, shape_count, shape, new_array);
    DLManagedTensorVersioned* fill = NULL;
    DLDevice cpu = {kDLCPU, 0};
    DLPackVersion version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
    if (status == MTS_SUCCESS) {
        /* the fill value can come from another implementation than this one */
        status = fill_value.as_dlpack(fill_value.ptr, &fill, cpu, NULL, version);
    }
    if (status == MTS_SUCCESS) {
        array_t* created = new_array->ptr;
        uintptr_t count = count_of(shape_count, shape);
        for (uintptr_t i = 0; i < count; i++) {
            memcpy(created->data + i * item_size(array),
                   (const char*)fill->dl_tensor.data + fill->dl_tensor.byte_offset,
                   item_size(array));
        }
        fill->deleter(fill);
    } else if (new_array->ptr != NULL) {
        array_destroy(new_array->ptr);
        memset(new_array, 0, sizeof(*new_array));
    }
    if (fill_value.destroy != NULL) {
        fill_value.destroy(fill_value.ptr);
    }
    return status;
}

static mts_status_t array_copy(const void* self, DLDevice device, mts_array_t* new_array) {
    const array_t* array = self;
    if (device.device_type != kDLCPU) {
        return failure("these arrays only exist on CPU");
    }
    mts_status_t status = array_new(array->dtype, array->ndim, array->shape, new_array);
    if (status == MTS_SUCCESS) {
        memcpy(((array_t*)new_array->ptr)->data, array->data,
               count_of(array->ndim, array->shape) * item_size(array));
    }
    return status;
}

static mts_status_t array_move_data(void* output, const void* input,
                                    const mts_data_movement_t* movements, uintptr_t count) {
    array_t* to = output;
    const array_t* from = input;
    uintptr_t components = count_of(to->ndim - 2, to->shape + 1);
    uintptr_t to_size = to->shape[to->ndim - 1];
    uintptr_t from_size = from->shape[from->ndim - 1];
    for (uintptr_t i = 0; i < count; i++) {
        const mts_data_movement_t* move = &movements[i];
        for (uintptr_t component = 0; component < components; component++) {
            uintptr_t row_out = move->sample_out * components + component;
            uintptr_t row_in = move->sample_in * components + component;
            memcpy(to->data + (row_out * to_size + move->properties_start_out) * item_size(to),
                   from->data +
                       (row_in * from_size + move->properties_start_in) * item_size(to),
                   move->properties_length * item_size(to));
        }
    }
    return MTS_SUCCESS;
}

static mts_status_t array_new(DLDataType dtype, uintptr_t ndim, const uintptr_t* shape,
                              mts_array_t* output) {
    if (ndim > ARRAY_MAX_NDIM) {
        return failure("there are too many dimensions");
    }
    array_t* array = calloc(1, sizeof(array_t));
    /* one more byte, for `calloc` can give NULL for empty arrays */
    char* data = calloc(count_of(ndim, shape) * (dtype.bits / 8) + 1, 1);
    if (array == NULL || data == NULL) {
        free(array);
        free(data);
        return failure("out of memory");
    }
    array->dtype = dtype;
    array->data = data;
    array->ndim = ndim;
    for (uintptr_t i = 0; i < ndim; i++) {
        array->shape[i] = shape[i];
    }

    memset(output, 0, sizeof(*output));
    output->ptr = array;
    output->destroy = array_destroy;
    output->origin = array_origin;
    output->device = array_device;
    output->dtype = array_dtype;
    output->as_dlpack = array_as_dlpack;
    output->from_dlpack = array_from_dlpack;
    output->shape = array_shape;
    output->reshape = array_reshape;
    output->swap_axes = array_swap_axes;
    output->create = array_new_filled;
    output->copy = array_copy;
    output->move_data = array_move_data;
    return MTS_SUCCESS;
}

/* [example: mts_create_array_callback_t] */
mts_status_t array_create(const uintptr_t* shape, uintptr_t shape_count, DLDataType dtype,
                          mts_array_t* array) {
    /* the library then writes the data through `as_dlpack` */
    return array_new(dtype, shape_count, shape, array);
}
/* [end] */

static mts_array_t array_with(uint8_t code, uint8_t bits, uintptr_t ndim,
                              const uintptr_t* shape, const void* values) {
    mts_array_t array = {0};
    DLDataType dtype = {code, bits, 1};
    OK(array_new(dtype, ndim, shape, &array));
    if (values != NULL && count_of(ndim, shape) != 0) {
        memcpy(((array_t*)array.ptr)->data, values, count_of(ndim, shape) * (bits / 8));
    }
    return array;
}

mts_array_t array_i32(uintptr_t ndim, const uintptr_t* shape, const int32_t* values) {
    return array_with(kDLInt, 32, ndim, shape, values);
}

mts_array_t array_f64(uintptr_t ndim, const uintptr_t* shape, const double* values) {
    return array_with(kDLFloat, 64, ndim, shape, values);
}

mts_array_t array_scalar(double value) {
    return array_f64(0, NULL, &value);
}

int32_t* array_data_i32(mts_array_t array) {
    return (int32_t*)(void*)((array_t*)array.ptr)->data;
}

double* array_data_f64(mts_array_t array) {
    return (double*)(void*)((array_t*)array.ptr)->data;
}

const mts_labels_t* labels_1(const char* name, uintptr_t count, const int32_t* values) {
    const uintptr_t shape[2] = {count, 1};
    const mts_labels_t* labels = mts_labels(&name, 1, array_i32(2, shape, values));
    EXPECT(labels != NULL);
    return labels;
}

mts_block_t* block_2d(uintptr_t n_samples, const int32_t* samples, uintptr_t n_properties,
                      const int32_t* properties, const double* values) {
    const uintptr_t shape[2] = {n_samples, n_properties};
    const mts_labels_t* rows = labels_1("system", n_samples, samples);
    const mts_labels_t* columns = labels_1("n", n_properties, properties);
    mts_block_t* block = mts_block(array_f64(2, shape, values), rows, NULL, 0, columns);
    EXPECT(block != NULL);
    OK(mts_labels_free(rows));
    OK(mts_labels_free(columns));
    return block;
}

mts_tensormap_t* two_blocks(void) {
    const char* const names[2] = {"type", "l"};
    const int32_t key_values[4] = {1, 0, 6, 0};
    const uintptr_t key_shape[2] = {2, 2};
    const mts_labels_t* keys = mts_labels(names, 2, array_i32(2, key_shape, key_values));
    mts_block_t* blocks[2] = {
        block_2d(2, (const int32_t[]){0, 2}, 2, (const int32_t[]){0, 1},
                 (const double[]){1, 2, 3, 4}),
        block_2d(1, (const int32_t[]){1}, 2, (const int32_t[]){0, 1}, (const double[]){5, 6}),
    };
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    EXPECT(tensor != NULL);
    OK(mts_labels_free(keys));
    return tensor;
}
