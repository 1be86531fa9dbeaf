// Metadata without arrays, and plans
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

static TensorMap make_gradients() {
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make_block_with_gradient());
    blocks.push_back(make_block_with_gradient());
    return TensorMap(labels_1("k", {3, 4}), std::move(blocks));
}

static void test_metadata() {
    auto tensor = make_gradients();
    auto metadata = Metadata(tensor);
    CHECK_EQUAL(metadata.blocks_count(), 2U);
    CHECK_EQUAL(metadata.leaves_count(), 4U);
    CHECK(metadata.keys() == labels_1("k", {3, 4}));
    CHECK_EQUAL(metadata.leaf_of_block(1), 2U);
    CHECK(!metadata.parent(2).has_value() && !metadata.parameter(2).has_value());
    CHECK_EQUAL(metadata.parent(3).value(), 2U);
    CHECK_EQUAL(metadata.parameter(3).value(), "positions");
    CHECK_EQUAL(metadata.shape(1), Shape({2, 3, 2, 2}));
    CHECK_EQUAL(metadata.labels(1).size(), 4U);
    CHECK(metadata.labels(1)[1] == labels_1("xyz", {0, 1, 2}));
    CHECK_ERROR(metadata.leaf_of_block(2), "2 blocks");
    CHECK_ERROR(metadata.parent(4), "4 leaves");
    CHECK_ERROR(metadata.parameter(4), "4 leaves");
    CHECK_ERROR(metadata.shape(4), "4 leaves");
    CHECK_ERROR(metadata.labels(4), "4 leaves");

    CHECK(metadata.unique("samples", {"s"}) == labels_1("s", {0, 2, 4}));
    CHECK(metadata.unique("samples", {"atom"}, "positions") == labels_1("atom", {1, 3}));
    CHECK_ERROR(metadata.unique("samples", {"nope"}), "nope");

    auto block = make_block_with_gradient();
    CHECK(Metadata(block).keys() == labels_1("_", {0}));
}

static void test_metadata_ownership() {
    auto metadata = Metadata(make_block({0, 2}, {0, 1}, {1, 2, 3, 4}));
    auto copy = metadata;
    auto moved = std::move(metadata);
    CHECK_ERROR(metadata.keys(), "moved");
    CHECK_EQUAL(moved.leaves_count(), 1U);
    metadata = moved;
    CHECK(metadata.keys() == copy.keys());
    metadata = std::move(copy);
    auto& self = metadata;
    metadata = std::move(self);
    CHECK_EQUAL(metadata.leaves_count(), 1U);
    CHECK_EQUAL(metadata.as_mts_metadata_t()->leaves_count, 1U);
    CHECK_ERROR(copy.as_mts_metadata_t(), "moved");
    CHECK_ERROR(Metadata::unsafe_from_ptr(mts_metadata_copy(nullptr)), "metadata");
    CHECK_ERROR(Metadata(copy), "moved");
}

static void test_from_leaves() {
    auto samples = labels_1("s", {0, 1});
    auto properties = labels_1("p", {5});
    auto leaves = std::vector<LeafMetadata>{
        {{samples, properties}},
        {{labels_1("sample", {1}), properties}, 0, "g"},
    };
    auto metadata = Metadata::from_leaves(labels_1("k", {1}), leaves);
    CHECK_EQUAL(metadata.shape(1), Shape({1, 1}));

    CountingArray::count = 0;
    auto make_arrays = [](size_t rows) {
        auto arrays = std::vector<MtsArray>();
        for (auto count : {rows, size_t(1)}) {
            arrays.push_back(DataArrayBase::to_mts_array(
                std::make_unique<CountingArray>(Shape{count, 1}, 2.5)));
        }
        return arrays;
    };
    {
        auto tensor = metadata.with_arrays(make_arrays(2));
        auto values = tensor.block_by_id(0).gradient("g").values();
        CHECK_EQUAL(values(0, 0), 2.5);
        CHECK_EQUAL(CountingArray::count, 2);
    }
    CHECK_ERROR(metadata.with_arrays(make_arrays(3)), "");
    CHECK_ERROR(metadata.with_arrays({}), "");
    CHECK_EQUAL(CountingArray::count, 0);

    leaves[1].parameter = std::string("a\0b", 3);
    CHECK_ERROR(Metadata::from_leaves(labels_1("k", {1}), leaves), "NUL");
    CHECK_ERROR(Metadata::from_leaves(labels_1("k", {1, 2}), {leaves[0]}), "");
}

static void test_rows() {
    auto metadata = Metadata(make_gradients());
    auto plan = Plan::reduce(metadata, "samples", {"s"});
    CHECK_EQUAL(plan.results_count(), 1U);
    CHECK_EQUAL(plan.leaves_count(), 4U);
    const auto steps = plan.steps(0);
    CHECK_EQUAL(steps.size(), 1U);
    const auto& entry = plan.entry(steps[0]);
    CHECK_EQUAL(entry.kind, 3);
    CHECK_EQUAL(entry.input_count, 3);
    CHECK_EQUAL(plan.indices(entry.counts)[0], 3);
    CHECK(plan.indices(-1) == nullptr);
    CHECK_ERROR(plan.indices(1 << 20), "indices");
    CHECK_ERROR(plan.steps(4), "4 leaves");
    CHECK_ERROR(plan.result(1), "1 results");
    CHECK_ERROR(Plan::reduce(metadata, "components", {"s"}), "components");

    auto selected = Plan::select(
        metadata, "samples",
        {labels_1("s", {4, 2}), std::vector<int64_t>{-1}, std::vector<int64_t>()});
    CHECK_EQUAL(selected.results_count(), 3U);
    CHECK(selected.result(0).labels(0)[0] == labels_1("s", {4, 2}));
    CHECK(selected.result(1).labels(0)[0] == labels_1("s", {4}));
    CHECK_EQUAL(selected.result(2).shape(0), Shape({0, 2, 2}));
    CHECK_ERROR(Plan::select(metadata, "samples", {std::vector<int64_t>{3}}), "3");

    auto sorted = Plan::sort(metadata, {"samples", "keys"}, true);
    CHECK(sorted.result().keys() == labels_1("k", {4, 3}));
    CHECK(sorted.result().labels(0)[0] == labels_1("s", {4, 2, 0}));
    CHECK_ERROR(Plan::sort(metadata, {"nothing"}), "nothing");
}

static void test_maps() {
    auto metadata = Metadata(make_gradients());
    auto joined = Plan::join({metadata, metadata}, "samples", "union", "map");
    CHECK_EQUAL(joined.result().shape(0), Shape({6, 2, 2}));
    CHECK_EQUAL(joined.steps(0).size(), 2U);
    CHECK_ERROR(Plan::join({metadata, metadata}, "samples"), "");
    CHECK_ERROR(Plan::join({}, "samples"), "");

    auto keys = [](const Plan& plan) { return plan.result().keys(); };
    auto constant = Plan::insert_dimension(metadata, "keys", 0, "new", 5);
    CHECK(keys(constant) == Labels({"new", "k"}, {{5, 3}, {5, 4}}));
    auto inserted =
        Plan::insert_dimension(metadata, "keys", 1, "new", std::vector<int64_t>{7, 8});
    CHECK(keys(inserted) == Labels({"k", "new"}, {{3, 7}, {4, 8}}));
    auto permuted = Plan::permute_dimensions(inserted.result(), "keys", {-1, 0});
    CHECK(keys(permuted) == Labels({"new", "k"}, {{7, 3}, {8, 4}}));
    auto renamed = Plan::rename_dimension(permuted.result(), "keys", "k", "old");
    CHECK(keys(Plan::remove_dimension(renamed.result(), "keys", "new")) ==
          labels_1("old", {3, 4}));
    CHECK_ERROR(Plan::insert_dimension(metadata, "keys", 0, "new", std::vector<int64_t>{7}),
                "");

    CHECK(keys(Plan::filter_blocks(metadata, labels_1("k", {4}))) == labels_1("k", {4}));
    CHECK(keys(Plan::filter_blocks(metadata, labels_1("k", {4}), false)) ==
          labels_1("k", {3}));
    CHECK(keys(Plan::pick_blocks(metadata, {-1, 0})) == labels_1("k", {4, 3}));
    CHECK_ERROR(Plan::pick_blocks(metadata, {2}), "2");
    CHECK(keys(Plan::drop_empty_blocks(metadata)) == labels_1("k", {3, 4}));
}

static void test_plan_ownership() {
    auto plan = Plan::drop_empty_blocks(Metadata(make_gradients()));
    auto moved = std::move(plan);
    CHECK_ERROR(plan.result(), "moved");
    CHECK_ERROR(plan.as_mts_plan_t(), "moved");
    CHECK_EQUAL(moved.as_mts_plan_t()->results_count, moved.results_count());
    plan = std::move(moved);
    auto& self = plan;
    plan = std::move(self);
    CHECK_EQUAL(plan.results_count(), 1U);
    // metadata live longer than their plan
    auto metadata = plan.result();
    plan = Plan::pick_blocks(metadata, {});
    CHECK_EQUAL(plan.result().blocks_count(), 0U);
    CHECK_EQUAL(metadata.blocks_count(), 2U);
}

static void test_one_hot() {
    auto labels = Labels({"a", "b"}, {{0, 4}, {1, 7}, {2, 4}});
    CHECK(labels.one_hot(labels_1("b", {7, 9, 4})) == std::vector<int64_t>({2, 0, 2}));
    CHECK(Labels({"b"}).one_hot(labels_1("b", {7})).empty());
    CHECK_ERROR(labels.one_hot(labels_1("b", {7})), "4");
    CHECK_ERROR(labels.one_hot(labels_1("c", {7})), "c");
}

int main() {
    return check::run({
        TEST(test_metadata),
        TEST(test_metadata_ownership),
        TEST(test_from_leaves),
        TEST(test_rows),
        TEST(test_maps),
        TEST(test_plan_ownership),
        TEST(test_one_hot),
    });
}
