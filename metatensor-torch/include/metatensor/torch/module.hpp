#ifndef METATENSOR_TORCH_MODULE_HPP
#define METATENSOR_TORCH_MODULE_HPP

#include <torch/script.h>

#include "metatensor/torch/exports.h"

namespace metatensor_torch {

/// A `torch::jit::Module` which also moves and converts metatensor data.
///
/// `torch::jit::Module::to` only knows about parameters and buffers. This
/// class also changes Labels, TensorBlock and TensorMap stored as attributes of
/// the module and all its sub-modules, alone or inside dicts, lists and tuples.
///
/// Only the attributes named in `_mts_buffer_names` are changed; modules
/// without this attribute (from old versions of metatensor-learn) have all of
/// their attributes checked.
class METATENSOR_TORCH_EXPORT Module : public torch::jit::Module {
public:
    /// Share the same underlying module as `module`
    Module(const torch::jit::Module& module) : torch::jit::Module(module) {}

    /// Move the module to `device` and convert it to `dtype`.
    /// @throws c10::ValueError if a dict or list mixes metatensor and other data
    void to(torch::Device device, torch::Dtype dtype, bool non_blocking = false);

    /// Convert the module to `dtype`
    void to(torch::Dtype dtype, bool non_blocking = false);

    /// Move the module to `device`
    void to(torch::Device device, bool non_blocking = false);
};

static_assert(sizeof(Module) == sizeof(torch::jit::Module),
              "the layout of metatensor_torch::Module is part of the binary interface");

} // namespace metatensor_torch

#endif
