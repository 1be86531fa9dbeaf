#pragma once

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "metatensor.h"

/// Check at compile time the size of a class that prebuilt libraries exchange by
/// value. The sizes are those of 64-bit libstdc++, without its debug mode.
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && UINTPTR_MAX == UINT64_MAX
#define METATENSOR_PIN_SIZE(SIZE, ...)                                                        \
    static_assert(sizeof(__VA_ARGS__) == (SIZE), "the layout of " #__VA_ARGS__ " is fixed")
#else
#define METATENSOR_PIN_SIZE(SIZE, ...)                                                        \
    static_assert(sizeof(__VA_ARGS__) != 0, "the type must be complete")
#endif

namespace metatensor {

/// Exception for all failures of metatensor. Other C++ exceptions thrown inside
/// array callbacks come out of the library with their own type.
class Error : public std::runtime_error {
public:
    /// Create a new error with the given message
    Error(const std::string& message) : std::runtime_error(message) {}
};

/// Functions shared by the headers of metatensor and by packages extending it
namespace details {

/// Origin of the error records which carry a C++ exception: their data is a
/// `std::exception_ptr*`.
inline constexpr const char* CXX_EXCEPTION_ORIGIN = "C++ exception";

/// Rethrow the exception of a C++ callback if the last error of this thread
/// holds one, and throw an `Error` with the last error message otherwise.
[[noreturn]] inline void throw_last_error() {
    const char* message = nullptr;
    const char* origin = nullptr;
    void* data = nullptr;
    if (mts_last_error(&message, &origin, &data) != MTS_SUCCESS || message == nullptr) {
        throw Error("failed to get the last error message");
    }

    if (data != nullptr && origin != nullptr &&
        std::strcmp(origin, CXX_EXCEPTION_ORIGIN) == 0) {
        std::rethrow_exception(*static_cast<std::exception_ptr*>(data));
    }
    throw Error(message);
}

/// Throw if a function of the C API (or an array callback) failed. C++ exceptions
/// coming from callbacks are rethrown, everything else gives an `Error`.
inline void check_status(mts_status_t status) {
    if (status == MTS_SUCCESS) {
        return;
    }
    if (status == MTS_CALLBACK_ERROR) {
        throw_last_error();
    }

    const char* message = nullptr;
    mts_last_error(&message, nullptr, nullptr);
    throw Error(message == nullptr ? "unknown error" : message);
}

/// Throw if a pointer returned by the C API is NULL, as `check_status` does.
inline void check_pointer(const void* pointer) {
    if (pointer == nullptr) {
        throw_last_error();
    }
}

/// Store the exception being handled in the last error of this thread.
inline void store_current_exception(const char* message) noexcept {
    auto* exception = new (std::nothrow) std::exception_ptr(std::current_exception());
    auto deleter = [](void* data) { delete static_cast<std::exception_ptr*>(data); };

    auto status = mts_set_last_error(message, CXX_EXCEPTION_ORIGIN, exception,
                                     exception == nullptr ? nullptr : +deleter);
    if (status != MTS_SUCCESS) {
        // without the record nobody will ever call the deleter
        std::fprintf(stderr, "metatensor: failed to store a C++ exception: %s\n", message);
        delete exception;
    }
}

/// Call `function(std::move(args)...)`, ignoring its result, and transform all
/// exceptions into a status for the C API. `check_status` does the reverse.
template <typename Function, typename... Args>
inline mts_status_t catch_exceptions(Function function, Args... args) {
    try {
        static_cast<void>(function(std::move(args)...));
        return MTS_SUCCESS;
    } catch (const std::exception& e) {
        store_current_exception(e.what());
    } catch (...) {
        store_current_exception("unknown C++ exception: not a std::exception");
    }
    return MTS_CALLBACK_ERROR;
}

/// Get the C string for `string`, refusing the ones C would cut short.
inline const char* c_string(const std::string& string, const char* what) {
    if (string.find('\0') != std::string::npos) {
        throw Error(std::string("invalid ") + what + ": it contains a NUL character");
    }
    return string.c_str();
}

/// Throw if `string` is not valid UTF-8
inline void check_utf8(const std::string& string, const char* what) {
    size_t remaining = 0;
    unsigned char lowest = 0x80;
    unsigned char highest = 0xBF;
    bool valid = true;
    for (auto character : string) {
        const auto byte = static_cast<unsigned char>(character);
        if (remaining != 0) {
            valid = valid && byte >= lowest && byte <= highest;
            remaining -= 1;
            lowest = 0x80;
            highest = 0xBF;
        } else if (byte >= 0x80) {
            valid = valid && byte >= 0xC2 && byte <= 0xF4;
            remaining = byte >= 0xF0 ? 3 : (byte >= 0xE0 ? 2 : 1);
            // no overlong encoding, no surrogates, nothing above U+10FFFF
            lowest = byte == 0xE0 ? 0xA0 : (byte == 0xF0 ? 0x90 : 0x80);
            highest = byte == 0xED ? 0x9F : (byte == 0xF4 ? 0x8F : 0xBF);
        }
    }
    if (!valid || remaining != 0) {
        throw Error(std::string("invalid ") + what + ": it is not valid UTF-8");
    }
}

/// Get the C strings for `strings`, which must outlive the result.
inline std::vector<const char*> c_strings(const std::vector<std::string>& strings,
                                          const char* what) {
    auto result = std::vector<const char*>();
    result.reserve(strings.size());
    for (const auto& string : strings) {
        result.push_back(c_string(string, what));
    }
    return result;
}

} // namespace details
} // namespace metatensor
