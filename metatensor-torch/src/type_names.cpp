#include "type_names.hpp"

#include <cctype>

namespace metatensor_torch::details {

std::string type_name(const torch::IValue& value) {
    return value.type()->str();
}

std::string dtype_name(torch::ScalarType dtype) {
    switch (dtype) {
    case torch::kUInt8:
        return "torch.uint8";
    case torch::kInt8:
        return "torch.int8";
    case torch::kInt16:
        return "torch.int16";
    case torch::kInt32:
        return "torch.int32";
    case torch::kInt64:
        return "torch.int64";
    case torch::kFloat16:
        return "torch.float16";
    case torch::kFloat32:
        return "torch.float32";
    case torch::kFloat64:
        return "torch.float64";
    case torch::kComplexHalf:
        return "torch.complex32";
    case torch::kComplexFloat:
        return "torch.complex64";
    case torch::kComplexDouble:
        return "torch.complex128";
    default: {
        // the remaining names only differ by their case: BFloat16, UInt16, …
        std::string name = "torch.";
        for (const char character : std::string(c10::toString(dtype))) {
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
        }
        return name;
    }
    }
}

} // namespace metatensor_torch::details
