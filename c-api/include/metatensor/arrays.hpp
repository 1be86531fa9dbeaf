#pragma once

// IWYU pragma: begin_exports
#include "metatensor/arrays/base.hpp"
#include "metatensor/arrays/compare.hpp"
#include "metatensor/arrays/create.hpp"
#include "metatensor/arrays/dlpack.hpp"
#include "metatensor/arrays/empty.hpp"
#include "metatensor/arrays/mts_array.hpp"
#include "metatensor/arrays/ndarray.hpp"
#include "metatensor/arrays/simple.hpp"
// IWYU pragma: end_exports
