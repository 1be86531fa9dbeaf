#include "support.h"
#include "check.h"

const double* block_values(mts_block_t* block) {
    mts_array_t array = {0};
    REQUIRE(mts_block_data(block, &array) == MTS_SUCCESS);
    DLManagedTensorVersioned* tensor = NULL;
    const DLDevice cpu = {kDLCPU, 0};
    const DLPackVersion version = {1, 3};
    CHECK_OK(array.as_dlpack(array.ptr, &tensor, cpu, NULL, version));
    REQUIRE(tensor != NULL);
    const DLTensor* content = &tensor->dl_tensor;
    const double* values = (const double*)((const char*)content->data + content->byte_offset);
    /* the memory belongs to the block */
    tensor->deleter(tensor);
    return values;
}

const mts_labels_t* make_labels(uintptr_t size, const char* const* names, uintptr_t count,
                                const int32_t* values) {
    uintptr_t shape[2] = {count, size};
    const mts_labels_t* labels = mts_labels(names, size, array_i32(2, shape, values));
    REQUIRE(labels != NULL);
    return labels;
}

const mts_labels_t* make_labels_1(const char* name, uintptr_t count, const int32_t* values) {
    return make_labels(1, &name, count, values);
}

mts_block_t* make_block(uintptr_t n_samples, const int32_t* samples, uintptr_t n_properties,
                        const int32_t* properties, const double* values) {
    uintptr_t shape[2] = {n_samples, n_properties};
    const mts_labels_t* s = make_labels_1("s", n_samples, samples);
    const mts_labels_t* p = make_labels_1("n", n_properties, properties);
    mts_block_t* block = mts_block(array_f64(2, shape, values), s, NULL, 0, p);
    REQUIRE(block != NULL);
    mts_labels_free(s);
    mts_labels_free(p);
    return block;
}

mts_tensormap_t* make_tensor(void) {
    const mts_labels_t* keys = make_labels(2, NAMES("k1", "k2"), 3, I32(0, 0, 1, 0, 0, 1));
    mts_block_t* blocks[3] = {
        make_block(2, I32(0, 2), 2, I32(0, 1), F64(1, 2, 3, 4)),
        make_block(2, I32(1, 2), 2, I32(1, 5), F64(5, 6, 7, 8)),
        make_block(1, I32(4), 2, I32(0, 1), F64(9, 10)),
    };
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 3);
    REQUIRE(tensor != NULL);
    for (int i = 0; i < 3; i++) {
        CHECK(blocks[i] == NULL);
    }
    mts_labels_free(keys);
    return tensor;
}

mts_block_t* block_at(mts_tensormap_t* tensor, uintptr_t index) {
    mts_block_t* block = NULL;
    CHECK_OK(mts_tensormap_block_by_id(tensor, &block, index));
    REQUIRE(block != NULL);
    return block;
}

void check_rows(const mts_labels_t* labels, uintptr_t expected_count, uintptr_t expected_size,
                const int32_t* expected) {
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &values, &count, &size));
    CHECK_EQUAL(count, expected_count);
    CHECK_EQUAL(size, expected_size);
    CHECK(values != NULL);
    if (count == expected_count && size == expected_size) {
        for (uintptr_t i = 0; i < count * size; i++) {
            CHECK_EQUAL(values[i], expected[i]);
        }
    }
    CHECK_OK(mts_labels_free(labels));
}

void check_axis(mts_block_t* block, uintptr_t axis, uintptr_t expected_size,
                uintptr_t expected_count, const int32_t* expected) {
    const mts_labels_t* labels = mts_block_labels(block, axis);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(labels, &values, &count, &size));
    CHECK_EQUAL(count, expected_count);
    CHECK_EQUAL(size, expected_size);
    if (count == expected_count && size == expected_size) {
        for (uintptr_t i = 0; i < count * size; i++) {
            CHECK_EQUAL(values[i], expected[i]);
        }
    }
    mts_labels_free(labels);
}

void check_values(mts_block_t* block, uintptr_t count, const double* expected) {
    const double* values = block_values(block);
    for (uintptr_t i = 0; i < count; i++) {
        CHECK_EQUAL(values[i], expected[i]);
    }
}
