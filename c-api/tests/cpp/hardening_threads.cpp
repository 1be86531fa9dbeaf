// The same labels and the same map used by 8 threads at once, from their first use
#include "hardening_threads.hpp"
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

static void append(std::string& text, const Labels& labels) {
    const auto values = labels.values_cpu();
    for (size_t i = 0; i < labels.count(); i++) {
        text += std::to_string(values(i, 0)) + " " + std::to_string(values(i, 1)) + ",";
    }
}

static std::string use_labels(const Labels& first, const Labels& second) {
    auto text = std::string();
    auto position = first.position({5, 3});
    text += position ? std::to_string(*position) : "nowhere";
    auto mapping_1 = std::vector<int64_t>(first.count());
    auto mapping_2 = std::vector<int64_t>(second.count());
    append(text, first.set_union(second, mapping_1.data(), mapping_1.size(), mapping_2.data(),
                                 mapping_2.size()));
    text += check::text(mapping_1) + check::text(mapping_2);
    append(text, first.set_intersection(second));
    append(text, first.set_difference(second));
    auto selection = Labels({"b"}, {{2}, {5}});
    text += check::text(first.select(selection));
    // references are counted
    auto copies = std::vector<Labels>(10, first);
    text += copies[9].names()[1];
    copies.clear();
    // errors belong to their thread
    auto wrong = Labels({"other"}, {{0}});
    CHECK_ERROR(first.select(wrong), "other");
    CHECK_ERROR(first.position({1}), "a, b");
    return text;
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

static TensorMap make_map() {
    auto tensor = metatensor::TensorMap(Labels({"k1", "k2"}, {{0, 0}, {1, 0}}), [] {
        auto blocks = std::vector<TensorBlock>();
        blocks.push_back(make_block_with_gradient());
        blocks.push_back(make_block_with_gradient());
        return blocks;
    }());
    tensor.set_info("key", "value");
    return tensor;
}

static std::string bytes(const TensorMap& tensor) {
    auto buffer = io::save_buffer<std::vector<uint8_t>>(tensor);
    return std::string(buffer.begin(), buffer.end());
}

static std::string use_map(const TensorMap& tensor) {
    auto text = bytes(tensor);
    text += bytes(tensor.keys_to_properties("k1"));
    text += bytes(tensor.keys_to_samples("k2"));
    text += bytes(tensor.components_to_properties("c"));
    text += bytes(tensor.clone());
    auto buffer = io::save_buffer<std::vector<uint8_t>>(tensor);
    text += bytes(io::load_buffer(buffer));
    text += tensor.get_info("key").value_or("nothing");
    append(text, tensor.keys());
    text += std::to_string(tensor.device().device_type);
    CHECK_ERROR(tensor.keys_to_samples("no such key"), "no such key");
    return text;
}

static void test_maps() {
    auto expected = use_map(make_map());
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        auto tensor = make_map();
        in_threads(expected, [&] { return use_map(tensor); });
    }
}

static void test_last_reference() {
    for (int repeat = 0; repeat < 20; repeat++) {
        auto labels = std::make_unique<Labels>(shuffled(0, 7));
        auto copies = std::vector<Labels>(THREADS, *labels);
        labels.reset();
        auto next = std::atomic<size_t>(0);
        in_threads("done", [&] {
            // each thread frees its own reference, the last one everything
            auto mine = std::move(copies[next++]);
            CHECK(mine.position({0, 3}).has_value());
            return std::string("done");
        });
    }
}

static void test_same_file() {
    auto labels = shuffled(0, 7);
    in_threads("same", [&] {
        io::save("hardening-threads.mts", labels);
        auto loaded = io::load_labels("hardening-threads.mts");
        return std::string(loaded == labels ? "same" : "other");
    });
    std::remove("hardening-threads.mts");
}

static std::string last_message() {
    const char* message = nullptr;
    details::check_status(mts_last_error(&message, nullptr, nullptr));
    return message;
}

static std::atomic<int> deleted = 0;

static void test_error_records() {
    details::check_status(mts_set_last_error("mine", "tests", nullptr, nullptr));
    static int data = 0;
    auto deleter = [](void*) { deleted += 1; };
    in_threads("", [&] {
        // each thread starts without any error
        auto initial = last_message();
        CHECK_EQUAL(static_cast<int>(mts_set_last_error("theirs", "tests", &data, deleter)),
                    static_cast<int>(MTS_SUCCESS));
        CHECK(last_message() == "theirs");
        return initial;
    });
    CHECK(last_message() == "mine");
    // a thread which ends can not run code of its users anymore
    CHECK_EQUAL(deleted.load(), 0);
}

int main() {
    return check::run({TEST(test_labels), TEST(test_maps), TEST(test_last_reference),
                       TEST(test_same_file), TEST(test_error_records)});
}
