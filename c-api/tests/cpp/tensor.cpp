// TensorMap: creation, merging blocks, global information and ownership
#include <cstring>
#include <map>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

using Strings = std::vector<std::string>;

static MtsArray scalar(double value) {
    return DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{}, value));
}

static void test_create() {
    auto tensor = make_tensor();
    CHECK(!tensor.is_view());
    CHECK_EQUAL(tensor.device().device_type, kDLCPU);
    CHECK(details::dlpack_dtype_matches<double>(tensor.dtype()));
    CHECK(tensor.keys() == Labels({"k1", "k2"}, {{0, 0}, {1, 0}, {0, 1}}));
    auto block = tensor.block_by_id(1);
    CHECK(block.is_view());
    CHECK(block.samples() == labels_1("s", {1, 2}));
    CHECK_ERROR(tensor.block_by_id(3), "3");

    auto empty = TensorMap(Labels({"k"}), {});
    CHECK_EQUAL(empty.keys().count(), 0U);
    CHECK(details::dlpack_dtype_matches<double>(empty.dtype()));
}

static void test_creation_errors() {
    CountingArray::count = 0;
    auto labels = labels_1("s", {0});
    auto make = [&] {
        return TensorBlock(std::make_unique<CountingArray>(Shape{1, 1}), labels, {}, labels);
    };
    {
        // a view after an owner: the owner must not leak
        auto owner = make();
        auto blocks = std::vector<TensorBlock>();
        blocks.push_back(make());
        blocks.push_back(TensorBlock::unsafe_view_from_ptr(owner.as_mts_block_t()));
        CHECK_ERROR(TensorMap(labels_1("k", {0, 1}), std::move(blocks)), "view");
        // only `owner` is still there
        CHECK_EQUAL(CountingArray::count, 1);
    }
    CHECK_EQUAL(CountingArray::count, 0);
    {
        auto blocks = std::vector<TensorBlock>();
        blocks.push_back(make());
        CHECK_ERROR(TensorMap(labels_1("k", {0, 1}), std::move(blocks)), "");
    }
    {
        auto blocks = std::vector<TensorBlock>();
        blocks.push_back(make());
        blocks.push_back(make());
        blocks[0] = std::move(blocks[1]);
        CHECK_ERROR(TensorMap(labels_1("k", {0, 1}), std::move(blocks)), "moved");
    }
    {
        auto blocks = std::vector<TensorBlock>();
        blocks.push_back(make());
        auto keys = labels_1("k", {0});
        auto moved = std::move(keys);
        // the keys can not even be copied
        CHECK_ERROR(TensorMap(keys, std::move(blocks)), "moved");
    }
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_keys_to_properties() {
    auto tensor = make_tensor();
    auto expected =
        DoubleView(std::vector<double>{1, 2, -1, -1, -1, -1, 5, 6, 3, 4, 7, 8}, {3, 4});
    auto check = [&](TensorMap merged) {
        CHECK(merged.keys() == labels_1("k2", {0, 1}));
        auto block = merged.block_by_id(0);
        CHECK(block.samples() == labels_1("s", {0, 1, 2}));
        CHECK(block.properties() == Labels({"k1", "n"}, {{0, 0}, {0, 1}, {1, 1}, {1, 5}}));
        CHECK(block.values() == expected);
    };
    check(tensor.keys_to_properties("k1", -1.0));
    check(tensor.keys_to_properties("k1", -1.0, true));
    check(tensor.keys_to_properties(Strings{"k1"}, -1.0));
    check(tensor.keys_to_properties(Labels({"k1"}), -1.0));
    check(tensor.keys_to_properties("k1", scalar(-1), true));
    check(tensor.keys_to_properties(Strings{"k1"}, scalar(-1), true));
    check(tensor.keys_to_properties(Labels({"k1"}), scalar(-1), true));

    auto unsorted = tensor.keys_to_properties("k1", -1.0, false);
    CHECK(unsorted.block_by_id(0).samples() == labels_1("s", {0, 2, 1}));
    // the default is to fill with zeros and sort
    auto merged = tensor.keys_to_properties("k1");
    auto values = merged.block_by_id(0).values();
    CHECK_EQUAL(values(0, 2), 0.0);
    auto all = tensor.keys_to_properties(Strings{"k2", "k1"});
    CHECK(all.keys() == labels_1("_", {0}));

    CHECK_ERROR(tensor.keys_to_properties<float>("k1"), "dtype");
    CHECK_ERROR(tensor.keys_to_properties("k1", 0), "dtype");
    CHECK_ERROR(tensor.keys_to_properties("missing"), "missing");
    // given rows, blocks must have the same properties
    CHECK_ERROR(tensor.keys_to_properties(labels_1("k1", {0, 1})), "");
}

static void test_keys_to_samples() {
    auto tensor = make_tensor();
    auto expected =
        DoubleView(std::vector<double>{1, 2, -1, -1, 5, 6, 3, 4, -1, -1, 7, 8}, {4, 3});
    auto check = [&](TensorMap merged) {
        CHECK(merged.keys() == labels_1("k2", {0, 1}));
        auto block = merged.block_by_id(0);
        CHECK(block.samples() == Labels({"s", "k1"}, {{0, 0}, {1, 1}, {2, 0}, {2, 1}}));
        CHECK(block.properties() == labels_1("n", {0, 1, 5}));
        CHECK(block.values() == expected);
    };
    check(tensor.keys_to_samples("k1", -1.0));
    check(tensor.keys_to_samples(Strings{"k1"}, -1.0));
    check(tensor.keys_to_samples(Labels({"k1"}), -1.0));
    check(tensor.keys_to_samples("k1", scalar(-1), true));
    check(tensor.keys_to_samples(Strings{"k1"}, scalar(-1), true));
    check(tensor.keys_to_samples(Labels({"k1"}), scalar(-1), true));
    auto unsorted = tensor.keys_to_samples("k1", -1.0, false);
    CHECK(unsorted.block_by_id(0).samples() ==
          Labels({"s", "k1"}, {{0, 0}, {2, 0}, {1, 1}, {2, 1}}));
    CHECK_ERROR(tensor.keys_to_samples(labels_1("k1", {0})), "");
}

static void test_fill_value_is_released() {
    CountingArray::count = 0;
    auto tensor = make_tensor();
    auto fill = [] {
        return DataArrayBase::to_mts_array(std::make_unique<CountingArray>(Shape{}));
    };
    tensor.keys_to_samples("k1", fill(), true);
    CHECK_ERROR(tensor.keys_to_samples("missing", fill(), true), "missing");
    auto moved = labels_1("k1", {});
    auto other = std::move(moved);
    CHECK_ERROR(tensor.keys_to_properties(moved, fill(), true), "moved");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_components_to_properties() {
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(TensorBlock(range_array({1, 2, 3, 1}), labels_1("s", {0}),
                                 {labels_1("c", {0, 1}), labels_1("d", {0, 1, 2})},
                                 labels_1("n", {0})));
    auto tensor = TensorMap(labels_1("k", {0}), std::move(blocks));

    auto moved = tensor.components_to_properties("c");
    auto block = moved.block_by_id(0);
    CHECK(block.properties() == Labels({"c", "n"}, {{0, 0}, {1, 0}}));
    CHECK(block.values() == DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {1, 3, 2}));
    // the original values are not changed
    auto values = tensor.block_by_id(0).values();
    CHECK_EQUAL(values(0, 0, 1, 0), 1.0);

    moved = tensor.components_to_properties(Strings{"c", "d"});
    CHECK(moved.block_by_id(0).values() ==
          DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {1, 6}));
    CHECK_ERROR(tensor.components_to_properties("missing"), "missing");
    CHECK_ERROR(tensor.components_to_properties(Strings{}), "");
}

static void test_clone() {
    auto tensor = make_tensor();
    tensor.set_info("name", "value");
    auto clone = tensor.clone();
    auto array = tensor.block_by_id(0).mts_array();
    Doubles::from_mts_array(array).data()[1] = 42;
    auto values = clone.block_by_id(0).values();
    CHECK_EQUAL(values(0, 1), 2.0);
    CHECK_EQUAL(clone.get_info("name").value(), "value");

    auto metadata = tensor.clone_metadata_only();
    CHECK(metadata.keys() == tensor.keys());
    CHECK(metadata.block_by_id(1).properties() == tensor.block_by_id(1).properties());
    CHECK(!metadata.get_info("name").has_value());
    auto block = metadata.block_by_id(1);
    CHECK_ERROR(block.values(), "no data");
}

static void test_info() {
    auto tensor = make_tensor();
    CHECK(tensor.info().begin() == tensor.info().end());
    CHECK(!tensor.get_info("missing").has_value());
    tensor.set_info("z", "1");
    tensor.set_info("a", "");
    tensor.set_info("z", "2");
    CHECK_EQUAL(tensor.get_info("z").value(), "2");

    auto content = std::vector<std::pair<std::string, std::string>>();
    for (const auto& [key, value] : std::as_const(tensor).info()) {
        content.emplace_back(key, value);
    }
    CHECK(content ==
          std::vector<std::pair<std::string, std::string>>({{"z", "2"}, {"a", ""}}));

    auto info = tensor.info();
    using iterator = decltype(info.begin());
    static_assert(std::is_base_of_v<std::forward_iterator_tag,
                                    std::iterator_traits<iterator>::iterator_category>);
    CHECK_EQUAL(std::distance(info.begin(), info.end()), 2);
    auto it = info.begin();
    CHECK(it->first == "z");
    CHECK((*it++).second == "2");
    CHECK(it->first == "a");
    CHECK(++it == info.end());
    auto map = std::map<std::string_view, std::string_view>(info.begin(), info.end());
    CHECK(map.at("z") == "2");
    CHECK_ERROR(tensor.set_info("\xff", "x"), "");
}

static void test_ownership() {
    CountingArray::count = 0;
    auto labels = labels_1("s", {0});
    auto make = [&] {
        auto blocks = std::vector<TensorBlock>();
        blocks.emplace_back(std::make_unique<CountingArray>(Shape{1, 1}), labels,
                            std::vector<Labels>(), labels);
        return TensorMap(labels_1("k", {0}), std::move(blocks));
    };
    {
        auto tensor = make();
        auto moved = std::move(tensor);
        tensor = make();
        CHECK_EQUAL(CountingArray::count, 2);
        tensor = std::move(moved);
        auto& self = tensor;
        tensor = std::move(self);
        CHECK_EQUAL(CountingArray::count, 1);
        CHECK_EQUAL(tensor.keys().count(), 1U);

        auto view = TensorMap::unsafe_view_from_ptr(tensor.as_mts_tensormap_t());
        CHECK(view.is_view());
        CHECK_EQUAL(view.keys().count(), 1U);
        CHECK_ERROR(view.release(), "view");
        auto* raw = tensor.release();
        CHECK_ERROR(tensor.keys(), "released");
        auto adopted = TensorMap::unsafe_from_ptr(raw);
        CHECK_EQUAL(CountingArray::count, 1);
    }
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_moved_from() {
    auto tensor = make_tensor();
    auto moved = std::move(tensor);
    CHECK_ERROR(tensor.as_mts_tensormap_t(), "moved");
    CHECK_ERROR(std::as_const(tensor).as_mts_tensormap_t(), "moved");
    CHECK_ERROR(tensor.clone(), "moved");
    CHECK_ERROR(tensor.clone_metadata_only(), "moved");
    CHECK_ERROR(tensor.device(), "moved");
    CHECK_ERROR(tensor.dtype(), "moved");
    CHECK_ERROR(tensor.keys(), "moved");
    CHECK_ERROR(tensor.block_by_id(0), "moved");
    CHECK_ERROR(tensor.keys_to_properties("k1"), "moved");
    CHECK_ERROR(tensor.keys_to_samples("k1"), "moved");
    CHECK_ERROR(tensor.components_to_properties("c"), "moved");
    CHECK_ERROR(tensor.set_info("a", "b"), "moved");
    CHECK_ERROR(tensor.get_info("a"), "moved");
    CHECK_ERROR(tensor.info(), "moved");
    CHECK_ERROR(tensor.release(), "moved");
    CHECK_ERROR(tensor.save_buffer(), "moved");
}

static void test_layout() {
    auto tensor = make_tensor();
    void* pointer = nullptr;
    bool is_view = true;
    const auto* bytes = reinterpret_cast<const char*>(&tensor);
    std::memcpy(&pointer, bytes, sizeof(void*));
    std::memcpy(&is_view, bytes + sizeof(void*), sizeof(bool));
    CHECK(pointer == tensor.as_mts_tensormap_t());
    CHECK(!is_view);
    static_assert(std::is_standard_layout_v<TensorMap>);
    static_assert(std::is_final_v<TensorMap>);
    static_assert(std::is_nothrow_move_constructible_v<TensorMap>);
    static_assert(!std::is_copy_constructible_v<TensorMap>);
}

int main() {
    return check::run({
        TEST(test_create),
        TEST(test_creation_errors),
        TEST(test_keys_to_properties),
        TEST(test_keys_to_samples),
        TEST(test_fill_value_is_released),
        TEST(test_components_to_properties),
        TEST(test_clone),
        TEST(test_info),
        TEST(test_ownership),
        TEST(test_moved_from),
        TEST(test_layout),
    });
}
