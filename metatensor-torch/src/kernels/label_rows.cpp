#include "label_rows.hpp"

#include <utility>

namespace metatensor_torch::kernels {

namespace {

struct Sorted {
    torch::Tensor keys;
    /// where the keys were
    torch::Tensor order;
    /// is a key, but the first one, equal to the one before it?
    torch::Tensor same_as_previous;
};

Sorted sort_keys(const torch::Tensor& keys) {
    auto [sorted, order] = torch::sort(keys, /*stable=*/true, /*dim=*/0, /*descending=*/false);
    auto same = sorted.slice(0, 1) == sorted.slice(0, 0, -1);
    return {std::move(sorted), std::move(order), std::move(same)};
}

/// Column as the low half of a 64-bit key, in the same order
torch::Tensor low_half(const torch::Tensor& column) {
    return column.to(torch::kInt64) + (int64_t(1) << 31);
}

/// Number of distinct smaller keys, for each key
torch::Tensor dense_ranks(const torch::Tensor& keys) {
    const auto sorted = sort_keys(keys);
    auto ranks = torch::zeros_like(keys);
    ranks.slice(0, 1).copy_(sorted.same_as_previous.logical_not().cumsum(0));
    return torch::empty_like(keys).scatter_(0, sorted.order, ranks);
}

/// One 64-bit key for each row: keys compare like rows
torch::Tensor row_keys(const torch::Tensor& rows) {
    const auto shift = [](const torch::Tensor& high) {
        return torch::bitwise_left_shift(high, 32);
    };
    auto keys = rows.select(1, 0).to(torch::kInt64);
    if (rows.size(1) > 1) {
        keys = shift(keys) + low_half(rows.select(1, 1));
    }
    // two columns fill a key: make room by ranking the keys of the columns so far
    for (int64_t column = 2; column < rows.size(1); column++) {
        keys = shift(dense_ranks(keys)) + low_half(rows.select(1, column));
    }
    return keys;
}

/// Positions in the other operand of the rows of each operand, -1 if there are none
struct Matches {
    torch::Tensor first;
    torch::Tensor second;
};

Matches match_rows(const torch::Tensor& first, const torch::Tensor& second) {
    const auto n_first = first.size(0);
    const auto keys = row_keys(torch::cat({first, second}));
    const auto sorted = sort_keys(keys);

    // rows are unique inside an operand, so a row equal to another one is next to it
    const auto& order = sorted.order;
    const auto& same = sorted.same_as_previous;
    auto partner = torch::full_like(order, -1);
    partner.slice(0, 0, -1).copy_(torch::where(same, order.slice(0, 1), -1));
    auto later = partner.slice(0, 1);
    later.copy_(torch::where(same, order.slice(0, 0, -1), later));
    const auto matches = torch::empty_like(order).scatter_(0, order, partner);

    // rows repeated inside an operand are an error of the user, not a match
    const auto of_first = matches.slice(0, 0, n_first);
    const auto of_second = matches.slice(0, n_first);
    return {
        torch::where(of_first >= n_first, of_first - n_first, -1),
        torch::where(of_second < n_first, of_second, -1),
    };
}

/// Positions, among the rows to keep, of these rows; -1 for the other ones
torch::Tensor kept_positions(const torch::Tensor& keep) {
    return torch::where(keep, keep.cumsum(0) - 1, -1);
}

/// Value of `positions` for each of `indexes`, -1 for negative indexes
torch::Tensor follow(const torch::Tensor& positions, const torch::Tensor& indexes) {
    if (positions.size(0) == 0) {
        return torch::full_like(indexes, -1);
    }
    const auto followed = positions.index_select(0, indexes.clamp_min(0));
    return torch::where(indexes >= 0, followed, -1);
}

torch::Tensor keep_rows(const torch::Tensor& rows, const torch::Tensor& keep) {
    return rows.index_select(0, keep.nonzero().select(1, 0));
}

} // namespace

bool supports(torch::Device device) {
    // others are missing some operators on 64-bit integers in some versions of torch
    return device.is_cpu() || device.is_cuda() || device.is_hip();
}

bool rows_are_unique(const torch::Tensor& rows) {
    if (rows.size(0) < 2) {
        return true;
    }
    return !sort_keys(row_keys(rows)).same_as_previous.any().item<bool>();
}

RowSet rows_union(const torch::Tensor& first, const torch::Tensor& second) {
    const auto matches = match_rows(first, second);
    const auto is_new = matches.second < 0;
    auto first_mapping = torch::arange(first.size(0), matches.first.options());
    auto second_mapping =
        torch::where(is_new, is_new.cumsum(0) + (first.size(0) - 1), matches.second);
    return {
        torch::cat({first, keep_rows(second, is_new)}),
        std::move(first_mapping),
        std::move(second_mapping),
    };
}

RowSet rows_intersection(const torch::Tensor& first, const torch::Tensor& second) {
    if (first.size(0) > second.size(0)) {
        auto swapped = rows_intersection(second, first);
        std::swap(swapped.first_mapping, swapped.second_mapping);
        return swapped;
    }
    const auto matches = match_rows(first, second);
    const auto keep = matches.first >= 0;
    auto first_mapping = kept_positions(keep);
    auto second_mapping = follow(first_mapping, matches.second);
    return {keep_rows(first, keep), std::move(first_mapping), std::move(second_mapping)};
}

RowSet rows_difference(const torch::Tensor& first, const torch::Tensor& second) {
    const auto keep = match_rows(first, second).first < 0;
    return {keep_rows(first, keep), kept_positions(keep), torch::Tensor()};
}

torch::Tensor rows_find(const torch::Tensor& rows, const torch::Tensor& selection) {
    const auto positions = match_rows(rows, selection).second;
    return positions.index_select(0, (positions >= 0).nonzero().select(1, 0));
}

torch::Tensor rows_matching(const torch::Tensor& rows, const std::vector<int64_t>& columns,
                            const torch::Tensor& selection) {
    auto selected_columns = std::vector<torch::Tensor>();
    for (const auto column : columns) {
        selected_columns.push_back(rows.select(1, column));
    }
    const auto keys = row_keys(torch::cat({torch::stack(selected_columns, 1), selection}));
    const auto row_keys = keys.slice(0, 0, rows.size(0)).contiguous();
    const auto selection_keys = std::get<0>(keys.slice(0, rows.size(0)).sort());

    const auto candidates =
        torch::searchsorted(selection_keys, row_keys).clamp_max(selection_keys.size(0) - 1);
    const auto matches = selection_keys.index_select(0, candidates) == row_keys;
    return matches.nonzero().select(1, 0);
}

} // namespace metatensor_torch::kernels
