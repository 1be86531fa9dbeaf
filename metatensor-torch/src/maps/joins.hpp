#ifndef METATENSOR_TORCH_SRC_MAPS_JOINS_HPP
#define METATENSOR_TORCH_SRC_MAPS_JOINS_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include <torch/script.h>

#include "../staging.hpp"
#include "row_selections.hpp"

namespace metatensor_torch::maps {

/// Part of a joined array
struct Piece {
    torch::Tensor array;
    /// the rows (along the first axis) to put its own at, which are all of them without a
    /// value. There are zeros elsewhere.
    std::optional<RowPlan> scatter;
};

/// Concatenations of arrays of the same device along the first (0) or last (-1) axis, with
/// the dtype they all promote to
class Joins {
public:
    /// @param joins pieces of each result, at least one
    /// @param transfer gets the indices, and has to be run before `run`
    Joins(int64_t axis, std::vector<std::vector<Piece>> joins,
          details::StagedTransfer& transfer);

    std::vector<torch::Tensor> run() const;

private:
    bool is_for_host(const std::vector<Piece>& pieces) const;
    void run_on_host(std::vector<torch::Tensor>& results) const;
    std::vector<torch::Tensor> run_batch(const std::vector<size_t>& members) const;
    std::vector<int64_t> joined_shape(const std::vector<Piece>& pieces) const;
    torch::Tensor with_all_rows(const Piece& piece) const;

    int64_t axis_;
    torch::Dtype dtype_ = torch::kFloat64;
    std::vector<std::vector<Piece>> joins_;
    std::map<const int64_t*, torch::Tensor> index_;
    std::vector<size_t> on_host_;
    std::vector<std::vector<size_t>> batches_;
};

} // namespace metatensor_torch::maps

#endif
