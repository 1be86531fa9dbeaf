#pragma once

// What the examples share: a check which stops the program with a message.

#include <cstdio>
#include <cstdlib>

// stop if something is not as the example says
#define EXPECT(...)                                                                           \
    do {                                                                                      \
        if (!(__VA_ARGS__)) {                                                                 \
            std::fprintf(stderr, "%s:%d: this is not true: %s\n", __FILE__, __LINE__,         \
                         #__VA_ARGS__);                                                       \
            std::exit(EXIT_FAILURE);                                                          \
        }                                                                                     \
    } while (false)
