#ifndef METATENSOR_TORCH_SHIMS_NLOHMANN_JSON_HPP
#define METATENSOR_TORCH_SHIMS_NLOHMANN_JSON_HPP

#include <string>

// Some versions of torch include this header from `ATen/functorch/Interpreter.h`
// without installing it, to serialize the state of functorch. These declarations
// are enough to compile it; nothing here is defined, because nothing is used.
namespace nlohmann {

struct json {
    json();
    template <typename T>
    json(const T& value); // NOLINT(google-explicit-constructor)

    std::string dump() const;
    static json parse(const std::string& text);

    template <typename T>
    T get() const;
};

} // namespace nlohmann

#endif
