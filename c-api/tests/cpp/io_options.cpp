// Saving and loading with options
#include <cstdio>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

static const auto PATH = std::string("cpp-io-options.mts");

static std::string origin_name(const MtsArray& array) {
    char buffer[64];
    details::check_status(mts_get_data_origin(array.origin(), buffer, sizeof(buffer)));
    return buffer;
}

static bool are_same(TensorMap& first, TensorMap& second) {
    if (!Comparison(first, second)) {
        return false;
    }
    for (size_t i = 0; i < first.keys().count(); i++) {
        if (first.block_by_id(i).values() != second.block_by_id(i).values()) {
            return false;
        }
    }
    return true;
}

static void test_save() {
    auto tensor = make_tensor();
    // without options set, files are the same
    CHECK(io::save_buffer(tensor, io::SaveOptions()) == tensor.save_buffer());
    auto options = io::SaveOptions();
    options.aligned = true;
    const auto aligned = io::save_buffer(tensor, options);
    CHECK(aligned.size() > tensor.save_buffer().size());
    auto loaded = io::load_buffer(aligned);
    CHECK(are_same(loaded, tensor));

    options.sync = true;
    io::save(PATH, tensor, options);
    loaded = io::load(PATH);
    CHECK(are_same(loaded, tensor));

    auto block = make_block_with_gradient();
    io::save(PATH, block, options);
    CHECK(io::load_block(PATH).values() == block.values());
    CHECK(io::save_buffer(block, io::SaveOptions()) == block.save_buffer());
    std::remove(PATH.c_str());
    CHECK_ERROR(io::save("missing-directory/x.mts", tensor, options), "");
}

static void test_load_a_part() {
    auto tensor = make_tensor();
    const auto buffer = tensor.save_buffer();
    auto options = io::LoadOptions();
    auto all = io::load_buffer(buffer, options);
    CHECK(are_same(all, tensor));
    CHECK_EQUAL(origin_name(all.block_by_id(0).mts_array()), "metatensor.native");
    auto simple = io::load_buffer(buffer, options, details::default_create_array);
    CHECK_EQUAL(origin_name(simple.block_by_id(0).mts_array()), "metatensor::SimpleDataArray");

    options.blocks = std::vector<uintptr_t>{2, 0};
    auto part = io::load_buffer(buffer, options);
    CHECK(part.keys() == Labels({"k1", "k2"}, {{0, 1}, {0, 0}}));
    options.blocks->clear();
    CHECK_EQUAL(io::load_buffer(buffer, options).keys().count(), 0U);
    options.blocks = std::vector<uintptr_t>{7};
    CHECK_ERROR(io::load_buffer(buffer, options), "7");
    options.keys = labels_1("k1", {1});
    CHECK_ERROR(io::load_buffer(buffer, options), "together");
    options.blocks.reset();
    CHECK(io::load_buffer(buffer, options).keys() == Labels({"k1", "k2"}, {{1, 0}}));

    options = io::LoadOptions();
    options.samples = labels_1("s", {2});
    options.verify = true;
    part = io::load_buffer(buffer, options);
    CHECK(part.block_by_id(0).values() == DoubleView(std::vector<double>{3, 4}, {1, 2}));
    CHECK_EQUAL(part.block_by_id(2).samples().count(), 0U);

    auto block = make_block_with_gradient();
    auto block_part = io::load_block_buffer(block.save_buffer(), options);
    CHECK(block_part.samples() == labels_1("s", {2}));
    options.mmap = true;
    CHECK_ERROR(io::load_buffer(buffer, options), "mmap");
    auto moved = std::move(options.samples.value());
    CHECK_ERROR(io::load_buffer(buffer, options), "moved");
}

static void test_mmap() {
    auto tensor = make_tensor();
    auto save = io::SaveOptions();
    save.aligned = true;
    io::save(PATH, tensor, save);
    auto options = io::LoadOptions();
    options.mmap = true;
    auto mapped = io::load(PATH, options);
    // the file can go away: the values stay
    std::remove(PATH.c_str());
    CHECK(are_same(mapped, tensor));

    auto block = make_block_with_gradient();
    io::save(PATH, block, save);
    auto mapped_block = io::load_block(PATH, options);
    CHECK(mapped_block.gradient("positions").values() == block.gradient("positions").values());
    std::remove(PATH.c_str());
    CHECK_ERROR(io::load(PATH, options), PATH);
}

static void test_structure() {
    auto tensor = make_tensor();
    tensor.save(PATH);
    auto structure = io::load_structure(PATH);
    CHECK(structure.keys() == tensor.keys());
    CHECK_EQUAL(structure.device().device_type, kDLExtDev);
    auto block = structure.block_by_id(1);
    CHECK(block.samples().values_cpu() == tensor.block_by_id(1).samples().values_cpu());
    CHECK_EQUAL(block.values_shape(), Shape({2, 2}));
    CHECK_ERROR(block.values(), "");
    auto options = io::LoadOptions();
    options.blocks = std::vector<uintptr_t>{1};
    CHECK_EQUAL(io::load_structure(PATH, options).keys().count(), 1U);

    make_block_with_gradient().save(PATH);
    CHECK_EQUAL(io::load_block_structure(PATH).gradients_list().size(), 1U);
    std::remove(PATH.c_str());
    CHECK_ERROR(io::load_structure(PATH), PATH);
}

int main() {
    return check::run({
        TEST(test_save),
        TEST(test_load_a_part),
        TEST(test_mmap),
        TEST(test_structure),
    });
}
