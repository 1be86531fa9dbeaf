// Plans: what an operation does to all blocks of a map, computed from labels only
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static std::unique_ptr<SimpleDataArray<double>> filled(std::vector<uintptr_t> shape,
                                                       double value) {
    return std::make_unique<SimpleDataArray<double>>(std::move(shape), value);
}

/// Map with two blocks
static TensorMap make_tensor() {
    auto blocks = std::vector<TensorBlock>();
    auto samples = Labels({"system", "atom"}, {{0, 0}, {0, 1}, {1, 0}});
    for (int32_t type : {1, 8}) {
        blocks.emplace_back(filled({3, 2}, type), samples, std::vector<Labels>(),
                            Labels({"n"}, {{0}, {1}}));
    }
    return TensorMap(Labels({"type"}, {{1}, {8}}), std::move(blocks));
}

// [example: Plan]
/// Sum of the values of all blocks over one dimension of the samples, for maps with
/// two-dimensional arrays
static TensorMap sum_over(TensorMap& tensor, const std::string& dimension) {
    auto plan = Plan::reduce(Metadata(tensor), "samples", {dimension});
    auto result = plan.result();
    auto structure = Structure(tensor);
    auto arrays = std::vector<MtsArray>();
    for (size_t leaf = 0; leaf < result.leaves_count(); leaf++) {
        // a reduction has one step for each leaf
        const auto step = plan.steps(leaf)[0];
        const auto& entry = plan.entry(step);
        const auto* rows = plan.indices(entry.indices);
        auto input = structure.block(static_cast<size_t>(step.source)).values();
        auto output = filled(result.shape(leaf), 0.0);
        const auto count = input.shape()[1];
        for (size_t row = 0; row < input.shape()[0]; row++) {
            // there is nothing to reduce without rows
            const auto new_row = static_cast<size_t>(rows[row]);
            for (size_t i = 0; i < count; i++) {
                output->data()[new_row * count + i] += input(row, i);
            }
        }
        arrays.push_back(DataArrayBase::to_mts_array(std::move(output)));
    }
    return result.with_arrays(std::move(arrays));
}
// [end]

static void reduce() {
    auto tensor = make_tensor();
    auto sum = sum_over(tensor, "atom");
    auto block = sum.block_by_id(1);
    EXPECT(block.samples() == Labels({"system"}, {{0}, {1}}));
    EXPECT(block.values() == NDArray<double>({16.0, 16.0, 8.0, 8.0}, {2, 2}));
}

static void metadata() {
    // [example: Metadata, Metadata::unique]
    auto tensor = make_tensor();
    auto metadata = Metadata(tensor);
    EXPECT(metadata.blocks_count() == 2);
    EXPECT(metadata.keys() == Labels({"type"}, {{1}, {8}}));
    EXPECT(metadata.shape(0) == std::vector<uintptr_t>({3, 2}));
    // all systems, in any of the blocks
    EXPECT(metadata.unique("samples", {"system"}) == Labels({"system"}, {{0}, {1}}));
    // [end]

    // [example: LeafMetadata, Metadata::with_arrays]
    auto samples = Labels({"system"}, {{0}});
    auto properties = Labels({"energy"}, {{0}});
    auto leaves = std::vector<LeafMetadata>{{{samples, properties}}};
    auto energy = Metadata::from_leaves(Labels({"type"}, {{6}}), leaves);
    auto arrays = std::vector<MtsArray>();
    arrays.push_back(DataArrayBase::to_mts_array(filled(energy.shape(0), -1.5)));
    auto made = energy.with_arrays(std::move(arrays));
    auto values = made.block_by_id(0).values();
    EXPECT(values(0, 0) == -1.5);
    // [end]
}

static void all_plans() {
    // [example: Plan::select]
    auto tensor = make_tensor();
    auto metadata = Metadata(tensor);
    // two results: the system 1, and the first sample of each block
    auto selected = Plan::select(metadata, "samples",
                                 {Labels({"system"}, {{1}}), std::vector<int64_t>({0})});
    EXPECT(selected.results_count() == 2);
    EXPECT(selected.result(0).labels(0)[0] == Labels({"system", "atom"}, {{1, 0}}));
    EXPECT(selected.result(1).labels(0)[0] == Labels({"system", "atom"}, {{0, 0}}));
    // [end]

    // [example: Plan::sort]
    auto sorted = Plan::sort(metadata, {"keys"}, /* descending */ true);
    // the last block comes first
    EXPECT(sorted.steps(0)[0].source == 1);
    // [end]

    // [example: Plan::join]
    // a map next to itself, with a new dimension 0 or 1
    auto joined = Plan::join({metadata, metadata}, "properties", "error", "tensor");
    EXPECT(joined.result().shape(0) == std::vector<uintptr_t>({3, 4}));
    // two pieces for each leaf
    EXPECT(joined.steps(0).size() == 2);
    // [end]

    // [example: Plan::insert_dimension, Plan::permute_dimensions, Plan::rename_dimension]
    auto frames = Plan::insert_dimension(metadata, "keys", 1, "frame", 7).result();
    EXPECT(frames.keys() == Labels({"type", "frame"}, {{1, 7}, {8, 7}}));
    auto permuted = Plan::permute_dimensions(frames, "keys", {1, 0}).result();
    auto renamed = Plan::rename_dimension(permuted, "keys", "frame", "time").result();
    EXPECT(renamed.keys() == Labels({"time", "type"}, {{7, 1}, {7, 8}}));
    EXPECT(Plan::remove_dimension(renamed, "keys", "time").result().keys() == metadata.keys());
    // [end]

    // [example: Plan::filter_blocks, Plan::pick_blocks, Plan::drop_empty_blocks]
    auto oxygen = Plan::filter_blocks(metadata, Labels({"type"}, {{8}}));
    EXPECT(oxygen.result().blocks_count() == 1);
    EXPECT(Plan::pick_blocks(metadata, {-1}).steps(0)[0].source == 1);
    EXPECT(Plan::drop_empty_blocks(metadata).result().blocks_count() == 2);
    // [end]

    // [example: Labels::one_hot]
    auto types = Labels({"type"}, {{8}, {6}, {1}});
    EXPECT(tensor.keys().one_hot(types) == std::vector<int64_t>({2, 0}));
    // [end]
}

int main() {
    reduce();
    metadata();
    all_plans();
}
