#ifndef METATENSOR_TORCH_LABELS_ARRAY_HPP
#define METATENSOR_TORCH_LABELS_ARRAY_HPP

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/array.hpp"
#include "metatensor/torch/labels.hpp"

namespace metatensor_torch::details {

/// The values of one set of labels, on all the devices where they are known.
/// This is shared by the arrays containing these values: moving labels between
/// devices does not forget what was already there.
///
/// The host values are kept for as long as any of the arrays lives; tensors on
/// other devices as long as something else uses them. Tensors which have been
/// modified in place since they were added are never given out, nor are those added
/// by another stream, which may still have to write to them.
class LabelsMirrors {
public:
    /// Add a contiguous tensor on CPU
    void add_host(const torch::Tensor& tensor);
    /// Add a tensor on another device
    void add_device(const torch::Tensor& tensor);

    /// Contiguous values on CPU, if they are known
    std::optional<torch::Tensor> host() const;
    /// Values on a device which is not CPU, if they are known
    std::optional<torch::Tensor> on_device(torch::Device device) const;

    /// Values on CPU, copied from `resident` and kept if they are not known.
    /// The copy is made at most once, other threads wait for it.
    torch::Tensor host_or_copy(const torch::Tensor& resident);

    /// Labels on CPU with these `names` and the values of `host_or_copy`. They are
    /// remembered, and with them what makes it fast to find entries.
    metatensor::Labels host_labels(const std::vector<std::string>& names,
                                   const torch::Tensor& resident);

private:
    /// The host tensor if it is still valid, while holding the mutex
    std::optional<torch::Tensor> valid_host() const;

    struct DeviceMirror {
        c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> tensor;
        torch::Device device;
        uint32_t version;
        /// where the tensor is known to have its values
        c10::StreamId stream;
    };

    mutable std::mutex mutex_;
    torch::Tensor host_;
    uint32_t host_version_ = 0;
    std::vector<DeviceMirror> devices_;

    /// what `host_labels` gave, and the tensor which these are around. They do not
    /// know these mirrors, which would keep each other alive
    std::optional<metatensor::Labels> host_labels_;
    torch::Tensor host_labels_values_;
    uint32_t host_labels_version_ = 0;
};

/// Array behind the labels made by this library. Metatensor and other programs
/// see it as any `TorchDataArray`; the difference is that its values are copied
/// to the host at most once, whoever asks for them.
class LabelsArray final : public TorchDataArray {
public:
    /// Array for the 2-dimensional int32 tensor `resident`. `mirrors` is what is
    /// already known of the same values.
    explicit LabelsArray(torch::Tensor resident,
                         std::shared_ptr<LabelsMirrors> mirrors = nullptr);

    /// The array behind `labels`, or null if these are made by somebody else.
    /// Valid as long as `labels` are.
    static LabelsArray* find(const metatensor::Labels& labels);

    /// Has the tensor been modified in place? Users should not do this; when
    /// they do nothing known about the values can be trusted any more.
    bool is_modified() const;

    /// What is known of the values of this array
    std::shared_ptr<LabelsMirrors> mirrors();

    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) override;

    std::unique_ptr<metatensor::DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const override;

    std::unique_ptr<metatensor::DataArrayBase> copy(DLDevice device) const override;

    void reshape(const std::vector<uintptr_t>& shape) override;

    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override;

private:
    void remember_resident();

    mutable std::mutex mutex_;
    std::shared_ptr<LabelsMirrors> mirrors_;
    /// version of the tensor for which `mirrors_` are valid
    uint32_t version_;
    /// version of the tensor when this array was created
    uint32_t initial_version_;
};

/// Are the rows of new labels known to be unique?
enum class Uniqueness { Check, Assume };

/// New labels of the C++ API with the given `names`, around the int32 tensor
/// `values`. Rows of tensors without data are never checked.
metatensor::Labels make_labels(const std::vector<std::string>& names, torch::Tensor values,
                               Uniqueness uniqueness,
                               std::shared_ptr<LabelsMirrors> mirrors = nullptr);

/// The array behind `labels`, null if there is none or they were released
LabelsArray* find_labels_array(const LabelsHolder& labels);

/// Contiguous values of `labels` on CPU, if this needs no transfer
std::optional<torch::Tensor> known_host_values(const LabelsHolder& labels);

/// Should operations on both labels run on their device? They have to be on the same
/// one, which `kernels` can work with, and have at least one entry and dimension.
bool prefer_device(const LabelsHolder& first, const LabelsHolder& second);

/// Contiguous values of `labels` on CPU. A transfer is made at most once, and
/// remembered for all the labels sharing the same values.
///
/// @throws metatensor::Error if the values are meta or fake tensors
torch::Tensor host_values(const LabelsHolder& labels);

/// Values of `labels` on `device`, with at most one transfer
torch::Tensor values_on(const LabelsHolder& labels, torch::Device device, bool non_blocking);

} // namespace metatensor_torch::details

#endif
