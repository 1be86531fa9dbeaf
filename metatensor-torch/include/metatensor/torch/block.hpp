#ifndef METATENSOR_TORCH_BLOCK_HPP
#define METATENSOR_TORCH_BLOCK_HPP

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/exports.h"
#include "metatensor/torch/labels.hpp"

namespace metatensor_torch {

namespace details {
struct HolderLayout;
}

class TensorBlockHolder;
class TensorMapHolder;

/// TorchScript handle of a `TensorBlockHolder`
using TensorBlock = torch::intrusive_ptr<TensorBlockHolder>;

/// Values with the labels of each of their axes, and optionally gradients.
///
/// A holder either owns its core block, or is a view inside another block (a
/// gradient), a map, or any other object. Views keep their parent alive.
///
/// The layout of this class is part of the binary interface: other libraries
/// allocate it and inline some of its members.
class METATENSOR_TORCH_EXPORT TensorBlockHolder : public torch::CustomClassHolder {
public:
    /// Create a block from `values` (at least 2-D) and the labels of its axes.
    ///
    /// All labels must be on the same device as `values`.
    /// @throws metatensor::Error if values and labels do not match
    TensorBlockHolder(torch::Tensor values, Labels samples, std::vector<Labels> components,
                      Labels properties);

    /// Wrap a core block. If `parent` is not None, `block` is a view and
    /// `parent` is what keeps its memory alive.
    TensorBlockHolder(metatensor::TensorBlock block, torch::IValue parent);

    /// Copy this block, and its gradients. With `deep`, the values are copied
    /// (differentiably), otherwise they are shared; labels are always shared.
    /// The result is never a view.
    TensorBlock copy(bool deep = true) const;

    /// The tensor given when creating this block.
    /// @throws c10::ValueError if the values are not a C++ torch tensor
    torch::Tensor values() const;

    /// Labels of one axis: 0 for samples, then components, then properties.
    Labels labels(uintptr_t axis) const;

    /// Labels of the first axis of the values
    Labels samples() const { return this->labels(0); }

    /// Labels of the axes between samples and properties
    std::vector<Labels> components() const {
        auto n_axes = static_cast<uintptr_t>(this->values().dim());
        auto result = std::vector<Labels>();
        for (uintptr_t axis = 1; axis + 1 < n_axes; axis++) {
            result.push_back(this->labels(axis));
        }
        return result;
    }

    /// Labels of the last axis of the values
    Labels properties() const {
        return this->labels(static_cast<uintptr_t>(this->values().dim()) - 1);
    }

    /// Number of samples
    int64_t len() const { return this->values().size(0); }

    /// Shape of the values. The result points inside the tensor: it is valid
    /// as long as this block.
    at::IntArrayRef shape() const { return this->values().sizes(); }

    /// Device of the values, and of all labels
    torch::Device device() const { return this->values().device(); }

    /// Data type of the values, and of all gradients
    torch::Dtype scalar_type() const { return this->values().scalar_type(); }

    /// Add a gradient with respect to `parameter`. `gradient` stays usable:
    /// it shares its data with the gradient stored in this block.
    /// @throws metatensor::Error if this block is a view, already has this
    ///         gradient, or if the labels, dtype or device do not match
    void add_gradient(const std::string& parameter, TensorBlock gradient);

    /// Names of all gradients, in the order of insertion
    std::vector<std::string> gradients_list() const { return block_.gradients_list(); }

    /// Is there a gradient with respect to `parameter`?
    bool has_gradient(const std::string& parameter) const;

    /// Gradient with respect to `parameter`, a view inside `self`.
    /// @throws metatensor::Error if there is no such gradient
    static TensorBlock gradient(TensorBlock self, const std::string& parameter);

    /// All gradients with their names, in the order of insertion
    static std::vector<std::tuple<std::string, TensorBlock>> gradients(TensorBlock self);

    /// Is this block a view inside another object?
    bool is_view() const {
        // capsules are for blocks moved inside a map
        return !parent_.isNone() && !parent_.isCapsule();
    }

    /// Convert values and gradients to `dtype`, move them and all labels to
    /// `device`. The result owns its data.
    TensorBlock to(torch::optional<torch::Dtype> dtype = torch::nullopt,
                   torch::optional<torch::Device> device = torch::nullopt,
                   bool non_blocking = false) const;

    /// Same as `to`, as called from Python and TorchScript: the positional
    /// arguments can be a dtype or a device, in any order.
    /// @throws c10::TypeError for a positional argument of any other type
    /// @throws c10::ValueError if dtype or device is given twice, or if
    ///         `arrays` is neither None nor "torch"
    TensorBlock to_positional(torch::IValue positional_1, torch::IValue positional_2,
                              torch::optional<torch::Dtype> dtype,
                              torch::optional<torch::Device> device,
                              torch::optional<std::string> arrays,
                              bool non_blocking = false) const;

    /// Same content in pinned memory, from where it can be copied to a device without waiting
    /// for it; `self` if it is there already.
    /// @throws c10::Error if `self` is not on CPU, or no memory can be pinned
    static TensorBlock pin_memory(TensorBlock self);

    /// Are all values, gradients and labels in pinned memory? Arrays without elements do not
    /// count.
    bool is_pinned() const;

    /// Summary of the shape, the names of labels, and the gradients
    std::string repr() const;

    /// Load a block from the file at `path`
    static TensorBlock load(const std::string& path);
    /// Load a block from a 1-D contiguous CPU tensor of uint8
    static TensorBlock load_buffer(torch::Tensor buffer);
    /// Save this block to the file at `path`
    void save(const std::string& path) const;
    /// Save this block to a 1-D CPU tensor of uint8
    torch::Tensor save_buffer() const;

    /// Get the core block out of this holder, which can not be used anymore.
    /// @throws std::runtime_error if this is a view
    metatensor::TensorBlock release();

    /// Access the core block
    metatensor::TensorBlock& as_metatensor() { return block_; }

    /// Access the core block
    const metatensor::TensorBlock& as_metatensor() const { return block_; }

    /// Take ownership of a core block
    static TensorBlock from_metatensor(metatensor::TensorBlock block);

    /// Wrap a core view, which lives as long as `parent` does.
    /// @throws c10::ValueError if `block` is not a view or `parent` is None
    static TensorBlock view_from_metatensor(metatensor::TensorBlock block,
                                            torch::IValue parent);

private:
    /// Create a view of the gradient with respect to `parameter`
    TensorBlockHolder(metatensor::TensorBlock block, std::string parameter,
                      torch::IValue parent);

    friend class torch::intrusive_ptr<TensorBlockHolder>;
    friend class TensorMapHolder;
    friend struct details::HolderLayout;

    /// the core block, owned or a view
    metatensor::TensorBlock block_;
    /// what keeps the memory of a view alive, None if this is not a view. For
    /// blocks moved inside a map, a capsule keeping alive the gradients that were
    /// taken out of this block.
    torch::IValue parent_;
    /// for gradients, with respect to what; levels are separated by a `/`
    std::string parameter_;
    /// were there ever views of gradients of this block?
    bool has_views_ = false;
    /// trivial data only: clients copy and destroy this without our code
    uint8_t reserved_[31] = {0};
};

} // namespace metatensor_torch

#endif
