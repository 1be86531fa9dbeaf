#include <memory>
#include <vector>

#include "dlpack.hpp"
#include "metatensor/torch/array.hpp"
#include "tensor_utils.hpp"

mts_status_t metatensor_torch::details::create_torch_array(const uintptr_t* shape,
                                                           uintptr_t shape_count,
                                                           DLDataType dtype,
                                                           mts_array_t* array) {
    return metatensor::details::catch_exceptions([=]() {
        auto sizes = std::vector<int64_t>();
        if (shape_count != 0) {
            sizes.assign(shape, shape + shape_count);
        }
        const auto options =
            torch::TensorOptions().dtype(dtype_from_dlpack(dtype)).device(torch::kCPU);
        // metatensor writes in this tensor: it has to be a real one
        const PlainTensorScope plain;
        auto created = std::make_unique<TorchDataArray>(torch::zeros(sizes, options));
        *array = metatensor::DataArrayBase::to_mts_array(std::move(created)).release();
    });
}
