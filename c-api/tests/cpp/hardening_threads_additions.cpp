// The same as hardening_threads.cpp for the functions which are additions: rows of labels,
// whole maps, plans, and arrays of the library
#include "check.hpp"
#include "hardening_threads.hpp"
#include "support.hpp"

using namespace metatensor;

static std::string text_of(const Labels& labels) {
    auto text = std::string();
    for (const auto* name : labels.names()) {
        text += std::string(name) + " ";
    }
    const auto values = labels.values_cpu();
    for (size_t i = 0; i < labels.count(); i++) {
        for (size_t j = 0; j < labels.size(); j++) {
            text += std::to_string(values(i, j)) + ",";
        }
    }
    return text;
}

/***** Labels *****/

static std::string use_labels(const Labels& first, const Labels& second) {
    auto text = std::string();
    const auto values = second.values_cpu();
    text += check::text(first.positions(values.data(), second.count()));
    text += check::text(first.argsort(true));
    text += std::to_string(first.is_sorted()) + std::to_string(second.is_sorted());
    text += std::to_string(first == second);
    for (bool sorted : {false, true}) {
        auto groups = second.group_by({"b", "a"}, sorted);
        text += text_of(groups.labels) + check::text(groups.inverse) +
                check::text(groups.offsets) + check::text(groups.members);
        text += check::text(second.group_by({"b"}, sorted).members);
    }
    text += text_of(second.take({7, 0, 100}));
    text += text_of(second.insert(1, "c", std::vector<int32_t>{4}));
    text += text_of(second.permute({1, 0}));
    text += text_of(second.rename("a", "c"));
    CHECK_ERROR(second.remove({"a"}), "more than once");
    auto positions = std::vector<int64_t>(second.count());
    auto dimension = labels_1("b", {6, 5, 4, 3, 2, 1, 0});
    details::check_status(mts_labels_one_hot(second.as_mts_labels_t(),
                                             dimension.as_mts_labels_t(), positions.data(),
                                             positions.size()));
    return text + check::text(positions);
}

static void test_labels() {
    auto expected = use_labels(shuffled(0, 1), shuffled(100, 7));
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        // nothing is known yet about these
        auto first = shuffled(0, 1);
        auto second = shuffled(100, 7);
        in_threads(expected, [&] { return use_labels(first, second); });
    }
}

/***** Maps *****/

/// Many samples, with arrays of the library
static TensorMap make_native() {
    auto make = [](int32_t start) {
        auto samples = shuffled(start, 7);
        auto values = std::vector<double>(samples.count() * 2);
        for (size_t i = 0; i < values.size(); i++) {
            values[i] = static_cast<double>(i) + start;
        }
        auto block = TensorBlock(native::from_vector(std::move(values), {samples.count(), 2}),
                                 samples, {}, labels_1("n", {start, 3}));
        auto rows = Labels({"sample", "atom"}, {{0, 3}, {2, 1}});
        auto gradient = TensorBlock(native::full({2, 2}, 1.0 * start), rows, {},
                                    labels_1("n", {start, 3}));
        block.add_gradient("g", std::move(gradient));
        return block;
    };
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make(0));
    blocks.push_back(make(50));
    return TensorMap(Labels({"k", "l"}, {{0, 0}, {1, 0}}), std::move(blocks));
}

static std::string bytes(const TensorMap& tensor) {
    auto buffer = io::save_buffer<std::vector<uint8_t>>(tensor);
    return std::string(buffer.begin(), buffer.end());
}

/// Copies of the arrays of all the leaves of a map
static std::vector<MtsArray> copies(const Structure& structure) {
    auto arrays = std::vector<MtsArray>();
    for (size_t leaf = 0; leaf < structure.leaves_count(); leaf++) {
        const auto view = structure.array(leaf);
        arrays.push_back(view);
    }
    return arrays;
}

static std::string use_map(TensorMap& tensor, const TensorMap& same) {
    auto text = std::string();
    auto structure = Structure(tensor);
    for (size_t leaf = 0; leaf < structure.leaves_count(); leaf++) {
        text += text_of(structure.labels(leaf)[0]) + structure.parameter(leaf).value_or("");
    }
    for (const auto& rows : tensor.gradient_rows()) {
        text += check::text(rows);
    }
    text += bytes(tensor.with_arrays(copies(structure), true));
    text += bytes(tensor.pick_blocks({1}, true));
    text += Comparison(tensor, same).message().value_or("same");
    // arrays of the library merge, copy and export by themselves
    text += bytes(tensor.keys_to_properties("k", 0.0));
    text += bytes(tensor.keys_to_samples("k", 0.0));
    text += bytes(tensor.clone());
    auto arrays = std::vector<mts_array_t>();
    for (size_t leaf = 0; leaf < structure.leaves_count(); leaf++) {
        arrays.push_back(structure.array(leaf).as_mts_array_t());
    }
    auto tensors = std::vector<DLManagedTensorVersioned*>(arrays.size());
    details::check_status(mts_arrays_as_dlpack(arrays.data(), arrays.size(), tensors.data()));
    for (auto* exported : tensors) {
        text += std::to_string(exported->dl_tensor.shape[0]);
        exported->deleter(exported);
    }
    return text;
}

static void test_maps() {
    auto first = make_native();
    auto expected = use_map(first, make_native());
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        auto tensor = make_native();
        auto same = make_native();
        in_threads(expected, [&] { return use_map(tensor, same); });
    }
}

/***** Plans *****/

/// Everything in a plan, which is freed
static std::string text_of(mts_plan_t* plan) {
    details::check_pointer(plan);
    auto text = std::string();
    for (size_t i = 0; i < plan->indices_count; i++) {
        text += std::to_string(plan->indices[i]) + ",";
    }
    for (size_t i = 0; i < plan->results_count; i++) {
        const auto* result = plan->results[i];
        for (size_t labels = 0; labels < result->labels_count; labels++) {
            auto shared = mts_labels_clone(result->labels[labels]);
            text += text_of(Labels::unsafe_from_ptr(shared));
        }
    }
    details::check_status(mts_plan_free(plan));
    return text;
}

static std::string use_metadata(const mts_metadata_t* metadata) {
    const char* t[] = {"b"};
    const char* axes[] = {"samples", "keys"};
    const int64_t order[] = {1, 0};
    const int64_t positions[] = {-1};
    const int64_t values[] = {4};
    const mts_metadata_t* both[] = {metadata, metadata};
    auto selected = labels_1("b", {3, 5});
    const auto selection = mts_selection_t{selected.as_mts_labels_t(), nullptr, 0};
    auto text = text_of(mts_plan_reduce(metadata, "samples", t, 1));
    text += text_of(mts_plan_select(metadata, "samples", &selection, 1));
    text += text_of(mts_plan_sort(metadata, axes, 2, true));
    text += text_of(mts_plan_join(both, 2, "samples", "error", "i"));
    text += text_of(mts_plan_insert_dimension(metadata, "samples", 0, "z", values, 1, true));
    text += text_of(mts_plan_permute_dimensions(metadata, "samples", order, 2));
    text += text_of(mts_plan_rename_dimension(metadata, "samples", "a", "z"));
    text += text_of(mts_plan_remove_dimension(metadata, "keys", "l"));
    text += text_of(mts_plan_pick_blocks(metadata, positions, 1));
    text += text_of(mts_plan_drop_empty_blocks(metadata));
    auto unique = mts_metadata_unique(metadata, "samples", t, 1, nullptr);
    details::check_pointer(unique);
    text += text_of(Labels::unsafe_from_ptr(unique));
    auto* copy = mts_metadata_copy(metadata);
    details::check_pointer(copy);
    text += std::to_string(copy->leaves_count);
    details::check_status(mts_metadata_free(copy));
    return text;
}

static void test_plans() {
    auto tensor = make_native();
    auto* metadata = mts_tensormap_metadata(tensor.as_mts_tensormap_t());
    auto expected = use_metadata(metadata);
    details::check_status(mts_metadata_free(metadata));
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        auto fresh = make_native();
        metadata = mts_tensormap_metadata(fresh.as_mts_tensormap_t());
        in_threads(expected, [&] { return use_metadata(metadata); });
        details::check_status(mts_metadata_free(metadata));
    }
}

int main() {
    return check::run({TEST(test_labels), TEST(test_maps), TEST(test_plans)});
}
