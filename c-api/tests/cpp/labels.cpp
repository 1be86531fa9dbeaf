// Labels: creation, lookups, set operations and comparisons
#include <cstring>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

using Names = std::vector<std::string>;
using Positions = std::vector<std::optional<size_t>>;

static std::string text_of(const Labels& labels) {
    auto output = std::string();
    for (const auto* name : labels.names()) {
        output += std::string(name) + " ";
    }
    output += "|";
    auto values = labels.values_cpu();
    for (size_t i = 0; i < labels.count(); i++) {
        for (size_t j = 0; j < labels.size(); j++) {
            output += " ";
            output += std::to_string(std::as_const(values)(i, j));
        }
        output += ";";
    }
    return output;
}

static void test_create() {
    auto labels = Labels({"a", "b"}, {{1, 2}, {1, -3}});
    CHECK_EQUAL(text_of(labels), "a b | 1 2; 1 -3;");
    CHECK_EQUAL(labels.count(), 2U);
    CHECK_EQUAL(labels.size(), 2U);
    CHECK_EQUAL(labels.device().device_type, kDLCPU);

    const int32_t values[4] = {1, 2, 1, -3};
    CHECK(Labels(Names{"a", "b"}, values, 2) == labels);
    CHECK(Labels(Names{"a", "b"}, values, 2, assume_unique{}) == labels);

    auto array = std::make_unique<SimpleDataArray<int32_t>>(
        Shape{2, 2}, std::vector<int32_t>(values, values + 4));
    const auto* data = array->data();
    auto from_array = Labels({"a", "b"}, DataArrayBase::to_mts_array(std::move(array)));
    CHECK(from_array == labels);
    auto from_array_values = from_array.values();
    CHECK(from_array_values.data() == data);

    array = std::make_unique<SimpleDataArray<int32_t>>(Shape{2, 1}, 3);
    auto repeated =
        Labels({"a"}, DataArrayBase::to_mts_array(std::move(array)), assume_unique{});
    CHECK_EQUAL(repeated.count(), 2U);
}

static void test_empty() {
    auto labels = Labels({"a", "b"});
    CHECK_EQUAL(text_of(labels), "a b |");
    CHECK_EQUAL(labels.count(), 0U);
    CHECK_EQUAL(text_of(Labels(Names{})), "|");
    CHECK_EQUAL(text_of(Labels({"a"}, {})), "a |");
    CHECK_EQUAL(Labels(Names{}).position(std::vector<int32_t>()).has_value(), false);
}

static void test_creation_errors() {
    CHECK_ERROR(Labels({"a", "b"}, {{1, 2}, {3}}), "expected 2 values");
    CHECK_ERROR(Labels({"a", "b"}, {{1, 2}, {3}}), "got 1");
    CHECK_ERROR(Labels({"a", "b"}, {{1, 2}, {1, 2}}), "1");
    CHECK_ERROR(Labels({"not valid"}, {{1}}), "not valid");
    CHECK_ERROR(Labels({"a", "a"}, {{1, 2}}), "a");
    CHECK_ERROR(Labels(Names{"a"}, nullptr, 3), "NULL");
    const int32_t values[2] = {1, 1};
    CHECK_ERROR(Labels(Names{"a"}, values, 2), "1");
    CHECK_ERROR(Labels({"a"}, DataArrayBase::to_mts_array(range_array({1, 1}))), "float64");
    CHECK_ERROR(Labels({"a"}, DataArrayBase::to_mts_array(range_array({1}))), "");
}

static void test_array_released_on_failure() {
    CountingArray::count = 0;
    CHECK_ERROR(Labels({"1"}, DataArrayBase::to_mts_array(
                                  std::make_unique<CountingArray>(Shape{0, 1}))),
                "1");
    CHECK_ERROR(
        Labels(Names{std::string("a\0", 2)},
               DataArrayBase::to_mts_array(std::make_unique<CountingArray>(Shape{0, 1}))),
        "NUL");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_references() {
    auto labels = labels_1("a", {1, 2});
    auto copy = labels;
    CHECK(copy.as_mts_labels_t() == labels.as_mts_labels_t());
    auto moved = std::move(labels);
    CHECK(moved.as_mts_labels_t() == copy.as_mts_labels_t());
    copy = moved;
    auto& self = copy;
    copy = self;
    copy = std::move(self);
    CHECK_EQUAL(text_of(copy), "a | 1; 2;");

    // everything fails with an exception after a move
    CHECK(labels.names().empty());
    CHECK_ERROR(labels.as_mts_labels_t(), "moved");
    CHECK_ERROR(Labels(labels), "moved");
    CHECK_ERROR(copy = labels, "moved");
    CHECK_ERROR(labels.count(), "moved");
    CHECK_ERROR(labels.size(), "moved");
    CHECK_ERROR(labels.device(), "moved");
    CHECK_ERROR(labels.position({1}), "moved");
    CHECK_ERROR(labels.values(), "moved");
    CHECK_ERROR(labels.values_cpu(), "moved");
    CHECK_ERROR(labels.mts_array(), "moved");
    CHECK_ERROR(labels.set_union(copy), "moved");
    CHECK_ERROR(copy.set_difference(labels), "moved");
    CHECK_ERROR(labels.release(), "moved");
    CHECK_ERROR(labels == copy, "moved");
    CHECK_EQUAL(text_of(copy), "a | 1; 2;");
    labels = copy;
    CHECK_EQUAL(labels.count(), 2U);

    const auto* raw = copy.release();
    CHECK_ERROR(copy.count(), "released");
    auto adopted = Labels::unsafe_from_ptr(raw);
    CHECK_EQUAL(adopted.count(), 2U);
}

static void test_layout() {
    // prebuilt libraries read the pointer at the start of the object
    auto labels = labels_1("a", {1, 2});
    const mts_labels_t* pointer = nullptr;
    std::memcpy(&pointer, static_cast<const void*>(&labels), sizeof(pointer));
    CHECK(pointer == labels.as_mts_labels_t());
    static_assert(std::is_standard_layout_v<Labels>);
    static_assert(std::is_final_v<Labels>);
    static_assert(std::is_nothrow_move_constructible_v<Labels>);
}

static void test_values() {
    auto labels = Labels({"a", "b"}, {{1, 2}, {1, -3}});
    auto values = labels.values();
    CHECK_EQUAL(values.shape(), std::vector<size_t>({2, 2}));
    CHECK_EQUAL(values(1, 1), -3);
    auto cpu = labels.values_cpu();
    CHECK(cpu.is_view());
    CHECK(cpu == values);
    CHECK_ERROR(cpu(0, 0), "read-only");
    CHECK(std::as_const(cpu).data() == std::as_const(cpu).data());
    auto array = labels.mts_array();
    CHECK(array.as_mts_array_t().ptr != nullptr);
    CHECK_EQUAL(array.shape(), Shape({2, 2}));
}

static void test_position() {
    auto labels = Labels({"a", "b"}, {{1, 2}, {1, -3}});
    const int32_t entry[2] = {1, -3};
    CHECK_EQUAL(labels.position({1, -3}).value(), 1U);
    CHECK_EQUAL(labels.position(entry, 2).value(), 1U);
    CHECK_EQUAL(labels.position(std::vector<int32_t>{1, 2}).value(), 0U);
    CHECK_EQUAL(labels.position(std::array<int32_t, 2>{1, 2}).value(), 0U);
    CHECK(!labels.position({2, 1}).has_value());
    CHECK_ERROR(labels.position({2}), "");
    CHECK_ERROR(labels.position(std::vector<int32_t>()), "");
}

static void test_set_operations() {
    auto a = Labels({"a", "b"}, {{7, 1}, {2, 2}, {7, -3}});
    auto b = Labels({"a", "b"}, {{5, 5}, {2, 2}, {7, 1}, {6, 0}});
    CHECK_EQUAL(text_of(a.set_union(b)), "a b | 7 1; 2 2; 7 -3; 5 5; 6 0;");
    CHECK_EQUAL(text_of(a.set_intersection(b)), "a b | 7 1; 2 2;");
    CHECK_EQUAL(text_of(a.set_difference(b)), "a b | 7 -3;");

    auto raw_a = std::vector<int64_t>(3);
    auto raw_b = std::vector<int64_t>(4);
    a.set_union(b, raw_a.data(), 3, raw_b.data(), 4);
    CHECK_EQUAL(raw_b, std::vector<int64_t>({3, 1, 0, 4}));
    a.set_intersection(b, raw_a.data(), 3, raw_b.data(), 4);
    CHECK_EQUAL(raw_b, std::vector<int64_t>({-1, 1, 0, -1}));
    a.set_difference(b, raw_a.data(), 3);
    CHECK_EQUAL(raw_a, std::vector<int64_t>({-1, -1, 0}));

    auto first = std::vector<size_t>(3);
    auto second = std::vector<size_t>(4);
    CHECK_EQUAL(a.set_union(b, first, second).count(), 5U);
    CHECK_EQUAL(first, std::vector<size_t>({0, 1, 2}));
    CHECK_EQUAL(second, std::vector<size_t>({3, 1, 0, 4}));
    first.clear();
    CHECK_EQUAL(a.set_union(b, first, second).count(), 5U);
    CHECK(first.empty());

    auto maybe_first = Positions(3);
    auto maybe_second = Positions(4);
    CHECK_EQUAL(a.set_intersection(b, maybe_first, maybe_second).count(), 2U);
    CHECK(maybe_first == Positions({0, 1, std::nullopt}));
    CHECK(maybe_second == Positions({std::nullopt, 1, 0, std::nullopt}));
    CHECK_EQUAL(a.set_difference(b, maybe_first).count(), 1U);
    CHECK(maybe_first == Positions({std::nullopt, std::nullopt, 0}));

    maybe_first.resize(2);
    CHECK_ERROR(a.set_difference(b, maybe_first), "");
    CHECK_ERROR(a.set_intersection(b, maybe_first, maybe_second), "");
    CHECK_ERROR(a.set_union(labels_1("other", {1})), "");
}

static void test_select() {
    auto labels = Labels({"u", "v"}, {{8, 3}, {4, 7}, {8, 7}, {5, 3}});
    CHECK_EQUAL(labels.select(labels_1("u", {5, 8, 9})), std::vector<uint64_t>({0, 2, 3}));
    CHECK_EQUAL(labels.select(Labels({"u", "v"}, {{5, 3}, {9, 3}, {8, 3}})),
                std::vector<uint64_t>({3, 0}));
    CHECK_EQUAL(labels.select(Labels({"v", "u"}, {{3, 5}, {3, 8}})),
                std::vector<uint64_t>({0, 3}));
    CHECK_EQUAL(labels.select(Labels(Names{})), std::vector<uint64_t>({0, 1, 2, 3}));
    CHECK_EQUAL(Labels({"u"}).select(labels_1("u", {1})), std::vector<uint64_t>());
    CHECK_ERROR(labels.select(labels_1("missing", {1})), "missing");

    uint64_t selected[4];
    size_t count = 4;
    labels.select(labels_1("u", {4}), selected, &count);
    CHECK_EQUAL(count, 1U);
    CHECK_EQUAL(selected[0], 1U);
    CHECK_ERROR(labels.select(labels_1("u", {4}), selected, &count), "");
    CHECK_ERROR(labels.select(labels_1("u", {4}), selected, nullptr), "");
}

static void test_comparisons() {
    auto labels = Labels({"a", "b"}, {{1, 2}, {1, -3}});
    CHECK(labels == labels);
    CHECK(labels == Labels({"a", "b"}, {{1, 2}, {1, -3}}));
    CHECK(!(labels != Labels({"a", "b"}, {{1, 2}, {1, -3}})));
    CHECK(labels != Labels({"a", "b"}, {{1, -3}, {1, 2}}));
    CHECK(labels != Labels({"b", "a"}, {{1, 2}, {1, -3}}));
    CHECK(labels != Labels({"a", "b"}, {{1, 2}}));
    CHECK(labels != labels_1("a", {1, 2}));
    CHECK(Labels({"a"}) != Labels({"b"}));
    CHECK(Labels({"a"}) == Labels({"a"}));
}

int main() {
    return check::run({
        TEST(test_create),
        TEST(test_empty),
        TEST(test_creation_errors),
        TEST(test_array_released_on_failure),
        TEST(test_references),
        TEST(test_layout),
        TEST(test_values),
        TEST(test_position),
        TEST(test_set_operations),
        TEST(test_select),
        TEST(test_comparisons),
    });
}
