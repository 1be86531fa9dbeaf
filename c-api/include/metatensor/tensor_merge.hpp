#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/tensor.hpp"

// Merging blocks and moving axes: the functions declared in tensor.hpp

namespace metatensor {
namespace details {

/// Array with zero dimensions, containing a single value
template <typename T>
inline MtsArray scalar_array(T value) {
    return DataArrayBase::to_mts_array(
        std::make_unique<SimpleDataArray<T>>(std::vector<uintptr_t>(), value));
}

} // namespace details

inline TensorMap TensorMap::merge(decltype(&mts_tensormap_keys_to_properties) function,
                                  const Labels& keys, MtsArray fill_value,
                                  bool sort_samples) const {
    const auto* tensor = this->as_mts_tensormap_t();
    const auto* raw_keys = keys.as_mts_labels_t();
    auto* result = function(tensor, raw_keys, std::move(fill_value).release(), sort_samples);
    details::check_pointer(result);
    return TensorMap(result, false);
}

inline TensorMap TensorMap::keys_to_properties(const Labels& keys, MtsArray fill_value,
                                               bool sort_samples) const {
    return this->merge(mts_tensormap_keys_to_properties, keys, std::move(fill_value),
                       sort_samples);
}

inline TensorMap TensorMap::keys_to_properties(const std::vector<std::string>& keys,
                                               MtsArray fill_value, bool sort_samples) const {
    return this->keys_to_properties(Labels(keys), std::move(fill_value), sort_samples);
}

inline TensorMap TensorMap::keys_to_properties(std::string keys, MtsArray fill_value,
                                               bool sort_samples) const {
    return this->keys_to_properties(one_name(std::move(keys)), std::move(fill_value),
                                    sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_properties(const Labels& keys, T fill_value,
                                        bool sort_samples) const {
    return this->keys_to_properties(keys, details::scalar_array(fill_value), sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_properties(const std::vector<std::string>& keys, T fill_value,
                                        bool sort_samples) const {
    return this->keys_to_properties(keys, details::scalar_array(fill_value), sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_properties(std::string keys, T fill_value,
                                        bool sort_samples) const {
    return this->keys_to_properties(std::move(keys), details::scalar_array(fill_value),
                                    sort_samples);
}

inline TensorMap TensorMap::keys_to_samples(const Labels& keys, MtsArray fill_value,
                                            bool sort_samples) const {
    return this->merge(mts_tensormap_keys_to_samples, keys, std::move(fill_value),
                       sort_samples);
}

inline TensorMap TensorMap::keys_to_samples(const std::vector<std::string>& keys,
                                            MtsArray fill_value, bool sort_samples) const {
    return this->keys_to_samples(Labels(keys), std::move(fill_value), sort_samples);
}

inline TensorMap TensorMap::keys_to_samples(std::string keys, MtsArray fill_value,
                                            bool sort_samples) const {
    return this->keys_to_samples(one_name(std::move(keys)), std::move(fill_value),
                                 sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_samples(const Labels& keys, T fill_value,
                                     bool sort_samples) const {
    return this->keys_to_samples(keys, details::scalar_array(fill_value), sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_samples(const std::vector<std::string>& keys, T fill_value,
                                     bool sort_samples) const {
    return this->keys_to_samples(keys, details::scalar_array(fill_value), sort_samples);
}

template <typename T, typename>
TensorMap TensorMap::keys_to_samples(std::string keys, T fill_value, bool sort_samples) const {
    return this->keys_to_samples(std::move(keys), details::scalar_array(fill_value),
                                 sort_samples);
}

inline TensorMap
TensorMap::components_to_properties(const std::vector<std::string>& dimensions) const {
    auto names = details::c_strings(dimensions, "component name");
    auto* result = mts_tensormap_components_to_properties(this->as_mts_tensormap_t(),
                                                          names.data(), names.size());
    details::check_pointer(result);
    return TensorMap(result, false);
}

inline TensorMap TensorMap::components_to_properties(const std::string& dimension) const {
    return this->components_to_properties(std::vector<std::string>{dimension});
}

} // namespace metatensor
