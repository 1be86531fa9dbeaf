// TensorBlock: creation, views, gradients and ownership
#include <cstring>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

using Strings = std::vector<std::string>;

static void test_create() {
    auto block = make_block_with_gradient();
    CHECK(!block.is_view());
    CHECK_EQUAL(block.device().device_type, kDLCPU);
    CHECK(details::dlpack_dtype_matches<double>(block.dtype()));
    CHECK_EQUAL(block.values_shape(), Shape({3, 2, 2}));
    CHECK(block.samples() == labels_1("s", {0, 2, 4}));
    CHECK_EQUAL(block.components().size(), 1U);
    CHECK(block.components()[0] == labels_1("c", {-1, 1}));
    CHECK(block.properties() == labels_1("n", {4, 9}));
    CHECK(block.labels(1) == labels_1("c", {-1, 1}));
    CHECK_ERROR(block.labels(3), "3");
    CHECK(make_block({0}, {0}, {1}).components().empty());
}

static void test_values() {
    auto block = make_block({0, 1}, {0}, {1, 2});
    auto values = block.values();
    CHECK_EQUAL(values(1, 0), 2.0);
    // the values are the data of the block
    auto array = block.mts_array();
    Doubles::from_mts_array(array).data()[1] = 42;
    CHECK_EQUAL(values(1, 0), 42.0);
    CHECK_ERROR(block.values<float>(), "float32");
    CHECK_ERROR(block.values<int32_t>(), "int32");

    auto integers = TensorBlock(std::make_unique<SimpleDataArray<int64_t>>(Shape{1, 1}, 3),
                                labels_1("s", {0}), {}, labels_1("n", {0}));
    auto integer_values = integers.values<int64_t>();
    CHECK_EQUAL(integer_values(0, 0), 3);
}

static void test_creation_errors() {
    auto s = labels_1("s", {0, 1});
    auto moved = s;
    auto other = std::move(moved);
    CountingArray::count = 0;
    auto array = [] { return std::make_unique<CountingArray>(Shape{2, 2}); };
    CHECK_ERROR(TensorBlock(array(), s, {}, labels_1("n", {0})), "2");
    CHECK_ERROR(TensorBlock(array(), s, {s}, s), "");
    CHECK_ERROR(TensorBlock(array(), moved, {}, s), "moved");
    CHECK_ERROR(TensorBlock(array(), s, {moved}, s), "moved");
    CHECK_ERROR(TensorBlock(nullptr, s, {}, s), "NULL");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_gradients() {
    auto block = make_block_with_gradient();
    block.add_gradient("a", block.gradient("positions").clone());
    CHECK_EQUAL(block.gradients_list(), Strings({"positions", "a"}));
    auto gradient = block.gradient("positions");
    CHECK(gradient.is_view());
    CHECK_EQUAL(gradient.values_shape(), Shape({2, 3, 2, 2}));
    CHECK_EQUAL(gradient.components().size(), 2U);
    CHECK(gradient.properties() == block.properties());
    CHECK_ERROR(block.gradient("missing"), "missing");
    CHECK(make_block({0}, {0}, {1}).gradients_list().empty());
}

static void test_gradient_errors() {
    auto block = make_block_with_gradient();
    CountingArray::count = 0;
    auto make = [&](const char* first) {
        return TensorBlock(std::make_unique<CountingArray>(Shape{1, 2, 2}),
                           labels_1(first, {0}), block.components(), block.properties());
    };
    CHECK_ERROR(block.add_gradient("bad", make("other")), "sample");
    CHECK_ERROR(block.add_gradient("positions", make("sample")), "positions");
    CHECK_ERROR(block.add_gradient("\xff", make("sample")), "UTF-8");
    CHECK_ERROR(block.add_gradient(std::string("a\0", 2), make("sample")), "NUL");
    auto view = block.gradient("positions");
    CHECK_ERROR(view.add_gradient("other", make("sample")), "view");
    CHECK_ERROR(block.add_gradient("other", std::move(view)), "view");
    CHECK_EQUAL(CountingArray::count, 0);
    block.add_gradient("good", make("sample"));
    CHECK_EQUAL(CountingArray::count, 1);
}

static void test_clone() {
    auto block = make_block_with_gradient();
    auto clone = block.clone();
    CHECK(!clone.is_view());
    auto array = block.mts_array();
    Doubles::from_mts_array(array).data()[1] = 42;
    auto clone_values = clone.values();
    CHECK_EQUAL(clone_values(0, 0, 1), 1.0);
    CHECK_EQUAL(clone.gradients_list(), Strings({"positions"}));
    CHECK(clone.gradient("positions").clone().samples().count() == 2);

    auto metadata = block.clone_metadata_only();
    CHECK(metadata.samples() == block.samples());
    CHECK(metadata.components() == block.components());
    CHECK_EQUAL(metadata.gradients_list(), Strings({"positions"}));
    CHECK(details::dlpack_dtype_matches<double>(metadata.dtype()));
    CHECK_EQUAL(metadata.gradient("positions").values_shape(), Shape({2, 3, 2, 2}));
    CHECK_ERROR(metadata.values(), "no data");
}

static void test_ownership() {
    CountingArray::count = 0;
    auto labels = labels_1("s", {0});
    auto make = [&] {
        return TensorBlock(std::make_unique<CountingArray>(Shape{1, 1}), labels, {}, labels);
    };
    {
        auto block = make();
        auto moved = std::move(block);
        CHECK_EQUAL(CountingArray::count, 1);
        block = make();
        CHECK_EQUAL(CountingArray::count, 2);
        block = std::move(moved);
        CHECK_EQUAL(CountingArray::count, 1);
        auto& self = block;
        block = std::move(self);
        CHECK_EQUAL(CountingArray::count, 1);
        CHECK_EQUAL(block.values_shape(), Shape({1, 1}));

        auto view = TensorBlock::unsafe_view_from_ptr(block.as_mts_block_t());
        CHECK(view.is_view());
        CHECK_ERROR(view.release(), "view");
        CHECK_EQUAL(CountingArray::count, 1);

        auto* raw = block.release();
        auto adopted = TensorBlock::unsafe_from_ptr(raw);
        CHECK_EQUAL(adopted.samples().count(), 1U);
    }
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_moved_from() {
    auto block = make_block({0}, {0}, {1});
    auto moved = std::move(block);
    CHECK_ERROR(block.as_mts_block_t(), "moved");
    CHECK_ERROR(std::as_const(block).as_mts_block_t(), "moved");
    CHECK_ERROR(block.clone(), "moved");
    CHECK_ERROR(block.clone_metadata_only(), "moved");
    CHECK_ERROR(block.device(), "moved");
    CHECK_ERROR(block.dtype(), "moved");
    CHECK_ERROR(block.values(), "moved");
    CHECK_ERROR(block.samples(), "moved");
    CHECK_ERROR(block.components(), "moved");
    CHECK_ERROR(block.properties(), "moved");
    CHECK_ERROR(block.add_gradient("g", make_block({0}, {0}, {1})), "moved");
    CHECK_ERROR(moved.add_gradient("g", std::move(block)), "moved");
    CHECK_ERROR(block.gradients_list(), "moved");
    CHECK_ERROR(block.gradient("g"), "moved");
    CHECK_ERROR(block.mts_array(), "moved");
    CHECK_ERROR(block.values_shape(), "moved");
    CHECK_ERROR(block.release(), "moved");
    CHECK_ERROR(block.save_buffer(), "moved");
}

static void test_layout() {
    auto block = make_block_with_gradient();
    auto view = block.gradient("positions");
    auto content = [](const TensorBlock& object) {
        auto result = std::pair<void*, bool>();
        const auto* bytes = reinterpret_cast<const char*>(&object);
        std::memcpy(&result.first, bytes, sizeof(void*));
        std::memcpy(&result.second, bytes + sizeof(void*), sizeof(bool));
        return result;
    };
    CHECK(content(block) == std::pair<void*, bool>(block.as_mts_block_t(), false));
    CHECK(content(view) == std::pair<void*, bool>(view.as_mts_block_t(), true));
    static_assert(std::is_standard_layout_v<TensorBlock>);
    static_assert(std::is_final_v<TensorBlock>);
    static_assert(std::is_nothrow_move_constructible_v<TensorBlock>);
    static_assert(!std::is_copy_constructible_v<TensorBlock>);
}

int main() {
    return check::run({
        TEST(test_create),
        TEST(test_values),
        TEST(test_creation_errors),
        TEST(test_gradients),
        TEST(test_gradient_errors),
        TEST(test_clone),
        TEST(test_ownership),
        TEST(test_moved_from),
        TEST(test_layout),
    });
}
