#include "array_rows.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <ATen/Parallel.h>

using namespace metatensor_torch;
using metatensor_torch::kernels::AxisView;
using metatensor_torch::kernels::RowSelection;

/// Number of elements which are worth another thread
static constexpr int64_t GRAIN_SIZE = 1 << 15;

AxisView::AxisView(torch::IntArrayRef shape, int64_t axis) {
    const auto size = static_cast<int64_t>(shape.size());
    axis = axis < 0 ? axis + size : axis;
    length = shape[axis];
    for (int64_t i = 0; i < size; i++) {
        if (i < axis) {
            outer *= shape[i];
        } else if (i > axis) {
            inner *= shape[i];
        }
    }
}

namespace {

/// Copy rows of `Size` bytes, known by the compiler
template <size_t Size>
void gather_fixed(char* output, const char* input, const RowSelection& rows) {
    for (int64_t i = 0; i < rows.count; i++) {
        std::memcpy(output + i * Size, input + rows.positions[i] * Size, Size);
    }
}

void gather_bytes(char* output, const char* input, size_t size, const RowSelection& rows) {
    if (rows.positions == nullptr) {
        std::memcpy(output, input + rows.start * size, rows.count * size);
        return;
    }
    switch (size) {
    case 4:
        return gather_fixed<4>(output, input, rows);
    case 8:
        return gather_fixed<8>(output, input, rows);
    case 16:
        return gather_fixed<16>(output, input, rows);
    default:
        for (int64_t i = 0; i < rows.count; i++) {
            std::memcpy(output + i * size, input + rows.positions[i] * size, size);
        }
    }
}

/// Consecutive rows of one group
struct Run {
    int64_t group;
    int64_t begin;
    int64_t end;
};

std::vector<Run> find_runs(const int64_t* groups, int64_t length) {
    auto runs = std::vector<Run>();
    for (int64_t i = 0; i < length; i++) {
        if (runs.empty() || runs.back().group != groups[i]) {
            runs.push_back({groups[i], i, i});
        }
        runs.back().end = i + 1;
    }
    return runs;
}

/// Sums along the last axis of `Together` lines at once: additions to one sum have to wait
/// for each other, those to different ones do not
template <int64_t Together, typename T>
void add_lines(T* output, const T* input, int64_t length, int64_t count,
               const std::vector<Run>& runs) {
    for (const auto& run : runs) {
        auto* to = output + run.group;
        std::array<T, Together> sums;
        for (int64_t k = 0; k < Together; k++) {
            sums[k] = to[k * count];
        }
        for (int64_t i = run.begin; i < run.end; i++) {
            for (int64_t k = 0; k < Together; k++) {
                sums[k] = static_cast<T>(sums[k] + input[k * length + i]);
            }
        }
        for (int64_t k = 0; k < Together; k++) {
            to[k * count] = sums[k];
        }
    }
}

template <typename T>
void add_columns(T* output, const T* input, int64_t begin, int64_t end, int64_t length,
                 int64_t count, const std::vector<Run>& runs) {
    constexpr int64_t TOGETHER = 8;
    int64_t line = begin;
    for (; line + TOGETHER <= end; line += TOGETHER) {
        add_lines<TOGETHER>(output + line * count, input + line * length, length, count, runs);
    }
    for (; line < end; line++) {
        add_lines<1>(output + line * count, input + line * length, length, count, runs);
    }
}

/// Elements `begin` to `end` of the rows of one matrix
template <typename T>
void add_elements(T* output, const T* input, int64_t begin, int64_t end, int64_t inner,
                  int64_t length, const int64_t* groups) {
    for (int64_t i = 0; i < length; i++) {
        auto* to = output + groups[i] * inner;
        const auto* from = input + i * inner;
        for (int64_t k = begin; k < end; k++) {
            to[k] = static_cast<T>(to[k] + from[k]);
        }
    }
}

template <typename T>
void add_typed(T* output, const T* input, const AxisView& view, int64_t count,
               const int64_t* groups) {
    const auto outer = view.outer;
    const auto length = view.length;
    const auto inner = view.inner;
    const auto in_parallel = [&](int64_t size, int64_t cost, const auto& part) {
        if (size * cost < GRAIN_SIZE) {
            part(0, size); // calling without other threads takes some time as well
        } else {
            at::parallel_for(0, size, std::max<int64_t>(GRAIN_SIZE / cost, 1), part);
        }
    };
    if (inner == 1) {
        const auto runs = find_runs(groups, length);
        in_parallel(outer, std::max<int64_t>(length, 1), [&](int64_t begin, int64_t end) {
            add_columns(output, input, begin, end, length, count, runs);
        });
    } else if (outer == 1) {
        in_parallel(inner, std::max<int64_t>(length, 1), [&](int64_t begin, int64_t end) {
            add_elements(output, input, begin, end, inner, length, groups);
        });
    } else {
        const auto cost = std::max<int64_t>(length * inner, 1);
        in_parallel(outer, cost, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; i++) {
                add_elements(output + i * count * inner, input + i * length * inner, 0, inner,
                             inner, length, groups);
            }
        });
    }
}

} // namespace

void kernels::gather_rows(const torch::Tensor& output, const torch::Tensor& input,
                          int64_t axis, const RowSelection& rows) {
    if (output.numel() == 0) {
        return;
    }
    const auto view = AxisView(input.sizes(), axis);
    const auto size = static_cast<size_t>(view.inner) * input.element_size();
    const auto* from = static_cast<const char*>(input.const_data_ptr());
    auto* to = static_cast<char*>(output.mutable_data_ptr());
    const auto one = [&](int64_t i, int64_t begin, int64_t end) {
        const auto* positions = rows.positions == nullptr ? nullptr : rows.positions + begin;
        gather_bytes(to + (i * rows.count + begin) * size, from + i * view.length * size, size,
                     {positions, rows.start + begin, end - begin});
    };
    if (output.numel() < GRAIN_SIZE) {
        for (int64_t i = 0; i < view.outer; i++) {
            one(i, 0, rows.count);
        }
    } else if (view.outer == 1) {
        at::parallel_for(0, rows.count, std::max<int64_t>(GRAIN_SIZE / view.inner, 1),
                         [&](int64_t begin, int64_t end) { one(0, begin, end); });
    } else {
        const auto cost = std::max<int64_t>(rows.count * view.inner, 1);
        at::parallel_for(0, view.outer, std::max<int64_t>(GRAIN_SIZE / cost, 1),
                         [&](int64_t begin, int64_t end) {
                             for (int64_t i = begin; i < end; i++) {
                                 one(i, 0, rows.count);
                             }
                         });
    }
}

void kernels::add_rows(const torch::Tensor& output, const torch::Tensor& input, int64_t axis,
                       const int64_t* groups) {
    if (input.numel() == 0) {
        return;
    }
    const auto view = AxisView(input.sizes(), axis);
    const auto count = output.size(axis);
    switch (input.scalar_type()) {
#define METATENSOR_TORCH_ADD_ROWS(type, name)                                                 \
    case torch::ScalarType::name:                                                             \
        add_typed(output.mutable_data_ptr<type>(), input.const_data_ptr<type>(), view, count, \
                  groups);                                                                    \
        break;
        AT_FORALL_SCALAR_TYPES_AND(Bool, METATENSOR_TORCH_ADD_ROWS)
        METATENSOR_TORCH_ADD_ROWS(c10::complex<float>, ComplexFloat)
        METATENSOR_TORCH_ADD_ROWS(c10::complex<double>, ComplexDouble)
#undef METATENSOR_TORCH_ADD_ROWS
    default:
        C10_THROW_ERROR(NotImplementedError, "sums of this dtype are not supported");
    }
}

bool kernels::can_add_rows(torch::Dtype dtype) {
    switch (dtype) {
#define METATENSOR_TORCH_CASE(_, name) case torch::ScalarType::name:
        AT_FORALL_SCALAR_TYPES_AND(Bool, METATENSOR_TORCH_CASE)
        METATENSOR_TORCH_CASE(_, ComplexFloat)
        METATENSOR_TORCH_CASE(_, ComplexDouble)
#undef METATENSOR_TORCH_CASE
        return true;
    default:
        return false;
    }
}

void kernels::place_rows(const torch::Tensor& output, const torch::Tensor& input,
                         const int64_t* rows, int64_t start, int64_t column) {
    if (input.numel() == 0) {
        return;
    }
    const auto item = input.element_size();
    const auto width = input.size(-1) * item;
    const auto stride = output.size(-1) * item;
    const auto components = input.numel() / (input.size(0) * input.size(-1));
    const auto* from = static_cast<const char*>(input.const_data_ptr());
    auto* to = static_cast<char*>(output.mutable_data_ptr()) + column * item;
    if (rows == nullptr && width == stride) {
        std::memcpy(to + start * components * stride, from, input.nbytes());
        return;
    }
    for (int64_t i = 0; i < input.size(0); i++) {
        const auto row = rows == nullptr ? start + i : rows[i];
        for (int64_t j = 0; j < components; j++) {
            std::memcpy(to + (row * components + j) * stride, from, width);
            from += width;
        }
    }
}
