#include <metatensor/torch.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "check.hpp"

using namespace metatensor_torch;

static void version_macros() {
    CHECK(version() == METATENSOR_TORCH_VERSION);
    auto expected = std::to_string(METATENSOR_TORCH_VERSION_MAJOR) + "." +
                    std::to_string(METATENSOR_TORCH_VERSION_MINOR) + "." +
                    std::to_string(METATENSOR_TORCH_VERSION_PATCH);
    CHECK(version().substr(0, expected.size()) == expected);
}

static std::vector<char> read(const std::string& path) {
    auto file = std::ifstream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static bool same_bytes(const std::vector<char>& bytes, const torch::Tensor& buffer) {
    auto size = static_cast<size_t>(buffer.numel());
    return bytes.size() == size &&
           std::memcmp(bytes.data(), buffer.const_data_ptr(), size) == 0;
}

static void files_and_buffers() {
    const auto path = std::string("metatensor-torch-tests-misc.mts");
    auto labels = LabelsHolder::create({"a", "b"}, {{1, 2}, {3, -4}});
    save(path, labels);
    CHECK(*load_labels(path) == *labels);
    CHECK(same_bytes(read(path), save_buffer(labels)));
    CHECK(*load_labels_buffer(save_buffer(labels)) == *labels);

    auto block = torch::make_intrusive<TensorBlockHolder>(
        torch::rand({2, 3}), labels, std::vector<Labels>{}, LabelsHolder::range("p", 3));
    save(path, block);
    CHECK(torch::equal(load_block(path)->values(), block->values()));
    CHECK(same_bytes(read(path), save_buffer(block)));
    CHECK(torch::equal(load_block_buffer(save_buffer(block))->values(), block->values()));

    auto tensor = torch::make_intrusive<TensorMapHolder>(
        LabelsHolder::single(), std::vector<TensorBlock>{block->copy()});
    save(path, tensor);
    auto loaded = TensorMapHolder::block_torch(load(path), torch::IValue());
    CHECK(torch::equal(loaded->values(), block->values()));
    CHECK(same_bytes(read(path), save_buffer(tensor)));
    CHECK(load_buffer(save_buffer(tensor))->keys()->count() == 1);

    CHECK_THROWS(metatensor::Error, "", load_block(path));
    std::remove(path.c_str());
    CHECK_THROWS(metatensor::Error, path, load(path));
    CHECK_THROWS(c10::ValueError, "uint8", load_buffer(torch::zeros({3})));
}

int main() {
    return check::run({
        TEST(version_macros),
        TEST(files_and_buffers),
    });
}
