#ifndef METATENSOR_TORCH_SRC_TO_ARGUMENTS_HPP
#define METATENSOR_TORCH_SRC_TO_ARGUMENTS_HPP

#include <optional>
#include <string>

#include <torch/script.h>

namespace metatensor_torch::details {

/// What is left to do once the arguments of `to` have been understood
struct ToArguments {
    std::optional<torch::Dtype> dtype;
    std::optional<torch::Device> device;
};

/// Understand the arguments of `TensorBlock.to` and `TensorMap.to`: each of the
/// positional arguments can be None, a device (or its name) or a dtype.
///
/// `function` is the name of the function in error messages.
/// @throws c10::TypeError if a positional argument is something else
/// @throws c10::ValueError if dtype or device is given twice, or if `arrays` is
///         not one of the known kinds of arrays
ToArguments parse_to_arguments(const std::string& function, const torch::IValue& positional_1,
                               const torch::IValue& positional_2,
                               std::optional<torch::Dtype> dtype,
                               std::optional<torch::Device> device,
                               const std::optional<std::string>& arrays);

} // namespace metatensor_torch::details

#endif
