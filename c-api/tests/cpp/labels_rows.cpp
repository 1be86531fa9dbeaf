// Labels: many positions, order, groups, and changes of dimensions
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

using Names = std::vector<std::string>;
using Positions = std::vector<int64_t>;

static Labels make_labels() {
    return Labels({"a", "b"}, {{2, 1}, {0, 5}, {2, 0}, {0, 1}});
}

static void test_positions() {
    auto labels = make_labels();
    CHECK_EQUAL(labels.positions({0, 1, 7, 7, 2, 1}), Positions({3, -1, 0}));
    const int32_t entry[2] = {2, 0};
    CHECK_EQUAL(labels.positions(entry, 1), Positions({2}));
    CHECK_EQUAL(labels.positions(std::vector<int32_t>()), Positions());
    CHECK_EQUAL(Labels(Names{}).positions(std::vector<int32_t>()), Positions());
    CHECK_ERROR(labels.positions({0, 1, 2}), "3 values");
    CHECK_ERROR(Labels(Names{}).positions({1}), "0 dimensions");
    CHECK_ERROR(labels.positions(nullptr, 2), "NULL");
}

static void test_order() {
    auto labels = make_labels();
    CHECK(!labels.is_sorted());
    CHECK_EQUAL(labels.argsort(), Positions({3, 1, 2, 0}));
    CHECK_EQUAL(labels.argsort(true), Positions({0, 2, 1, 3}));
    auto sorted = labels.take(labels.argsort());
    CHECK(sorted.is_sorted());
    CHECK(sorted == Labels({"a", "b"}, {{0, 1}, {0, 5}, {2, 0}, {2, 1}}));
    CHECK_EQUAL(labels.take({}).count(), 0U);
    CHECK_EQUAL(Labels({"a"}).argsort(), Positions());
    CHECK_ERROR(labels.take({4}), "4");
    CHECK_ERROR(labels.take({-1}), "-1");
    CHECK_ERROR(labels.take({1, 1}), "1");
}

static void test_groups() {
    auto labels = make_labels();
    LabelsGroups groups = labels.group_by({"a"});
    CHECK(groups.labels == labels_1("a", {2, 0}));
    CHECK_EQUAL(groups.inverse, Positions({0, 1, 0, 1}));
    CHECK_EQUAL(groups.offsets, Positions({0, 2, 4}));
    CHECK_EQUAL(groups.members, Positions({0, 2, 1, 3}));
    groups = labels.group_by({"a"}, true);
    CHECK(groups.labels == labels_1("a", {0, 2}));
    CHECK_EQUAL(groups.members, Positions({1, 3, 0, 2}));

    groups = Labels({"a", "b"}).group_by({"b"});
    CHECK_EQUAL(groups.labels.count(), 0U);
    CHECK_EQUAL(groups.offsets, Positions({0}));
    CHECK(groups.inverse.empty() && groups.members.empty());
    CHECK_ERROR(labels.group_by({"missing"}), "missing");
    CHECK_ERROR(labels.group_by({}), "");
    CHECK_ERROR(labels.group_by({std::string("a\0", 2)}), "NUL");
}

static void test_unique() {
    auto array = [](std::vector<int32_t> values) {
        auto shape = Shape{values.size(), 1};
        return DataArrayBase::to_mts_array(
            std::make_unique<SimpleDataArray<int32_t>>(shape, std::move(values)));
    };
    auto [labels, inverse] = Labels::unique({"i"}, array({4, 2, 4, 3}));
    CHECK(labels == labels_1("i", {4, 2, 3}));
    CHECK_EQUAL(inverse, Positions({0, 1, 0, 2}));
    auto sorted = Labels::unique({"i"}, array({4, 2, 4, 3}), true);
    CHECK(sorted.first == labels_1("i", {2, 3, 4}));
    CHECK_EQUAL(sorted.second, Positions({2, 0, 2, 1}));
    CHECK_EQUAL(Labels::unique({"i"}, array({})).second, Positions());
    CHECK_ERROR(Labels::unique({"1"}, array({1})), "1");
    CHECK_ERROR(Labels::unique({"i", "j"}, array({1})), "");
    CountingArray::count = 0;
    CHECK_ERROR(Labels::unique({"i"}, DataArrayBase::to_mts_array(
                                          std::make_unique<CountingArray>(Shape{1, 1}))),
                "");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_dimensions() {
    auto labels = Labels({"a", "b"}, {{2, 1}, {0, 5}});
    CHECK(labels.insert(0, "n", {7, 8}) == Labels({"n", "a", "b"}, {{7, 2, 1}, {8, 0, 5}}));
    CHECK(labels.append("n", {3}) == Labels({"a", "b", "n"}, {{2, 1, 3}, {0, 5, 3}}));
    CHECK(labels.remove({"a"}) == labels_1("b", {1, 5}));
    CHECK(labels.rename("a", "z") == Labels({"z", "b"}, {{2, 1}, {0, 5}}));
    CHECK(labels.permute({1, 0}) == Labels({"b", "a"}, {{1, 2}, {5, 0}}));

    CHECK_ERROR(labels.insert(3, "n", {1}), "3");
    CHECK_ERROR(labels.insert(0, "a", {1}), "a");
    CHECK_ERROR(labels.append("n", {1, 2, 3}), "3");
    CHECK_ERROR(labels.remove({"missing"}), "missing");
    CHECK_ERROR(make_labels().remove({"b"}), "");
    CHECK_ERROR(labels.rename("missing", "x"), "missing");
    CHECK_ERROR(labels.rename("a", "not valid"), "not valid");
    CHECK_ERROR(labels.permute({0, 0}), "");
    CHECK_ERROR(labels.rename(std::string("a\0", 2), "x"), "NUL");
}

static void test_moved_from() {
    auto labels = make_labels();
    auto moved = std::move(labels);
    CHECK_ERROR(labels.positions({1, 2}), "moved");
    CHECK_ERROR(labels.is_sorted(), "moved");
    CHECK_ERROR(labels.argsort(), "moved");
    CHECK_ERROR(labels.take({0}), "moved");
    CHECK_ERROR(labels.group_by({"a"}), "moved");
    CHECK_ERROR(labels.insert(0, "x", {1}), "moved");
    CHECK_ERROR(labels.append("x", {1}), "moved");
    CHECK_ERROR(labels.remove({"a"}), "moved");
    CHECK_ERROR(labels.rename("a", "x"), "moved");
    CHECK_ERROR(labels.permute({1, 0}), "moved");
}

int main() {
    return check::run({
        TEST(test_positions),
        TEST(test_order),
        TEST(test_groups),
        TEST(test_unique),
        TEST(test_dimensions),
        TEST(test_moved_from),
    });
}
