// Labels: creation, lookups and set operations.
#include "benchmarks.hpp"

using namespace metatensor;

static const auto NAMES = std::vector<std::string>{"system", "atom"};

static std::vector<int32_t> make_entries(int32_t count, bool sorted) {
    auto values = std::vector<int32_t>();
    values.reserve(2 * static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
        // a permutation: 999983 is prime
        auto entry = sorted ? i : static_cast<int32_t>((int64_t{i} * 999'983) % count);
        values.push_back(entry / 20);
        values.push_back(entry % 20);
    }
    return values;
}

Labels make_labels(int32_t count, bool sorted) {
    auto values = make_entries(count, sorted);
    return Labels(NAMES, values.data(), static_cast<size_t>(count));
}

static void add(const std::string& name, bool sorted, int32_t count,
                std::function<std::function<void()>(int32_t, bool)> prepare) {
    auto full =
        "labels/" + name + (sorted ? "/sorted/" : "/shuffled/") + std::to_string(count);
    benchmarks().push_back({full, [=] { return prepare(count, sorted); }});
}

/// Second half of some labels, and as many new entries
static Labels make_other(int32_t count) {
    auto values = std::vector<int32_t>();
    for (int32_t i = count / 2; i < count + count / 2; i++) {
        values.push_back(i / 20);
        values.push_back(i % 20);
    }
    return Labels(NAMES, values.data(), static_cast<size_t>(count));
}

static std::function<void()> create(int32_t count, bool sorted) {
    return [values = make_entries(count, sorted), count] {
        keep(Labels(NAMES, values.data(), static_cast<size_t>(count)));
    };
}

static std::function<void()> position(int32_t count, bool sorted) {
    return [labels = make_labels(count, sorted)] { keep(labels.position({3, 7})); };
}

static std::function<void()> select_rows(int32_t count, bool sorted) {
    return [labels = make_labels(count, sorted)] {
        keep(labels.select(Labels({"system"}, {{5}})));
    };
}

static std::function<void()> set_union(int32_t count, bool sorted) {
    return [labels = make_labels(count, sorted), other = make_other(count)] {
        keep(labels.set_union(other));
    };
}

static std::function<void()> set_intersection(int32_t count, bool sorted) {
    return [labels = make_labels(count, sorted), other = make_other(count)] {
        keep(labels.set_intersection(other));
    };
}

void add_labels_benchmarks() {
    for (int32_t count : {100, 100'000}) {
        for (bool sorted : {true, false}) {
            add("create", sorted, count, create);
            add("position", sorted, count, position);
            add("select", sorted, count, select_rows);
            add("union", sorted, count, set_union);
            add("intersection", sorted, count, set_intersection);
        }
    }
}
