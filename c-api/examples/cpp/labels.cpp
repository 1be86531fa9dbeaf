// Labels
#include <iostream>
#include <optional>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static void labels() {
    // [example: Labels]
    auto labels = Labels({"system", "atom"}, {{0, 0}, {0, 1}, {2, 0}});
    EXPECT(labels.count() == 3);
    EXPECT(std::string(labels.names()[1]) == "atom");

    // find an entry
    EXPECT(labels.position({2, 0}) == 2);
    EXPECT(!labels.position({7, 7}).has_value());

    // the values, without copying them
    const auto values = labels.values_cpu();
    EXPECT(values(1, 1) == 1);

    // all the entries of system 0
    EXPECT(labels.select(Labels({"system"}, {{0}})) == std::vector<uint64_t>({0, 1}));

    // labels are immutable: copies are new references to the same ones
    auto copy = labels;
    EXPECT(copy.as_mts_labels_t() == labels.as_mts_labels_t());
    // [end]
}

static void sets() {
    // [example: Labels::set_union, Labels::set_intersection, Labels::set_difference]
    auto first = Labels({"i"}, {{5}, {3}, {1}});
    auto second = Labels({"i"}, {{1}, {2}});

    // where each entry goes
    auto from_first = std::vector<size_t>(first.count());
    auto from_second = std::vector<size_t>(second.count());
    auto both = first.set_union(second, from_first, from_second);
    EXPECT(both == Labels({"i"}, {{5}, {3}, {1}, {2}}));
    EXPECT(from_second == std::vector<size_t>({2, 3}));

    EXPECT(first.set_intersection(second) == Labels({"i"}, {{1}}));
    EXPECT(first.set_difference(second) == Labels({"i"}, {{5}, {3}}));
    // [end]
}

static void unchecked() {
    // [example: assume_unique]
    // entries which are different by construction do not need to be checked
    auto values = std::vector<int32_t>(1000);
    for (size_t i = 0; i < values.size(); i++) {
        values[i] = static_cast<int32_t>(2 * i);
    }
    const auto names = std::vector<std::string>{"even"};
    auto labels = Labels(names, values.data(), values.size(), assume_unique{});
    EXPECT(labels.position({84}) == 42);
    // [end]
}

static void groups() {
    // [example: LabelsGroups, Labels::group_by]
    auto labels = Labels({"system", "atom"}, {{0, 0}, {1, 0}, {0, 1}});
    LabelsGroups groups = labels.group_by({"system"});
    EXPECT(groups.labels == Labels({"system"}, {{0}, {1}}));

    // sum the energies of the atoms of each system
    const auto energies = std::vector<double>{1, 2, 3};
    auto sums = std::vector<double>(groups.labels.count(), 0.0);
    for (size_t row = 0; row < energies.size(); row++) {
        sums[static_cast<size_t>(groups.inverse[row])] += energies[row];
    }
    EXPECT(sums == std::vector<double>({4, 2}));
    // [end]
}

static void edits() {
    // [example: Labels::argsort, Labels::take, Labels::positions]
    auto labels = Labels({"i"}, {{5}, {3}, {4}});
    auto sorted = labels.take(labels.argsort());
    EXPECT(sorted == Labels({"i"}, {{3}, {4}, {5}}));
    // many entries in one call; -1 for those which are missing
    EXPECT(sorted.positions({5, 9, 3}) == std::vector<int64_t>({2, -1, 0}));
    // [end]

    // [example: Labels::append, Labels::rename, Labels::permute, Labels::remove]
    auto with_type = labels.append("type", {1});
    EXPECT(with_type == Labels({"i", "type"}, {{5, 1}, {3, 1}, {4, 1}}));
    EXPECT(with_type.permute({1, 0}) == Labels({"type", "i"}, {{1, 5}, {1, 3}, {1, 4}}));
    EXPECT(with_type.remove({"type"}).rename("i", "j") == Labels({"j"}, {{5}, {3}, {4}}));
    // [end]
}

int main() {
    labels();
    sets();
    unchecked();
    groups();
    edits();
}
