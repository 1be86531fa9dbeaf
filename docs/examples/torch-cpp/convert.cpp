// Load a map, convert it to another precision, and save it: to a file, to memory, and a part
// of it on its own.
//
// Usage: convert INPUT.mts OUTPUT.mts BLOCK.mts KEYS.mts

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include <metatensor/torch.hpp>

#include "process.hpp"

using metatensor_torch::TensorMap;
using metatensor_torch::TensorMapHolder;

namespace {

void check(bool condition, const char* message) {
    if (!condition) {
        throw std::runtime_error(message);
    }
}

void convert(char** paths) {
    auto tensor = metatensor_torch::load(paths[0]);
    auto single = tensor->to(torch::kFloat32);
    metatensor_torch::save(paths[1], single);

    // a file and a buffer have the same bytes
    auto buffer = metatensor_torch::save_buffer(single);
    auto loaded = metatensor_torch::load(paths[1]);
    check(torch::equal(buffer, metatensor_torch::save_buffer(loaded)), "these bytes differ");
    auto again = metatensor_torch::load_buffer(buffer);
    check(*again->keys() == *tensor->keys(), "these keys differ");

    // blocks and labels have files of their own
    auto block = TensorMapHolder::block_by_id(again, 0);
    metatensor_torch::save(paths[2], block);
    auto block_again = metatensor_torch::load_block(paths[2]);
    check(torch::equal(block_again->values(), block->values()), "these values differ");
    check(block_again->gradients_list() == block->gradients_list(), "these gradients differ");
    metatensor_torch::save(paths[3], tensor->keys());
    check(*metatensor_torch::load_labels(paths[3]) == *tensor->keys(), "these labels differ");
    std::printf("%lld bytes\n", static_cast<long long>(buffer.numel()));
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: %s INPUT.mts OUTPUT.mts BLOCK.mts KEYS.mts\n", argv[0]);
        return 2;
    }
    try {
        convert(argv + 1);
        process::check_no_python();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "error: %s\n", e.what());
        return 1;
    }
    return 0;
}
