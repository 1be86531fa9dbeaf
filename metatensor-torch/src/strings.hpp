#ifndef METATENSOR_TORCH_STRINGS_HPP
#define METATENSOR_TORCH_STRINGS_HPP

#include <string>
#include <type_traits>

namespace metatensor_torch::details {

/// Text of all the strings or integers in `values`, with `separator` in between.
///
/// This replaces `c10::Join`: what streams print depends on the locale of the program.
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
