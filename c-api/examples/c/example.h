/* What the examples share: checks which stop the program with a message. */
#ifndef METATENSOR_EXAMPLES_EXAMPLE_H
#define METATENSOR_EXAMPLES_EXAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include "metatensor.h"

/* stop if something is not as the example says */
#define EXPECT(condition)                                                                     \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: this is not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(EXIT_FAILURE);                                                               \
        }                                                                                     \
    } while (0)

/* stop if a function returning a status failed */
#define OK(call) example_ok((call), #call, __FILE__, __LINE__)

static inline void example_ok(mts_status_t status, const char* code, const char* file,
                              int line) {
    if (status != MTS_SUCCESS) {
        const char* message = NULL;
        mts_last_error(&message, NULL, NULL);
        fprintf(stderr, "%s:%d: %s failed with status %d: %s\n", file, line, code, (int)status,
                message);
        exit(EXIT_FAILURE);
    }
}

#endif
