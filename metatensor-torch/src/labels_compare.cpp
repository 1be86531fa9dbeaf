#include <cstring>

#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;

namespace {

/// Are these the same integers in the same memory?
bool same_memory(const torch::Tensor& lhs, const torch::Tensor& rhs) {
    if (lhs.is_same(rhs)) {
        return true;
    }
    return details::has_data(lhs) && details::has_data(rhs) && lhs.device() == rhs.device() &&
           lhs.const_data_ptr() == rhs.const_data_ptr() && lhs.strides() == rhs.strides();
}

bool same_bytes(const torch::Tensor& lhs, const torch::Tensor& rhs) {
    return std::memcmp(lhs.const_data_ptr(), rhs.const_data_ptr(), lhs.nbytes()) == 0;
}

bool share_mirrors(const LabelsHolder& lhs, const LabelsHolder& rhs) {
    auto* lhs_array = details::find_labels_array(lhs);
    auto* rhs_array = details::find_labels_array(rhs);
    return lhs_array != nullptr && rhs_array != nullptr &&
           lhs_array->mirrors() == rhs_array->mirrors();
}

/// Compare non-empty values of the same shape, from the cheapest way to know to
/// the most expensive one. Nothing is transferred to the host if it is not
/// already there, unless labels are on two different devices.
bool same_values(const LabelsHolder& lhs, const LabelsHolder& rhs) {
    const auto lhs_values = lhs.values();
    const auto rhs_values = rhs.values();
    if (same_memory(lhs_values, rhs_values)) {
        return true;
    }
    if (!details::has_data(lhs_values) || !details::has_data(rhs_values)) {
        // without data, all there is to compare are the names and shape
        return !details::has_data(lhs_values) && !details::has_data(rhs_values) &&
               lhs_values.device() == rhs_values.device();
    }
    if (share_mirrors(lhs, rhs)) {
        return true;
    }

    const auto lhs_host = details::known_host_values(lhs);
    const auto rhs_host = details::known_host_values(rhs);
    if (lhs_host && rhs_host) {
        return same_bytes(*lhs_host, *rhs_host);
    }
    if (lhs_values.device() == rhs_values.device()) {
        const details::PlainTensorScope plain;
        return torch::equal(lhs_values, rhs_values);
    }
    return same_bytes(details::host_values(lhs), details::host_values(rhs));
}

} // namespace

bool details::labels_equal(const LabelsHolder& lhs, const LabelsHolder& rhs) {
    if (&lhs == &rhs) {
        return true;
    }
    const bool names_differ = LabelsAccess::names(lhs) != LabelsAccess::names(rhs);
    if (lhs.size() != rhs.size() || lhs.count() != rhs.count() || names_differ) {
        return false;
    }
    return lhs.count() == 0 || lhs.size() == 0 || same_values(lhs, rhs);
}

bool details::labels_equal(const LabelsHolder& lhs, const metatensor::Labels& rhs) {
    return labels_equal(lhs, LabelsHolder(rhs));
}
