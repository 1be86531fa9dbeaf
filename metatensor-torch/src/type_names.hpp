#ifndef METATENSOR_TORCH_TYPE_NAMES_HPP
#define METATENSOR_TORCH_TYPE_NAMES_HPP

#include <string>

#include <torch/script.h>

namespace metatensor_torch::details {

/// Name of the type of `value`, as written in Python annotations
std::string type_name(const torch::IValue& value);

/// Name of `dtype` in Python, such as `torch.float32`
std::string dtype_name(torch::ScalarType dtype);

} // namespace metatensor_torch::details

#endif
