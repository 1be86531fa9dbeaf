#include "to_arguments.hpp"

#include <optional>
#include <string>

#include "type_names.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::ToArguments;

static void check_dtype(const std::string& function, int64_t dtype) {
    // torch does not check the integers that stand for dtypes, and later
    // crashes on the bad ones
    auto is_dtype = dtype >= 0 && dtype < static_cast<int64_t>(torch::ScalarType::Undefined);
    if (!is_dtype) {
        C10_THROW_ERROR(ValueError, "invalid dtype in `" + function +
                                        "`: " + std::to_string(dtype) +
                                        " is not the number of a torch dtype");
    }
}

static void set_dtype(const std::string& function, ToArguments& arguments,
                      torch::Dtype dtype) {
    if (arguments.dtype.has_value()) {
        C10_THROW_ERROR(ValueError, "the dtype is given twice in `" + function + "`");
    }
    arguments.dtype = dtype;
}

static void set_device(const std::string& function, ToArguments& arguments,
                       torch::Device device) {
    if (arguments.device.has_value()) {
        C10_THROW_ERROR(ValueError, "the device is given twice in `" + function + "`");
    }
    arguments.device = device;
}

ToArguments details::parse_to_arguments(const std::string& function,
                                        const torch::IValue& positional_1,
                                        const torch::IValue& positional_2,
                                        std::optional<torch::Dtype> dtype,
                                        std::optional<torch::Device> device,
                                        const std::optional<std::string>& arrays) {
    if (dtype.has_value()) {
        check_dtype(function, static_cast<int64_t>(dtype.value()));
    }
    auto arguments = ToArguments{dtype, device};

    for (const auto* value : {&positional_1, &positional_2}) {
        if (value->isNone()) {
            continue;
        } else if (value->isDevice()) {
            set_device(function, arguments, value->toDevice());
        } else if (value->isString()) {
            set_device(function, arguments, torch::Device(value->toStringRef()));
        } else if (value->isInt()) {
            check_dtype(function, value->toInt());
            set_dtype(function, arguments, static_cast<torch::Dtype>(value->toInt()));
        } else {
            C10_THROW_ERROR(TypeError,
                            "positional arguments of `" + function +
                                "` must be a torch.device (or str) or a torch.dtype, got " +
                                details::type_name(*value));
        }
    }

    if (arrays.has_value() && arrays.value() != "torch") {
        C10_THROW_ERROR(ValueError, "`arrays` must be None or 'torch' in `" + function +
                                        "`, got '" + arrays.value() + "'");
    }

    return arguments;
}
