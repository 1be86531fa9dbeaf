#include "joins.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "../kernels/array_rows.hpp"
#include "small_arrays.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::Joins;
using metatensor_torch::maps::Piece;

/// Number of rows of a piece in the joined array
static int64_t rows_count(const Piece& piece) {
    return piece.scatter.has_value() ? piece.scatter->output_count : piece.array.size(0);
}

Joins::Joins(int64_t axis, std::vector<std::vector<Piece>> joins,
             details::StagedTransfer& transfer)
    : axis_(axis), joins_(std::move(joins)) {
    if (joins_.empty()) {
        return;
    }
    dtype_ = joins_.front().front().array.scalar_type();
    for (const auto& pieces : joins_) {
        for (const auto& piece : pieces) {
            dtype_ = torch::promote_types(dtype_, piece.array.scalar_type());
        }
    }
    auto batched = std::vector<size_t>();
    auto batches = Batches(joins_.front().front().array.device());
    for (size_t i = 0; i < joins_.size(); i++) {
        const auto& pieces = joins_[i];
        if (is_for_host(pieces)) {
            on_host_.push_back(i);
            continue;
        }
        auto kind = joined_shape(pieces);
        const auto size = c10::multiply_integers(kind) * torch::elementSize(dtype_);
        kind.front() = -1;
        for (const auto& piece : pieces) {
            if (axis_ != 0) {
                kind.push_back(piece.array.size(-1));
            }
            const auto& scatter = piece.scatter;
            if (scatter.has_value() && index_.count(scatter->indices) == 0) {
                const auto index =
                    torch::tensor(c10::IntArrayRef(scatter->indices, scatter->input_count),
                                  torch::TensorOptions().dtype(torch::kInt64));
                index_.emplace(scatter->indices, transfer.add(index));
            }
        }
        batched.push_back(i);
        batches.add(kind, static_cast<size_t>(size));
    }
    batches_ = batches.list();
    for (auto& members : batches_) {
        for (auto& member : members) {
            member = batched[member];
        }
    }
}

bool Joins::is_for_host(const std::vector<Piece>& pieces) const {
    return std::all_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
        return is_for_host_loops(piece.array) && piece.array.nbytes() <= SMALL_BYTES;
    });
}

std::vector<int64_t> Joins::joined_shape(const std::vector<Piece>& pieces) const {
    auto shape = pieces.front().array.sizes().vec();
    shape.front() = rows_count(pieces.front());
    auto& length = axis_ == 0 ? shape.front() : shape.back();
    length = 0;
    for (const auto& piece : pieces) {
        length += axis_ == 0 ? rows_count(piece) : piece.array.size(-1);
    }
    return shape;
}

std::vector<torch::Tensor> Joins::run() const {
    auto results = std::vector<torch::Tensor>(joins_.size());
    if (!on_host_.empty()) {
        run_on_host(results);
    }
    for (const auto& members : batches_) {
        auto parts = run_batch(members);
        for (size_t i = 0; i < parts.size(); i++) {
            results[members[i]] = std::move(parts[i]);
        }
    }
    return results;
}

void Joins::run_on_host(std::vector<torch::Tensor>& results) const {
    auto shapes = std::vector<std::vector<int64_t>>();
    shapes.reserve(on_host_.size());
    for (const auto i : on_host_) {
        shapes.push_back(joined_shape(joins_[i]));
    }
    const auto options = joins_[on_host_.front()].front().array.options().dtype(dtype_);
    auto outputs = new_arrays(shapes, options);
    for (size_t k = 0; k < on_host_.size(); k++) {
        const auto& pieces = joins_[on_host_[k]];
        auto& output = outputs[k];
        if (std::any_of(pieces.begin(), pieces.end(),
                        [](const Piece& piece) { return piece.scatter.has_value(); })) {
            std::memset(output.mutable_data_ptr(), 0, output.nbytes());
        }
        int64_t start = 0;
        for (const auto& piece : pieces) {
            const auto array = contiguous(
                piece.array.scalar_type() == dtype_ ? piece.array : piece.array.to(dtype_));
            const auto* rows = piece.scatter.has_value() ? piece.scatter->indices : nullptr;
            kernels::place_rows(output, array, rows, axis_ == 0 ? start : 0,
                                axis_ == 0 ? 0 : start);
            start += array.size(axis_);
        }
        results[on_host_[k]] = std::move(output);
    }
}

torch::Tensor Joins::with_all_rows(const Piece& piece) const {
    const auto array = piece.array.to(dtype_);
    if (!piece.scatter.has_value()) {
        return array;
    }
    auto shape = array.sizes().vec();
    shape.front() = piece.scatter->output_count;
    return array.new_zeros(shape).index_copy(0, index_.at(piece.scatter->indices), array);
}

std::vector<torch::Tensor> Joins::run_batch(const std::vector<size_t>& members) const {
    auto sizes = std::vector<int64_t>();
    for (const auto i : members) {
        sizes.push_back(joined_shape(joins_[i]).front());
    }
    auto parts = std::vector<torch::Tensor>();
    if (axis_ == 0) {
        for (const auto i : members) {
            for (const auto& piece : joins_[i]) {
                parts.push_back(with_all_rows(piece));
            }
        }
        return unpack(torch::cat(parts, 0), sizes);
    }
    // all results have the same numbers of properties in each of their pieces
    for (size_t j = 0; j < joins_[members.front()].size(); j++) {
        auto column = std::vector<torch::Tensor>();
        for (const auto i : members) {
            column.push_back(with_all_rows(joins_[i][j]));
        }
        parts.push_back(pack(column));
    }
    return unpack(torch::cat(parts, -1), sizes);
}
