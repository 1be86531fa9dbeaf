#ifndef METATENSOR_TORCH_STRINGS_HPP
#define METATENSOR_TORCH_STRINGS_HPP

#include <string>
#include <type_traits>

namespace metatensor_torch::details {

/// Text of all the strings or integers in `values`, with `separator` in between.
///
/// `c10::Join` and everything using streams are to be avoided: what they print depends
/// on the locale of the program, and builds of torch contain parts of the streams of
/// other versions of the C++ library, which crash when mixed with the ones we use.
template <typename Range>
std::string join(const char* separator, const Range& values) {
    std::string result;
    bool is_first = true;
    for (const auto& value : values) {
        result += is_first ? "" : separator;
        if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>) {
            result += std::to_string(value);
        } else {
            result += value;
        }
        is_first = false;
    }
    return result;
}

} // namespace metatensor_torch::details

#endif
