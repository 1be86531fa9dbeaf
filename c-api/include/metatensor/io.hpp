#pragma once

// IWYU pragma: begin_exports
#include "metatensor/io/block.hpp"
#include "metatensor/io/labels.hpp"
#include "metatensor/io/options.hpp"
#include "metatensor/io/tensor.hpp"
#include "metatensor/io_fwd.hpp"
// IWYU pragma: end_exports
