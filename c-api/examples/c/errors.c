/* Versions and errors. */
#include <string.h>

#include "array.h"
#include "example.h"

static void versions(void) {
    /* [example: mts_version] */
    /* the library in use can be newer than the headers, with the same minor version */
    printf("headers of metatensor %s, library %s\n", METATENSOR_VERSION, mts_version());
    EXPECT(METATENSOR_VERSION_MAJOR == 0 && METATENSOR_VERSION_MINOR == 2);
    EXPECT(strncmp(mts_version(), "0.2.", 4) == 0);
    /* [end] */
}

static void last_error(void) {
    /* [example: mts_last_error] */
    /* a name can not be used twice */
    const char* const names[2] = {"atom", "atom"};
    const uintptr_t shape[2] = {0, 2};
    const mts_labels_t* labels = mts_labels(names, 2, array_i32(2, shape, NULL));
    EXPECT(labels == NULL);

    const char* message = NULL;
    const char* origin = NULL;
    OK(mts_last_error(&message, &origin, NULL));
    printf("error from %s: %s\n", origin, message);
    EXPECT(strcmp(origin, "metatensor-core") == 0);
    EXPECT(strstr(message, "atom") != NULL);
    /* [end] */
}

/* [example: mts_set_last_error] */
static int details_freed = 0;

static void free_details(void* data) {
    free(data);
    details_freed += 1;
}

/* A callback which always fails: arrays without copies */
static mts_status_t no_copy(const void* array, DLDevice device, mts_array_t* new_array) {
    (void)array;
    (void)device;
    (void)new_array;
    int* details = malloc(sizeof(int));
    EXPECT(details != NULL);
    *details = 42;
    mts_set_last_error("these arrays can not be copied", "my program", details, free_details);
    return MTS_CALLBACK_ERROR;
}

static void failing_callback(void) {
    const uintptr_t shape[2] = {1, 1};
    const int32_t zero = 0;
    mts_array_t array = array_f64(2, shape, NULL);
    array.copy = no_copy;
    const mts_labels_t* labels = labels_1("i", 1, &zero);
    mts_block_t* block = mts_block(array, labels, NULL, 0, labels);

    /* the record of the callback comes out of the library, with some context */
    EXPECT(mts_block_copy(block) == NULL);
    const char* message = NULL;
    const char* origin = NULL;
    void* data = NULL;
    OK(mts_last_error(&message, &origin, &data));
    printf("error from %s: %s\n", origin, message);
    EXPECT(strcmp(origin, "my program") == 0);
    EXPECT(strstr(message, "these arrays can not be copied") != NULL);
    EXPECT(*(int*)data == 42);

    /* the data is freed when the record is replaced */
    OK(mts_set_last_error(NULL, NULL, NULL, NULL));
    EXPECT(details_freed == 1);
    OK(mts_block_free(block));
    OK(mts_labels_free(labels));
}
/* [end] */

static void quiet(void) {
    /* [example: mts_disable_panic_printing] */
    /* once, at the start of a program which shows errors in its own way */
    mts_disable_panic_printing();
    /* [end] */
}

int main(void) {
    quiet();
    versions();
    last_error();
    failing_callback();
    return EXIT_SUCCESS;
}
