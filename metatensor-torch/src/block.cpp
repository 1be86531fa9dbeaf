#include "metatensor/torch/block.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "block_parts.hpp"
#include "metatensor/torch/array.hpp"
#include "strings.hpp"

using namespace metatensor_torch;

static metatensor::TensorBlock make_block(torch::Tensor values, const Labels& samples,
                                          const std::vector<Labels>& components,
                                          const Labels& properties) {
    auto core_components = std::vector<metatensor::Labels>();
    core_components.reserve(components.size());
    for (const auto& component : components) {
        core_components.push_back(component->as_metatensor());
    }

    return metatensor::TensorBlock(std::make_unique<TorchDataArray>(std::move(values)),
                                   samples->as_metatensor(), core_components,
                                   properties->as_metatensor());
}

TensorBlockHolder::TensorBlockHolder(torch::Tensor values, Labels samples,
                                     std::vector<Labels> components, Labels properties)
    : block_(make_block(std::move(values), samples, components, properties)) {}

TensorBlockHolder::TensorBlockHolder(metatensor::TensorBlock block, torch::IValue parent)
    : block_(std::move(block)), parent_(std::move(parent)) {}

TensorBlockHolder::TensorBlockHolder(metatensor::TensorBlock block, std::string parameter,
                                     torch::IValue parent)
    : block_(std::move(block)), parent_(std::move(parent)), parameter_(std::move(parameter)) {}

TensorBlock TensorBlockHolder::from_metatensor(metatensor::TensorBlock block) {
    return torch::make_intrusive<TensorBlockHolder>(std::move(block), torch::IValue());
}

TensorBlock TensorBlockHolder::view_from_metatensor(metatensor::TensorBlock block,
                                                    torch::IValue parent) {
    if (!block.is_view()) {
        C10_THROW_ERROR(ValueError, "can not create a TensorBlock view: the given block owns "
                                    "its data, it is not a view");
    }
    if (parent.isNone()) {
        C10_THROW_ERROR(
            ValueError,
            "can not create a TensorBlock view without a parent: `parent` must be the object "
            "that keeps the data alive, got None");
    }
    return torch::make_intrusive<TensorBlockHolder>(std::move(block), std::move(parent));
}

metatensor::TensorBlock TensorBlockHolder::release() {
    if (this->is_view()) {
        throw std::runtime_error(
            "can not release this TensorBlock: it is a view inside another TensorBlock or a "
            "TensorMap, call `copy()` to get a block that can be released");
    }
    // this throws if the block was already released
    static_cast<void>(block_.as_mts_block_t());
    return std::move(block_);
}

/******************************************************************************/

TensorBlock TensorBlockHolder::copy(bool deep) const {
    if (deep) {
        return from_metatensor(block_.clone());
    }
    return from_metatensor(details::build_block(details::block_parts(block_)));
}

torch::Tensor TensorBlockHolder::values() const {
    return details::torch_values(block_);
}

Labels TensorBlockHolder::labels(uintptr_t axis) const {
    return torch::make_intrusive<LabelsHolder>(block_.labels(axis));
}

/******************************************************************************/

void TensorBlockHolder::add_gradient(const std::string& parameter, TensorBlock gradient) {
    // the core consumes the gradient, and the one we got must stay usable
    auto parts = details::block_parts(gradient->block_);
    block_.add_gradient(parameter, details::build_block(parts));
}

bool TensorBlockHolder::has_gradient(const std::string& parameter) const {
    auto parameters = block_.gradients_list();
    return std::find(parameters.begin(), parameters.end(), parameter) != parameters.end();
}

TensorBlock TensorBlockHolder::gradient(TensorBlock self, const std::string& parameter) {
    auto full_parameter = parameter;
    if (!self->parameter_.empty()) {
        full_parameter = self->parameter_ + "/" + parameter;
    }

    auto gradient = self->block_.gradient(parameter);
    self->has_views_ = true;
    return torch::make_intrusive<TensorBlockHolder>(
        std::move(gradient), std::move(full_parameter), torch::IValue(std::move(self)));
}

std::vector<std::tuple<std::string, TensorBlock>>
TensorBlockHolder::gradients(TensorBlock self) {
    auto result = std::vector<std::tuple<std::string, TensorBlock>>();
    for (const auto& parameter : self->block_.gradients_list()) {
        result.emplace_back(parameter, gradient(self, parameter));
    }
    return result;
}

/******************************************************************************/

static std::string shape_to_string(at::IntArrayRef shape) {
    return "(" + details::join(", ", shape) + ")";
}

static std::string names_to_string(const std::vector<std::string>& names) {
    return "[" + details::join(", ", names) + "]";
}

std::string TensorBlockHolder::repr() const {
    auto result = std::string("TensorBlock");
    if (!parameter_.empty()) {
        result += " gradient for '" + parameter_ + "',";
    }
    result += " with shape " + shape_to_string(this->shape());

    result += "\n    samples: " + names_to_string(this->samples()->names());
    auto component_names = std::vector<std::string>();
    for (const auto& component : this->components()) {
        component_names.push_back(component->names()[0]);
    }
    if (!component_names.empty()) {
        result += "\n    components: " + names_to_string(component_names);
    }
    result += "\n    properties: " + names_to_string(this->properties()->names());

    auto parameters = this->gradients_list();
    if (parameters.empty()) {
        return result;
    }

    size_t width = 0;
    for (const auto& parameter : parameters) {
        width = std::max(width, parameter.size());
    }

    result += "\n\n    gradients:";
    for (const auto& parameter : parameters) {
        auto shape = details::torch_values(block_.gradient(parameter)).sizes();
        result += "\n        " + parameter + std::string(width - parameter.size(), ' ');
        result += " => TensorBlock with shape " + shape_to_string(shape);
    }
    return result;
}
