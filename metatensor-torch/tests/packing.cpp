#include <metatensor/torch.hpp>

#include "check.hpp"
#include "packing.hpp"

using namespace metatensor_torch;

static std::vector<torch::Tensor> example_tensors() {
    return {
        torch::arange(7, torch::kInt32),
        torch::rand({3, 5}, torch::kFloat64),
        torch::zeros({0, 4}),
        torch::tensor({true, false, true}),
        torch::rand({2, 2}, torch::kComplexFloat),
        torch::arange(3, torch::kFloat16).reshape({3, 1}),
        torch::tensor(4.0),
    };
}

static void copies_are_exact_and_independent() {
    auto tensors = example_tensors();
    auto copies = details::packed_copy(tensors, torch::kCPU, false);
    CHECK(copies.size() == tensors.size());
    for (size_t i = 0; i < tensors.size(); i++) {
        CHECK(copies[i].scalar_type() == tensors[i].scalar_type());
        CHECK(copies[i].sizes() == tensors[i].sizes());
        CHECK(copies[i].strides() == tensors[i].strides());
        CHECK(torch::equal(copies[i], tensors[i]));
        CHECK(!copies[i].is_alias_of(tensors[i]));
        auto address = reinterpret_cast<uintptr_t>(copies[i].data_ptr());
        CHECK(address % 16 == 0);
    }

    // a single buffer, and yet independent tensors
    CHECK(copies[0].is_alias_of(copies[1]));
    CHECK(!copies[0].is_view());
    auto version = copies[1]._version();
    copies[0].fill_(33);
    CHECK(copies[1]._version() == version);
    CHECK(torch::equal(copies[1], tensors[1]));
    CHECK(details::packed_copy({}, torch::kCPU, false).empty());
}

static void what_can_be_packed() {
    for (const auto& tensor : example_tensors()) {
        CHECK(details::is_packable(tensor));
    }
    CHECK(!details::is_packable(torch::Tensor()));
    CHECK(!details::is_packable(torch::rand({3, 2}).t()));
    CHECK(!details::is_packable(torch::rand({3}).requires_grad_()));
    CHECK(!details::is_packable(torch::rand({3}).requires_grad_() * 2));
    CHECK(!details::is_packable(torch::rand({3}, torch::kMeta)));
    CHECK(!details::is_packable(torch::rand({3}).to_sparse()));
    CHECK(!details::is_packable(torch::rand({3}, torch::kComplexFloat).conj()));
    CHECK(!details::is_packable(torch::zeros({1024, 1024})));
}

static void nothing_moves_when_it_does_not_have_to() {
    auto tensors = example_tensors();
    auto pointers = std::vector<torch::Tensor*>();
    for (auto& tensor : tensors) {
        pointers.push_back(&tensor);
    }
    auto first = tensors[0];
    details::pack_and_move(pointers, torch::kCPU, false);
    details::pack_and_move(pointers, torch::kMeta, false);
    CHECK(tensors[0].is_same(first));
}

int main() {
    return check::run({
        TEST(copies_are_exact_and_independent),
        TEST(what_can_be_packed),
        TEST(nothing_moves_when_it_does_not_have_to),
    });
}
