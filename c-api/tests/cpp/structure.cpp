// Structure of whole maps, and maps with other arrays
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

/// Two blocks, with nested gradients
static TensorMap make_nested() {
    auto make = [] {
        auto block = make_block_with_gradient();
        auto gradient = block.gradient("positions");
        auto second = gradient.clone();
        auto nested = TensorBlock(range_array({1, 3, 2, 2}), labels_1("sample", {1}),
                                  second.components(), second.properties());
        second.add_gradient("cell", std::move(nested));
        block.add_gradient("other", std::move(second));
        return block;
    };
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make());
    blocks.push_back(make());
    auto tensor = TensorMap(labels_1("k", {3, 4}), std::move(blocks));
    tensor.set_info("name", "value");
    return tensor;
}

static void test_structure() {
    auto tensor = make_nested();
    auto structure = Structure(tensor);
    CHECK_EQUAL(structure.blocks_count(), 2U);
    // values, positions, other, other's cell
    CHECK_EQUAL(structure.leaves_count(), 8U);
    CHECK_EQUAL(structure.leaf_of_block(1), 4U);
    CHECK_EQUAL(structure.array(4).shape(), Shape({3, 2, 2}));
    CHECK_EQUAL(structure.array(7).shape(), Shape({1, 3, 2, 2}));
    CHECK(!structure.parent(4).has_value() && !structure.parameter(4).has_value());
    CHECK_EQUAL(structure.parent(7).value(), 6U);
    CHECK_EQUAL(structure.parameter(7).value(), "cell");
    auto block = structure.block(6);
    CHECK(block.is_view());
    CHECK_EQUAL(block.gradients_list().size(), 1U);
    auto labels = structure.labels(7);
    CHECK_EQUAL(labels.size(), 4U);
    CHECK(labels[0] == labels_1("sample", {1}));
    CHECK(labels[3] == labels_1("n", {4, 9}));

    CHECK_ERROR(structure.leaf_of_block(2), "2 blocks");
    CHECK_ERROR(structure.array(8), "8 leaves");
    CHECK_ERROR(structure.block(8), "8 leaves");
    CHECK_ERROR(structure.parent(8), "8 leaves");
    CHECK_ERROR(structure.parameter(8), "8 leaves");
    CHECK_ERROR(structure.labels(8), "8 leaves");

    auto moved = std::move(structure);
    CHECK_ERROR(structure.leaves_count(), "moved");
    CHECK_ERROR(structure.as_mts_structure_t(), "moved");
    CHECK_EQUAL(moved.as_mts_structure_t()->leaves_count, 8U);
    CHECK_EQUAL(moved.leaves_count(), 8U);
    structure = std::move(moved);
    auto& self = structure;
    structure = std::move(self);
    CHECK_EQUAL(structure.leaves_count(), 8U);

    auto one = make_block_with_gradient();
    CHECK_EQUAL(Structure(one).leaves_count(), 2U);
    auto released = std::move(one);
    CHECK_ERROR(Structure(one), "moved");
    auto empty = TensorMap(Labels({"k"}), {});
    CHECK_EQUAL(Structure(empty).leaves_count(), 0U);
}

static std::vector<MtsArray> filled_like(TensorMap& tensor, double value) {
    auto arrays = std::vector<MtsArray>();
    for (const auto& array : tensor.arrays()) {
        arrays.push_back(DataArrayBase::to_mts_array(
            std::make_unique<CountingArray>(array.shape(), value)));
    }
    return arrays;
}

static void test_with_arrays() {
    CountingArray::count = 0;
    auto tensor = make_nested();
    CHECK_EQUAL(tensor.arrays().size(), 8U);
    {
        auto filled = tensor.with_arrays(filled_like(tensor, 2.5));
        CHECK_EQUAL(CountingArray::count, 8);
        CHECK(filled.keys() == tensor.keys());
        CHECK_EQUAL(filled.get_info("name").value(), "value");
        auto nested = filled.block_by_id(1).gradient("other").gradient("cell");
        auto values = nested.values();
        CHECK_EQUAL(values(0, 2, 1, 1), 2.5);
        CHECK(!tensor.with_arrays(filled_like(tensor, 0), false).get_info("name"));
    }
    CHECK_EQUAL(CountingArray::count, 0);

    // arrays are taken in all cases
    auto arrays = filled_like(tensor, 0);
    arrays.pop_back();
    CHECK_ERROR(tensor.with_arrays(std::move(arrays)), "7");
    arrays = filled_like(tensor, 0);
    std::swap(arrays[0], arrays[1]);
    CHECK_ERROR(tensor.with_arrays(std::move(arrays)), "");
    auto other = make_nested();
    auto moved = std::move(other);
    CHECK_ERROR(other.with_arrays(filled_like(tensor, 0)), "moved");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_block_with_arrays() {
    auto block = make_block_with_gradient();
    auto arrays = std::vector<MtsArray>();
    arrays.push_back(
        DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{3, 2, 2}, 1)));
    arrays.push_back(
        DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{2, 3, 2, 2}, 2)));
    auto filled = block.with_arrays(std::move(arrays));
    CHECK(filled.values() == Doubles({3, 2, 2}, 1));
    CHECK(filled.gradient("positions").values() == Doubles({2, 3, 2, 2}, 2));
    CHECK_ERROR(block.with_arrays({}), "");
}

static void test_pick_blocks() {
    auto tensor = make_tensor();
    tensor.set_info("name", "value");
    auto picked = tensor.pick_blocks({2, 0});
    CHECK(picked.keys() == Labels({"k1", "k2"}, {{0, 1}, {0, 0}}));
    CHECK(picked.block_by_id(0).values() == tensor.block_by_id(2).values());
    CHECK(picked.get_info("name").has_value());
    CHECK(!tensor.pick_blocks({1}, false).get_info("name").has_value());
    CHECK_EQUAL(tensor.pick_blocks({}).keys().count(), 0U);
    CHECK_ERROR(tensor.pick_blocks({3}), "3");
    CHECK_ERROR(tensor.pick_blocks({1, 1}), "1");
}

static void test_from_leaves() {
    auto tensor = make_nested();
    auto structure = Structure(tensor);
    auto leaves = std::vector<Leaf>();
    for (size_t i = 0; i < structure.leaves_count(); i++) {
        leaves.push_back({structure.array(i), structure.labels(i), structure.parent(i),
                          structure.parameter(i).value_or("")});
        // the views above are copied by this vector, or must be
        leaves.back().array = MtsArray(std::as_const(leaves.back().array));
    }
    auto same = TensorMap::from_leaves(tensor.keys(), std::move(leaves));
    same.set_info("name", "value");
    CHECK(same.save_buffer() == tensor.save_buffer());

    CountingArray::count = 0;
    auto wrong = [] {
        auto result = std::vector<Leaf>();
        result.push_back(
            {DataArrayBase::to_mts_array(std::make_unique<CountingArray>(Shape{1, 1})),
             {labels_1("s", {0}), labels_1("n", {0})}});
        return result;
    };
    CHECK_ERROR(TensorMap::from_leaves(labels_1("k", {0, 1}), wrong()), "");
    auto leaf = wrong();
    leaf[0].parent = 12;
    CHECK_ERROR(TensorMap::from_leaves(labels_1("k", {0}), std::move(leaf)), "");
    leaf = wrong();
    leaf[0].parameter = std::string("a\0b", 3);
    CHECK_ERROR(TensorMap::from_leaves(labels_1("k", {0}), std::move(leaf)), "NUL");
    leaf = wrong();
    auto moved = std::move(leaf[0].labels[1]);
    CHECK_ERROR(TensorMap::from_leaves(labels_1("k", {0}), std::move(leaf)), "moved");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_gradient_rows() {
    auto tensor = make_nested();
    auto rows = tensor.gradient_rows();
    CHECK_EQUAL(rows.size(), 8U);
    CHECK(rows[0].empty());
    CHECK_EQUAL(rows[1], std::vector<int64_t>({0, 2}));
    CHECK_EQUAL(rows[7], std::vector<int64_t>({1}));
}

static void test_comparison() {
    auto first = make_nested();
    auto second = make_nested();
    auto same = Comparison(first, second);
    CHECK(static_cast<bool>(same));
    CHECK(!same.message().has_value());
    CHECK_EQUAL(same.blocks(), std::vector<size_t>({0, 1}));
    CHECK_EQUAL(same.as_mts_comparison_t()->leaves_count, 8U);

    auto shuffled = first.pick_blocks({1, 0});
    CHECK_EQUAL(Comparison(first, shuffled).blocks(), std::vector<size_t>({1, 0}));
    auto options = mts_compare_options_t();
    options.keys = 1;
    CHECK(!Comparison(first, shuffled, options));

    auto other = make_tensor();
    auto different = Comparison(first, other);
    CHECK(!different && different.message().has_value() && different.blocks().empty());
    options.reserved = 4;
    CHECK_ERROR(Comparison(first, other, options), "reserved");

    auto block = make_block({0}, {0}, {1});
    CHECK(static_cast<bool>(Comparison(block, block)));
    auto other_block = make_block({1}, {0}, {1});
    different = Comparison(block, other_block);
    CHECK(different.message().value().find("sample") != std::string::npos);
    CHECK_EQUAL(different.as_mts_comparison_t()->axis, 0);
    options = mts_compare_options_t();
    options.skip_samples = 1;
    CHECK(static_cast<bool>(Comparison(block, other_block, options)));

    auto moved = std::move(different);
    CHECK_ERROR(different.message(), "moved");
    CHECK_ERROR(static_cast<bool>(different), "moved");
    CHECK(!moved);
    auto released = std::move(block);
    CHECK_ERROR(Comparison(block, other_block), "moved");
}

int main() {
    return check::run({
        TEST(test_structure),
        TEST(test_with_arrays),
        TEST(test_block_with_arrays),
        TEST(test_pick_blocks),
        TEST(test_from_leaves),
        TEST(test_gradient_rows),
        TEST(test_comparison),
    });
}
