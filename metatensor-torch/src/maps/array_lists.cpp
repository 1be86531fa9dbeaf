#include "array_lists.hpp"

#include <algorithm>
#include <string>

#include "host_labels.hpp"

using namespace metatensor_torch;

std::vector<torch::Tensor> maps::gather_all(const std::vector<torch::Tensor>& arrays,
                                            const std::vector<torch::Tensor>& index,
                                            const std::vector<int64_t>& where, int64_t axis) {
    if (arrays.size() != where.size()) {
        C10_THROW_ERROR(ValueError, "expected one index for each array, got " +
                                        std::to_string(where.size()) + " for " +
                                        std::to_string(arrays.size()));
    }
    auto result = std::vector<torch::Tensor>();
    result.reserve(arrays.size());
    const auto on_host = std::all_of(index.begin(), index.end(),
                                     [](const torch::Tensor& one) { return one.is_cpu(); });
    const auto moved =
        arrays.empty() || !on_host ? index : pack_to(arrays.front().device(), index);
    const auto count = static_cast<int64_t>(index.size());
    for (size_t i = 0; i < arrays.size(); i++) {
        if (where[i] >= count) {
            C10_THROW_ERROR(IndexError, "index " + std::to_string(where[i]) +
                                            " is out of range, there are " +
                                            std::to_string(count));
        }
        result.push_back(where[i] < 0 ? arrays[i]
                                      : arrays[i].index_select(axis, moved[where[i]]));
    }
    return result;
}

std::vector<torch::Tensor>
maps::concatenate_all(const std::vector<std::vector<torch::Tensor>>& arrays, int64_t axis) {
    const auto count = arrays.empty() ? 0 : arrays.front().size();
    for (const auto& one : arrays) {
        if (one.size() != count) {
            C10_THROW_ERROR(ValueError, "all lists must have the same length, got " +
                                            std::to_string(count) + " and " +
                                            std::to_string(one.size()) + " arrays");
        }
    }
    auto result = std::vector<torch::Tensor>();
    result.reserve(count);
    for (size_t i = 0; i < count; i++) {
        auto dtype = arrays.front()[i].scalar_type();
        for (const auto& one : arrays) {
            dtype = torch::promote_types(dtype, one[i].scalar_type());
        }
        auto parts = std::vector<torch::Tensor>();
        parts.reserve(arrays.size());
        for (const auto& one : arrays) {
            parts.push_back(one[i].to(dtype));
        }
        result.push_back(torch::cat(parts, axis));
    }
    return result;
}

template <typename Function>
static std::vector<torch::Tensor> for_each(const std::vector<torch::Tensor>& arrays,
                                           const Function& function) {
    auto result = std::vector<torch::Tensor>();
    result.reserve(arrays.size());
    for (const auto& array : arrays) {
        result.push_back(function(array));
    }
    return result;
}

std::vector<torch::Tensor> maps::detach_all(const std::vector<torch::Tensor>& arrays) {
    return for_each(arrays, [](const torch::Tensor& array) { return array.detach(); });
}

std::vector<torch::Tensor> maps::contiguous_all(const std::vector<torch::Tensor>& arrays) {
    return for_each(arrays, [](const torch::Tensor& array) { return array.contiguous(); });
}

std::vector<torch::Tensor> maps::requires_grad_all(const std::vector<torch::Tensor>& arrays,
                                                   bool requires_grad) {
    return for_each(arrays, [&](const torch::Tensor& array) {
        return array.detach().requires_grad_(requires_grad);
    });
}

bool maps::all_contiguous(const std::vector<torch::Tensor>& arrays) {
    return std::all_of(arrays.begin(), arrays.end(),
                       [](const torch::Tensor& array) { return array.is_contiguous(); });
}
