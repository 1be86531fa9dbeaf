#include "metatensor/torch/module.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "custom_class.hpp"
#include "metatensor/torch/tensor.hpp"

using namespace metatensor_torch;

namespace {

/// Attribute of the modules which contains the names of their metatensor data
constexpr const char* BUFFER_NAMES = "_mts_buffer_names";

/// What to do with the metatensor data of one module
struct Conversion {
    std::optional<torch::Device> device;
    std::optional<torch::Dtype> dtype;
    bool non_blocking = false;
    /// accept dict and lists which contain metatensor and other data together
    bool allow_mixed = false;
};

/// Result of the conversion of a value
struct Converted {
    enum Kind {
        /// nothing to convert, and nothing else: None or empty containers
        EMPTY,
        /// metatensor data, or containers of metatensor data
        METATENSOR,
        /// anything else
        OTHER,
    };

    Kind kind;
    /// the new value for metatensor data, and the original value otherwise
    torch::IValue value;
};

Converted convert(const torch::IValue& value, const Conversion& conversion);

/// Convert a sequence of values. The kind of the whole is the kind of all the
/// values which are not empty, and `METATENSOR` for a mixture; `mixed` tells
/// about the latter.
Converted::Kind convert_all(std::vector<torch::IValue>& values, const Conversion& conversion,
                            bool& mixed) {
    bool has_metatensor = false;
    bool has_other = false;
    for (auto& value : values) {
        auto converted = convert(value, conversion);
        has_metatensor = has_metatensor || converted.kind == Converted::METATENSOR;
        has_other = has_other || converted.kind == Converted::OTHER;
        value = std::move(converted.value);
    }

    mixed = has_metatensor && has_other;
    if (has_metatensor) {
        return Converted::METATENSOR;
    }
    return has_other ? Converted::OTHER : Converted::EMPTY;
}

void check_mixed(bool mixed, const Conversion& conversion, const std::string& container) {
    if (mixed && !conversion.allow_mixed) {
        C10_THROW_ERROR(
            ValueError,
            "can not move or convert a " + container +
                " mixing metatensor data (Labels, TensorBlock or TensorMap) with other data, "
                "store them in two separate attributes");
    }
}

Converted convert_list(const torch::IValue& value, const Conversion& conversion) {
    auto list = value.toList();
    auto values = std::vector<torch::IValue>(list.vec());
    bool mixed = false;
    auto kind = convert_all(values, conversion, mixed);
    if (kind != Converted::METATENSOR) {
        return {kind, value};
    }
    check_mixed(mixed, conversion, "list");

    auto result = c10::impl::GenericList(list.elementType());
    for (auto& element : values) {
        result.push_back(std::move(element));
    }
    return {kind, torch::IValue(std::move(result))};
}

Converted convert_dict(const torch::IValue& value, const Conversion& conversion) {
    auto dict = value.toGenericDict();
    auto values = std::vector<torch::IValue>();
    for (const auto& item : dict) {
        values.push_back(item.value());
    }
    bool mixed = false;
    auto kind = convert_all(values, conversion, mixed);
    if (kind != Converted::METATENSOR) {
        return {kind, value};
    }
    check_mixed(mixed, conversion, "dict");

    auto result = c10::impl::GenericDict(dict.keyType(), dict.valueType());
    size_t i = 0;
    for (const auto& item : dict) {
        result.insert(item.key(), std::move(values[i]));
        i++;
    }
    return {kind, torch::IValue(std::move(result))};
}

Converted convert_tuple(const torch::IValue& value, const Conversion& conversion) {
    const auto& tuple = value.toTupleRef();
    auto values = tuple.elements().vec();
    bool mixed = false;
    auto kind = convert_all(values, conversion, mixed);
    if (kind != Converted::METATENSOR) {
        return {kind, value};
    }

    auto type = tuple.type()->cast<c10::TupleType>();
    if (type != nullptr && type->schema() != nullptr) {
        return {kind, c10::ivalue::Tuple::createNamed(std::move(values), std::move(type))};
    }
    return {kind, c10::ivalue::Tuple::create(std::move(values))};
}

Converted convert(const torch::IValue& value, const Conversion& conversion) {
    const auto& [device, dtype, non_blocking, _] = conversion;
    if (details::is_instance<LabelsHolder>(value)) {
        if (!device.has_value()) {
            return {Converted::METATENSOR, value};
        }
        auto labels = value.toCustomClass<LabelsHolder>();
        return {Converted::METATENSOR, torch::IValue(labels->to(*device, non_blocking))};
    } else if (details::is_instance<TensorBlockHolder>(value)) {
        auto block = value.toCustomClass<TensorBlockHolder>();
        return {Converted::METATENSOR, torch::IValue(block->to(dtype, device, non_blocking))};
    } else if (details::is_instance<TensorMapHolder>(value)) {
        auto tensor = value.toCustomClass<TensorMapHolder>();
        return {Converted::METATENSOR, torch::IValue(tensor->to(dtype, device, non_blocking))};
    } else if (value.isList()) {
        return convert_list(value, conversion);
    } else if (value.isGenericDict()) {
        return convert_dict(value, conversion);
    } else if (value.isTuple()) {
        return convert_tuple(value, conversion);
    } else if (value.isNone()) {
        return {Converted::EMPTY, value};
    } else {
        return {Converted::OTHER, value};
    }
}

/// Names of the attributes which can contain metatensor data
std::vector<std::string> attributes_names(const torch::jit::Module& module, bool is_legacy) {
    auto names = std::vector<std::string>();
    if (is_legacy) {
        for (const auto& attribute : module.named_attributes(/*recurse=*/false)) {
            names.push_back(attribute.name);
        }
    } else {
        auto list = module.attr(BUFFER_NAMES).toList();
        for (const auto& name : list) {
            names.push_back(static_cast<torch::IValue>(name).toStringRef());
        }
    }
    return names;
}

/// Convert the metatensor data of a single module
void convert_module(torch::jit::Module module, Conversion conversion) {
    auto is_legacy = !module.hasattr(BUFFER_NAMES);
    conversion.allow_mixed = is_legacy;

    bool has_changed = false;
    for (const auto& name : attributes_names(module, is_legacy)) {
        if (!module.hasattr(name)) {
            continue;
        }

        auto converted = convert(module.attr(name), conversion);
        if (converted.kind == Converted::METATENSOR) {
            auto type = converted.value.type();
            module.register_attribute(name, type, std::move(converted.value));
            has_changed = true;
        }
    }

    if (is_legacy && has_changed) {
        TORCH_WARN_ONCE(
            "a module contains metatensor data but no `_mts_buffer_names` attribute: all of "
            "its "
            "attributes were checked for data to move or convert. This is deprecated, and "
            "will "
            "be removed in a future version: please update metatensor-learn, and save this "
            "module again.");
    }
}

void convert_modules(const torch::jit::Module& root, const Conversion& conversion) {
    for (const auto& module : root.modules()) {
        convert_module(module, conversion);
    }
}

} // namespace

void Module::to(torch::Device device, torch::Dtype dtype, bool non_blocking) {
    torch::jit::Module::to(device, dtype, non_blocking);
    convert_modules(*this, Conversion{device, dtype, non_blocking});
}

void Module::to(torch::Dtype dtype, bool non_blocking) {
    torch::jit::Module::to(dtype, non_blocking);
    convert_modules(*this, Conversion{std::nullopt, dtype, non_blocking});
}

void Module::to(torch::Device device, bool non_blocking) {
    torch::jit::Module::to(device, non_blocking);
    convert_modules(*this, Conversion{device, std::nullopt, non_blocking});
}
