#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "custom_class.hpp"
#include "metatensor/torch/array.hpp"
#include "metatensor/torch/tensor.hpp"
#include "staging.hpp"
#include "tensor_utils.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;

/// The value for missing data, as the core wants it: a 0-d array on CPU
static metatensor::MtsArray make_fill_value(torch::Scalar value, torch::Dtype dtype) {
    // this is a constant, whatever is currently tracing or differentiating us
    const details::PlainTensorScope plain;
    auto tensor = torch::full({}, value, torch::TensorOptions().dtype(dtype));
    return metatensor::DataArrayBase::to_mts_array(std::make_unique<TorchDataArray>(tensor));
}

/// The key dimensions to move: a name, a list or tuple of names, or labels
static metatensor::Labels keys_to_move_labels(const torch::IValue& keys_to_move,
                                              const std::string& function) {
    if (details::is_instance<LabelsHolder>(keys_to_move)) {
        return keys_to_move.toCustomClass<LabelsHolder>()->as_metatensor();
    }
    if (!keys_to_move.isString() && !keys_to_move.isList() && !keys_to_move.isTuple()) {
        C10_THROW_ERROR(
            TypeError,
            "`keys_to_move` in `" + function +
                "` must be a string, a list of strings, a tuple of strings or Labels, got '" +
                details::type_name(keys_to_move) + "' instead");
    }
    auto names =
        details::normalize_names(keys_to_move, "`keys_to_move` in `" + function + "`");
    return metatensor::Labels(names);
}

/// Call a function of the core library which makes a new map on `device`. New labels and the
/// indices of all rows to move go there in a single copy.
template <typename Function>
static TensorMap staged(torch::Device device, const Function& function) {
    if (device.is_cpu() || device.is_meta()) {
        return TensorMapHolder::from_metatensor(function());
    }
    auto transfer = details::StagedTransfer(device);
    auto result = function();
    transfer.run();
    return TensorMapHolder::from_metatensor(std::move(result));
}

TensorMap TensorMapHolder::keys_to_properties(torch::IValue keys_to_move,
                                              torch::Scalar fill_value,
                                              bool sort_samples) const {
    auto selection = keys_to_move_labels(keys_to_move, "TensorMap.keys_to_properties");
    auto fill = make_fill_value(fill_value, this->scalar_type());
    return staged(this->device(), [&] {
        return tensor_.keys_to_properties(selection, std::move(fill), sort_samples);
    });
}

TensorMap TensorMapHolder::keys_to_samples(torch::IValue keys_to_move,
                                           torch::Scalar fill_value, bool sort_samples) const {
    auto selection = keys_to_move_labels(keys_to_move, "TensorMap.keys_to_samples");
    auto fill = make_fill_value(fill_value, this->scalar_type());
    return staged(this->device(), [&] {
        return tensor_.keys_to_samples(selection, std::move(fill), sort_samples);
    });
}

TensorMap TensorMapHolder::components_to_properties(torch::IValue dimensions) const {
    auto names = details::normalize_names(
        dimensions, "`dimensions` in `TensorMap.components_to_properties`");
    return staged(this->device(), [&] { return tensor_.components_to_properties(names); });
}
