#include "metatensor/torch/labels.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "dlpack.hpp"
#include "labels_array.hpp"
#include "labels_details.hpp"
#include "tensor_utils.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::Uniqueness;

namespace {

torch::TensorOptions int32_cpu() {
    return torch::TensorOptions().dtype(torch::kInt32).device(torch::kCPU);
}

/// Does conversion to int32 keep all the values of this dtype?
bool always_fits(torch::ScalarType dtype) {
    return dtype == torch::kBool || dtype == torch::kUInt8 || dtype == torch::kInt8 ||
           dtype == torch::kInt16 || dtype == torch::kUInt16;
}

torch::Tensor to_int32(const torch::Tensor& values) {
    if (!details::is_plain(values)) {
        return values.to(torch::kInt32);
    }

    const details::PlainTensorScope plain;
    auto converted = values.to(torch::kInt32);
    if (always_fits(values.scalar_type()) || !details::has_data(values)) {
        return converted;
    }
    const auto back = converted.to(values.scalar_type());
    if (!torch::equal(back, values)) {
        const auto first =
            torch::nonzero(torch::ne(back, values).flatten())[0].item<int64_t>();
        C10_THROW_ERROR(ValueError,
                        "Labels values must fit in 32-bit integers, got " +
                            std::to_string(values.flatten()[first].item<int64_t>()));
    }
    return converted;
}

metatensor::Labels empty_labels(const std::vector<std::string>& names) {
    const details::PlainTensorScope plain;
    const auto size = static_cast<int64_t>(names.size());
    return details::make_labels(names, torch::empty({0, size}, int32_cpu()),
                                Uniqueness::Assume);
}

/// Tensor for the values of labels which did not come from torch, sharing their
/// memory and keeping them alive.
torch::Tensor share_values(const metatensor::Labels& labels) {
    const details::PlainTensorScope plain;
    const auto device = labels.device();
    const auto shape = std::vector<int64_t>{
        static_cast<int64_t>(labels.count()),
        static_cast<int64_t>(labels.size()),
    };

    if (device.device_type == kDLExtDev) {
        return torch::empty(shape, int32_cpu().device(torch::kMeta));
    }

    if (shape[0] == 0 || shape[1] == 0) {
        return torch::empty(shape, int32_cpu().device(dlpack_device_to_torch(device)));
    }

    auto owner = std::make_unique<metatensor::Labels>(labels);
    if (device.device_type == kDLCPU) {
        auto values = owner->values_cpu();
        auto* data = const_cast<int32_t*>(std::as_const(values).data());
        auto* context = owner.release();
        return torch::from_blob(
            data, shape, [context](void* /*data*/) { delete context; }, int32_cpu());
    }

    const auto version = DLPackVersion{DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
    auto tensor = details::tensor_from_dlpack(metatensor::details::UniqueDLPack(
        owner->mts_array().as_dlpack(device, nullptr, version)));
    auto* context = owner.release();
    return at::for_blob(tensor.data_ptr(), tensor.sizes())
        .strides(tensor.strides())
        .options(tensor.options())
        .target_device(tensor.device())
        .deleter([context, tensor](void* /*data*/) { delete context; })
        .make_tensor();
}

torch::Tensor recover_values(const metatensor::Labels& labels) {
    const auto array = labels.mts_array();
    if (array.origin() == TORCH_DATA_ORIGIN) {
        auto* base = static_cast<metatensor::DataArrayBase*>(array.as_mts_array_t().ptr);
        if (auto* torch_array = dynamic_cast<TorchDataArray*>(base)) {
            return torch_array->tensor();
        }
    }
    return share_values(labels);
}

std::vector<std::string> copy_names(const metatensor::Labels& labels) {
    const auto names = labels.names();
    return std::vector<std::string>(names.begin(), names.end());
}

} // namespace

/******************************************************************************/

std::vector<std::string> details::normalize_names(torch::IValue names,
                                                  const std::string& argument_name) {
    if (names.isString()) {
        return {names.toStringRef()};
    }

    if (!names.isList() && !names.isTuple()) {
        C10_THROW_ERROR(
            TypeError,
            argument_name +
                " must be a string, a list of strings or a tuple of strings, got '" +
                details::type_name(names) + "' instead");
    }

    const auto* kind = names.isList() ? "list" : "tuple";
    const auto elements = names.isList() ? names.toListRef() : names.toTupleRef().elements();
    auto result = std::vector<std::string>();
    result.reserve(elements.size());
    for (const torch::IValue& element : elements) {
        if (!element.isString()) {
            C10_THROW_ERROR(TypeError, argument_name + " must be a " + kind +
                                           " of strings, got an element of type '" +
                                           details::type_name(element) + "' instead");
        }
        result.emplace_back(element.toStringRef());
    }
    return result;
}

torch::Tensor details::normalize_values(torch::Tensor values, size_t columns) {
    if (!values.defined()) {
        C10_THROW_ERROR(ValueError, "Labels values must be a tensor, got an undefined tensor");
    }

    values = details::unwrap(std::move(values));
    if (values.layout() != torch::kStrided) {
        C10_THROW_ERROR(ValueError, "Labels values must be a dense tensor, got a sparse one");
    }
    const bool is_integer = c10::isIntegralType(values.scalar_type(), /*includeBool=*/true);
    const bool is_empty = values.numel() == 0;
    if (!is_integer && !is_empty) {
        C10_THROW_ERROR(ValueError, "Labels values must be a Tensor of 32-bit integers, got " +
                                        details::dtype_name(values.scalar_type()));
    }
    if (values.dim() != 2) {
        C10_THROW_ERROR(ValueError, "Labels values must be a 2D Tensor, got " +
                                        std::to_string(values.dim()) + " dimensions");
    }
    if (static_cast<size_t>(values.size(1)) != columns) {
        C10_THROW_ERROR(ValueError, "invalid Labels: the names must have an entry for each "
                                    "column of the values, got " +
                                        std::to_string(columns) + " names for " +
                                        std::to_string(values.size(1)) + " columns");
    }

    if (columns == 0) {
        // without columns there is nothing to tell rows apart: as for metatensor,
        // there are none, and these are on CPU
        const details::PlainTensorScope plain;
        return torch::empty({0, 0}, int32_cpu());
    }
    if (values.scalar_type() == torch::kInt32) {
        return values;
    }
    if (is_empty) {
        const details::PlainTensorScope plain;
        return torch::empty(values.sizes(), int32_cpu().device(values.device()));
    }
    return to_int32(values);
}

/******************************************************************************/

LabelsHolder::LabelsHolder(torch::IValue names, torch::Tensor values)
    : names_(details::normalize_names(std::move(names), "names")),
      values_(details::normalize_values(std::move(values), names_.size())),
      labels_(details::make_labels(names_, values_, Uniqueness::Check)) {}

LabelsHolder::LabelsHolder(torch::IValue names, torch::Tensor values,
                           metatensor::assume_unique /*tag*/
                           )
    : names_(details::normalize_names(std::move(names), "names")),
      values_(details::normalize_values(std::move(values), names_.size())),
      labels_(details::make_labels(names_, values_, Uniqueness::Assume)) {}

LabelsHolder::LabelsHolder(metatensor::Labels labels)
    : names_(copy_names(labels)), values_(recover_values(labels)), labels_(std::move(labels)) {
}

LabelsHolder::LabelsHolder(std::vector<std::string> names, torch::Tensor values,
                           metatensor::Labels labels)
    : names_(std::move(names)), values_(std::move(values)), labels_(std::move(labels)) {}

Labels LabelsHolder::create(std::vector<std::string> names,
                            const std::vector<std::initializer_list<int32_t>>& values) {
    const details::PlainTensorScope plain;
    const auto count = static_cast<int64_t>(values.size());
    const auto size = static_cast<int64_t>(names.size());
    auto tensor = torch::empty({count, size}, int32_cpu());
    auto* data = tensor.data_ptr<int32_t>();
    for (const auto& row : values) {
        if (row.size() != names.size()) {
            C10_THROW_ERROR(ValueError, "invalid entry for Labels: expected " +
                                            std::to_string(names.size()) +
                                            " values (one per name), got " +
                                            std::to_string(row.size()));
        }
        data = std::copy(row.begin(), row.end(), data);
    }

    tensor = details::normalize_values(std::move(tensor), names.size());
    auto labels = details::make_labels(names, tensor, Uniqueness::Check);
    return torch::make_intrusive<LabelsHolder>(std::move(names), std::move(tensor),
                                               std::move(labels));
}

Labels LabelsHolder::single() {
    return LabelsHolder::create({"_"}, {{0}});
}

Labels LabelsHolder::empty(torch::IValue names) {
    auto names_vector = details::normalize_names(std::move(names), "names");
    return torch::make_intrusive<LabelsHolder>(empty_labels(names_vector));
}

Labels LabelsHolder::range(std::string name, int64_t end) {
    if (end < 0) {
        // not a ValueError: users expect the type of error of `torch.arange`
        throw metatensor::Error("the end of a range of Labels can not be negative, got " +
                                std::to_string(end));
    }
    if (end > std::numeric_limits<int32_t>::max()) {
        C10_THROW_ERROR(ValueError,
                        "the end of a range of Labels must fit in a 32-bit integer, got " +
                            std::to_string(end));
    }

    const details::PlainTensorScope plain;
    auto values = torch::arange(end, int32_cpu()).unsqueeze(1);
    auto names = std::vector<std::string>{std::move(name)};
    auto labels = details::make_labels(names, values, Uniqueness::Assume);
    return torch::make_intrusive<LabelsHolder>(std::move(names), std::move(values),
                                               std::move(labels));
}

/******************************************************************************/

Labels LabelsHolder::to(torch::IValue device, bool non_blocking) const {
    if (device.isNone()) {
        return this->to(this->device(), non_blocking);
    }
    if (device.isDevice()) {
        return this->to(device.toDevice(), non_blocking);
    }
    if (device.isString()) {
        return this->to(torch::Device(device.toStringRef()), non_blocking);
    }
    C10_THROW_ERROR(TypeError, "'device' must be a string or a torch.device, got '" +
                                   details::type_name(device) + "' instead");
}

Labels LabelsHolder::to(torch::Device device, bool non_blocking) const {
    const auto& labels = this->as_metatensor();
    device = details::with_index(device);
    if (device == details::with_index(this->device()) || names_.empty()) {
        return torch::make_intrusive<LabelsHolder>(names_, values_, labels);
    }

    auto moved = details::values_on(*this, device, non_blocking);
    auto* array = details::find_labels_array(*this);
    // meta tensors do not have the same values: they have none
    const bool share = array != nullptr && details::has_data(values_) && !device.is_meta();
    auto mirrors = share ? array->mirrors() : nullptr;
    auto moved_labels =
        details::make_labels(names_, moved, Uniqueness::Assume, std::move(mirrors));
    return torch::make_intrusive<LabelsHolder>(names_, std::move(moved),
                                               std::move(moved_labels));
}

int64_t details::dimension_index(const LabelsHolder& labels, const std::string& dimension) {
    const auto& names = LabelsAccess::names(labels);
    const auto position = std::find(names.begin(), names.end(), dimension);
    return position == names.end() ? -1 : position - names.begin();
}

torch::Tensor LabelsHolder::column(std::string dimension) {
    const auto index = details::dimension_index(*this, dimension);
    if (index < 0) {
        C10_THROW_ERROR(ValueError,
                        "'" + dimension + "' not found in the dimensions of these Labels");
    }
    auto plain = std::optional<details::PlainTensorScope>();
    if (details::is_plain(values_)) {
        plain.emplace();
    }
    return values_.select(1, index);
}

/******************************************************************************/

const metatensor::Labels& LabelsHolder::as_metatensor() const {
    if (labels_.labels_ == nullptr) {
        throw metatensor::Error("can not access these Labels, they have been released");
    }
    return labels_;
}

metatensor::Labels LabelsHolder::release() {
    static_cast<void>(this->as_metatensor());
    return std::move(labels_);
}

Labels LabelsHolder::from_metatensor(metatensor::Labels labels) {
    return torch::make_intrusive<LabelsHolder>(std::move(labels));
}
