#pragma once

/// @file
/// C++ API of metatensor: labelled block-sparse arrays with gradients. Everything
/// here is header-only on top of the C API in `metatensor.h`.

// IWYU pragma: begin_exports
#include "metatensor.h"

#include "metatensor/arrays.hpp"
#include "metatensor/block.hpp"
#include "metatensor/comparison.hpp"
#include "metatensor/errors.hpp"
#include "metatensor/io.hpp"
#include "metatensor/io_fwd.hpp"
#include "metatensor/labels.hpp"
#include "metatensor/metadata.hpp"
#include "metatensor/native.hpp"
#include "metatensor/plan.hpp"
#include "metatensor/structure.hpp"
#include "metatensor/tensor.hpp"
// IWYU pragma: end_exports
