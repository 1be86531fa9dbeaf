#include "flat_arrays.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "../tensor_utils.hpp"
#include "small_arrays.hpp"

using namespace metatensor_torch;
using Tensors = std::vector<torch::Tensor>;

namespace {

/// With fewer arrays than this, one operator for each is as fast
constexpr size_t MIN_COUNT = 4;

/// There may be some bytes between two arrays, so that they are aligned
constexpr int64_t MAX_GAP = 16;

/// Arrays which take less time to copy than to call an operator of torch
constexpr size_t MAX_COPIED_BYTES = 4096;

enum class Operation { Add, Subtract, Multiply, Divide };

Operation parse_operation(const std::string& name) {
    if (name == "add") {
        return Operation::Add;
    } else if (name == "subtract") {
        return Operation::Subtract;
    } else if (name == "multiply") {
        return Operation::Multiply;
    } else if (name == "divide") {
        return Operation::Divide;
    }
    C10_THROW_ERROR(ValueError, "unknown operation '" + name + "'");
}

/// A list of arrays as one array of one dimension
struct Flat {
    torch::Tensor all;
    /// where each of the arrays starts in it
    std::vector<int64_t> starts;
};

/// Can all the arrays be parts of a single one? They have to be small, so that the results do
/// not keep a lot of memory alive, and constants for automatic differentiation. Vectorized
/// operations on complex numbers do not round like others.
bool can_be_flat(const Tensors& arrays) {
    if (arrays.size() < MIN_COUNT || c10::InferenceMode::is_enabled()) {
        return false;
    }
    const auto active = c10::impl::tls_local_dispatch_key_set().included_;
    if (active.has_any(details::interception_keys().add(c10::DispatchKey::Tracer))) {
        return false;
    }
    const auto dtype = arrays.front().scalar_type();
    const auto device = arrays.front().device();
    return !c10::isComplexType(dtype) &&
           std::all_of(arrays.begin(), arrays.end(), [&](const torch::Tensor& array) {
               return details::has_data(array) && array.scalar_type() == dtype &&
                      array.device() == device && array.is_contiguous() && !array.is_neg() &&
                      !array.is_inference() && !maps::is_tracked(array) &&
                      array.nbytes() <= maps::SMALL_BYTES;
           });
}

/// The memory which all arrays share, if they follow each other
std::optional<Flat> find_flat(const Tensors& arrays) {
    const auto& first = arrays.front();
    const auto item = static_cast<int64_t>(first.element_size());
    const auto origin = first.storage_offset();
    auto starts = std::vector<int64_t>();
    starts.reserve(arrays.size());
    auto end = origin;
    for (const auto& array : arrays) {
        const auto start = array.storage_offset();
        if (!array.storage().is_alias_of(first.storage()) || start < end ||
            (start - end) * item >= MAX_GAP) {
            return std::nullopt;
        }
        starts.push_back(start - origin);
        end = start + array.numel();
    }
    return Flat{maps::part_of(first, {end - origin}, origin), std::move(starts)};
}

/// Copies of small arrays in main memory, one after the other
std::optional<Flat> copy_flat(const Tensors& arrays) {
    size_t bytes = 0;
    int64_t total = 0;
    auto starts = std::vector<int64_t>();
    starts.reserve(arrays.size());
    for (const auto& array : arrays) {
        starts.push_back(total);
        total += array.numel();
        bytes += array.nbytes();
    }
    if (!arrays.front().is_cpu() || bytes > MAX_COPIED_BYTES * arrays.size()) {
        return std::nullopt;
    }
    auto all = torch::empty({total}, arrays.front().options());
    auto* output = static_cast<uint8_t*>(all.mutable_data_ptr());
    for (const auto& array : arrays) {
        if (array.nbytes() != 0) {
            std::memcpy(output, array.const_data_ptr(), array.nbytes());
        }
        output += array.nbytes();
    }
    return Flat{std::move(all), std::move(starts)};
}

std::optional<Flat> to_flat(const Tensors& arrays) {
    if (!can_be_flat(arrays)) {
        return std::nullopt;
    }
    auto found = find_flat(arrays);
    return found.has_value() ? std::move(found) : copy_flat(arrays);
}

/// Two lists of arrays of the same shapes, at the same places
std::optional<std::pair<Flat, Flat>> to_flat(const Tensors& a, const Tensors& b) {
    const auto same_shape = [](const torch::Tensor& first, const torch::Tensor& second) {
        return first.sizes() == second.sizes();
    };
    if (!can_be_flat(a) || !can_be_flat(b) || a.front().device() != b.front().device() ||
        !std::equal(a.begin(), a.end(), b.begin(), b.end(), same_shape)) {
        return std::nullopt;
    }
    auto first = find_flat(a);
    auto second = find_flat(b);
    if (!first.has_value() || !second.has_value() || first->starts != second->starts) {
        first = copy_flat(a);
        second = copy_flat(b);
    }
    if (!first.has_value() || !second.has_value()) {
        return std::nullopt;
    }
    return std::pair(std::move(*first), std::move(*second));
}

/// Take a result apart
Tensors parts_of(const torch::Tensor& all, const std::vector<int64_t>& starts,
                 const Tensors& like) {
    auto parts = Tensors();
    parts.reserve(like.size());
    for (size_t i = 0; i < like.size(); i++) {
        parts.push_back(maps::part_of(all, like[i].sizes(), starts[i]));
    }
    return parts;
}

torch::Tensor combine(Operation operation, const torch::Tensor& a, const torch::Tensor& b) {
    switch (operation) {
    case Operation::Add:
        return torch::add(a, b);
    case Operation::Subtract:
        return torch::sub(a, b);
    case Operation::Multiply:
        return torch::mul(a, b);
    default:
        return torch::div(a, b);
    }
}

Tensors combine_lists(Operation operation, const Tensors& a, const Tensors& b) {
    switch (operation) {
    case Operation::Add:
        return torch::_foreach_add(a, b);
    case Operation::Subtract:
        return torch::_foreach_sub(a, b);
    case Operation::Multiply:
        return torch::_foreach_mul(a, b);
    default:
        return torch::_foreach_div(a, b);
    }
}

bool is_inexact(const torch::Tensor& array) {
    return array.is_floating_point() || array.is_complex();
}

} // namespace

Tensors maps::combine_all(const std::string& operation, const Tensors& a, const Tensors& b) {
    const auto kind = parse_operation(operation);
    if (a.empty()) {
        return a;
    }
    if (kind == Operation::Subtract &&
        !std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
            return is_inexact(x) || is_inexact(y);
        })) {
        // the difference of two integer arrays is not an integer
        return combine_all("add", a, combine_all_with("multiply", b, -1.0));
    }
    const auto flat = to_flat(a, b);
    if (!flat.has_value()) {
        return combine_lists(kind, a, b);
    }
    return parts_of(combine(kind, flat->first.all, flat->second.all), flat->first.starts, a);
}

Tensors maps::combine_all_with(const std::string& operation, const Tensors& a, double number) {
    const auto kind = parse_operation(operation);
    if (a.empty()) {
        return a;
    }
    // CUDA divides a single array by multiplying with the inverse
    const auto is_exact = kind != Operation::Divide || a.front().is_cpu();
    const auto flat = is_exact ? to_flat(a) : std::nullopt;
    const auto scalar = torch::Scalar(number);
    switch (kind) {
    case Operation::Add:
        return flat.has_value() ? parts_of(torch::add(flat->all, scalar), flat->starts, a)
                                : torch::_foreach_add(a, scalar);
    case Operation::Subtract:
        return flat.has_value() ? parts_of(torch::sub(flat->all, scalar), flat->starts, a)
                                : torch::_foreach_sub(a, scalar);
    case Operation::Multiply:
        return flat.has_value() ? parts_of(torch::mul(flat->all, scalar), flat->starts, a)
                                : torch::_foreach_mul(a, scalar);
    default:
        return flat.has_value() ? parts_of(torch::div(flat->all, scalar), flat->starts, a)
                                : torch::_foreach_div(a, scalar);
    }
}

Tensors maps::abs_all(const Tensors& arrays) {
    if (const auto flat = to_flat(arrays)) {
        return parts_of(torch::abs(flat->all), flat->starts, arrays);
    }
    auto results = Tensors();
    results.reserve(arrays.size());
    for (const auto& array : arrays) {
        results.push_back(torch::abs(array));
    }
    return results;
}

Tensors maps::full_like_all(const Tensors& arrays, double number) {
    if (can_be_flat(arrays)) {
        auto starts = std::vector<int64_t>();
        starts.reserve(arrays.size());
        int64_t total = 0;
        for (const auto& array : arrays) {
            starts.push_back(total);
            total += array.numel();
        }
        const auto all = torch::full({total}, number, arrays.front().options());
        return parts_of(all, starts, arrays);
    }
    auto results = Tensors();
    results.reserve(arrays.size());
    for (const auto& array : arrays) {
        results.push_back(array.new_full(array.sizes(), number));
    }
    return results;
}

/// Are all elements the same? NaN differs from itself
static bool all_equal(const torch::Tensor& a, const torch::Tensor& b) {
    return torch::eq(a, b).all().item<bool>();
}

/// The same for lists of arrays on a device, which is only asked once
static int64_t first_difference_on_device(const Tensors& a, const Tensors& b) {
    auto answers = Tensors();
    size_t count = 0;
    while (count < std::min(a.size(), b.size()) && a[count].sizes() == b[count].sizes()) {
        answers.push_back(torch::ne(a[count], b[count]).any());
        count++;
    }
    if (count != 0) {
        const auto differ = torch::stack(answers).cpu();
        const auto* begin = differ.const_data_ptr<bool>();
        const auto* found = std::find(begin, begin + count, true);
        count = static_cast<size_t>(found - begin);
    }
    return count == a.size() ? -1 : static_cast<int64_t>(count);
}

/// The same for arrays which follow each other; nothing if the first difference is between two
static std::optional<int64_t> first_flat_difference(const Flat& a, const Flat& b,
                                                    const Tensors& arrays) {
    const auto differ = torch::ne(a.all, b.all);
    const auto answer =
        torch::stack({differ.any().to(torch::kInt64), differ.to(torch::kUInt8).argmax()})
            .cpu();
    const auto* numbers = answer.const_data_ptr<int64_t>();
    if (numbers[0] == 0) {
        return -1;
    }
    const auto next = std::upper_bound(a.starts.begin(), a.starts.end(), numbers[1]);
    const auto i = (next - a.starts.begin()) - 1;
    const auto is_inside = numbers[1] - a.starts[i] < arrays[i].numel();
    return is_inside ? std::optional<int64_t>(i) : std::nullopt;
}

int64_t maps::first_difference(const Tensors& a, const Tensors& b) {
    const auto flat = to_flat(a, b);
    if (!a.empty() && !a.front().is_cpu()) {
        const auto first = flat.has_value() && flat->first.all.numel() != 0
                               ? first_flat_difference(flat->first, flat->second, a)
                               : std::nullopt;
        return first.has_value() ? *first : first_difference_on_device(a, b);
    }
    // what is between the arrays can differ as well
    if (flat.has_value() && all_equal(flat->first.all, flat->second.all)) {
        return -1;
    }
    for (size_t i = 0; i < a.size(); i++) {
        if (i >= b.size() || a[i].sizes() != b[i].sizes() || !all_equal(a[i], b[i])) {
            return static_cast<int64_t>(i);
        }
    }
    return -1;
}
