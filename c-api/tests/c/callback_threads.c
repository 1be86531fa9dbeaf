/* Threads and callbacks: callbacks run on the thread of the caller and may wait for other
 * callers, and METATENSOR_NUM_THREADS=1 means no other threads. */
#define _DEFAULT_SOURCE /* setenv, opendir */

#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

/* enough for all operations to use several threads */
enum { ROWS = 1 << 19 };

static pthread_t caller;
static int calls = 0;

static void check_thread(void) {
    calls += 1;
    CHECK(pthread_equal(caller, pthread_self()));
}

/* threads of this process, or -1 if this is not known */
static int thread_count(void) {
    DIR* folder = opendir("/proc/self/task");
    if (folder == NULL) {
        return -1;
    }
    int count = 0;
    const struct dirent* entry;
    while ((entry = readdir(folder)) != NULL) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

/* rows which are not sorted, starting at `first` */
static int32_t* shuffled(int32_t first) {
    int32_t* rows = malloc(ROWS * sizeof(int32_t));
    REQUIRE(rows != NULL);
    for (int32_t i = 0; i < ROWS; i++) {
        rows[i] = first + (int32_t)(((int64_t)i * 100003) % ROWS) * 3;
    }
    return rows;
}

static void use_labels(const int32_t* rows, const int32_t* others) {
    const mts_labels_t* first = make_labels_1("a", ROWS, rows);
    const mts_labels_t* second = make_labels_1("a", ROWS, others);
    const mts_labels_t* result = NULL;
    CHECK_OK(mts_labels_union(first, second, &result, NULL, 0, NULL, 0));
    mts_labels_free(result);
    CHECK_OK(mts_labels_intersection(first, second, &result, NULL, 0, NULL, 0));
    mts_labels_free(result);
    CHECK_OK(mts_labels_difference(first, second, &result, NULL, 0));
    mts_labels_free(result);
    mts_labels_free(first);
    mts_labels_free(second);
}

static void use_map(const int32_t* rows, const int32_t* others) {
    const mts_labels_t* keys = make_labels_1("k", 2, I32(0, 1));
    const mts_labels_t* moved = make_labels_1("k", 0, NULL);
    mts_block_t* blocks[2] = {make_block(ROWS, rows, 1, I32(0), NULL),
                              make_block(ROWS, others, 1, I32(0), NULL)};
    mts_tensormap_t* tensor = mts_tensormap(keys, blocks, 2);
    mts_tensormap_t* merged =
        mts_tensormap_keys_to_properties(tensor, moved, array_scalar(0), true);
    CHECK(merged != NULL);
    CHECK_OK(mts_tensormap_save("callback-threads.mts", merged));
    mts_tensormap_free(merged);
    merged = mts_tensormap_load("callback-threads.mts", array_create_callback);
    CHECK(merged != NULL);
    mts_tensormap_free(merged);
    remove("callback-threads.mts");
    mts_tensormap_free(tensor);
    mts_labels_free(keys);
    mts_labels_free(moved);
}

static void test_number_of_threads(void) {
    const char* variable = getenv("METATENSOR_NUM_THREADS");
    REQUIRE(variable != NULL);
    int32_t* rows = shuffled(0);
    int32_t* others = shuffled(999);
    int before = thread_count();
    caller = pthread_self();
    arrays_on_call = check_thread;
    use_labels(rows, others);
    use_map(rows, others);
    arrays_on_call = NULL;
    CHECK(calls > 20);
    if (before > 0) {
        int requested = atoi(variable);
        CHECK_EQUAL(thread_count() - before, requested == 1 ? 0 : requested);
    }
    free(rows);
    free(others);
}

/***** A lock which is held by all callers, and released by callbacks which wait *****/

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static int waiting = 0;

static mts_status_t (*read_values)(void*, DLManagedTensorVersioned**, DLDevice, const int64_t*,
                                   DLPackVersion);

/* Gives the values when two threads are here. This only happens if the second one can call
 * the library, with the lock, while the first one is in this function. */
static mts_status_t waiting_as_dlpack(void* array, DLManagedTensorVersioned** tensor,
                                      DLDevice device, const int64_t* stream,
                                      DLPackVersion version) {
    waiting += 1;
    pthread_cond_broadcast(&arrived);
    while (waiting < 2) {
        pthread_cond_wait(&arrived, &lock);
    }
    return read_values(array, tensor, device, stream, version);
}

static void* find_row(void* labels) {
    int64_t position = -1;
    pthread_mutex_lock(&lock);
    CHECK_OK(mts_labels_position(labels, I32(5), 1, &position));
    CHECK_EQUAL(position, 1);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void test_callbacks_which_wait(void) {
    mts_array_t array = array_i32(2, SHAPE(3, 1), I32(7, 5, 6));
    read_values = array.as_dlpack;
    array.as_dlpack = waiting_as_dlpack;
    const mts_labels_t* labels = mts_labels_assume_unique(NAMES("a"), 1, array);
    REQUIRE(labels != NULL);
    pthread_t threads[2];
    /* a deadlock ends the program */
    alarm(60);
    for (int i = 0; i < 2; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, find_row, (void*)(uintptr_t)labels) == 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    alarm(0);
    CHECK_EQUAL(waiting, 2);
    mts_labels_free(labels);
}

/* callbacks may use the library, also what they are called for */
static mts_status_t nested_as_dlpack(void* array, DLManagedTensorVersioned** tensor,
                                     DLDevice device, const int64_t* stream,
                                     DLPackVersion version);
static const mts_labels_t* nested = NULL;
static int depth = 0;

static mts_status_t nested_as_dlpack(void* array, DLManagedTensorVersioned** tensor,
                                     DLDevice device, const int64_t* stream,
                                     DLPackVersion version) {
    if (depth == 0) {
        depth += 1;
        int64_t position = -1;
        CHECK_OK(mts_labels_position(nested, I32(6), 1, &position));
        CHECK_EQUAL(position, 2);
    }
    return read_values(array, tensor, device, stream, version);
}

static void test_callbacks_using_the_same_labels(void) {
    mts_array_t array = array_i32(2, SHAPE(3, 1), I32(7, 5, 6));
    read_values = array.as_dlpack;
    array.as_dlpack = nested_as_dlpack;
    nested = mts_labels_assume_unique(NAMES("a"), 1, array);
    alarm(60);
    int64_t position = -1;
    CHECK_OK(mts_labels_position(nested, I32(5), 1, &position));
    CHECK_EQUAL(position, 1);
    CHECK_EQUAL(depth, 1);
    alarm(0);
    mts_labels_free(nested);
}

/***** Records of threads which end *****/

static int deleted = 0;

static void deleter(void* data) {
    (void)data;
    deleted += 1;
}

static void* set_error(void* data) {
    (void)data;
    CHECK_OK(mts_set_last_error("of a thread", "tests", &deleted, deleter));
    return NULL;
}

static void test_records_of_threads_which_end(void) {
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, set_error, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK_EQUAL(deleted, 0);
    CHECK(strcmp(last_message(), "of a thread") != 0);
}

int main(void) {
    RUN(test_number_of_threads);
    RUN(test_callbacks_which_wait);
    RUN(test_callbacks_using_the_same_labels);
    RUN(test_records_of_threads_which_end);
    return check_summary();
}
