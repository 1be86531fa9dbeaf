#include "row_moves.hpp"

#include <map>
#include <numeric>
#include <utility>

#include "maps/small_arrays.hpp"
#include "tensor_utils.hpp"

using metatensor_torch::details::RowMove;
using metatensor_torch::details::RowMoves;
using metatensor_torch::details::RowRange;

namespace {

/// With fewer movements than this, one operator for each is as fast
constexpr size_t MIN_COUNT = 3;

/// Values and positions of a batch are copied once more: they must not take much memory
constexpr size_t MAX_BATCH_BYTES = size_t(1) << 23;

/// Some of the properties of some of the rows, as a view if the rows are a range
torch::Tensor read(const torch::Tensor& tensor, const RowRange& rows, int64_t first,
                   int64_t properties) {
    const auto window = tensor.narrow(-1, first, properties);
    return rows.positions.defined() ? window.index_select(0, rows.positions)
                                    : window.narrow(0, rows.start, rows.count);
}

void run_single(const RowMove& move) {
    const auto values =
        read(move.source, move.rows_in, move.first_property_in, move.properties);
    auto window = move.target.narrow(-1, move.first_property_out, move.properties);
    if (move.rows_out.positions.defined()) {
        window.index_copy_(0, move.rows_out.positions, values);
    } else {
        window.narrow(0, move.rows_out.start, move.rows_out.count).copy_(values);
    }
}

void send_positions(RowMove& move, const metatensor_torch::details::Send& send) {
    for (auto* rows : {&move.rows_in, &move.rows_out}) {
        if (rows->positions.defined()) {
            rows->positions = send(rows->positions);
        }
    }
}

bool can_be_batched(const RowMove& move) {
    return !move.rows_in.positions.defined() && move.rows_in.count != 0 &&
           move.properties != 0 && move.target.numel() != 0 && move.target.is_contiguous() &&
           move.source.scalar_type() == move.target.scalar_type() &&
           move.source.nbytes() <= metatensor_torch::maps::SMALL_BYTES;
}

/// Number of elements between the first and the last axis
int64_t count_components(const torch::Tensor& tensor) {
    const auto sizes = tensor.sizes();
    return std::accumulate(sizes.begin() + 1, sizes.end() - 1, int64_t(1),
                           std::multiplies<>());
}

} // namespace

void metatensor_torch::details::move_rows(RowMove move, const Send& send) {
    send_positions(move, send);
    run_single(move);
}

void RowMoves::find_batches() {
    struct Open {
        size_t batch;
        size_t bytes;
    };
    auto batches = std::vector<Batch>();
    auto open = std::map<std::pair<const void*, int64_t>, Open>();
    for (size_t i = 0; i < moves_.size(); i++) {
        const auto& move = moves_[i];
        if (!can_be_batched(move)) {
            singles_.push_back(i);
            continue;
        }
        const auto bytes = move.source.nbytes();
        const auto key = std::pair<const void*, int64_t>(move.target.unsafeGetTensorImpl(),
                                                         move.properties);
        auto [found, is_new] = open.try_emplace(key, Open{batches.size(), 0});
        if (!is_new && found->second.bytes + bytes > MAX_BATCH_BYTES) {
            found->second = Open{batches.size(), 0};
            is_new = true;
        }
        if (is_new) {
            batches.emplace_back();
        }
        batches[found->second.batch].moves.push_back(i);
        found->second.bytes += bytes;
    }
    for (auto& batch : batches) {
        if (batch.moves.size() < MIN_COUNT) {
            singles_.insert(singles_.end(), batch.moves.begin(), batch.moves.end());
        } else {
            batches_.push_back(std::move(batch));
        }
    }
}

void RowMoves::prepare(const Send& send) {
    const PlainTensorScope plain;
    this->find_batches();
    for (const auto i : singles_) {
        send_positions(moves_[i], send);
    }
    for (auto& batch : batches_) {
        this->prepare_batch(batch, send);
    }
}

void RowMoves::prepare_batch(Batch& batch, const Send& send) const {
    const auto& first = moves_[batch.moves.front()];
    auto rows = std::vector<int64_t>();
    auto first_properties = std::vector<int64_t>();
    for (const auto i : batch.moves) {
        const auto& move = moves_[i];
        const auto& out = move.rows_out;
        const auto count = static_cast<size_t>(out.count);
        if (out.positions.defined()) {
            const auto* positions = out.positions.const_data_ptr<int64_t>();
            rows.insert(rows.end(), positions, positions + count);
        } else {
            rows.resize(rows.size() + count);
            std::iota(rows.end() - out.count, rows.end(), out.start);
        }
        first_properties.insert(first_properties.end(), count, move.first_property_out);
    }
    const auto int64 = torch::TensorOptions().dtype(torch::kInt64);
    batch.rows = send(torch::tensor(rows, int64).reshape({-1, 1, 1}));
    batch.first_properties = send(torch::tensor(first_properties, int64).reshape({-1, 1, 1}));
    batch.components =
        send(torch::arange(count_components(first.target), int64).reshape({1, -1, 1}));
    batch.properties = send(torch::arange(first.properties, int64).reshape({1, 1, -1}));
}

void RowMoves::run_batch(const Batch& batch) const {
    auto parts = std::vector<torch::Tensor>();
    parts.reserve(batch.moves.size());
    for (const auto i : batch.moves) {
        const auto& move = moves_[i];
        parts.push_back(
            read(move.source, move.rows_in, move.first_property_in, move.properties));
    }
    const auto& target = moves_[batch.moves.front()].target;
    const auto components = count_components(target);
    const auto values = torch::cat(parts, 0).reshape({-1, components, parts[0].size(-1)});
    const auto columns = batch.first_properties + batch.properties;
    target.view({target.size(0), components, target.size(-1)})
        .index_put_({batch.rows, batch.components, columns}, values);
}

void RowMoves::run() {
    for (const auto i : singles_) {
        run_single(moves_[i]);
    }
    for (const auto& batch : batches_) {
        this->run_batch(batch);
    }
    moves_.clear();
    singles_.clear();
    batches_.clear();
}
