#ifndef METATENSOR_TORCH_TESTS_CHECK_HPP
#define METATENSOR_TORCH_TESTS_CHECK_HPP

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

/// A few lines instead of a test framework. Tests are functions without arguments,
/// and each file of tests makes one program:
///
///     static void addition() { CHECK(1 + 1 == 2); }
///
///     int main() { return check::run({TEST(addition)}); }
namespace check {

struct Test {
    const char* name;
    void (*function)();
};

inline int& failures() {
    static int count = 0;
    return count;
}

inline void failed(const char* file, int line, const std::string& message) {
    std::printf("    %s:%d: %s\n", file, line, message.c_str());
    failures() += 1;
}

/// Check that `function` throws an `Exception` with `text` in its message
template <typename Exception, typename Function>
void throws(const char* file, int line, const std::string& text, Function function) {
    try {
        function();
    } catch (const Exception& e) {
        if (std::string(e.what()).find(text) == std::string::npos) {
            failed(file, line, "expected '" + text + "' in the message, got: " + e.what());
        }
        return;
    } catch (const std::exception& e) {
        failed(file, line, std::string("got another kind of exception: ") + e.what());
        return;
    }
    failed(file, line, "expected an exception, got none");
}

/// Run all tests and get the status of the program
inline int run(const std::vector<Test>& tests) {
    for (const auto& test : tests) {
        auto before = failures();
        try {
            test.function();
        } catch (const std::exception& e) {
            failed(test.name, 0, std::string("unexpected exception: ") + e.what());
        }
        std::printf("%s %s\n", failures() == before ? "ok    " : "FAILED", test.name);
    }
    return failures() == 0 ? 0 : 1;
}

} // namespace check

/// A test made of a function
#define TEST(function)                                                                        \
    check::Test {                                                                             \
        #function, function                                                                   \
    }

// some headers of torch define this for logging
#undef CHECK
/// Check that a condition is true
#define CHECK(...)                                                                            \
    do {                                                                                      \
        if (!(__VA_ARGS__)) {                                                                 \
            check::failed(__FILE__, __LINE__, "this is not true: " #__VA_ARGS__);             \
        }                                                                                     \
    } while (false)

/// Check that an expression throws an exception with the given text in its message
#define CHECK_THROWS(exception, text, ...)                                                    \
    check::throws<exception>(__FILE__, __LINE__, text,                                        \
                             [&]() { static_cast<void>(__VA_ARGS__); })

#endif
