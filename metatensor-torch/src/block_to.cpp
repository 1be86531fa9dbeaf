#include <optional>
#include <string>
#include <utility>

#include "block_parts.hpp"
#include "metatensor/torch/block.hpp"
#include "to_arguments.hpp"
#include "transfer.hpp"

using namespace metatensor_torch;

TensorBlock TensorBlockHolder::to(std::optional<torch::Dtype> dtype,
                                  std::optional<torch::Device> device,
                                  bool non_blocking) const {
    auto parts = details::block_parts(block_);

    auto transfer = details::Transfer(dtype, device, non_blocking);
    transfer.add(parts);
    transfer.run();

    return from_metatensor(details::build_block(parts));
}

TensorBlock TensorBlockHolder::to_positional(torch::IValue positional_1,
                                             torch::IValue positional_2,
                                             std::optional<torch::Dtype> dtype,
                                             std::optional<torch::Device> device,
                                             std::optional<std::string> arrays,
                                             bool non_blocking) const {
    auto arguments = details::parse_to_arguments("TensorBlock.to", positional_1, positional_2,
                                                 dtype, device, arrays);
    return this->to(arguments.dtype, arguments.device, non_blocking);
}
