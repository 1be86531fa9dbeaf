#include "check.h"

int check_failures = 0;

const char* last_message(void) {
    const char* message = NULL;
    mts_last_error(&message, NULL, NULL);
    return message == NULL ? "" : message;
}

static void fail(const char* file, int line) {
    fprintf(stderr, "%s:%d: ", file, line);
    check_failures += 1;
}

void check_string(const char* actual, const char* expected, const char* code, const char* file,
                  int line) {
    if (actual == NULL || strcmp(actual, expected) != 0) {
        fail(file, line);
        fprintf(stderr, "%s is \"%s\", expected \"%s\"\n", code,
                actual == NULL ? "(NULL)" : actual, expected);
    }
}

/* are all parts, separated by "...", in the text and in this order? */
static int contains_parts(const char* text, const char* parts) {
    char part[256];
    for (;;) {
        const char* end = strstr(parts, "...");
        size_t length = end == NULL ? strlen(parts) : (size_t)(end - parts);
        if (length >= sizeof(part)) {
            return 0;
        }
        memcpy(part, parts, length);
        part[length] = '\0';
        text = strstr(text, part);
        if (text == NULL || end == NULL) {
            return text != NULL;
        }
        text += length;
        parts = end + 3;
    }
}

static void check_message(const char* message, const char* code, const char* file, int line) {
    if (!contains_parts(last_message(), message)) {
        fail(file, line);
        fprintf(stderr, "%s gave the error \"%s\", expected it to contain \"%s\"\n", code,
                last_message(), message);
    }
}

void check_status(mts_status_t actual, mts_status_t expected, const char* message,
                  const char* code, const char* file, int line) {
    if (actual != expected) {
        fail(file, line);
        fprintf(stderr, "%s returned %d, expected %d; the last error is \"%s\"\n", code,
                (int)actual, (int)expected, last_message());
    } else if (expected != MTS_SUCCESS) {
        check_message(message, code, file, line);
    }
}

void check_null(const void* actual, const char* message, const char* code, const char* file,
                int line) {
    if (actual != NULL) {
        fail(file, line);
        fprintf(stderr, "%s did not fail\n", code);
    } else {
        check_message(message, code, file, line);
    }
}

int check_summary(void) {
    if (check_failures != 0) {
        fprintf(stderr, "%d checks failed\n", check_failures);
    }
    return check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
