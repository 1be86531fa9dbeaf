/* Errors, versions and data origins. */
#include "check.h"
#include "support.h"

static int deleter_calls = 0;
static void* deleter_data = NULL;

static void deleter(void* data) {
    deleter_calls += 1;
    deleter_data = data;
}

static void test_initial_record(void) {
    const char* message = NULL;
    const char* origin = NULL;
    int dummy = 0;
    void* data = &dummy;
    CHECK_OK(mts_last_error(&message, &origin, &data));
    CHECK_STRING(message, "");
    CHECK_STRING(origin, "");
    CHECK(data == NULL);
}

static void test_version(void) {
    const char* version = mts_version();
    CHECK(strncmp(version, METATENSOR_VERSION, strlen(METATENSOR_VERSION)) == 0);
    CHECK(version == mts_version());

    char numbers[64];
    snprintf(numbers, sizeof(numbers), "%d.%d.%d", METATENSOR_VERSION_MAJOR,
             METATENSOR_VERSION_MINOR, METATENSOR_VERSION_PATCH);
    CHECK(strncmp(METATENSOR_VERSION, numbers, strlen(numbers)) == 0);
    /* programs made for the first release which had this interface accept it */
    CHECK(METATENSOR_VERSION_MAJOR == 0 && METATENSOR_VERSION_MINOR == 2);
    CHECK(METATENSOR_VERSION_PATCH >= 6);
}

static void test_set_last_error(void) {
    int data_1 = 0;
    int data_2 = 0;
    const char* message = NULL;
    const char* origin = NULL;
    void* data = NULL;
    deleter_calls = 0;

    CHECK_OK(mts_set_last_error("first", "here", &data_1, deleter));
    CHECK_OK(mts_last_error(&message, &origin, &data));
    CHECK_STRING(message, "first");
    CHECK_STRING(origin, "here");
    CHECK(data == &data_1);
    /* all parameters are optional */
    CHECK_OK(mts_last_error(NULL, NULL, NULL));
    CHECK_EQUAL(deleter_calls, 0);

    CHECK_OK(mts_set_last_error("second", "there", &data_2, NULL));
    CHECK_EQUAL(deleter_calls, 1);
    CHECK(deleter_data == &data_1);
    CHECK_OK(mts_last_error(&message, NULL, &data));
    CHECK_STRING(message, "second");
    CHECK(data == &data_2);

    /* no deleter was given for the second record */
    CHECK_OK(mts_set_last_error(NULL, NULL, NULL, deleter));
    CHECK_EQUAL(deleter_calls, 1);
    CHECK_OK(mts_last_error(&message, &origin, &data));
    CHECK(message != NULL && origin != NULL);
    CHECK(data == NULL);

    /* deleters are called with NULL data, and for errors of the library */
    deleter_data = &data_1;
    CHECK(mts_labels_clone(NULL) == NULL);
    CHECK_EQUAL(deleter_calls, 2);
    CHECK(deleter_data == NULL);
    CHECK_OK(mts_last_error(&message, &origin, &data));
    CHECK_STRING(origin, "metatensor-core");
    CHECK(strlen(message) > 0);
    CHECK(data == NULL);
}

static void deleter_with_error(void* data) {
    deleter(data);
    /* a deleter can use the library, and the new record is already there */
    CHECK_STRING(last_message(), "outer");
    CHECK_OK(mts_set_last_error("inner", "tests", NULL, NULL));
}

static void test_deleter_using_the_library(void) {
    deleter_calls = 0;
    CHECK_OK(mts_set_last_error("first", "tests", NULL, deleter_with_error));
    CHECK_OK(mts_set_last_error("outer", "tests", NULL, NULL));
    CHECK_EQUAL(deleter_calls, 1);
    CHECK_STRING(last_message(), "inner");
}

static void test_success_keeps_the_record(void) {
    CHECK_OK(mts_set_last_error("still there", "tests", NULL, NULL));
    mts_labels_free(make_labels_1("n", 1, I32(3)));
    CHECK_STRING(last_message(), "still there");
}

static void test_callback_error(void) {
    int data = 0;
    const char* message = NULL;
    const char* origin = NULL;
    void* actual_data = NULL;

    const mts_labels_t* s = make_labels_1("s", 1, I32(0));
    mts_array_t array = array_f64(2, SHAPE(1, 1), NULL);
    array_state(array)->failure = FAIL_SHAPE;
    CHECK_NULL(mts_block(array, s, NULL, 0, s), "failure from FAIL_SHAPE");
    CHECK_OK(mts_last_error(&message, &origin, &actual_data));
    CHECK_STRING(origin, "tests");
    /* the message says which callback failed */
    CHECK(strstr(message, "shape") != NULL);
    CHECK(strcmp(message, "failure from FAIL_SHAPE") != 0);

    /* data attached to the record comes through */
    deleter_calls = 0;
    CHECK_OK(mts_set_last_error("x", "tests", &data, deleter));
    mts_labels_free(s);
    CHECK_OK(mts_last_error(NULL, NULL, &actual_data));
    CHECK(actual_data == &data);
    CHECK_OK(mts_set_last_error(NULL, NULL, NULL, NULL));
    CHECK_EQUAL(deleter_calls, 1);
}

static mts_status_t silent_failure(const void* array, DLDevice* device) {
    (void)array;
    (void)device;
    return 42;
}

static void test_callback_without_message(void) {
    const mts_labels_t* s = make_labels_1("s", 1, I32(0));
    CHECK_OK(mts_set_last_error("stale message", "tests", NULL, NULL));
    mts_array_t array = array_f64(2, SHAPE(1, 1), NULL);
    array.device = silent_failure;
    CHECK_NULL(mts_block(array, s, NULL, 0, s), "callback error...`device`...status 42");
    CHECK(strstr(last_message(), "stale message") == NULL);
    mts_labels_free(s);
}

static void test_missing_callback(void) {
    const mts_labels_t* s = make_labels_1("s", 1, I32(0));
    mts_array_t array = array_f64(2, SHAPE(1, 1), NULL);
    array.device = NULL;
    CHECK_INVALID(mts_block(array, s, NULL, 0, s), "device");
    mts_labels_free(s);

    array = array_i32(2, SHAPE(1, 1), NULL);
    array.as_dlpack = NULL;
    CHECK_INVALID(mts_labels(NAMES("n"), 1, array), "as_dlpack");

    array = array_i32(2, SHAPE(1, 1), NULL);
    array.shape = NULL;
    CHECK_INVALID(mts_labels(NAMES("n"), 1, array), "shape");
}

static void test_disable_panic_printing(void) {
    mts_disable_panic_printing();
    mts_disable_panic_printing();
}

static void test_data_origins(void) {
    mts_data_origin_t first = 0;
    mts_data_origin_t second = 0;
    mts_data_origin_t again = 0;
    CHECK_OK(mts_register_data_origin("tests.first", &first));
    CHECK_OK(mts_register_data_origin("tests.second", &second));
    CHECK_OK(mts_register_data_origin("tests.first", &again));
    CHECK(first != 0 && second != 0 && first != second);
    CHECK_EQUAL(again, first);

    char buffer[64];
    CHECK_OK(mts_get_data_origin(first, buffer, sizeof(buffer)));
    CHECK_STRING(buffer, "tests.first");
    /* exactly the right size */
    CHECK_OK(mts_get_data_origin(second, buffer, strlen("tests.second") + 1));
    CHECK_STRING(buffer, "tests.second");
    /* too small */
    strcpy(buffer, "unchanged");
    CHECK_FAILS(mts_get_data_origin(first, buffer, strlen("tests.first")),
                MTS_BUFFER_SIZE_ERROR, "11 bytes...12 are needed");
    CHECK_STRING(buffer, "unchanged");
    CHECK_FAILS(mts_get_data_origin(first, buffer, 0), MTS_BUFFER_SIZE_ERROR, "");
    CHECK_STRING(buffer, "unchanged");

    CHECK_OK(mts_get_data_origin(0, buffer, sizeof(buffer)));
    CHECK_STRING(buffer, "unregistered origin");
    CHECK_OK(mts_get_data_origin(123456, buffer, sizeof(buffer)));
    CHECK_STRING(buffer, "unregistered origin");

    CHECK_FAILS(mts_register_data_origin(NULL, &first), MTS_INVALID_PARAMETER_ERROR, "name");
    CHECK_FAILS(mts_register_data_origin("x", NULL), MTS_INVALID_PARAMETER_ERROR, "origin");
    CHECK_FAILS(mts_register_data_origin("\xff", &first), MTS_INVALID_PARAMETER_ERROR,
                "`name`...UTF-8");
    CHECK_FAILS(mts_get_data_origin(first, NULL, 10), MTS_INVALID_PARAMETER_ERROR, "buffer");
}

int main(void) {
    RUN(test_initial_record);
    RUN(test_version);
    RUN(test_set_last_error);
    RUN(test_deleter_using_the_library);
    RUN(test_success_keeps_the_record);
    RUN(test_callback_error);
    RUN(test_callback_without_message);
    RUN(test_missing_callback);
    RUN(test_disable_panic_printing);
    RUN(test_data_origins);
    return check_summary();
}
