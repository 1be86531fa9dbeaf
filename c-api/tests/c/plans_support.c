#include "plans_support.h"

#include "check.h"

mts_tensormap_t* make_map(void) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(3, 1));
    const mts_labels_t* samples = make_labels(2, NAMES("s", "t"), 3, I32(1, 0, 0, 0, 1, 1));
    const mts_labels_t* properties = make_labels_1("n", 2, I32(5, 2));
    const mts_labels_t* rows =
        make_labels(2, NAMES("sample", "a"), 4, I32(0, 7, 1, 7, 2, 7, 2, 0));
    mts_block_t* blocks[2];
    for (int i = 0; i < 2; i++) {
        mts_array_t values = array_f64(2, SHAPE(3, 2), F64(1, 2, 3, 4, 5, 6));
        mts_array_t gradient = array_f64(2, SHAPE(4, 2), F64(1, 2, 3, 4, 5, 6, 7, 8));
        blocks[i] = mts_block(values, samples, NULL, 0, properties);
        mts_block_t* block = mts_block(gradient, rows, NULL, 0, properties);
        REQUIRE(blocks[i] != NULL && block != NULL);
        CHECK_OK(mts_block_add_gradient(blocks[i], "g", block));
    }
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    REQUIRE(tensor != NULL);
    CHECK_OK(mts_labels_free(keys));
    CHECK_OK(mts_labels_free(samples));
    CHECK_OK(mts_labels_free(properties));
    CHECK_OK(mts_labels_free(rows));
    return tensor;
}

mts_metadata_t* make_metadata(void) {
    mts_tensormap_t* tensor = make_map();
    mts_metadata_t* metadata = mts_tensormap_metadata(tensor);
    REQUIRE(metadata != NULL);
    /* metadata do not need the map */
    CHECK_OK(mts_tensormap_free(tensor));
    return metadata;
}

/* Row of the output of an entry for a row of the input, -1 if there is none */
static int64_t output_row(const mts_plan_t* plan, const mts_plan_entry_t* entry, int64_t row) {
    switch (entry->kind) {
    case SHARE:
        return row;
    case RANGE:
        row -= entry->start;
        return row >= 0 && row < entry->output_count ? row : -1;
    case GATHER:
        for (int64_t i = 0; i < entry->output_count; i++) {
            if (plan->indices[entry->indices + i] == row) {
                return i;
            }
        }
        return -1;
    default:
        return plan->indices[entry->indices + row];
    }
}

/* Follow the steps of one leaf of 2-dimensional arrays, adding up what is reduced;
 * pieces are joined along `joined` */
static mts_array_t execute_leaf(const mts_plan_t* plan, uintptr_t leaf, uintptr_t rows,
                                uintptr_t columns, const mts_structure_t* inputs,
                                int64_t joined) {
    double values[64] = {0};
    REQUIRE(rows * columns <= 64);
    for (uintptr_t s = plan->leaves_starts[leaf]; s < plan->leaves_starts[leaf + 1]; s++) {
        const mts_plan_step_t* step = &plan->steps[s];
        const mts_plan_entry_t* entry = &plan->entries[step->entry];
        const test_array_t* input = array_state(inputs[step->input].arrays[step->source]);
        for (int64_t i = 0; i < (int64_t)input->shape[0]; i++) {
            for (int64_t j = 0; j < (int64_t)input->shape[1]; j++) {
                int64_t row = step->axis == 0 ? output_row(plan, entry, i) : i;
                int64_t column = step->axis == 1 ? output_row(plan, entry, j) : j;
                if (row < 0 || column < 0) {
                    continue;
                }
                row += joined == 0 ? step->start : 0;
                column += joined == 1 ? step->start : 0;
                values[row * (int64_t)columns + column] +=
                    ((const double*)input->data)[i * (int64_t)input->shape[1] + j];
            }
        }
    }
    return array_f64(2, SHAPE(rows, columns), values);
}

mts_tensormap_t* execute(const mts_plan_t* plan, uintptr_t result,
                         mts_tensormap_t* const* inputs, uintptr_t inputs_count,
                         int64_t joined) {
    mts_structure_t structures[4];
    mts_structure_t* owned[4];
    for (uintptr_t i = 0; i < inputs_count; i++) {
        owned[i] = mts_tensormap_structure(inputs[i], NULL);
        REQUIRE(owned[i] != NULL);
        structures[i] = *owned[i];
    }
    uintptr_t leaf = 0;
    for (uintptr_t i = 0; i < result; i++) {
        leaf += plan->results[i]->leaves_count;
    }
    const mts_metadata_t* metadata = plan->results[result];
    mts_array_t arrays[16];
    REQUIRE(metadata->leaves_count <= 16);
    for (uintptr_t i = 0; i < metadata->leaves_count; i++) {
        const uintptr_t* axes = &metadata->axes[metadata->axes_starts[i]];
        arrays[i] = execute_leaf(plan, leaf + i, metadata->labels_rows[axes[0]],
                                 metadata->labels_rows[axes[1]], structures, joined);
    }
    mts_tensormap_t* tensor =
        mts_metadata_with_arrays(metadata, arrays, metadata->leaves_count);
    REQUIRE(tensor != NULL);
    for (uintptr_t i = 0; i < inputs_count; i++) {
        CHECK_OK(mts_structure_free(owned[i]));
    }
    return tensor;
}

void check_values_of(const mts_metadata_t* metadata, uintptr_t labels, uintptr_t size,
                     uintptr_t count, const int32_t* expected) {
    CHECK_EQUAL(metadata->labels_sizes[labels], size);
    CHECK_EQUAL(metadata->labels_rows[labels], count);
    REQUIRE(metadata->labels_values[labels] != NULL || count == 0);
    for (uintptr_t i = 0; i < size * count; i++) {
        CHECK_EQUAL(metadata->labels_values[labels][i], expected[i]);
    }
}

mts_block_t* gradient_of(mts_block_t* block) {
    mts_block_t* gradient = NULL;
    CHECK_OK(mts_block_gradient(block, "g", &gradient));
    REQUIRE(gradient != NULL);
    return gradient;
}
