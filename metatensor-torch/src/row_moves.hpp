#ifndef METATENSOR_TORCH_SRC_ROW_MOVES_HPP
#define METATENSOR_TORCH_SRC_ROW_MOVES_HPP

#include <cstdint>
#include <functional>
#include <vector>

#include <torch/script.h>

namespace metatensor_torch::details {

/// Rows of a tensor: a range if possible, else a list of positions
struct RowRange {
    int64_t start = 0;
    int64_t count = 0;
    /// int64 positions on the host; undefined for a range
    torch::Tensor positions;
};

/// Some rows and properties of a tensor which are copied to another one
struct RowMove {
    torch::Tensor source;
    torch::Tensor target;
    RowRange rows_in;
    RowRange rows_out;
    int64_t first_property_in = 0;
    int64_t first_property_out = 0;
    int64_t properties = 0;
};

/// What sends a tensor of the host to the device; the values may be there only later
using Send = std::function<torch::Tensor(const torch::Tensor&)>;

/// Do a movement at once
void move_rows(RowMove move, const Send& send);

/// Movements which are done together: a few operators for all small tensors which go to
/// the same one, instead of one for each.
class RowMoves {
public:
    void add(RowMove move) { moves_.push_back(std::move(move)); }

    /// Send the positions of all rows to the device
    void prepare(const Send& send);

    /// Move the values, once the positions are there. Then nothing is left to do.
    void run();

private:
    /// Movements to one tensor, and the positions of each row: (row, component, property)
    struct Batch {
        std::vector<size_t> moves;
        torch::Tensor rows;
        torch::Tensor components;
        torch::Tensor first_properties;
        torch::Tensor properties;
    };

    std::vector<RowMove> moves_;
    std::vector<Batch> batches_;
    std::vector<size_t> singles_;

    void find_batches();
    void prepare_batch(Batch& batch, const Send& send) const;
    void run_batch(const Batch& batch) const;
};

} // namespace metatensor_torch::details

#endif
