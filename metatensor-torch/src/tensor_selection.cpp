#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "custom_class.hpp"
#include "labels_array.hpp"
#include "metatensor/torch/tensor.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;

using Selection = std::map<std::string, int32_t>;

/// Keys with their values on the host. Nothing is transferred if the values
/// were on the host at any point.
static metatensor::Labels host_keys(const TensorMap& self) {
    auto keys = self->as_metatensor().keys();
    if (keys.device().device_type == kDLCPU) {
        return keys;
    }
    if (auto* array = details::LabelsArray::find(keys)) {
        const auto names = keys.names();
        return array->mirrors()->host_labels({names.begin(), names.end()},
                                             std::as_const(*array).tensor());
    }
    return LabelsHolder(std::move(keys)).to(torch::Device(torch::kCPU))->as_metatensor();
}

/// Labels with a single entry
static metatensor::Labels one_entry(const std::vector<std::string>& names,
                                    const std::vector<int32_t>& values) {
    return metatensor::Labels(names, values.data(), 1, metatensor::assume_unique{});
}

/// Positions of all blocks whose key has the given values
static std::vector<uint64_t> find_blocks(const TensorMap& self,
                                         const std::vector<std::string>& names,
                                         const std::vector<int32_t>& values) {
    // looking for one entry is faster than the general selection. The table of all entries
    // which this needs is made once, and stays with the keys
    auto keys = self->as_metatensor().keys();
    auto keys_names = keys.names();
    if (std::equal(keys_names.begin(), keys_names.end(), names.begin(), names.end())) {
        auto position = keys.position(values.data(), values.size());
        return position.has_value() ? std::vector<uint64_t>{*position}
                                    : std::vector<uint64_t>{};
    }
    return host_keys(self).select(one_entry(names, values));
}

static std::string print_selection(const std::vector<std::string>& names,
                                   const std::vector<int32_t>& values) {
    auto result = std::string("(");
    for (size_t i = 0; i < names.size(); i++) {
        result += (i == 0 ? "" : ", ") + names[i] + "=" + std::to_string(values[i]);
    }
    return result + ")";
}

/// Names and values to look for in the keys
struct Criteria {
    std::vector<std::string> names;
    std::vector<int32_t> values;
};

static Criteria criteria_from(const Selection& selection) {
    auto result = Criteria();
    for (const auto& [name, value] : selection) {
        result.names.push_back(name);
        result.values.push_back(value);
    }
    return result;
}

static Criteria criteria_from(const LabelsEntry& entry) {
    auto result = Criteria{entry->names(), {}};
    for (int64_t i = 0; i < entry->size(); i++) {
        result.values.push_back((*entry)[i]);
    }
    return result;
}

static LabelsEntry single_entry(const Labels& selection) {
    if (selection->count() != 1) {
        C10_THROW_ERROR(ValueError, "block selection must contain exactly one entry, got " +
                                        std::to_string(selection->count()));
    }
    return torch::make_intrusive<LabelsEntryHolder>(selection, 0);
}

static TensorBlock find_one(const TensorMap& self, const Criteria& criteria) {
    auto matching = find_blocks(self, criteria.names, criteria.values);
    auto selection = [&]() { return print_selection(criteria.names, criteria.values); };
    if (matching.empty()) {
        C10_THROW_ERROR(ValueError,
                        "could not find blocks matching the selection " + selection());
    }
    if (matching.size() > 1) {
        C10_THROW_ERROR(ValueError,
                        "got more than one matching block for " + selection() +
                            ", use the `blocks` function to select more than one block");
    }
    return TensorMapHolder::block_by_id(self, static_cast<int64_t>(matching[0]));
}

static std::vector<TensorBlock> find_all(const TensorMap& self, const Criteria& criteria) {
    auto result = std::vector<TensorBlock>();
    for (auto index : find_blocks(self, criteria.names, criteria.values)) {
        result.push_back(TensorMapHolder::block_by_id(self, static_cast<int64_t>(index)));
    }
    return result;
}

TensorBlock TensorMapHolder::block(TensorMap self, const Selection& selection) {
    return find_one(self, criteria_from(selection));
}

TensorBlock TensorMapHolder::block(TensorMap self, Labels selection) {
    return find_one(self, criteria_from(single_entry(selection)));
}

TensorBlock TensorMapHolder::block(TensorMap self, LabelsEntry selection) {
    return find_one(self, criteria_from(selection));
}

std::vector<TensorBlock> TensorMapHolder::blocks(TensorMap self, const Selection& selection) {
    return find_all(self, criteria_from(selection));
}

std::vector<TensorBlock> TensorMapHolder::blocks(TensorMap self, Labels selection) {
    return find_all(self, criteria_from(single_entry(selection)));
}

std::vector<TensorBlock> TensorMapHolder::blocks(TensorMap self, LabelsEntry selection) {
    return find_all(self, criteria_from(selection));
}

/******************************************************************************/

/// Get the selection out of a dict, or nothing if the types are not the ones of
/// a `Dict[str, int]`
static std::optional<Selection> selection_from_dict(const torch::IValue& value) {
    auto dict = value.toGenericDict();
    if (dict.keyType()->kind() != c10::TypeKind::StringType ||
        dict.valueType()->kind() != c10::TypeKind::IntType) {
        return std::nullopt;
    }

    auto result = Selection();
    for (const auto& item : dict) {
        auto entry = item.value().toInt();
        if (entry < std::numeric_limits<int32_t>::min() ||
            entry > std::numeric_limits<int32_t>::max()) {
            C10_THROW_ERROR(ValueError, "invalid block selection: the value of '" +
                                            item.key().toStringRef() + "' is " +
                                            std::to_string(entry) +
                                            ", which does not fit in a 32-bit integer");
        }
        result.emplace(item.key().toStringRef(), static_cast<int32_t>(entry));
    }
    return result;
}

static std::string dict_type_error(const torch::IValue& value) {
    auto dict = value.toGenericDict();
    return "expected argument to be Dict[str, int], got Dict[" + dict.keyType()->repr_str() +
           ", " + dict.valueType()->repr_str() + "]";
}

[[noreturn]] static void throw_unknown_class(const torch::IValue& value) {
    C10_THROW_ERROR(TypeError, "expected argument to be Labels or LabelsEntry, got " +
                                   details::type_name(value));
}

TensorBlock TensorMapHolder::block_torch(TensorMap self, torch::IValue selection) {
    if (selection.isNone()) {
        auto n_blocks = self->keys()->count();
        if (n_blocks == 0) {
            C10_THROW_ERROR(ValueError, "there is no block in this TensorMap");
        }
        if (n_blocks > 1) {
            C10_THROW_ERROR(ValueError, "there is more than one block in this TensorMap (" +
                                            std::to_string(n_blocks) +
                                            " blocks), provide a selection");
        }
        return block_by_id(std::move(self), 0);
    } else if (selection.isInt()) {
        return block_by_id(std::move(self), selection.toInt());
    } else if (selection.isGenericDict()) {
        auto dict = selection_from_dict(selection);
        if (!dict.has_value()) {
            C10_THROW_ERROR(TypeError, dict_type_error(selection));
        }
        return block(std::move(self), *dict);
    } else if (details::is_instance<LabelsHolder>(selection)) {
        return block(std::move(self), selection.toCustomClass<LabelsHolder>());
    } else if (details::is_instance<LabelsEntryHolder>(selection)) {
        return block(std::move(self), selection.toCustomClass<LabelsEntryHolder>());
    } else if (selection.isCustomClass()) {
        throw_unknown_class(selection);
    } else {
        C10_THROW_ERROR(
            TypeError,
            "expected argument to be int, Dict[str, int], Labels, or LabelsEntry, got " +
                details::type_name(selection));
    }
}

std::vector<TensorBlock> TensorMapHolder::blocks_torch(TensorMap self,
                                                       torch::IValue selection) {
    if (selection.isNone()) {
        return blocks(std::move(self));
    } else if (selection.isInt()) {
        return {block_by_id(std::move(self), selection.toInt())};
    } else if (selection.isIntList()) {
        return blocks_by_id(std::move(self), selection.toIntVector());
    } else if (selection.isGenericDict()) {
        auto dict = selection_from_dict(selection);
        if (!dict.has_value()) {
            C10_THROW_ERROR(ValueError, dict_type_error(selection));
        }
        return blocks(std::move(self), *dict);
    } else if (details::is_instance<LabelsHolder>(selection)) {
        return blocks(std::move(self), selection.toCustomClass<LabelsHolder>());
    } else if (details::is_instance<LabelsEntryHolder>(selection)) {
        return blocks(std::move(self), selection.toCustomClass<LabelsEntryHolder>());
    } else if (selection.isCustomClass()) {
        throw_unknown_class(selection);
    } else {
        C10_THROW_ERROR(
            ValueError,
            "expected argument to be None, int, List[int], Dict[str, int], Labels, or "
            "LabelsEntry, got " +
                details::type_name(selection));
    }
}
