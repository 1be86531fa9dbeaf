// Other libraries allocate the holders and inline some of their members: size
// and position of all members are fixed for the whole life of this ABI.

#include <cstddef>

#include "metatensor/torch/block.hpp"
#include "metatensor/torch/module.hpp"
#include "metatensor/torch/tensor.hpp"

#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && UINTPTR_MAX == UINT64_MAX

// classes with virtual functions do not have a standard layout, but all
// compilers we support define `offsetof` for them
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

namespace metatensor_torch::details {

struct HolderLayout {
    static_assert(sizeof(TensorBlockHolder) == 128);
    static_assert(offsetof(TensorBlockHolder, block_) == 16);
    static_assert(offsetof(TensorBlockHolder, parent_) == 48);
    static_assert(offsetof(TensorBlockHolder, parameter_) == 64);
    static_assert(offsetof(TensorBlockHolder, has_views_) == 96);

    static_assert(sizeof(TensorMapHolder) == 96);
    static_assert(offsetof(TensorMapHolder, tensor_) == 16);
    static_assert(offsetof(TensorMapHolder, parent_) == 48);
    static_assert(offsetof(TensorMapHolder, reserved_) == 64);

    static_assert(sizeof(Module) == 48);
};

} // namespace metatensor_torch::details

#endif
