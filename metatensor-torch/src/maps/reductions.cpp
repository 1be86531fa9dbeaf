#include "reductions.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "../kernels/array_rows.hpp"
#include "small_arrays.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::Reduction;
using metatensor_torch::maps::Reductions;

Reduction maps::parse_reduction(const std::string& name) {
    if (name == "sum") {
        return Reduction::Sum;
    } else if (name == "mean") {
        return Reduction::Mean;
    } else if (name == "var") {
        return Reduction::Var;
    } else if (name == "std") {
        return Reduction::Std;
    }
    C10_THROW_ERROR(ValueError, "unknown reduction '" + name + "'");
}

static torch::Tensor new_index(int64_t count) {
    return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64));
}

/// Group of a row: groups of one row each if all of them are shared
static int64_t group_of(const maps::RowPlan& groups, int64_t row) {
    return groups.indices == nullptr ? row : groups.indices[row];
}

Reductions::Reductions(Reduction reduction, int64_t axis, std::vector<ReducedLeaf> leaves,
                       size_t per_block, details::StagedTransfer& transfer)
    : reduction_(reduction), axis_(axis), leaves_(std::move(leaves)), per_block_(per_block) {
    const auto blocks_count = leaves_.size() / per_block_;
    if (blocks_count == 0) {
        return;
    }
    auto batched = std::vector<size_t>();
    auto batches = Batches(leaves_.front().array.device());
    auto kinds = RowPlanKinds();
    for (size_t block = 0; block < blocks_count; block++) {
        const auto first = leaves_.begin() + static_cast<int64_t>(block * per_block_);
        const auto last = first + static_cast<int64_t>(per_block_);
        const auto on_host = std::all_of(
            first, last, [&](const ReducedLeaf& leaf) { return can_sum_on_host(leaf.array); });
        if (on_host) {
            for (size_t i = 0; i < per_block_; i++) {
                on_host_.push_back(block * per_block_ + i);
            }
            continue;
        }
        auto kind = std::vector<int64_t>();
        size_t bytes = 0;
        for (auto leaf = first; leaf != last; leaf++) {
            const auto shape = leaf->array.sizes();
            kind.insert(kind.end(), shape.begin() + 1, shape.end());
            kind.push_back(axis_ == 0 ? -1 : kinds.number(leaf->groups));
            bytes += leaf->array.nbytes();
        }
        // vectorized operations on complex numbers do not round like others
        if (reduction_ != Reduction::Sum && first->array.is_complex()) {
            kind.push_back(static_cast<int64_t>(block));
        }
        batched.push_back(block);
        batches.add(kind, bytes);
    }
    for (auto blocks : batches.list()) {
        for (auto& block : blocks) {
            block = batched[block];
        }
        batches_.push_back(make_batch(std::move(blocks), transfer));
    }
}

bool Reductions::can_sum_on_host(const torch::Tensor& array) const {
    return reduction_ == Reduction::Sum && is_for_host_loops(array) &&
           kernels::can_add_rows(array.scalar_type());
}

Reductions::Batch Reductions::make_batch(std::vector<size_t> blocks,
                                         details::StagedTransfer& transfer) const {
    auto batch = Batch();
    for (size_t number = 0; number < per_block_; number++) {
        batch.leaves.push_back(make_leaf(blocks, number, transfer));
    }
    batch.blocks = std::move(blocks);
    return batch;
}

Reductions::PackedLeaf Reductions::make_leaf(const std::vector<size_t>& blocks, size_t number,
                                             details::StagedTransfer& transfer) const {
    auto leaf = PackedLeaf();
    int64_t rows_count = 0;
    for (const auto block : blocks) {
        const auto& one = leaves_[block * per_block_ + number];
        leaf.arrays.push_back(one.array);
        leaf.new_sizes.push_back(axis_ == 0 ? one.groups.output_count : one.array.size(0));
        // along the properties all blocks have the same groups
        if (axis_ == 0 || block == blocks.front()) {
            rows_count += one.groups.input_count;
            leaf.groups_count += one.groups.output_count;
        }
    }
    const auto groups = new_index(rows_count);
    const auto counts = new_index(leaf.groups_count);
    auto* group = groups.mutable_data_ptr<int64_t>();
    auto* count = counts.mutable_data_ptr<int64_t>();
    int64_t offset = 0;
    for (const auto block : blocks) {
        const auto& one = leaves_[block * per_block_ + number];
        const auto& plan = one.groups;
        const auto* known = one.counts.empty() ? plan.counts : one.counts.data();
        for (int64_t row = 0; row < plan.input_count; row++) {
            *group++ = offset + group_of(plan, row);
        }
        for (int64_t row = 0; row < plan.output_count; row++) {
            *count++ = known == nullptr ? 1 : known[row];
        }
        offset += plan.output_count;
        if (axis_ != 0) {
            break;
        }
    }
    leaf.groups = transfer.add(groups);
    if (reduction_ != Reduction::Sum) {
        leaf.counts = transfer.add(counts);
    }
    if (number != 0 && (reduction_ == Reduction::Var || reduction_ == Reduction::Std)) {
        add_rows(leaf, blocks, number, transfer);
    }
    return leaf;
}

void Reductions::add_rows(PackedLeaf& leaf, const std::vector<size_t>& blocks, size_t number,
                          details::StagedTransfer& transfer) const {
    const auto pack_rows = [&](const auto& rows_of, const auto& size_of) {
        int64_t count = 0;
        for (const auto block : blocks) {
            count += static_cast<int64_t>(rows_of(block).size());
        }
        const auto index = new_index(count);
        auto* data = index.template mutable_data_ptr<int64_t>();
        int64_t offset = 0;
        for (const auto block : blocks) {
            for (const auto row : rows_of(block)) {
                *data++ = offset + row;
            }
            offset += size_of(leaves_[block * per_block_]);
        }
        return transfer.add(index);
    };
    leaf.rows = pack_rows(
        [&](size_t block) -> const std::vector<int64_t>& {
            return leaves_[block * per_block_ + number].rows;
        },
        [](const ReducedLeaf& values) { return values.array.size(0); });
    leaf.new_rows = pack_rows(
        [&](size_t block) -> const std::vector<int64_t>& {
            return leaves_[block * per_block_ + number].new_rows;
        },
        [&](const ReducedLeaf& values) {
            return axis_ == 0 ? values.groups.output_count : values.array.size(0);
        });
}

std::vector<torch::Tensor> Reductions::run() const {
    auto results = std::vector<torch::Tensor>(leaves_.size());
    if (!on_host_.empty()) {
        sum_on_host(results);
    }
    for (const auto& batch : batches_) {
        auto values = Values();
        for (size_t number = 0; number < per_block_; number++) {
            const auto& leaf = batch.leaves[number];
            if (number == 0) {
                values = reduce_values(leaf);
            }
            const auto reduced = number == 0 ? values.reduced : reduce_gradient(leaf, values);
            auto parts = unpack(reduced, leaf.new_sizes);
            for (size_t i = 0; i < parts.size(); i++) {
                results[batch.blocks[i] * per_block_ + number] = std::move(parts[i]);
            }
        }
    }
    return results;
}

void Reductions::sum_on_host(std::vector<torch::Tensor>& results) const {
    auto shapes = std::vector<std::vector<int64_t>>();
    shapes.reserve(on_host_.size());
    for (const auto i : on_host_) {
        auto shape = leaves_[i].array.sizes().vec();
        (axis_ == 0 ? shape.front() : shape.back()) = leaves_[i].groups.output_count;
        shapes.push_back(std::move(shape));
    }
    auto outputs = new_arrays(shapes, leaves_[on_host_.front()].array.options());
    for (size_t k = 0; k < on_host_.size(); k++) {
        const auto& array = leaves_[on_host_[k]].array;
        const auto& groups = leaves_[on_host_[k]].groups;
        auto& output = outputs[k];
        if (groups.indices == nullptr) {
            kernels::gather_rows(output, contiguous(array), axis_,
                                 {nullptr, 0, groups.input_count});
        } else {
            std::memset(output.mutable_data_ptr(), 0, output.nbytes());
            kernels::add_rows(output, contiguous(array), axis_, groups.indices);
        }
        results[on_host_[k]] = std::move(output);
    }
}

torch::Tensor Reductions::sum(const torch::Tensor& array, const PackedLeaf& leaf) const {
    const auto dtype = array.scalar_type();
    if (dtype == torch::kHalf || dtype == torch::kBFloat16) {
        // torch rounds these sums once, or each time, as it likes
        return sum(array.to(torch::kFloat32), leaf).to(dtype);
    }
    auto shape = array.sizes().vec();
    (axis_ == 0 ? shape.front() : shape.back()) = leaf.groups_count;
    if (is_for_host_loops(array) && kernels::can_add_rows(dtype)) {
        auto output = torch::zeros(shape, array.options());
        kernels::add_rows(output, contiguous(array), axis_,
                          leaf.groups.const_data_ptr<int64_t>());
        return output;
    }
    return array.new_zeros(shape).index_add(axis_, leaf.groups, array);
}

torch::Tensor Reductions::mean(const torch::Tensor& array, const PackedLeaf& leaf) const {
    const auto total = sum(array, leaf);
    auto shape = std::vector<int64_t>(static_cast<size_t>(array.dim()), 1);
    (axis_ == 0 ? shape.front() : shape.back()) = leaf.groups_count;
    return total / leaf.counts.to(total.scalar_type()).reshape(shape);
}

/// Integers as floating point numbers, others as they are
static torch::Tensor promote_to_inexact(const torch::Tensor& array) {
    return array.is_floating_point() || array.is_complex() ? array : array / 1.0;
}

/// Square root, with derivative 0 at 0
static torch::Tensor safe_sqrt(const torch::Tensor& array) {
    const auto zero = array == 0;
    const auto root = torch::sqrt(torch::where(zero, torch::ones_like(array), array));
    return torch::where(zero, torch::zeros_like(root), root);
}

/// Quotient, with 0 instead of everything which is not finite
static torch::Tensor divide_or_zero(const torch::Tensor& a, const torch::Tensor& b) {
    const auto zero = b == 0;
    const auto ratio = a / torch::where(zero, torch::ones_like(b), b);
    return torch::where(torch::logical_or(zero, torch::logical_not(torch::isfinite(ratio))),
                        torch::zeros_like(ratio), ratio);
}

Reductions::Values Reductions::reduce_values(const PackedLeaf& leaf) const {
    auto values = Values();
    values.original = pack(leaf.arrays);
    if (reduction_ == Reduction::Sum) {
        values.reduced = sum(values.original, leaf);
        return values;
    }
    values.original = promote_to_inexact(values.original);
    values.mean = mean(values.original, leaf);
    if (reduction_ == Reduction::Mean) {
        values.reduced = values.mean;
        return values;
    }
    const auto deviations = values.original - values.mean.index_select(axis_, leaf.groups);
    const auto variance = mean(deviations * deviations, leaf);
    values.reduced = reduction_ == Reduction::Var ? variance : safe_sqrt(variance);
    return values;
}

torch::Tensor Reductions::reduce_gradient(const PackedLeaf& leaf, const Values& values) const {
    auto gradient = pack(leaf.arrays);
    if (reduction_ == Reduction::Sum) {
        return sum(gradient, leaf);
    }
    gradient = promote_to_inexact(gradient);
    const auto mean_gradient = mean(gradient, leaf);
    if (reduction_ == Reduction::Mean) {
        return mean_gradient;
    }
    // rows of the values, with as many axes as the gradient
    const auto take = [&](const torch::Tensor& array, const torch::Tensor& rows) {
        auto taken = array.index_select(0, rows);
        while (taken.dim() < gradient.dim()) {
            taken = taken.unsqueeze(1);
        }
        return taken;
    };
    const auto mean_product = mean(gradient * take(values.original, leaf.rows), leaf);
    const auto half = mean_product - mean_gradient * take(values.mean, leaf.new_rows);
    if (reduction_ == Reduction::Var) {
        return half + half;
    }
    return divide_or_zero(half, take(values.reduced, leaf.new_rows));
}
