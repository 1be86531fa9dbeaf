// The kernels run on any device, and must give what metatensor gives on the host:
// same rows in the same order, same mappings.

#include <limits>
#include <numeric>
#include <random>

#include <metatensor/torch.hpp>

#include "check.hpp"
#include "kernels/label_rows.hpp"

using namespace metatensor_torch;

namespace {

using Generator = std::mt19937;

torch::Device test_device() {
    return torch::hasCUDA() ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

std::vector<std::string> names(int64_t size) {
    auto result = std::vector<std::string>();
    for (int64_t i = 0; i < size; i++) {
        result.push_back("n_" + std::to_string(i));
    }
    return result;
}

/// Unique random rows, in random order, from few possible values with the extremes
torch::Tensor random_rows(Generator& generator, int64_t count, int64_t size) {
    const auto choices = std::vector<int32_t>{std::numeric_limits<int32_t>::min(), -1, 0, 1, 5,
                                              std::numeric_limits<int32_t>::max()};
    auto pick = std::uniform_int_distribution<size_t>(0, choices.size() - 1);
    auto rows = torch::empty({count, size}, torch::kInt32);
    for (int64_t i = 0; i < rows.numel(); i++) {
        rows.data_ptr<int32_t>()[i] = choices[pick(generator)];
    }
    rows = std::get<0>(torch::unique_dim(rows, 0));
    auto order = std::vector<int64_t>(static_cast<size_t>(rows.size(0)));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), generator);
    return rows.index_select(0, torch::tensor(order, torch::kInt64));
}

Labels make(const torch::Tensor& rows) {
    return torch::make_intrusive<LabelsHolder>(names(rows.size(1)), rows);
}

bool same(const torch::Tensor& actual, const torch::Tensor& expected) {
    return actual.scalar_type() == expected.scalar_type() &&
           torch::equal(actual.cpu(), expected.cpu());
}

void set_operations() {
    auto generator = Generator(1234);
    const auto device = test_device();
    auto count = std::uniform_int_distribution<int64_t>(1, 30);
    for (int i = 0; i < 300; i++) {
        const int64_t size = 1 + i % 5;
        const auto first = random_rows(generator, count(generator), size);
        const auto second = random_rows(generator, count(generator), size);
        const auto [d_first, d_second] = std::pair(first.to(device), second.to(device));
        const auto [lhs, rhs] = std::pair(make(first), make(second));

        const auto [joined, u_first, u_second] = lhs->union_and_mapping(rhs);
        const auto rows_union = kernels::rows_union(d_first, d_second);
        CHECK(same(rows_union.values, joined->values()));
        CHECK(same(rows_union.first_mapping, u_first));
        CHECK(same(rows_union.second_mapping, u_second));

        const auto [common, i_first, i_second] = lhs->intersection_and_mapping(rhs);
        const auto rows_common = kernels::rows_intersection(d_first, d_second);
        CHECK(same(rows_common.values, common->values()));
        CHECK(same(rows_common.first_mapping, i_first));
        CHECK(same(rows_common.second_mapping, i_second));

        const auto [remaining, mapping] = lhs->difference_and_mapping(rhs);
        const auto rows_difference = kernels::rows_difference(d_first, d_second);
        CHECK(same(rows_difference.values, remaining->values()));
        CHECK(same(rows_difference.first_mapping, mapping));

        CHECK(same(kernels::rows_find(d_first, d_second), lhs->select(rhs)));
    }
}

void matching() {
    auto generator = Generator(5678);
    const auto device = test_device();
    for (int i = 0; i < 200; i++) {
        const int64_t size = 2 + i % 4;
        const auto rows = random_rows(generator, 40, size);
        auto columns = std::vector<int64_t>(static_cast<size_t>(size));
        std::iota(columns.begin(), columns.end(), 0);
        std::shuffle(columns.begin(), columns.end(), generator);
        columns.resize(static_cast<size_t>(1 + i % size));

        auto selected = std::vector<std::string>();
        for (const auto column : columns) {
            selected.push_back(names(size)[static_cast<size_t>(column)]);
        }
        if (selected == names(size)) {
            continue;
        }
        const auto values = random_rows(generator, 5, static_cast<int64_t>(columns.size()));
        const auto selection = torch::make_intrusive<LabelsHolder>(selected, values);
        const auto found = kernels::rows_matching(rows.to(device), columns, values.to(device));
        CHECK(same(found, make(rows)->select(selection)));
    }
}

void uniqueness() {
    auto generator = Generator(91);
    const auto device = test_device();
    for (int64_t size = 1; size < 6; size++) {
        const auto rows = random_rows(generator, 40, size).to(device);
        CHECK(kernels::rows_are_unique(rows));
        CHECK(kernels::rows_are_unique(rows.slice(0, 0, 1)));
        CHECK(kernels::rows_are_unique(rows.slice(0, 0, 0)));
        CHECK(!kernels::rows_are_unique(torch::cat({rows, rows.slice(0, 1, 2)})));
    }
}

void repeated_rows() {
    // not allowed, but users can say that rows are unique when they are not
    const auto options = torch::TensorOptions().dtype(torch::kInt32).device(test_device());
    const auto first = torch::tensor({{1}, {1}, {2}}, options);
    const auto second = torch::tensor({{2}, {2}, {3}, {3}}, options);
    CHECK(kernels::rows_union(first, second).second_mapping.max().item<int64_t>() < 7);
    CHECK(kernels::rows_intersection(first, second).first_mapping.size(0) == 3);
    CHECK(kernels::rows_difference(first, second).first_mapping.size(0) == 3);
}

void empty_rows() {
    const auto options = torch::TensorOptions().dtype(torch::kInt32).device(test_device());
    const auto none = torch::empty({0, 3}, options);
    const auto some = torch::arange(6, options).reshape({2, 3});
    CHECK(same(kernels::rows_union(none, some).values, some));
    CHECK(same(kernels::rows_union(some, none).values, some));
    CHECK(kernels::rows_union(none, none).values.size(0) == 0);
    CHECK(kernels::rows_intersection(none, some).values.size(0) == 0);
    CHECK(kernels::rows_intersection(some, none).first_mapping.eq(-1).all().item<bool>());
    CHECK(same(kernels::rows_difference(some, none).values, some));
    CHECK(kernels::rows_find(some, none).size(0) == 0);
}

} // namespace

int main() {
    return check::run({
        TEST(set_operations),
        TEST(matching),
        TEST(uniqueness),
        TEST(repeated_rows),
        TEST(empty_rows),
    });
}
