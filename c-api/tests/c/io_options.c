/* Saving and loading with options. Files are written in the current directory. */
#include "check.h"
#include "support.h"

static const char* const PATH = "c-io-options.mts";

static void save_tensor(int aligned) {
    mts_tensormap_t* tensor = make_tensor();
    mts_save_options_t options = {.size = sizeof(options)};
    options.aligned = aligned;
    CHECK_OK(mts_tensormap_save_with(PATH, tensor, &options));
    CHECK_OK(mts_tensormap_free(tensor));
}

/* check that both maps have the same metadata, and free the first one */
static void check_same(mts_tensormap_t* loaded, const mts_tensormap_t* expected) {
    REQUIRE(loaded != NULL);
    mts_comparison_t* comparison = mts_tensormap_compare(loaded, expected, NULL);
    REQUIRE(comparison != NULL);
    CHECK_EQUAL(comparison->same, 1);
    CHECK_OK(mts_comparison_free(comparison));
    CHECK_OK(mts_tensormap_free(loaded));
}

static uint64_t file_size(void) {
    FILE* file = fopen(PATH, "rb");
    REQUIRE(file != NULL);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    return (uint64_t)size;
}

static void test_all_ways(void) {
    mts_tensormap_t* tensor = make_tensor();
    uint64_t sizes[2] = {0, 0};
    for (int aligned = 0; aligned < 2; aligned++) {
        save_tensor(aligned);
        sizes[aligned] = file_size();
        check_same(mts_tensormap_load(PATH, array_create_callback), tensor);
        check_same(mts_tensormap_load_with(PATH, NULL, array_create_callback), tensor);
        check_same(mts_tensormap_load_with(PATH, NULL, NULL), tensor);
        mts_load_options_t options = {.size = sizeof(options)};
        options.verify = 1;
        for (int mmap = 0; mmap < 2; mmap++) {
            options.mmap = mmap;
            check_same(mts_tensormap_load_with(PATH, &options, NULL), tensor);
        }
    }
    CHECK(sizes[1] > sizes[0]);
    CHECK_OK(mts_tensormap_free(tensor));
    remove(PATH);
}

/* the values of a native array */
static double* native_values(mts_block_t* block) {
    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block, &array));
    mts_data_origin_t origin = 0;
    CHECK_OK(array.origin(array.ptr, &origin));
    char name[64];
    CHECK_OK(mts_get_data_origin(origin, name, sizeof(name)));
    CHECK_STRING(name, "metatensor.native");
    DLManagedTensorVersioned* tensor = NULL;
    DLDevice device = {kDLCPU, 0};
    DLPackVersion version = {1, 3};
    CHECK_OK(array.as_dlpack(array.ptr, &tensor, device, NULL, version));
    double* data = tensor->dl_tensor.data;
    /* the block keeps the memory */
    tensor->deleter(tensor);
    return data;
}

static void test_mapped_values(void) {
    save_tensor(1);
    mts_load_options_t options = {.size = sizeof(options)};
    options.mmap = 1;
    mts_tensormap_t* tensor = mts_tensormap_load_with(PATH, &options, array_create_callback);
    REQUIRE(tensor != NULL);
    mts_tensormap_t* other = mts_tensormap_load_with(PATH, &options, NULL);
    REQUIRE(other != NULL);
    double* values = native_values(block_at(tensor, 0));
    CHECK((uintptr_t)values % 64 == 0);
    double before = values[0];

    /* arrays can be changed: nobody else sees it */
    values[0] = -100;
    CHECK(native_values(block_at(other, 0))[0] == before);
    /* the file can be replaced, even by what comes from it */
    CHECK_OK(mts_tensormap_save(PATH, tensor));
    CHECK(native_values(block_at(other, 0))[0] == before);
    mts_tensormap_t* again = mts_tensormap_load(PATH, array_create_callback);
    REQUIRE(again != NULL);
    CHECK(block_values(block_at(again, 0))[0] == -100);

    CHECK_OK(mts_tensormap_free(again));
    CHECK_OK(mts_tensormap_free(other));
    CHECK_OK(mts_tensormap_free(tensor));
    remove(PATH);
}

static void test_parts(void) {
    save_tensor(0);
    mts_load_options_t options = {.size = sizeof(options)};
    const uintptr_t blocks[] = {2, 0};
    options.blocks = blocks;
    options.blocks_count = 2;
    mts_tensormap_t* tensor = mts_tensormap_load_with(PATH, &options, array_create_callback);
    REQUIRE(tensor != NULL);
    const mts_labels_t* keys = mts_tensormap_keys(tensor);
    const int32_t* values = NULL;
    uintptr_t count = 0;
    uintptr_t size = 0;
    CHECK_OK(mts_labels_values_cpu(keys, &values, &count, &size));
    CHECK(count == 2 && size == 2);
    CHECK(values[0] == 0 && values[1] == 1 && values[2] == 0 && values[3] == 0);
    mts_labels_free(keys);
    mts_tensormap_free(tensor);

    const mts_labels_t* selection = make_labels_1("k2", 1, I32(0));
    mts_load_options_t by_keys = {.size = sizeof(by_keys)};
    by_keys.keys = selection;
    tensor = mts_tensormap_load_with(PATH, &by_keys, array_create_callback);
    REQUIRE(tensor != NULL);
    mts_block_t* block = NULL;
    CHECK_OK(mts_tensormap_block_by_id(tensor, &block, 1));
    CHECK_FAILS(mts_tensormap_block_by_id(tensor, &block, 2), MTS_INVALID_PARAMETER_ERROR,
                "2");
    mts_tensormap_free(tensor);

    by_keys.blocks = blocks;
    CHECK_NULL(mts_tensormap_load_with(PATH, &by_keys, NULL), "`options.keys`");
    by_keys.blocks = NULL;
    by_keys.blocks_count = 3;
    CHECK_NULL(mts_tensormap_load_with(PATH, &by_keys, NULL), "`options.blocks`");
    CHECK_OK(mts_labels_free(selection));

    const uintptr_t wrong[] = {3};
    options.blocks = wrong;
    options.blocks_count = 1;
    CHECK_NULL(mts_tensormap_load_with(PATH, &options, array_create_callback), "3");
    options.blocks_count = UINTPTR_MAX;
    CHECK_NULL(mts_tensormap_load_with(PATH, &options, array_create_callback), "too large");
    remove(PATH);
}

static void test_structure(void) {
    save_tensor(0);
    mts_tensormap_t* structure = mts_tensormap_load_structure(PATH, NULL);
    REQUIRE(structure != NULL);
    mts_block_t* block = block_at(structure, 0);
    DLDevice device = {kDLCPU, 0};
    CHECK_OK(mts_block_device(block, &device));
    CHECK_EQUAL(device.device_type, kDLExtDev);
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(mts_block_dtype(block, &dtype));
    CHECK(dtype.code == kDLFloat && dtype.bits == 64);

    mts_array_t array = {0};
    CHECK_OK(mts_block_data(block, &array));
    const uintptr_t* shape = NULL;
    uintptr_t shape_count = 0;
    CHECK_OK(array.shape(array.ptr, &shape, &shape_count));
    CHECK(shape_count == 2 && shape[0] == 2 && shape[1] == 2);
    DLManagedTensorVersioned* tensor = NULL;
    DLDevice cpu = {kDLCPU, 0};
    DLPackVersion version = {1, 3};
    CHECK_FAILS(array.as_dlpack(array.ptr, &tensor, cpu, NULL, version),
                MTS_INVALID_PARAMETER_ERROR, "not loaded");
    CHECK(tensor == NULL);
    mts_array_t copy = {0};
    CHECK_FAILS(array.copy(array.ptr, cpu, &copy), MTS_INVALID_PARAMETER_ERROR, "not loaded");
    CHECK_OK(array.copy(array.ptr, device, &copy));
    copy.destroy(copy.ptr);
    mts_array_t created = {0};
    CHECK_FAILS(array.create(array.ptr, SHAPE(1), 1, array_scalar(0), &created),
                MTS_INVALID_PARAMETER_ERROR, "not loaded");
    CHECK_FAILS(array.reshape(array.ptr, SHAPE(4), 1), MTS_INVALID_PARAMETER_ERROR, "loaded");
    CHECK_FAILS(array.swap_axes(array.ptr, 0, 1), MTS_INVALID_PARAMETER_ERROR, "loaded");
    CHECK_FAILS(array.move_data(array.ptr, array.ptr, NULL, 0), MTS_INVALID_PARAMETER_ERROR,
                "loaded");
    CHECK_FAILS(mts_tensormap_save(PATH, structure), MTS_INVALID_PARAMETER_ERROR, "loaded");

    mts_tensormap_t* tensor_copy = mts_tensormap_copy(structure);
    check_same(tensor_copy, structure);
    const mts_labels_t* moved = make_labels(1, NAMES("k1"), 0, NULL);
    CHECK_NULL(mts_tensormap_keys_to_samples(structure, moved, array_scalar(0), true),
               "loaded");
    mts_labels_free(moved);
    CHECK_OK(mts_tensormap_free(structure));

    mts_load_options_t options = {.size = sizeof(options)};
    options.mmap = 1;
    CHECK_NULL(mts_tensormap_load_structure(PATH, &options), "`options.mmap`");
    const uint8_t buffer[] = {1};
    CHECK_NULL(mts_tensormap_load_buffer_with(buffer, 1, &options, NULL), "`options.mmap`");
    remove(PATH);
}

static void test_wrong_options(void) {
    mts_tensormap_t* tensor = make_tensor();
    mts_save_options_t save = {.size = 3};
    CHECK_FAILS(mts_tensormap_save_with(PATH, tensor, &save), MTS_INVALID_PARAMETER_ERROR,
                "`options.size`");
    save.size = sizeof(save);
    save.reserved = 1;
    CHECK_FAILS(mts_tensormap_save_with(PATH, tensor, &save), MTS_INVALID_PARAMETER_ERROR,
                "`options.reserved`");
    /* the structure of an older version, and the one of a newer version */
    struct {
        mts_save_options_t known;
        uint64_t unknown;
    } larger = {.known = {.size = sizeof(larger)}};
    CHECK_OK(mts_tensormap_save_with(PATH, tensor, &larger.known));
    larger.unknown = 1;
    CHECK_FAILS(mts_tensormap_save_with(PATH, tensor, &larger.known),
                MTS_INVALID_PARAMETER_ERROR, "`options`");
    uintptr_t smaller = sizeof(smaller);
    CHECK_OK(mts_tensormap_save_with(PATH, tensor, (const mts_save_options_t*)&smaller));
    CHECK_OK(mts_tensormap_free(tensor));

    mts_load_options_t load = {.size = sizeof(load)};
    load.mmap = 1;
    CHECK_NULL(mts_tensormap_load_with("missing.mts", &load, NULL), "missing.mts");
    CHECK_NULL(mts_tensormap_load_with(".", &load, NULL), "'.'");
    FILE* file = fopen(PATH, "wb");
    REQUIRE(file != NULL);
    fclose(file);
    CHECK_NULL(mts_tensormap_load_with(PATH, &load, NULL), PATH);
    remove(PATH);
}

/* types which are stored with an extension */
static void test_extended_dtypes(void) {
    const mts_labels_t* labels = make_labels_1("a", 2, I32(0, 1));
    mts_array_t values = array_i32(2, SHAPE(2, 2), I32(1, 2, 3, 4));
    array_state(values)->dtype = (DLDataType){kDLComplex, 32, 1};
    mts_block_t* block = mts_block(values, labels, NULL, 0, labels);
    REQUIRE(block != NULL);
    mts_labels_free(labels);

    mts_save_options_t save = {.size = sizeof(save)};
    CHECK_FAILS(mts_block_save_with(PATH, block, &save), MTS_SERIALIZATION_ERROR,
                "`extended_dtypes`");
    save.extended_dtypes = 1;
    CHECK_OK(mts_block_save_with(PATH, block, &save));
    CHECK_OK(mts_block_free(block));
    mts_block_t* loaded = mts_block_load_with(PATH, NULL, NULL);
    REQUIRE(loaded != NULL);
    DLDataType dtype = {0, 0, 0};
    CHECK_OK(mts_block_dtype(loaded, &dtype));
    CHECK(dtype.code == kDLComplex && dtype.bits == 32 && dtype.lanes == 1);
    CHECK_OK(mts_block_free(loaded));
    remove(PATH);
}

int main(void) {
    RUN(test_all_ways);
    RUN(test_mapped_values);
    RUN(test_parts);
    RUN(test_structure);
    RUN(test_wrong_options);
    RUN(test_extended_dtypes);
    return check_summary();
}
