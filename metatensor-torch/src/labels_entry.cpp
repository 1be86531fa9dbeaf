#include <algorithm>
#include <string>
#include <utility>

#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;

namespace {

/// Index in `[0, size)` for an index which may count from the end. `what` is
/// called to describe what is being indexed when the index is out of range.
template <typename Describe>
int64_t normalize_index(int64_t index, int64_t size, const Describe& what) {
    if (index >= -size && index < size) {
        return index < 0 ? index + size : index;
    }
    // Python loops end with this error: collecting a C++ backtrace, as the macros
    // of torch do, would cost more than the loop
    throw c10::IndexError("index " + std::to_string(index) + " is out of range for " + what());
}

int64_t normalize_row(const LabelsHolder& labels, int64_t index) {
#if defined(_WIN32)
    // torch does not export the constructor used above on Windows
    labels.values().select(0, index);
#endif
    return normalize_index(index, labels.count(), [&]() {
        return "tensor of size [" + std::to_string(labels.count()) + ", " +
               std::to_string(labels.size()) + "] at dimension 0";
    });
}

torch::Tensor select_row(const torch::Tensor& values, int64_t row) {
    if (!details::is_plain(values)) {
        return values.select(0, row);
    }
    const details::PlainTensorScope plain;
    return values.select(0, row);
}

} // namespace

LabelsEntryHolder::LabelsEntryHolder(Labels labels, int64_t index)
    : labels_(std::move(labels)), row_(normalize_row(*labels_, index)) {
    values_ = select_row(labels_->values(), row_);
}

int32_t LabelsEntryHolder::value_at(int64_t index) const {
#if defined(_WIN32)
    values_.select(0, index);
#endif
    index = normalize_index(index, this->size(), [&]() {
        return "tensor of size [" + std::to_string(this->size()) + "] at dimension 0";
    });
    if (values_.is_cpu() && details::has_data(values_)) {
        return values_.const_data_ptr<int32_t>()[index * values_.stride(0)];
    }
    // labels which were on the host before need no transfer
    const auto host = details::host_values(*labels_);
    return host.const_data_ptr<int32_t>()[row_ * this->size() + index];
}

int32_t LabelsEntryHolder::operator[](const std::string& name) const {
    const auto index = details::dimension_index(*labels_, name);
    if (index < 0) {
        C10_THROW_ERROR(ValueError,
                        "'" + name + "' not found in the dimensions of this LabelsEntry");
    }
    return this->value_at(index);
}

int64_t LabelsEntryHolder::getitem(torch::IValue index) const {
    if (index.isInt()) {
        return this->value_at(index.toInt());
    }
    if (index.isString()) {
        return (*this)[index.toStringRef()];
    }
    C10_THROW_ERROR(TypeError, "LabelsEntry can only be indexed by int or str, got '" +
                                   details::type_name(index) + "' instead");
}

bool details::labels_entry_equal(const LabelsEntryHolder& lhs, const LabelsEntryHolder& rhs) {
    if (lhs.labels_ == rhs.labels_ && lhs.row_ == rhs.row_) {
        return true;
    }
    if (lhs.size() != rhs.size() ||
        LabelsAccess::names(*lhs.labels_) != LabelsAccess::names(*rhs.labels_)) {
        return false;
    }
    for (int64_t i = 0; i < lhs.size(); i++) {
        if (lhs.value_at(i) != rhs.value_at(i)) {
            return false;
        }
    }
    return true;
}
