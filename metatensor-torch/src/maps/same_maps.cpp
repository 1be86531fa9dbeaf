#include "leaves.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "lazy_maps.hpp"

using namespace metatensor_torch;

namespace {

/// Are the metadata of two maps the same, with gradients in the same order?
bool is_same(const TensorMap& first, const TensorMap& second,
             const mts_compare_options_t& options) {
    const auto comparison =
        metatensor::Comparison(first->as_metatensor(), second->as_metatensor(), options);
    const auto& content = *comparison.as_mts_comparison_t();
    if (content.same == 0) {
        return false;
    }
    for (uintptr_t leaf = 0; leaf < content.leaves_count; leaf++) {
        if (content.leaves[leaf] != static_cast<int64_t>(leaf)) {
            return false;
        }
    }
    return true;
}

/// Do the samples of the first block, and of its gradients, have the same names?
bool same_sample_names(const TensorMap& first, const TensorMap& second) {
    const auto names = [](const TensorMap& tensor) {
        auto result = std::vector<std::string>();
        auto& core = tensor->as_metatensor();
        if (core.keys().count() == 0) {
            return result;
        }
        auto block = core.block_by_id(0);
        auto all = std::vector<metatensor::Labels>{block.samples()};
        for (const auto& parameter : block.gradients_list()) {
            all.push_back(block.gradient(parameter).samples());
        }
        for (const auto& labels : all) {
            for (const auto* name : labels.names()) {
                result.emplace_back(name);
            }
            result.emplace_back(); // no dimension has an empty name
        }
        return result;
    };
    return names(first) == names(second);
}

bool nests_gradients(const TensorMap& tensor) {
    if (const auto* parts = maps::known_parts(tensor->as_metatensor())) {
        return maps::has_nested_gradients(parts->content());
    }
    auto& core = tensor->as_metatensor();
    if (core.keys().count() == 0) {
        return false;
    }
    auto block = core.block_by_id(0);
    for (const auto& parameter : block.gradients_list()) {
        if (!block.gradient(parameter).gradients_list().empty()) {
            return true;
        }
    }
    return false;
}

} // namespace

bool maps::same_structure(const TensorMap& first, const TensorMap& second) {
    const auto* first_parts = known_parts(first->as_metatensor());
    const auto* second_parts = known_parts(second->as_metatensor());
    if (first_parts != nullptr || second_parts != nullptr) {
        // without making any blocks
        const auto metadata = metadata_of(first->as_metatensor());
        const auto other = metadata_of(second->as_metatensor());
        return !has_nested_gradients(*metadata->as_mts_metadata_t()) &&
               same_metadata(*metadata, *other);
    }
    auto options = mts_compare_options_t{};
    options.keys = 1; // in the same order
    return !nests_gradients(first) && is_same(first, second, options);
}

bool maps::same_axes(const TensorMap& first, const TensorMap& second,
                     const std::vector<std::string>& axes) {
    const auto contains = [&](const char* axis) {
        return std::find(axes.begin(), axes.end(), axis) != axes.end();
    };
    auto options = mts_compare_options_t{};
    options.keys = 2; // not compared
    options.skip_samples = contains("samples") ? 0 : 1;
    options.skip_properties = contains("properties") ? 0 : 1;
    return !nests_gradients(first) && same_sample_names(first, second) &&
           is_same(first, second, options);
}
