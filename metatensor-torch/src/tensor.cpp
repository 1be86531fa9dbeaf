#include "metatensor/torch/tensor.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "block_parts.hpp"
#include "maps/lazy_maps.hpp"

using namespace metatensor_torch;

/// Keeps alive the core block of a holder which was moved inside a map, for the
/// gradients already taken out of it: these are views inside this very block.
struct KeptBlock : public torch::CustomClassHolder {
    explicit KeptBlock(metatensor::TensorBlock block) : block(std::move(block)) {}
    metatensor::TensorBlock block;
};

/// Check what can be checked without consuming the blocks
static void check_blocks(const Labels& keys, const std::vector<TensorBlock>& blocks) {
    for (const auto& block : blocks) {
        if (!block) {
            C10_THROW_ERROR(ValueError, "can not create a TensorMap with a null block");
        }
        if (block->is_view()) {
            throw std::runtime_error(
                "can not move this TensorBlock inside a TensorMap: it is a view inside "
                "another "
                "TensorBlock or a TensorMap, call `copy()` to get a block that can be used");
        }
        // this throws if the block was released
        static_cast<void>(block->as_metatensor().as_mts_block_t());
    }
    auto sorted = std::vector<const TensorBlockHolder*>();
    sorted.reserve(blocks.size());
    for (const auto& block : blocks) {
        sorted.push_back(block.get());
    }
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
        throw std::runtime_error(
            "the same TensorBlock is given twice when creating a TensorMap, call `copy()` "
            "to get independent blocks");
    }

    if (blocks.empty() || !details::has_torch_values(blocks[0]->as_metatensor())) {
        return;
    }
    auto device = blocks[0]->device();
    if (device != keys->device()) {
        C10_THROW_ERROR(ValueError, "can not create a TensorMap with keys and blocks on "
                                    "different devices: the keys are "
                                    "on " +
                                        keys->device().str() + " and the first block is on " +
                                        device.str());
    }
}

/// Blocks to be moved inside a map. Some of them are new, made for this.
class BlocksToMove {
public:
    BlocksToMove() = default;
    ~BlocksToMove() {
        for (const auto i : new_) {
            mts_block_free(pointers_[i]);
        }
    }

    BlocksToMove(const BlocksToMove&) = delete;
    BlocksToMove& operator=(const BlocksToMove&) = delete;

    void add(mts_block_t* block) { pointers_.push_back(block); }

    void add_new(metatensor::TensorBlock block) {
        new_.push_back(pointers_.size());
        pointers_.push_back(block.release());
    }

    /// Make the map. If this fails all blocks stay where they are.
    metatensor::TensorMap move(const Labels& keys) {
        auto* tensor = mts_tensormap_from_blocks(keys->as_metatensor().as_mts_labels_t(),
                                                 pointers_.data(),
                                                 static_cast<uintptr_t>(pointers_.size()));
        metatensor::details::check_pointer(tensor);
        // the pointers are null now
        return metatensor::TensorMap::unsafe_from_ptr(tensor);
    }

private:
    std::vector<mts_block_t*> pointers_;
    /// positions of the new ones
    std::vector<size_t> new_;
};

metatensor::TensorMap TensorMapHolder::consume_blocks(const Labels& keys,
                                                      const std::vector<TensorBlock>& blocks) {
    check_blocks(keys, blocks);

    // blocks with views stay where they are, next to a new block with the same data. Not so
    // for other arrays than ours, whose data can not be shared by two core blocks
    const auto is_kept = [](const TensorBlock& block) {
        return block->has_views_ && details::has_torch_values(block->block_);
    };
    auto moved = BlocksToMove();
    for (const auto& block : blocks) {
        if (is_kept(block)) {
            moved.add_new(details::build_block(details::block_parts(block->block_)));
        } else {
            moved.add(block->block_.as_mts_block_t());
        }
    }

    auto tensor = moved.move(keys);
    for (const auto& block : blocks) {
        if (is_kept(block)) {
            auto kept = torch::make_intrusive<KeptBlock>(std::move(block->block_));
            block->parent_ = torch::IValue::make_capsule(std::move(kept));
        } else {
            // the map owns it now
            static_cast<void>(block->block_.release());
        }
    }
    return tensor;
}

TensorMapHolder::TensorMapHolder(Labels keys, std::vector<TensorBlock> blocks)
    : tensor_(consume_blocks(keys, blocks)) {}

TensorMap TensorMapHolder::from_metatensor(metatensor::TensorMap tensor) {
    return torch::make_intrusive<TensorMapHolder>(std::move(tensor));
}

TensorMap TensorMapHolder::view_from_metatensor(metatensor::TensorMap tensor,
                                                torch::IValue parent) {
    if (!tensor.is_view()) {
        C10_THROW_ERROR(
            ValueError,
            "can not create a TensorMap view: the given map owns its data, it is not a view");
    }
    if (parent.isNone()) {
        C10_THROW_ERROR(ValueError, "can not create a TensorMap view without a parent: "
                                    "`parent` must be the object that "
                                    "keeps the data alive, got None");
    }
    return torch::make_intrusive<TensorMapHolder>(std::move(tensor), std::move(parent));
}

metatensor::TensorMap TensorMapHolder::release() {
    if (this->is_view()) {
        throw std::runtime_error("can not release this TensorMap: it is a view inside another "
                                 "object, call `copy()` "
                                 "to get a map that can be released");
    }
    // this throws if the map was already released
    static_cast<void>(tensor_.as_mts_tensormap_t());
    return std::move(tensor_);
}

/******************************************************************************/

Labels TensorMapHolder::keys() const {
    return torch::make_intrusive<LabelsHolder>(tensor_.keys());
}

TensorBlock TensorMapHolder::block_by_id(TensorMap self, int64_t index) {
    mts_block_t* block = nullptr;
    auto status = mts_tensormap_block_by_id(self->tensor_.as_mts_tensormap_t(), &block,
                                            static_cast<uintptr_t>(index));
    if (status != MTS_SUCCESS) {
        // This ends every Python loop over a map. There is no need for the
        // backtrace that C10_THROW_ERROR spends time on.
        throw c10::IndexError("block index out of bounds: we have " +
                              std::to_string(self->keys()->count()) +
                              " blocks but the index is " + std::to_string(index));
    }
    return torch::make_intrusive<TensorBlockHolder>(
        metatensor::TensorBlock::unsafe_view_from_ptr(block), torch::IValue(std::move(self)));
}

std::vector<TensorBlock> TensorMapHolder::blocks_by_id(TensorMap self,
                                                       const std::vector<int64_t>& indices) {
    auto result = std::vector<TensorBlock>();
    result.reserve(indices.size());
    for (auto index : indices) {
        result.push_back(block_by_id(self, index));
    }
    return result;
}

std::vector<TensorBlock> TensorMapHolder::blocks(TensorMap self) {
    auto n_blocks = self->keys()->count();
    auto result = std::vector<TensorBlock>();
    result.reserve(static_cast<size_t>(n_blocks));
    for (int64_t i = 0; i < n_blocks; i++) {
        result.push_back(block_by_id(self, i));
    }
    return result;
}

std::vector<std::tuple<LabelsEntry, TensorBlock>> TensorMapHolder::items(TensorMap self) {
    auto keys = self->keys();
    auto result = std::vector<std::tuple<LabelsEntry, TensorBlock>>();
    result.reserve(static_cast<size_t>(keys->count()));
    for (int64_t i = 0; i < keys->count(); i++) {
        result.emplace_back(torch::make_intrusive<LabelsEntryHolder>(keys, i),
                            block_by_id(self, i));
    }
    return result;
}

/******************************************************************************/

/// Get the first block of a map, to know what all the blocks look like
static std::optional<metatensor::TensorBlock>
first_block(const metatensor::TensorMap& tensor) {
    if (tensor.keys().count() == 0) {
        return std::nullopt;
    }
    // the C API only takes mutable maps here, but nothing is modified
    return const_cast<metatensor::TensorMap&>(tensor).block_by_id(0);
}

static std::vector<std::string> names_of(const metatensor::Labels& labels) {
    auto names = labels.names();
    return std::vector<std::string>(names.begin(), names.end());
}

/// Names of the labels of each axis of the first block
static std::vector<std::vector<std::string>>
names_of_axes(const metatensor::TensorMap& tensor) {
    auto result = std::vector<std::vector<std::string>>();
    if (const auto* parts = maps::known_parts(tensor)) {
        const auto& metadata = parts->content();
        for (uintptr_t axis = 0; axis < metadata.axes_starts[1]; axis++) {
            const auto labels = metadata.axes[axis];
            const auto* const* names = metadata.labels_dimensions[labels];
            result.emplace_back(names, names + metadata.labels_sizes[labels]);
        }
        return result;
    }
    if (auto block = first_block(tensor)) {
        result.push_back(names_of(block->samples()));
        for (const auto& component : block->components()) {
            result.push_back(names_of(component));
        }
        result.push_back(names_of(block->properties()));
    }
    return result;
}

std::vector<std::string> TensorMapHolder::sample_names() {
    const auto names = names_of_axes(tensor_);
    return names.empty() ? std::vector<std::string>() : names.front();
}

std::vector<std::string> TensorMapHolder::component_names() {
    const auto names = names_of_axes(tensor_);
    auto result = std::vector<std::string>();
    for (size_t axis = 1; axis + 1 < names.size(); axis++) {
        result.push_back(names[axis].front());
    }
    return result;
}

std::vector<std::string> TensorMapHolder::property_names() {
    const auto names = names_of_axes(tensor_);
    return names.empty() ? std::vector<std::string>() : names.back();
}

torch::Device TensorMapHolder::device() const {
    return this->keys()->device();
}

torch::Dtype TensorMapHolder::scalar_type() const {
    if (const auto* parts = maps::known_parts(tensor_)) {
        return parts->leaves.front().scalar_type();
    }
    auto block = first_block(tensor_);
    if (!block.has_value()) {
        return torch::typeMetaToScalarType(torch::get_default_dtype());
    }
    return details::torch_values(*block).scalar_type();
}

/******************************************************************************/

void TensorMapHolder::set_info(std::string key, std::string value) {
    tensor_.set_info(key, value);
}

std::optional<std::string> TensorMapHolder::get_info(std::string key) const {
    auto value = tensor_.get_info(key);
    return value.has_value() ? std::optional<std::string>(*value) : std::nullopt;
}

torch::Dict<std::string, std::string> TensorMapHolder::info() const {
    auto result = torch::Dict<std::string, std::string>();
    for (const auto& [key, value] : tensor_.info()) {
        result.insert(std::string(key), std::string(value));
    }
    return result;
}
