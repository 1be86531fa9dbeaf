#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "metatensor/torch/array.hpp"
#include "row_moves.hpp"
#include "staging.hpp"
#include "strings.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;

namespace {

/// Properties read and written by a movement
std::tuple<uintptr_t, uintptr_t, uintptr_t> property_window(const mts_data_movement_t& move) {
    return {move.properties_start_in, move.properties_start_out, move.properties_length};
}

/// Rows of one tensor used by a set of movements
template <typename Iterator>
details::RowRange find_rows(Iterator begin, Iterator end,
                            uintptr_t mts_data_movement_t::* sample) {
    auto rows = details::RowRange{static_cast<int64_t>((*begin).*sample), end - begin, {}};
    auto expected = (*begin).*sample;
    const bool is_range =
        std::all_of(begin, end, [&](const auto& move) { return move.*sample == expected++; });
    if (!is_range) {
        const details::PlainTensorScope plain;
        rows.positions =
            torch::empty({rows.count}, torch::TensorOptions().dtype(torch::kInt64));
        std::transform(begin, end, rows.positions.data_ptr<int64_t>(),
                       [&](const auto& move) { return static_cast<int64_t>(move.*sample); });
    }
    return rows;
}

std::string shape_string(const std::vector<uintptr_t>& shape) {
    return "[" + details::join(", ", shape) + "]";
}

void check_moves(const std::vector<uintptr_t>& output, const std::vector<uintptr_t>& input,
                 const std::vector<mts_data_movement_t>& moves) {
    const bool same_components =
        output.size() >= 2 && output.size() == input.size() &&
        std::equal(output.begin() + 1, output.end() - 1, input.begin() + 1);
    if (!same_components) {
        throw metatensor::Error("can not move data between arrays of shape " +
                                shape_string(input) + " and " + shape_string(output) +
                                ": they must have the same components");
    }

    const auto inside = [](uintptr_t start, uintptr_t length, uintptr_t size) {
        return start <= size && length <= size - start;
    };
    for (const auto& move : moves) {
        const bool valid =
            move.sample_in < input.front() && move.sample_out < output.front() &&
            inside(move.properties_start_in, move.properties_length, input.back()) &&
            inside(move.properties_start_out, move.properties_length, output.back());
        if (!valid) {
            throw metatensor::Error(
                "can not move data out of bounds: sample " + std::to_string(move.sample_in) +
                " to " + std::to_string(move.sample_out) + ", " +
                std::to_string(move.properties_length) + " properties from " +
                std::to_string(move.properties_start_in) + " to " +
                std::to_string(move.properties_start_out) + ", between arrays of shape " +
                shape_string(input) + " and " + shape_string(output));
        }
    }
}

} // namespace

void TorchDataArray::move_data(const metatensor::DataArrayBase& input,
                               std::vector<mts_data_movement_t> moves) {
    const auto* torch_input = dynamic_cast<const TorchDataArray*>(&input);
    if (torch_input == nullptr) {
        throw metatensor::Error("can not move data: the input is not a torch array");
    }
    if (moves.empty()) {
        return;
    }
    check_moves(this->shape(), torch_input->shape(), moves);
    if (tensor_.is_meta()) {
        return;
    }

    // one copy for each set of properties, however many samples there are
    const auto by_window = [](const mts_data_movement_t& lhs, const mts_data_movement_t& rhs) {
        return property_window(lhs) < property_window(rhs);
    };
    if (!std::is_sorted(moves.begin(), moves.end(), by_window)) {
        std::stable_sort(moves.begin(), moves.end(), by_window);
    }

    const auto device = tensor_.device();
    const auto send = [&](const torch::Tensor& host) {
        return details::host_to_device(host, device);
    };
    auto* staged = details::StagedTransfer::current(device);
    for (auto begin = moves.cbegin(); begin != moves.cend();) {
        const auto end = std::upper_bound(begin, moves.cend(), *begin, by_window);
        auto move = details::RowMove{torch_input->tensor(),
                                     tensor_,
                                     find_rows(begin, end, &mts_data_movement_t::sample_in),
                                     find_rows(begin, end, &mts_data_movement_t::sample_out),
                                     static_cast<int64_t>(begin->properties_start_in),
                                     static_cast<int64_t>(begin->properties_start_out),
                                     static_cast<int64_t>(begin->properties_length)};
        if (staged != nullptr) {
            // all together, once the positions of the rows are there
            staged->moves().add(std::move(move));
        } else {
            details::move_rows(std::move(move), send);
        }
        begin = end;
    }
}
