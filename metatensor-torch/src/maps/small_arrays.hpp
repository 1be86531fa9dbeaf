#ifndef METATENSOR_TORCH_SRC_MAPS_SMALL_ARRAYS_HPP
#define METATENSOR_TORCH_SRC_MAPS_SMALL_ARRAYS_HPP

#include <cstdint>
#include <map>
#include <vector>

#include <torch/script.h>

// Many small arrays are handled together: put next to each other in the memory of one array,
// for which one operator of torch is called, and which is split again. Large arrays are not,
// so that they are never copied for this, and do not keep the memory of others alive.
namespace metatensor_torch::maps {

/// Arrays with more bytes than this are large
constexpr size_t SMALL_BYTES = 1 << 18;

/// Does automatic differentiation track this array?
bool is_tracked(const torch::Tensor& array);

/// Can loops of our own read this array, and make results without automatic differentiation?
/// Not if this needs a copy of a large array.
bool is_for_host_loops(const torch::Tensor& array);

/// The same values in row-major order, without pending conjugation
torch::Tensor contiguous(const torch::Tensor& array);

/// Contiguous tensor in the memory of another one. It is no view: modifying it in place does
/// not change the version of others.
torch::Tensor part_of(const torch::Tensor& buffer, torch::IntArrayRef shape, int64_t start);

/// New arrays of these shapes, with undefined values. All small ones share their memory.
std::vector<torch::Tensor> new_arrays(const std::vector<std::vector<int64_t>>& shapes,
                                      const torch::TensorOptions& options);

/// The arrays put next to each other along their first axis; the array itself if there is
/// only one
torch::Tensor pack(const std::vector<torch::Tensor>& arrays);

/// Take an array apart along its first axis, in parts with so many rows. Parts are
/// independent of each other: they can be modified in place.
std::vector<torch::Tensor> unpack(const torch::Tensor& packed,
                                  const std::vector<int64_t>& rows);

/// Which of many things are handled together: those with the same properties, until they
/// have too many bytes.
class Batches {
public:
    /// @param device where the arrays are: on the host a batch must fit in a cache
    explicit Batches(torch::Device device);

    /// Add the next thing
    ///
    /// @param kind what must be the same for all things of a batch
    /// @param bytes size of its arrays
    void add(const std::vector<int64_t>& kind, size_t bytes);

    /// Positions of the things of each batch, in increasing order
    const std::vector<std::vector<size_t>>& list() const { return batches_; }

private:
    struct Open {
        size_t batch;
        size_t bytes;
    };

    size_t max_bytes_;
    size_t count_ = 0;
    std::vector<std::vector<size_t>> batches_;
    std::map<std::vector<int64_t>, Open> open_;
};

} // namespace metatensor_torch::maps

#endif
