/* The same as hardening_failures.c for files. */
#include "check.h"
#include "hardening_run.h"

#define PATH "hardening-failures-files.mts"
#define PREVIOUS "previous content"

static void write_previous(void) {
    FILE* file = fopen(PATH, "wb");
    REQUIRE(file != NULL);
    CHECK(fwrite(PREVIOUS, 1, sizeof(PREVIOUS), file) == sizeof(PREVIOUS));
    fclose(file);
}

/* a failure must keep the previous content of the file */
static mts_status_t check_previous(mts_status_t status) {
    char content[sizeof(PREVIOUS)] = {0};
    FILE* file = fopen(PATH, "rb");
    REQUIRE(file != NULL);
    size_t count = fread(content, 1, sizeof(content), file);
    fclose(file);
    int same = count == sizeof(PREVIOUS) && memcmp(content, PREVIOUS, count) == 0;
    CHECK(same == (status != MTS_SUCCESS));
    remove(PATH);
    return status;
}

static mts_status_t run_labels_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_labels_save(PATH, inputs->labels));
}

static mts_status_t run_block_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_block_save(PATH, inputs->block));
}

static mts_status_t run_tensormap_save(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_tensormap_save(PATH, inputs->tensor));
}

/* failures to grow the buffer are not failures of arrays */
static mts_status_t check_buffer(mts_status_t status, uint8_t* buffer, uintptr_t count) {
    CHECK((count != 0) == (status == MTS_SUCCESS));
    free(buffer);
    if (status == MTS_IO_ERROR) {
        CHECK(strstr(last_message(), "`realloc` callback") != NULL);
        mts_set_last_error("callback error: failure from realloc", "tests", NULL, NULL);
        return MTS_CALLBACK_ERROR;
    }
    return status;
}

static mts_status_t run_labels_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_labels_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->labels);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_block_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_block_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->block);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_tensormap_save_buffer(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status =
        mts_tensormap_save_buffer(&buffer, &count, NULL, buffer_realloc, inputs->tensor);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_labels_load_buffer(inputs_t* inputs) {
    const mts_labels_t* labels =
        mts_labels_load_buffer(inputs->labels_file, inputs->labels_file_count);
    mts_labels_free(labels);
    return status_of(labels);
}

static mts_status_t run_block_load_buffer(inputs_t* inputs) {
    mts_block_t* block = mts_block_load_buffer(inputs->block_file, inputs->block_file_count,
                                               array_create_callback);
    mts_block_free(block);
    return status_of(block);
}

static mts_status_t run_tensormap_load_buffer(inputs_t* inputs) {
    mts_tensormap_t* tensor = mts_tensormap_load_buffer(
        inputs->tensor_file, inputs->tensor_file_count, array_create_callback);
    mts_tensormap_free(tensor);
    return status_of(tensor);
}

static void write_file(const uint8_t* content, uintptr_t count) {
    FILE* file = fopen(PATH, "wb");
    REQUIRE(file != NULL);
    CHECK(fwrite(content, 1, count, file) == count);
    fclose(file);
}

static mts_status_t run_block_load(inputs_t* inputs) {
    write_file(inputs->block_file, inputs->block_file_count);
    mts_block_t* block = mts_block_load(PATH, array_create_callback);
    mts_block_free(block);
    remove(PATH);
    return status_of(block);
}

static mts_status_t run_tensormap_load(inputs_t* inputs) {
    write_file(inputs->tensor_file, inputs->tensor_file_count);
    mts_tensormap_t* tensor = mts_tensormap_load(PATH, array_create_callback);
    mts_tensormap_free(tensor);
    remove(PATH);
    return status_of(tensor);
}

/***** Options *****/

static const mts_save_options_t ALIGNED = {sizeof(ALIGNED), 1, 1, 0, 0};

static mts_status_t run_block_save_with(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_block_save_with(PATH, inputs->block, &ALIGNED));
}

static mts_status_t run_tensormap_save_with(inputs_t* inputs) {
    write_previous();
    return check_previous(mts_tensormap_save_with(PATH, inputs->tensor, &ALIGNED));
}

static mts_status_t run_block_save_buffer_with(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status = mts_block_save_buffer_with(&buffer, &count, NULL, buffer_realloc,
                                                     inputs->block, &ALIGNED);
    return check_buffer(status, buffer, count);
}

static mts_status_t run_tensormap_save_buffer_with(inputs_t* inputs) {
    uint8_t* buffer = NULL;
    uintptr_t count = 0;
    mts_status_t status = mts_tensormap_save_buffer_with(&buffer, &count, NULL, buffer_realloc,
                                                         inputs->tensor, &ALIGNED);
    return check_buffer(status, buffer, count);
}

/* a part of the inputs; the labels have to be released */
static mts_load_options_t a_part(void) {
    mts_load_options_t options = {0};
    options.size = sizeof(options);
    options.samples = lazy_labels(1, NAMES("s"), 2, I32(1, 4));
    return options;
}

static mts_status_t run_block_load_with(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    write_file(inputs->block_file, inputs->block_file_count);
    mts_block_t* block = mts_block_load_with(PATH, &options, array_create_callback);
    mts_block_free(block);
    mts_labels_free(options.samples);
    remove(PATH);
    return status_of(block);
}

static mts_status_t run_block_load_buffer_with(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    mts_block_t* block = mts_block_load_buffer_with(
        inputs->block_file, inputs->block_file_count, &options, array_create_callback);
    mts_block_free(block);
    mts_labels_free(options.samples);
    return status_of(block);
}

static mts_status_t run_tensormap_load_with(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    options.keys = lazy_labels(1, NAMES("k"), 1, I32(0));
    write_file(inputs->tensor_file, inputs->tensor_file_count);
    mts_tensormap_t* tensor = mts_tensormap_load_with(PATH, &options, array_create_callback);
    mts_tensormap_free(tensor);
    mts_labels_free(options.samples);
    mts_labels_free(options.keys);
    remove(PATH);
    return status_of(tensor);
}

/* values which can be mapped are no arrays of the caller */
static mts_status_t run_tensormap_map(inputs_t* inputs) {
    mts_load_options_t options = {0};
    options.size = sizeof(options);
    options.mmap = 1;
    write_file(inputs->tensor_file, inputs->tensor_file_count);
    mts_tensormap_t* tensor = mts_tensormap_load_with(PATH, &options, array_create_callback);
    mts_tensormap_free(tensor);
    remove(PATH);
    return status_of(tensor);
}

static mts_status_t run_tensormap_load_buffer_with(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    options.blocks = SHAPE(1, 0);
    options.blocks_count = 2;
    mts_tensormap_t* tensor = mts_tensormap_load_buffer_with(
        inputs->tensor_file, inputs->tensor_file_count, &options, array_create_callback);
    mts_tensormap_free(tensor);
    mts_labels_free(options.samples);
    return status_of(tensor);
}

static mts_status_t run_block_load_structure(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    write_file(inputs->block_file, inputs->block_file_count);
    mts_block_t* first = mts_block_load_structure(PATH, &options);
    mts_block_t* second = mts_block_load_structure_buffer(inputs->block_file,
                                                          inputs->block_file_count, &options);
    mts_block_free(first);
    mts_block_free(second);
    mts_labels_free(options.samples);
    remove(PATH);
    return first == NULL || second == NULL ? MTS_CALLBACK_ERROR : MTS_SUCCESS;
}

static mts_status_t run_tensormap_load_structure(inputs_t* inputs) {
    mts_load_options_t options = a_part();
    write_file(inputs->tensor_file, inputs->tensor_file_count);
    mts_tensormap_t* first = mts_tensormap_load_structure(PATH, &options);
    mts_tensormap_t* second = mts_tensormap_load_structure_buffer(
        inputs->tensor_file, inputs->tensor_file_count, &options);
    mts_tensormap_free(first);
    mts_tensormap_free(second);
    mts_labels_free(options.samples);
    remove(PATH);
    return first == NULL || second == NULL ? MTS_CALLBACK_ERROR : MTS_SUCCESS;
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    RUN_FAILURES(labels_save);
    RUN_FAILURES(block_save);
    RUN_FAILURES(tensormap_save);
    RUN_FAILURES(labels_save_buffer);
    RUN_FAILURES(block_save_buffer);
    RUN_FAILURES(tensormap_save_buffer);
    RUN_FAILURES(labels_load_buffer);
    RUN_FAILURES(block_load_buffer);
    RUN_FAILURES(tensormap_load_buffer);
    RUN_FAILURES(block_load);
    RUN_FAILURES(tensormap_load);
    RUN_FAILURES(block_save_with);
    RUN_FAILURES(tensormap_save_with);
    RUN_FAILURES(block_save_buffer_with);
    RUN_FAILURES(tensormap_save_buffer_with);
    RUN_FAILURES(block_load_with);
    RUN_FAILURES(block_load_buffer_with);
    RUN_FAILURES(tensormap_load_with);
    RUN_FAILURES(tensormap_map);
    RUN_FAILURES(tensormap_load_buffer_with);
    RUN_FAILURES(block_load_structure);
    RUN_FAILURES(tensormap_load_structure);
    return check_summary();
}
