#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "block_parts.hpp"
#include "metatensor/torch/tensor.hpp"
#include "strings.hpp"

using namespace metatensor_torch;

/// `text` in the middle of a cell of the given width
static std::string centered(const std::string& text, size_t width) {
    auto left = (width - text.size()) / 2;
    auto right = width - text.size() - left;
    return std::string(left, ' ') + text + std::string(right, ' ');
}

/// Text of the first `n_rows` keys
static std::vector<std::vector<std::string>> keys_cells(const metatensor::Labels& keys,
                                                        size_t n_rows) {
    auto cells = std::vector<std::vector<std::string>>(n_rows);
    if (n_rows == 0) {
        return cells;
    }

    auto n_columns = keys.size();
    const auto values = keys.values_cpu();
    for (size_t row = 0; row < n_rows; row++) {
        cells[row].reserve(n_columns);
        for (size_t column = 0; column < n_columns; column++) {
            cells[row].push_back(std::to_string(values.data()[row * n_columns + column]));
        }
    }
    return cells;
}

/// Width of each column, for the rows that are printed
static std::vector<size_t> columns_widths(const std::vector<std::vector<std::string>>& cells,
                                          size_t n_columns) {
    auto widths = std::vector<size_t>(n_columns, 0);
    for (const auto& row : cells) {
        for (size_t column = 0; column < n_columns; column++) {
            widths[column] = std::max(widths[column], row[column].size() + 2);
        }
    }
    return widths;
}

std::string TensorMapHolder::print(int64_t max_keys) const {
    auto keys = tensor_.keys();
    auto n_blocks = keys.count();
    auto names = keys.names();

    auto result =
        "TensorMap with " + std::to_string(n_blocks) + (n_blocks == 1 ? " block" : " blocks");
    result += "\n    keys: [" + details::join(", ", names) + "]";
    result += "\n    blocks:";

    auto n_printed = n_blocks;
    if (max_keys >= 0) {
        n_printed = std::min(n_blocks, static_cast<size_t>(max_keys));
    }

    auto cells = keys_cells(keys, n_printed);
    auto widths = columns_widths(cells, keys.size());
    // the C API only takes mutable maps here, but nothing is modified
    auto& mutable_tensor = const_cast<metatensor::TensorMap&>(tensor_);
    for (size_t row = 0; row < n_printed; row++) {
        result += "\n      ";
        for (size_t column = 0; column < widths.size(); column++) {
            result += centered(cells[row][column], widths[column]);
        }
        auto shape = details::torch_values(mutable_tensor.block_by_id(row)).sizes();
        result += "  => TensorBlock with shape (" + details::join(", ", shape) + ")";
    }

    if (n_printed < n_blocks) {
        result += "\n      ";
        for (auto width : widths) {
            result += std::string(width, ' ');
        }
        result += " ...";
    }
    return result;
}
