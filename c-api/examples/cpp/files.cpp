// Files and buffers
#include <cstdio>
#include <string>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static TensorBlock make_block() {
    auto labels = Labels({"i"}, {{0}, {1}});
    return TensorBlock(std::make_unique<SimpleDataArray<double>>(std::vector<uintptr_t>{2, 2}),
                       labels, {}, labels);
}

static void files() {
    // [example: io]
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make_block());
    auto tensor = TensorMap(Labels({"key"}, {{0}}), std::move(blocks));

    io::save("example-cpp.mts", tensor);
    auto loaded = io::load("example-cpp.mts");
    EXPECT(loaded.keys() == tensor.keys());

    // blocks and labels have their own files
    io::save("example-cpp.mts", make_block());
    EXPECT(io::load_block("example-cpp.mts").values() == make_block().values());
    io::save("example-cpp.mts", tensor.keys());
    EXPECT(io::load_labels("example-cpp.mts") == tensor.keys());

    // the content of files in memory, in any container of bytes
    std::vector<uint8_t> bytes = io::save_buffer(tensor);
    EXPECT(io::load_buffer(bytes).keys() == tensor.keys());
    auto text = io::save_buffer<std::string>(tensor.keys());
    EXPECT(io::load_labels_buffer(text) == tensor.keys());
    auto block = io::load_block_buffer(io::save_buffer(make_block()));
    EXPECT(block.samples().count() == 2);
    // [end]
    std::remove("example-cpp.mts");
}

static void options() {
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make_block());
    blocks.push_back(make_block());
    auto tensor = TensorMap(Labels({"key"}, {{0}, {1}}), std::move(blocks));
    // [example: io::SaveOptions, io::LoadOptions]
    auto save = io::SaveOptions();
    save.aligned = true;
    io::save("example-cpp.mts", tensor, save);

    // values are only read from the file when they are used
    auto load = io::LoadOptions();
    load.mmap = true;
    auto mapped = io::load("example-cpp.mts", load);
    EXPECT(mapped.block_by_id(1).values() == tensor.block_by_id(1).values());

    // one of the blocks, and one of its samples
    auto part = io::LoadOptions();
    part.keys = Labels({"key"}, {{1}});
    part.samples = Labels({"i"}, {{0}});
    auto loaded = io::load("example-cpp.mts", part);
    EXPECT(loaded.block_by_id(0).values_shape() == std::vector<uintptr_t>({1, 2}));

    // labels, shapes and types, without reading values
    EXPECT(io::load_structure("example-cpp.mts").keys().count() == 2);
    // [end]
    std::remove("example-cpp.mts");
}

int main() {
    files();
    options();
}
