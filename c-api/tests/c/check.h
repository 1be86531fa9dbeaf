/* Checks for the tests of the C API: each one prints what failed, and the program
 * ends with a non-zero status if any did. */
#ifndef METATENSOR_TESTS_CHECK_H
#define METATENSOR_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metatensor.h"

/* number of failed checks in this program */
extern int check_failures;

#define CHECK(condition)                                                                      \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: in %s: check failed: %s\n", __FILE__, __LINE__, __func__, \
                    #condition);                                                              \
            check_failures += 1;                                                              \
        }                                                                                     \
    } while (0)

/* same as CHECK, but give up if the following code can not run after a failure */
#define REQUIRE(condition)                                                                    \
    do {                                                                                      \
        int check_previous_failures = check_failures;                                         \
        CHECK(condition);                                                                     \
        if (check_failures != check_previous_failures) {                                      \
            exit(1);                                                                          \
        }                                                                                     \
    } while (0)

#define CHECK_EQUAL(actual, expected)                                                         \
    do {                                                                                      \
        long long check_actual = (long long)(actual);                                         \
        long long check_expected = (long long)(expected);                                     \
        if (check_actual != check_expected) {                                                 \
            fprintf(stderr, "%s:%d: in %s: %s is %lld, expected %lld\n", __FILE__, __LINE__,  \
                    __func__, #actual, check_actual, check_expected);                         \
            check_failures += 1;                                                              \
        }                                                                                     \
    } while (0)

#define CHECK_STRING(actual, expected)                                                        \
    check_string((actual), (expected), #actual, __FILE__, __LINE__)

/* the call must succeed */
#define CHECK_OK(call) check_status((call), MTS_SUCCESS, "", #call, __FILE__, __LINE__)
/* the call must fail with `status`, and a message containing `message`, or all of its
 * parts in this order if it is made of parts separated by "..." */
#define CHECK_FAILS(call, status, message)                                                    \
    check_status((call), (status), (message), #call, __FILE__, __LINE__)
/* the call must give NULL, with a message containing `message` */
#define CHECK_NULL(call, message) check_null((call), (message), #call, __FILE__, __LINE__)
/* same as CHECK_NULL, and the error must be the one of an invalid parameter */
#define CHECK_INVALID(call, message)                                                          \
    check_null((call), "invalid parameter..." message, #call, __FILE__, __LINE__)

void check_string(const char* actual, const char* expected, const char* code, const char* file,
                  int line);
void check_status(mts_status_t actual, mts_status_t expected, const char* message,
                  const char* code, const char* file, int line);
void check_null(const void* actual, const char* message, const char* code, const char* file,
                int line);

/* message of the last error of this thread */
const char* last_message(void);
/* run one test function, saying which one */
#define RUN(test)                                                                             \
    do {                                                                                      \
        printf("%s\n", #test);                                                                \
        fflush(stdout);                                                                       \
        test();                                                                               \
        check_all_released(#test);                                                            \
    } while (0)

/* implemented by arrays.c: all arrays and DLPack tensors were released once */
void check_all_released(const char* test);
/* print a summary, and get the exit status of the program */
int check_summary(void);

#endif
