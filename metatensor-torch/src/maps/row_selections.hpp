#ifndef METATENSOR_TORCH_SRC_MAPS_ROW_SELECTIONS_HPP
#define METATENSOR_TORCH_SRC_MAPS_ROW_SELECTIONS_HPP

#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "../staging.hpp"

namespace metatensor_torch::maps {

/// What a plan does to the rows along one axis of an array. The indices belong to the plan.
struct RowPlan {
    explicit RowPlan(const mts_plan_t& plan, int64_t entry);

    bool is_share() const { return kind == 0; }
    bool is_range() const { return kind == 1; }

    /// see `mts_plan_entry_t`
    int64_t kind;
    int64_t input_count;
    int64_t output_count;
    int64_t start;
    /// null if there are none
    const int64_t* indices;
    const int64_t* counts;
};

/// Tells which row plans do the same
class RowPlanKinds {
public:
    /// The same number for plans of the same kind with the same indices
    int64_t number(const RowPlan& rows);

private:
    std::unordered_map<const int64_t*, int64_t> by_address_;
    std::unordered_map<std::string_view, int64_t> by_content_;
    std::map<std::vector<int64_t>, int64_t> without_indices_;
};

/// Take some of the rows of an array along one axis
struct Gather {
    torch::Tensor input;
    int64_t axis;
    RowPlan rows;
};

/// Gathers of any number of arrays with the same dtype and device: as few operators of
/// torch as possible, none on the host without automatic differentiation. All results are
/// copies.
class Gathers {
public:
    /// Indices are made part of the transfer, which has to be run before `run`
    Gathers(std::vector<Gather> gathers, details::StagedTransfer& transfer);

    std::vector<torch::Tensor> run() const;

private:
    struct Batch {
        std::vector<size_t> members;
        /// undefined to take all rows
        torch::Tensor index;
    };

    void run_on_host(std::vector<torch::Tensor>& results) const;
    std::vector<torch::Tensor> run_batch(const Batch& batch) const;

    std::vector<Gather> gathers_;
    /// gathers for our own loops
    std::vector<size_t> on_host_;
    std::vector<Batch> batches_;
};

} // namespace metatensor_torch::maps

#endif
