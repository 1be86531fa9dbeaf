#include "block_parts.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/torch/array.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::BlockParts;

/// Get the `TorchDataArray` of a block, or a null pointer for other arrays
static TorchDataArray* torch_array(const metatensor::TensorBlock& block) {
    // the C API only takes mutable blocks here, but nothing is modified
    auto* ptr = const_cast<mts_block_t*>(block.as_mts_block_t());
    auto array = mts_array_t{};
    metatensor::details::check_status(mts_block_data(ptr, &array));

    mts_data_origin_t origin = 0;
    metatensor::details::check_status(array.origin(array.ptr, &origin));
    if (origin != TORCH_DATA_ORIGIN) {
        return nullptr;
    }

    return dynamic_cast<TorchDataArray*>(static_cast<metatensor::DataArrayBase*>(array.ptr));
}

bool details::has_torch_values(const metatensor::TensorBlock& block) {
    return torch_array(block) != nullptr;
}

torch::Tensor details::torch_values(const metatensor::TensorBlock& block) {
    auto* array = torch_array(block);
    if (array == nullptr) {
        C10_THROW_ERROR(
            ValueError,
            "the values of this TensorBlock are not a C++ torch tensor: it was created by "
            "something else than metatensor-torch");
    }
    return array->tensor();
}

BlockParts details::block_parts(const metatensor::TensorBlock& block) {
    auto values = torch_values(block);
    auto n_axes = static_cast<uintptr_t>(values.dim());

    auto components = std::vector<metatensor::Labels>();
    components.reserve(n_axes - 2);
    for (uintptr_t axis = 1; axis + 1 < n_axes; axis++) {
        components.emplace_back(block.labels(axis));
    }

    auto gradients = std::vector<std::pair<std::string, BlockParts>>();
    for (auto& parameter : block.gradients_list()) {
        auto gradient = block_parts(block.gradient(parameter));
        gradients.emplace_back(std::move(parameter), std::move(gradient));
    }

    return BlockParts{
        std::move(values),        block.labels(0),      std::move(components),
        block.labels(n_axes - 1), std::move(gradients),
    };
}

metatensor::TensorBlock details::build_block(const BlockParts& parts) {
    auto block = metatensor::TensorBlock(std::make_unique<TorchDataArray>(parts.values),
                                         parts.samples, parts.components, parts.properties);

    for (const auto& [parameter, gradient] : parts.gradients) {
        block.add_gradient(parameter, build_block(gradient));
    }

    return block;
}

void details::copy_info(const metatensor::TensorMap& source,
                        metatensor::TensorMap& destination) {
    for (const auto& [key, value] : source.info()) {
        destination.set_info(std::string(key), std::string(value));
    }
}

std::vector<BlockParts> details::all_block_parts(const metatensor::TensorMap& tensor) {
    // the C API only takes mutable maps here, but nothing is modified
    auto& mutable_tensor = const_cast<metatensor::TensorMap&>(tensor);
    auto n_blocks = tensor.keys().count();

    auto result = std::vector<BlockParts>();
    result.reserve(n_blocks);
    for (size_t i = 0; i < n_blocks; i++) {
        result.push_back(block_parts(mutable_tensor.block_by_id(i)));
    }
    return result;
}

metatensor::TensorMap details::build_tensor(const metatensor::TensorMap& original,
                                            metatensor::Labels keys,
                                            const std::vector<BlockParts>& all_parts) {
    auto blocks = std::vector<metatensor::TensorBlock>();
    blocks.reserve(all_parts.size());
    for (const auto& parts : all_parts) {
        blocks.push_back(build_block(parts));
    }

    auto result = metatensor::TensorMap(std::move(keys), std::move(blocks));
    copy_info(original, result);
    return result;
}
