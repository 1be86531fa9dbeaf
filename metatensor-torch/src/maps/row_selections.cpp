#include "row_selections.hpp"

#include <utility>

#include "../kernels/array_rows.hpp"
#include "small_arrays.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::Gathers;
using metatensor_torch::maps::RowPlan;
using metatensor_torch::maps::RowPlanKinds;

RowPlan::RowPlan(const mts_plan_t& plan, int64_t entry) {
    const auto& content = plan.entries[entry];
    const auto find = [&](int64_t position) {
        return position < 0 ? nullptr : plan.indices + position;
    };
    kind = content.kind;
    input_count = content.input_count;
    output_count = content.output_count;
    start = kind == 1 ? content.start : 0;
    indices = kind >= 2 ? find(content.indices) : nullptr;
    counts = kind == 3 ? find(content.counts) : nullptr;
}

int64_t RowPlanKinds::number(const RowPlan& rows) {
    const auto next = static_cast<int64_t>(by_address_.size() + without_indices_.size());
    if (rows.indices == nullptr) {
        const auto key = std::vector<int64_t>{rows.start, rows.input_count, rows.output_count};
        return without_indices_.emplace(key, next).first->second;
    }
    const auto [known, is_new] = by_address_.emplace(rows.indices, next);
    if (is_new) {
        // to gather there is one index for each row of the output, else of the input
        const auto count = rows.kind == 2 ? rows.output_count : rows.input_count;
        const auto content = std::string_view(reinterpret_cast<const char*>(rows.indices),
                                              static_cast<size_t>(count) * sizeof(int64_t));
        known->second = by_content_.emplace(content, next).first->second;
    }
    return known->second;
}

/// Indices of the rows of several arrays which follow each other
static torch::Tensor packed_index(const std::vector<maps::Gather>& gathers,
                                  const std::vector<size_t>& members) {
    int64_t count = 0;
    for (const auto i : members) {
        count += gathers[i].rows.output_count;
    }
    auto index = torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64));
    auto* data = index.mutable_data_ptr<int64_t>();
    int64_t offset = 0;
    for (const auto i : members) {
        const auto& rows = gathers[i].rows;
        for (int64_t j = 0; j < rows.output_count; j++) {
            *data++ = offset + (rows.indices == nullptr ? rows.start + j : rows.indices[j]);
        }
        offset += rows.input_count;
    }
    return index;
}

Gathers::Gathers(std::vector<Gather> gathers, details::StagedTransfer& transfer)
    : gathers_(std::move(gathers)) {
    if (gathers_.empty()) {
        return;
    }
    auto batched = std::vector<size_t>();
    auto batches = Batches(gathers_.front().input.device());
    auto kinds = RowPlanKinds();
    for (size_t i = 0; i < gathers_.size(); i++) {
        const auto& [input, axis, rows] = gathers_[i];
        if (is_for_host_loops(input)) {
            on_host_.push_back(i);
            continue;
        }
        auto kind = input.sizes().vec();
        kind[0] = axis == 0 ? -1 : kinds.number(rows);
        kind.push_back(axis);
        batched.push_back(i);
        batches.add(kind, input.nbytes());
    }
    for (auto members : batches.list()) {
        bool all_rows = true;
        for (auto& member : members) {
            member = batched[member];
            all_rows = all_rows && gathers_[member].rows.is_share();
        }
        auto index = torch::Tensor();
        if (!all_rows && gathers_[members.front()].axis == 0) {
            index = transfer.add(packed_index(gathers_, members));
        } else if (!all_rows) {
            index = transfer.add(packed_index(gathers_, {members.front()}));
        }
        batches_.push_back({std::move(members), std::move(index)});
    }
}

std::vector<torch::Tensor> Gathers::run() const {
    auto results = std::vector<torch::Tensor>(gathers_.size());
    if (!on_host_.empty()) {
        run_on_host(results);
    }
    for (const auto& batch : batches_) {
        auto parts = run_batch(batch);
        for (size_t i = 0; i < parts.size(); i++) {
            results[batch.members[i]] = std::move(parts[i]);
        }
    }
    return results;
}

void Gathers::run_on_host(std::vector<torch::Tensor>& results) const {
    auto shapes = std::vector<std::vector<int64_t>>();
    shapes.reserve(on_host_.size());
    for (const auto i : on_host_) {
        shapes.push_back(gathers_[i].input.sizes().vec());
        shapes.back()[static_cast<size_t>(gathers_[i].axis)] = gathers_[i].rows.output_count;
    }
    auto outputs = new_arrays(shapes, gathers_[on_host_.front()].input.options());
    for (size_t k = 0; k < on_host_.size(); k++) {
        const auto& [input, axis, rows] = gathers_[on_host_[k]];
        const auto selection =
            kernels::RowSelection{rows.indices, rows.start, rows.output_count};
        kernels::gather_rows(outputs[k], contiguous(input), axis, selection);
        results[on_host_[k]] = std::move(outputs[k]);
    }
}

std::vector<torch::Tensor> Gathers::run_batch(const Batch& batch) const {
    auto inputs = std::vector<torch::Tensor>();
    auto sizes = std::vector<int64_t>();
    for (const auto i : batch.members) {
        const auto& [input, axis, rows] = gathers_[i];
        inputs.push_back(input);
        sizes.push_back(axis == 0 ? rows.output_count : input.size(0));
    }
    auto packed = pack(inputs);
    if (batch.index.defined()) {
        packed = packed.index_select(gathers_[batch.members.front()].axis, batch.index);
    } else if (inputs.size() == 1) {
        packed = packed.clone(torch::MemoryFormat::Contiguous);
    }
    return unpack(packed, sizes);
}
