#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "block_parts.hpp"
#include "metatensor/torch/tensor.hpp"
#include "to_arguments.hpp"
#include "transfer.hpp"

using namespace metatensor_torch;

TensorMap TensorMapHolder::copy(bool deep) {
    if (deep) {
        return from_metatensor(tensor_.clone());
    }
    return from_metatensor(
        details::build_tensor(tensor_, tensor_.keys(), details::all_block_parts(tensor_)));
}

TensorMap TensorMapHolder::to(std::optional<torch::Dtype> dtype,
                              std::optional<torch::Device> device, bool non_blocking) const {
    auto keys = tensor_.keys();
    auto all_parts = details::all_block_parts(tensor_);

    auto transfer = details::Transfer(dtype, device, non_blocking);
    transfer.add(keys);
    for (auto& parts : all_parts) {
        transfer.add(parts);
    }
    transfer.run();

    return from_metatensor(details::build_tensor(tensor_, transfer.moved(keys), all_parts));
}

TensorMap TensorMapHolder::to_positional(torch::IValue positional_1,
                                         torch::IValue positional_2,
                                         std::optional<torch::Dtype> dtype,
                                         std::optional<torch::Device> device,
                                         std::optional<std::string> arrays,
                                         bool non_blocking) const {
    auto arguments = details::parse_to_arguments("TensorMap.to", positional_1, positional_2,
                                                 dtype, device, arrays);
    return this->to(arguments.dtype, arguments.device, non_blocking);
}
