#ifndef METATENSOR_TORCH_LABELS_HPP
#define METATENSOR_TORCH_LABELS_HPP

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/array.hpp"
#include "metatensor/torch/exports.h"

namespace metatensor_torch {

class LabelsHolder;
/// Reference counted handle to labels. `==` on handles compares identity, use
/// `*labels == *other` to compare the content.
using Labels = torch::intrusive_ptr<LabelsHolder>;

class LabelsEntryHolder;
/// Reference counted handle to one entry (row) of labels.
using LabelsEntry = torch::intrusive_ptr<LabelsEntryHolder>;

namespace details {

/// Names given from TorchScript as a string, a list of strings or a tuple of
/// strings.
///
/// @throws c10::TypeError naming `argument_name` for anything else
METATENSOR_TORCH_EXPORT std::vector<std::string>
normalize_names(torch::IValue names, const std::string& argument_name);

/// Same names and values, in the same order. Devices and strides are ignored.
METATENSOR_TORCH_EXPORT bool labels_equal(const LabelsHolder& lhs, const LabelsHolder& rhs);
/// Same as above, for labels which did not come from torch.
METATENSOR_TORCH_EXPORT bool labels_equal(const LabelsHolder& lhs,
                                          const metatensor::Labels& rhs);
/// Same names and values
METATENSOR_TORCH_EXPORT bool labels_entry_equal(const LabelsEntryHolder& lhs,
                                                const LabelsEntryHolder& rhs);

/// Access to the members of the classes below, inside this library
struct LabelsAccess;

} // namespace details

/// TorchScript class for labels: a set of named columns of 32-bit integers in
/// which each row is unique. Labels are immutable.
class METATENSOR_TORCH_EXPORT LabelsHolder : public torch::CustomClassHolder {
public:
    /// Labels with the given `names` (string, list or tuple of strings) and
    /// `values`, 2-dimensional integers with one column per name. `values` are
    /// used without copy if they already contain 32-bit integers.
    ///
    /// @throws c10::TypeError if `names` are not strings
    /// @throws c10::ValueError if `values` are not 2-dimensional integers
    ///     fitting in 32 bits, with one column per name
    /// @throws metatensor::Error if the names are invalid, or rows are repeated
    LabelsHolder(torch::IValue names, torch::Tensor values);

    /// Same as above, without checking that the rows of `values` are unique
    LabelsHolder(torch::IValue names, torch::Tensor values, metatensor::assume_unique);

    /// Wrap existing labels. The values are not copied: this is the tensor they
    /// have been built from, or a tensor sharing (and keeping alive) the memory
    /// of `labels`.
    explicit LabelsHolder(metatensor::Labels labels);

    /// Labels from literal values, for C++ users
    ///
    /// @throws c10::ValueError if a row does not contain one value per name
    static Labels create(std::vector<std::string> names,
                         const std::vector<std::initializer_list<int32_t>>& values);

    /// Labels with a single dimension `_` and a single entry `0`
    static Labels single();

    /// Labels with the given `names` and no entries
    static Labels empty(torch::IValue names);

    /// Labels with one dimension `name` containing 0, 1, … `end - 1`
    static Labels range(std::string name, int64_t end);

    /// Names of the dimensions
    std::vector<std::string> names() const { return names_; }

    /// Values, as a 2-dimensional tensor of 32-bit integers. This must not be
    /// modified.
    torch::Tensor values() const { return values_; }

    /// Device of the values
    torch::Device device() const { return values_.device(); }

    /// Number of entries (rows)
    int64_t count() const { return values_.size(0); }

    /// Number of dimensions (columns)
    int64_t size() const { return values_.size(1); }

    /// Add a dimension at the end, see `insert`
    Labels append(std::string name, torch::Tensor values) const;

    /// Add a dimension before dimension `index`
    ///
    /// @throws c10::IndexError if `index` is not between 0 and `size()`
    /// @throws c10::ValueError if `values` is not 1-dimensional with one element
    ///     per entry
    Labels insert(int64_t index, std::string name, torch::Tensor values) const;

    /// Change the order of dimensions; negative indexes count from the end
    ///
    /// @throws c10::ValueError if there is not one index per dimension
    /// @throws c10::IndexError if an index is out of range
    Labels permute(std::vector<int64_t> dimensions_indexes) const;

    /// Remove a dimension
    ///
    /// @throws c10::ValueError if there is no such dimension
    /// @throws metatensor::Error if entries are no longer unique
    Labels remove(std::string name) const;

    /// Give a new name to a dimension
    ///
    /// @throws c10::ValueError if there is no dimension called `old_name`
    Labels rename(std::string old_name, std::string new_name) const;

    /// Move to `device`: a string, a device, or None for no change
    ///
    /// @throws c10::TypeError for anything else
    Labels to(torch::IValue device, bool non_blocking = false) const;

    /// Move to `device`
    Labels to(torch::Device device, bool non_blocking = false) const;

    /// Same content in pinned memory, from where it can be copied to a device without waiting
    /// for it; `self` if it is there already.
    /// @throws c10::Error if `self` is not on CPU, or no memory can be pinned
    static Labels pin_memory(Labels self);

    /// Are all values in pinned memory? Arrays without elements do not count.
    bool is_pinned() const;

    /// View of the values of one dimension
    ///
    /// @throws c10::ValueError if there is no such dimension
    torch::Tensor column(std::string dimension);

    /// Position of an entry: `LabelsEntry`, 1-dimensional tensor of integers,
    /// list or tuple of integers.
    ///
    /// @throws c10::TypeError, c10::ValueError if `entry` is something else
    /// @throws metatensor::Error if it has a wrong number of values
    std::optional<int64_t> position(torch::IValue entry) const;

    /// Table of the names and values, with at most `max_entries` entries (all
    /// if negative), all lines but the first being indented by `indent`
    ///
    /// @throws c10::ValueError if `indent` is negative
    std::string print(int64_t max_entries, int64_t indent) const;
    /// Short description, with at most 4 entries
    std::string str() const;
    /// Full description
    std::string repr() const;

    /// Labels of the C++ API
    ///
    /// @throws metatensor::Error if these labels have been released
    const metatensor::Labels& as_metatensor() const;

    /// Take the labels of the C++ API out. The holder can no longer be used.
    metatensor::Labels release();

    /// Wrap labels of the C++ API
    static Labels from_metatensor(metatensor::Labels labels);

    /// Entries of this followed by the new entries of `other`
    Labels set_union(const Labels& other) const;
    /// Same, with the position of the entries of both inputs in the union, as
    /// 64-bit integers on the device of these labels
    std::tuple<Labels, torch::Tensor, torch::Tensor>
    union_and_mapping(const Labels& other) const;

    /// Entries in both labels, in the order of the one with fewer entries
    Labels set_intersection(const Labels& other) const;
    /// Same, with the position of the entries of both inputs in the
    /// intersection, -1 for entries which are not there
    std::tuple<Labels, torch::Tensor, torch::Tensor>
    intersection_and_mapping(const Labels& other) const;

    /// Entries of this which are not in `other`
    Labels set_difference(const Labels& other) const;
    /// Same, with the position of the entries of this in the difference, -1 for
    /// entries which are not there
    std::tuple<Labels, torch::Tensor> difference_and_mapping(const Labels& other) const;

    /// Positions of the entries matching any entry of `selection` on all
    /// dimensions of `selection`, as 64-bit integers on the device of these
    /// labels
    torch::Tensor select(const Labels& selection) const;

    /// Load labels from a file
    static Labels load(const std::string& path);
    /// Load labels from a 1-dimensional, contiguous uint8 tensor on CPU
    static Labels load_buffer(torch::Tensor buffer);
    /// Save these labels to a file
    void save(const std::string& path) const;
    /// Save these labels to an uint8 tensor
    torch::Tensor save_buffer() const;

private:
    LabelsHolder(std::vector<std::string> names, torch::Tensor values,
                 metatensor::Labels labels);

    friend class torch::intrusive_ptr<LabelsHolder>;
    friend struct details::LabelsAccess;

    std::vector<std::string> names_;
    torch::Tensor values_;
    metatensor::Labels labels_;

    /// Room for later. Compiled programs copy and drop these bytes blindly:
    /// they can not own anything.
    uint8_t padding_[32] = {0};
};

inline bool operator==(const LabelsHolder& lhs, const LabelsHolder& rhs) {
    return details::labels_equal(lhs, rhs);
}

inline bool operator!=(const LabelsHolder& lhs, const LabelsHolder& rhs) {
    return !(lhs == rhs);
}

inline bool operator==(const LabelsHolder& lhs, const metatensor::Labels& rhs) {
    return details::labels_equal(lhs, rhs);
}

inline bool operator!=(const LabelsHolder& lhs, const metatensor::Labels& rhs) {
    return !(lhs == rhs);
}

inline bool operator==(const metatensor::Labels& lhs, const LabelsHolder& rhs) {
    return rhs == lhs;
}

inline bool operator!=(const metatensor::Labels& lhs, const LabelsHolder& rhs) {
    return !(rhs == lhs);
}

/// TorchScript class for one entry (row) of labels
class METATENSOR_TORCH_EXPORT LabelsEntryHolder : public torch::CustomClassHolder {
public:
    /// Entry number `index` of `labels`; negative indexes count from the end
    ///
    /// @throws c10::IndexError if the index is out of range. This is cheap: it
    ///     is how Python loops over labels end.
    LabelsEntryHolder(Labels labels, int64_t index);

    /// Names of the dimensions
    std::vector<std::string> names() const { return labels_->names(); }

    /// Values of this entry, as a 1-dimensional view in the values of the labels
    torch::Tensor values() const { return values_; }

    /// Device of the values
    torch::Device device() const { return values_.device(); }

    /// Number of dimensions
    int64_t size() const { return values_.size(0); }

    /// Value for the dimension at `index`; negative indexes count from the end
    ///
    /// @throws c10::IndexError if the index is out of range
    int32_t operator[](int64_t index) const { return value_at(index); }

    /// Value for the dimension called `name`
    ///
    /// @throws c10::ValueError if there is no such dimension
    int32_t operator[](const std::string& name) const;

    /// Value for a dimension given by index or by name
    ///
    /// @throws c10::TypeError for anything else
    int64_t getitem(torch::IValue index) const;

    /// Description like `(a=0, b=1)`
    std::string print() const;
    /// Description like `LabelsEntry(a=0, b=1)`
    std::string repr() const;

private:
    int32_t value_at(int64_t index) const;

    friend bool details::labels_entry_equal(const LabelsEntryHolder&,
                                            const LabelsEntryHolder&);
    friend struct details::LabelsAccess;

    torch::Tensor values_;
    Labels labels_;
    /// Which row of `labels_` this is
    int64_t row_ = 0;

    /// Room for later, see `LabelsHolder`
    uint8_t reserved_[24] = {0};
};

inline bool operator==(const LabelsEntryHolder& lhs, const LabelsEntryHolder& rhs) {
    return details::labels_entry_equal(lhs, rhs);
}

inline bool operator!=(const LabelsEntryHolder& lhs, const LabelsEntryHolder& rhs) {
    return !(lhs == rhs);
}

} // namespace metatensor_torch

#endif
