// Errors, and exceptions thrown by arrays
#include <iostream>
#include <string>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static void errors() {
    // [example: Error]
    // all failures of metatensor are exceptions
    auto message = std::string();
    try {
        auto labels = Labels({"atom", "atom"}, {{0, 1}});
    } catch (const Error& error) {
        message = error.what();
    }
    std::cout << "got an error: " << message << "\n";
    EXPECT(message.find("atom") != std::string::npos);
    // [end]
}

// [example: details::check_status, details::check_pointer, details::catch_exceptions]
// callbacks written in C++: no exception may enter the C code which calls them
static mts_status_t no_arrays(const uintptr_t* /*shape*/, uintptr_t /*shape_count*/,
                              DLDataType /*dtype*/, mts_array_t* /*array*/) {
    return details::catch_exceptions([] { throw std::out_of_range("no arrays today"); });
}

static void exceptions_in_callbacks() {
    auto labels = Labels({"i"}, {{0}});
    auto block =
        TensorBlock(std::make_unique<SimpleDataArray<double>>(std::vector<uintptr_t>{1, 1}),
                    labels, {}, labels);
    const auto buffer = block.save_buffer();

    bool caught = false;
    try {
        auto* loaded = mts_block_load_buffer(buffer.data(), buffer.size(), no_arrays);
        // turns failures of the C API into exceptions
        details::check_pointer(loaded);
        details::check_status(mts_block_free(loaded));
    } catch (const std::out_of_range& error) {
        // the exception comes out with its own type
        caught = std::string(error.what()) == "no arrays today";
    }
    EXPECT(caught);
}
// [end]

int main() {
    errors();
    exceptions_in_callbacks();
}
