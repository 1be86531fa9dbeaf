// Time of operations on labels: `benchmark-torch-labels [device]`. For devices, this
// runs with values which are only known there, then with values also known on CPU.

#include <chrono>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>

#include <metatensor/torch.hpp>

using namespace metatensor_torch;

namespace {

void benchmark(const std::string& name, const std::function<void()>& function) {
    constexpr auto REPEATS = 10;
    function();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < REPEATS; i++) {
        function();
    }
    const auto time = std::chrono::steady_clock::now() - start;
    const auto milliseconds = std::chrono::duration<double, std::milli>(time).count();
    std::cout << std::setw(12) << std::fixed << std::setprecision(4) << milliseconds / REPEATS
              << " ms  " << name << "\n";
}

torch::Tensor random_values(int64_t count) {
    const auto first = torch::randperm(2 * count).slice(0, 0, count);
    return torch::stack({first, torch::arange(count)}, 1).to(torch::kInt32);
}

void run(const Labels& first, const Labels& second) {
    const auto same = torch::make_intrusive<LabelsHolder>(first->names(), first->values() + 0);
    const auto subset = first->remove("b");
    // transfers are part of the operations: the results are used on the same device
    benchmark("construction", [&] { LabelsHolder(first->names(), first->values()); });
    benchmark("comparison", [&] { static_cast<void>(*first == *same); });
    benchmark("union", [&] { first->union_and_mapping(second); });
    benchmark("intersection", [&] { first->intersection_and_mapping(second); });
    benchmark("difference", [&] { first->difference_and_mapping(second); });
    benchmark("select", [&] { first->select(second); });
    benchmark("select on a dimension", [&] { second->select(subset); });
    benchmark("append", [&] { first->append("c", first->column("a")); });
    benchmark("permute", [&] { first->permute({1, 0}); });
}

} // namespace

int main(int argc, char** argv) {
    const auto device = torch::Device(argc > 1 ? argv[1] : "cpu");
    for (const int64_t count : {100, 10000, 1000000}) {
        const auto names = std::vector<std::string>{"a", "b"};
        const auto values = random_values(count);
        auto other = random_values(count);
        other.slice(0, 0, count / 2).copy_(values.slice(0, 0, count / 2));

        std::cout << count << " entries, " << device << "\n";
        run(torch::make_intrusive<LabelsHolder>(names, values.to(device)),
            torch::make_intrusive<LabelsHolder>(names, other.to(device)));
        if (!device.is_cpu()) {
            std::cout << count << " entries, " << device << " and cpu\n";
            run(torch::make_intrusive<LabelsHolder>(names, values)->to(device),
                torch::make_intrusive<LabelsHolder>(names, other)->to(device));
        }
    }
    return 0;
}
