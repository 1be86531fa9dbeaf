#pragma once

// Running the same function in many threads, and labels which take long enough

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "metatensor.hpp"

inline constexpr size_t THREADS = 8;
inline constexpr int32_t ROWS = 3000;
inline constexpr int REPEATS = 5;

/// Run a function in many threads which start together. The functions give what they
/// computed, as text, which must be the same for all and `expected`.
template <typename Function>
inline void in_threads(const std::string& expected, Function function) {
    auto waiting = std::atomic<size_t>(0);
    auto results = std::vector<std::string>(THREADS);
    auto threads = std::vector<std::thread>();
    for (size_t i = 0; i < THREADS; i++) {
        threads.emplace_back([&, i] {
            waiting += 1;
            while (waiting < THREADS) {
                std::this_thread::yield();
            }
            try {
                results[i] = function();
            } catch (const std::exception& exception) {
                results[i] = std::string("exception: ") + exception.what();
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    for (const auto& result : results) {
        CHECK(result == expected);
    }
}

inline metatensor::Labels shuffled(int32_t start, int32_t step) {
    auto values = std::vector<int32_t>();
    for (int32_t i = 0; i < ROWS; i++) {
        int32_t row = start + i * step % ROWS;
        values.push_back(row / 7);
        values.push_back(row % 7);
    }
    return metatensor::Labels({"a", "b"}, values.data(), static_cast<size_t>(ROWS),
                              metatensor::assume_unique{});
}
