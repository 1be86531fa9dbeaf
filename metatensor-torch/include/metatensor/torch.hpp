#ifndef METATENSOR_TORCH_HPP
#define METATENSOR_TORCH_HPP

#include "metatensor/torch/exports.h" // IWYU pragma: export
#include "metatensor/torch/version.h" // IWYU pragma: export

#include "metatensor/torch/array.hpp"  // IWYU pragma: export
#include "metatensor/torch/block.hpp"  // IWYU pragma: export
#include "metatensor/torch/labels.hpp" // IWYU pragma: export
#include "metatensor/torch/misc.hpp"   // IWYU pragma: export
#include "metatensor/torch/module.hpp" // IWYU pragma: export
#include "metatensor/torch/tensor.hpp" // IWYU pragma: export

#endif
