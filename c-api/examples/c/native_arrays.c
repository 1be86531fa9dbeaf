/* Arrays implemented by the library, in memory of this program or of their own. */
#include "array.h"
#include "example.h"

static const DLDataType DOUBLE = {kDLFloat, 64, 1};
static const DLDevice CPU = {kDLCPU, 0};
static const DLPackVersion VERSION = {1, 3};

/* [example: mts_array_from_memory] */
/* called when neither the array nor a tensor made from it is left */
static void release(void* values) {
    free(values);
}

static mts_array_t take_values(void) {
    double* values = malloc(6 * sizeof(double));
    EXPECT(values != NULL);
    for (int i = 0; i < 6; i++) {
        values[i] = i;
    }
    /* the columns follow each other in this memory */
    const uintptr_t shape[2] = {2, 3};
    const int64_t strides[2] = {1, 2};
    mts_array_t array;
    OK(mts_array_from_memory(values, shape, 2, strides, DOUBLE, false, values, release,
                             &array));
    return array;
}
/* [end] */

/* [example: mts_arrays_from_memory] */
static void count_release(void* count, uintptr_t index) {
    (void)index;
    *(int*)count += 1;
}

static void many_arrays(void) {
    double first[2] = {1, 2};
    int32_t second[4] = {3, 4, 5, 6};
    void* data[2] = {first, second};
    const uintptr_t ndims[2] = {1, 2};
    const DLDataType dtypes[2] = {{kDLFloat, 64, 1}, {kDLInt, 32, 1}};
    const uintptr_t shapes[3] = {2, 2, 2}; /* (2,) and (2, 2) */
    int released = 0;
    mts_array_t arrays[2];
    OK(mts_arrays_from_memory(data, ndims, dtypes, 2, shapes, 3, NULL, NULL, &released,
                              count_release, NULL, arrays));
    for (int i = 0; i < 2; i++) {
        arrays[i].destroy(arrays[i].ptr);
    }
    EXPECT(released == 2);
}
/* [end] */

static void owned_arrays(void) {
    const uintptr_t shape[2] = {2, 3};
    /* [example: mts_array_zeros] */
    mts_array_t zeros;
    OK(mts_array_zeros(shape, 2, DOUBLE, &zeros));
    /* [end] */

    /* [example: mts_array_full] */
    const double value = -1;
    mts_array_t filled;
    OK(mts_array_full(shape, 2, DOUBLE, &value, &filled));
    /* copy the second row of one array to the first row of the other */
    const mts_data_movement_t movement = {1, 0, 0, 0, 3};
    OK(zeros.move_data(zeros.ptr, filled.ptr, &movement, 1));
    /* [end] */

    /* [example: mts_array_from_dlpack] */
    DLManagedTensorVersioned* tensor = NULL;
    OK(filled.as_dlpack(filled.ptr, &tensor, CPU, NULL, VERSION));
    mts_array_t shared;
    OK(mts_array_from_dlpack(tensor, &shared)); /* calls the deleter of the tensor */
    shared.destroy(shared.ptr);
    /* [end] */
    zeros.destroy(zeros.ptr);
    filled.destroy(filled.ptr);
}

static void exchange(void) {
    /* [example: mts_arrays_as_dlpack, mts_arrays_from_dlpack] */
    mts_array_t arrays[2] = {array_scalar(1), take_values()};
    DLManagedTensorVersioned* tensors[2];
    OK(mts_arrays_as_dlpack(arrays, 2, tensors));
    mts_array_t native[2];
    OK(mts_arrays_from_dlpack(tensors, 2, native)); /* takes both tensors */
    for (int i = 0; i < 2; i++) {
        native[i].destroy(native[i].ptr);
        arrays[i].destroy(arrays[i].ptr);
    }
    /* [end] */
}

static uint8_t* grow(void* user_data, uint8_t* buffer, uintptr_t size) {
    (void)user_data;
    return realloc(buffer, size);
}

static void load(void) {
    mts_tensormap_t* tensor = two_blocks();
    uint8_t* buffer = NULL;
    uintptr_t size = 0;
    OK(mts_tensormap_save_buffer(&buffer, &size, NULL, grow, tensor));
    OK(mts_tensormap_free(tensor));

    /* [example: mts_array_empty] */
    /* no need to write a function creating arrays to load files */
    mts_tensormap_t* loaded = mts_tensormap_load_buffer(buffer, size, mts_array_empty);
    EXPECT(loaded != NULL);
    /* [end] */
    OK(mts_tensormap_free(loaded));
    free(buffer);
}

int main(void) {
    mts_array_t array = take_values();
    array.destroy(array.ptr);
    many_arrays();
    owned_arrays();
    exchange();
    load();
    return EXIT_SUCCESS;
}
