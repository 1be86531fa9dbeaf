#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "block_parts.hpp"
#include "metatensor/torch/tensor.hpp"
#include "to_arguments.hpp"
#include "transfer.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::BlockParts;

/// Take apart all the blocks of a map
static std::vector<BlockParts> all_block_parts(const metatensor::TensorMap& tensor) {
    // the C API only takes mutable maps here, but nothing is modified
    auto& mutable_tensor = const_cast<metatensor::TensorMap&>(tensor);
    auto n_blocks = tensor.keys().count();

    auto result = std::vector<BlockParts>();
    result.reserve(n_blocks);
    for (size_t i = 0; i < n_blocks; i++) {
        result.push_back(details::block_parts(mutable_tensor.block_by_id(i)));
    }
    return result;
}

/// Build a map from new keys and blocks, with the info of `original`
static metatensor::TensorMap build_tensor(const metatensor::TensorMap& original,
                                          metatensor::Labels keys,
                                          const std::vector<BlockParts>& all_parts) {
    auto blocks = std::vector<metatensor::TensorBlock>();
    blocks.reserve(all_parts.size());
    for (const auto& parts : all_parts) {
        blocks.push_back(details::build_block(parts));
    }

    auto result = metatensor::TensorMap(std::move(keys), std::move(blocks));
    details::copy_info(original, result);
    return result;
}

TensorMap TensorMapHolder::copy(bool deep) {
    if (deep) {
        return from_metatensor(tensor_.clone());
    }
    return from_metatensor(build_tensor(tensor_, tensor_.keys(), all_block_parts(tensor_)));
}

TensorMap TensorMapHolder::to(std::optional<torch::Dtype> dtype,
                              std::optional<torch::Device> device, bool non_blocking) const {
    auto keys = tensor_.keys();
    auto all_parts = all_block_parts(tensor_);

    auto transfer = details::Transfer(dtype, device, non_blocking);
    transfer.add(keys);
    for (auto& parts : all_parts) {
        transfer.add(parts);
    }
    transfer.run();

    return from_metatensor(build_tensor(tensor_, transfer.moved(keys), all_parts));
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
