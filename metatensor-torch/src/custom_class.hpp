#ifndef METATENSOR_TORCH_SRC_CUSTOM_CLASS_HPP
#define METATENSOR_TORCH_SRC_CUSTOM_CLASS_HPP

#include <torch/script.h>

namespace metatensor_torch::details {

/// Is `value` an instance of the TorchScript class registered for `Holder`?
template <typename Holder>
bool is_instance(const torch::IValue& value) {
    return value.isObject() &&
           value.toObjectRef().type() == c10::getCustomClassType<c10::intrusive_ptr<Holder>>();
}

} // namespace metatensor_torch::details

#endif
