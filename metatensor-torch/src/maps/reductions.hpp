#ifndef METATENSOR_TORCH_SRC_MAPS_REDUCTIONS_HPP
#define METATENSOR_TORCH_SRC_MAPS_REDUCTIONS_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <torch/script.h>

#include "../staging.hpp"
#include "row_selections.hpp"

// Sums, averages, ... of the rows of groups, for all leaves of a map. The formulas are those
// of `_reduce.py`, with the same results to the last bit: groups are added in the order of
// their members.
namespace metatensor_torch::maps {

enum class Reduction { Sum, Mean, Var, Std };

/// @throws c10::ValueError if there is no such reduction
Reduction parse_reduction(const std::string& name);

/// One leaf which is to be reduced
struct ReducedLeaf {
    torch::Tensor array;
    RowPlan groups;
    /// For gradients, the row of the values which each row differentiates; the same for the
    /// reduced gradient and values. Only used for variances and standard deviations.
    std::vector<int64_t> rows;
    std::vector<int64_t> new_rows;
    /// Numbers which sums are divided by, if not those of the members of the groups
    std::vector<int64_t> counts;
};

/// Reductions of all blocks of a map, along the first (0) or last (-1) axis
class Reductions {
public:
    /// @param leaves leaves of all blocks, one after the other
    /// @param per_block number of leaves of each block, the first of them are the values
    /// @param transfer gets the indices, and has to be run before `run`
    Reductions(Reduction reduction, int64_t axis, std::vector<ReducedLeaf> leaves,
               size_t per_block, details::StagedTransfer& transfer);

    std::vector<torch::Tensor> run() const;

private:
    /// One of the leaves of several blocks
    struct PackedLeaf {
        std::vector<torch::Tensor> arrays;
        /// number of rows of each of the results
        std::vector<int64_t> new_sizes;
        torch::Tensor groups;
        torch::Tensor counts;
        int64_t groups_count = 0;
        torch::Tensor rows;
        torch::Tensor new_rows;
    };
    struct Batch {
        /// numbers of blocks
        std::vector<size_t> blocks;
        std::vector<PackedLeaf> leaves;
    };
    /// What the gradients need to know of the values
    struct Values {
        torch::Tensor original;
        torch::Tensor reduced;
        torch::Tensor mean;
    };

    bool can_sum_on_host(const torch::Tensor& array) const;
    void sum_on_host(std::vector<torch::Tensor>& results) const;
    Batch make_batch(std::vector<size_t> blocks, details::StagedTransfer& transfer) const;
    PackedLeaf make_leaf(const std::vector<size_t>& blocks, size_t number,
                         details::StagedTransfer& transfer) const;
    void add_rows(PackedLeaf& leaf, const std::vector<size_t>& blocks, size_t number,
                  details::StagedTransfer& transfer) const;

    torch::Tensor sum(const torch::Tensor& array, const PackedLeaf& leaf) const;
    torch::Tensor mean(const torch::Tensor& array, const PackedLeaf& leaf) const;
    Values reduce_values(const PackedLeaf& leaf) const;
    torch::Tensor reduce_gradient(const PackedLeaf& leaf, const Values& values) const;

    Reduction reduction_;
    int64_t axis_;
    std::vector<ReducedLeaf> leaves_;
    size_t per_block_;
    /// leaves which our own loops add
    std::vector<size_t> on_host_;
    std::vector<Batch> batches_;
};

} // namespace metatensor_torch::maps

#endif
