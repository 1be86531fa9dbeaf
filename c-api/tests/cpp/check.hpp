#pragma once

// Checks for the tests of the C++ API: each one prints what failed, and the program
// ends with a non-zero status if any did.

#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "instances.hpp"
#include "metatensor.hpp"

namespace check {

/// Number of failed checks in this program
inline int failures = 0;

/// Report a failure
inline void fail(const char* file, int line, const std::string& message) {
    std::cerr << file << ":" << line << ": " << message << "\n";
    failures += 1;
}

/// Text of a value, when it has one
template <typename T>
std::string text(const T& value) {
    auto output = std::ostringstream();
    output << value;
    return output.str();
}

/// Text of a list of values
template <typename T>
std::string text(const std::vector<T>& values) {
    auto output = std::string("[");
    for (const auto& value : values) {
        output += text(value) + ", ";
    }
    return output + "]";
}

/// Compare two values
template <typename A, typename B>
void equal(const A& actual, const B& expected, const char* code, const char* file, int line) {
    if (!(actual == expected)) {
        fail(file, line,
             std::string(code) + " is " + text(actual) + ", expected " + text(expected));
    }
}

/// Check that a function throws `Exception`, with a message containing `message`
template <typename Exception, typename Function>
void throws(Function function, const std::string& message, const char* code, const char* file,
            int line) {
    try {
        function();
    } catch (const Exception& e) {
        if (std::string(e.what()).find(message) == std::string::npos) {
            fail(file, line,
                 std::string(code) + " threw \"" + e.what() + "\", expected it to contain \"" +
                     message + "\"");
        }
        return;
    } catch (const std::exception& e) {
        fail(file, line, std::string(code) + " threw another exception: " + e.what());
        return;
    }
    fail(file, line, std::string(code) + " did not throw");
}

/// One test: its name and what it does
struct Test {
    /// name of the function
    const char* name;
    /// the function
    void (*function)();
};

/// Run all the tests, and get the exit status of the program
inline int run(const std::vector<Test>& tests) {
    for (const auto& test : tests) {
        std::cout << test.name << std::endl;
        try {
            test.function();
        } catch (const std::exception& e) {
            fail(test.name, 0, std::string("unexpected exception: ") + e.what());
        }
    }
    if (failures != 0) {
        std::cerr << failures << " checks failed\n";
    }
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace check

#define CHECK(...)                                                                            \
    do {                                                                                      \
        if (!(__VA_ARGS__)) {                                                                 \
            check::fail(__FILE__, __LINE__, "check failed: " #__VA_ARGS__);                   \
        }                                                                                     \
    } while (false)

#define CHECK_EQUAL(ACTUAL, ...)                                                              \
    check::equal((ACTUAL), __VA_ARGS__, #ACTUAL, __FILE__, __LINE__)

/// The code must throw `metatensor::Error`
#define CHECK_ERROR(CODE, MESSAGE) CHECK_THROWS_AS(metatensor::Error, CODE, MESSAGE)

#define CHECK_THROWS_AS(EXCEPTION, CODE, MESSAGE)                                             \
    check::throws<EXCEPTION>([&] { static_cast<void>(CODE); }, MESSAGE, #CODE, __FILE__,      \
                             __LINE__)

#define TEST(NAME)                                                                            \
    check::Test {                                                                             \
        #NAME, NAME                                                                           \
    }
