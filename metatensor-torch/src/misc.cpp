#include "metatensor/torch/misc.hpp"

#include <string>

#include "buffer.hpp"
#include "metatensor/torch/array.hpp"
#include "metatensor/torch/version.h"
#include "save_buffer.hpp"

using namespace metatensor_torch;

std::string metatensor_torch::version() {
    return METATENSOR_TORCH_VERSION;
}

/******************************************************************************/

TensorMap TensorMapHolder::load(const std::string& path) {
    return from_metatensor(metatensor::TensorMap::load(path, details::create_torch_array));
}

TensorMap TensorMapHolder::load_buffer(torch::Tensor buffer) {
    details::check_buffer(buffer);
    return from_metatensor(metatensor::TensorMap::load_buffer(
        buffer.const_data_ptr<uint8_t>(), static_cast<size_t>(buffer.numel()),
        details::create_torch_array));
}

void TensorMapHolder::save(const std::string& path) const {
    tensor_.save(path);
}

torch::Tensor TensorMapHolder::save_buffer() const {
    return details::save_in_tensor(mts_tensormap_save_buffer, tensor_.as_mts_tensormap_t());
}

TensorBlock TensorBlockHolder::load(const std::string& path) {
    return from_metatensor(metatensor::TensorBlock::load(path, details::create_torch_array));
}

TensorBlock TensorBlockHolder::load_buffer(torch::Tensor buffer) {
    details::check_buffer(buffer);
    return from_metatensor(metatensor::TensorBlock::load_buffer(
        buffer.const_data_ptr<uint8_t>(), static_cast<size_t>(buffer.numel()),
        details::create_torch_array));
}

void TensorBlockHolder::save(const std::string& path) const {
    block_.save(path);
}

torch::Tensor TensorBlockHolder::save_buffer() const {
    return details::save_in_tensor(mts_block_save_buffer, block_.as_mts_block_t());
}

/******************************************************************************/

TensorMap metatensor_torch::load(const std::string& path) {
    return TensorMapHolder::load(path);
}

TensorMap metatensor_torch::load_buffer(torch::Tensor buffer) {
    return TensorMapHolder::load_buffer(std::move(buffer));
}

TensorBlock metatensor_torch::load_block(const std::string& path) {
    return TensorBlockHolder::load(path);
}

TensorBlock metatensor_torch::load_block_buffer(torch::Tensor buffer) {
    return TensorBlockHolder::load_buffer(std::move(buffer));
}

Labels metatensor_torch::load_labels(const std::string& path) {
    return LabelsHolder::load(path);
}

Labels metatensor_torch::load_labels_buffer(torch::Tensor buffer) {
    return LabelsHolder::load_buffer(std::move(buffer));
}

void metatensor_torch::save(const std::string& path, TensorMap tensor) {
    tensor->save(path);
}

void metatensor_torch::save(const std::string& path, TensorBlock block) {
    block->save(path);
}

void metatensor_torch::save(const std::string& path, Labels labels) {
    labels->save(path);
}

torch::Tensor metatensor_torch::save_buffer(TensorMap tensor) {
    return tensor->save_buffer();
}

torch::Tensor metatensor_torch::save_buffer(TensorBlock block) {
    return block->save_buffer();
}

torch::Tensor metatensor_torch::save_buffer(Labels labels) {
    return labels->save_buffer();
}
