// Runs the benchmarks with google-benchmark or by itself.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "benchmarks.hpp"

#ifdef METATENSOR_GOOGLE_BENCHMARK
#include <benchmark/benchmark.h>
#endif

std::vector<Benchmark>& benchmarks() {
    static auto all = std::vector<Benchmark>();
    return all;
}

#ifdef METATENSOR_GOOGLE_BENCHMARK

static int run(int argc, char** argv) {
    for (const auto& item : benchmarks()) {
        benchmark::RegisterBenchmark(item.name.c_str(), [item](benchmark::State& state) {
            auto code = item.prepare();
            for (auto _ : state) {
                code();
            }
        });
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

#else

/// Best time of a few rounds, in seconds
static double measure(const std::function<void()>& code) {
    using clock = std::chrono::steady_clock;
    constexpr double ROUND = 0.05;
    auto time = [&](size_t repeats) {
        auto start = clock::now();
        for (size_t i = 0; i < repeats; i++) {
            code();
        }
        return std::chrono::duration<double>(clock::now() - start).count();
    };

    // long enough for the clock
    size_t repeats = 1;
    auto total = time(repeats);
    while (total < ROUND && repeats < 10'000'000) {
        repeats = std::max(repeats * 2, static_cast<size_t>(ROUND / (total + 1e-9)));
        total = time(repeats);
    }
    auto best = total;
    for (int round = 0; round < 4; round++) {
        best = std::min(best, time(repeats));
    }
    return best / static_cast<double>(repeats);
}

static int run(int argc, char** argv) {
    const char* filter = argc > 1 ? argv[1] : "";
    for (const auto& item : benchmarks()) {
        if (std::strstr(item.name.c_str(), filter) == nullptr) {
            continue;
        }
        auto code = item.prepare();
        std::printf("%-40s %12.3f us\n", item.name.c_str(), 1e6 * measure(code));
        std::fflush(stdout);
    }
    return 0;
}

#endif

int main(int argc, char** argv) {
    add_labels_benchmarks();
    add_block_benchmarks();
    add_tensor_benchmarks();
    add_file_benchmarks();
    return run(argc, argv);
}
