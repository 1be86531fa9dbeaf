// Saving to and loading from files and buffers
#include <array>
#include <cstdio>
#include <fstream>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

using Bytes = std::vector<uint8_t>;

/// Temporary file in the current directory
class File {
public:
    explicit File(const char* name) : path(name) {}
    ~File() { std::remove(path.c_str()); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Bytes content() const {
        auto input = std::ifstream(path, std::ios::binary);
        return Bytes(std::istreambuf_iterator<char>(input), {});
    }

    const std::string path;
};

static Labels make_labels() {
    return Labels({"a", "b"}, {{1, -2}, {3, 4}});
}

static bool is_block(TensorBlock block) {
    auto gradient = block.gradient("positions");
    return block.values() == *range_array({3, 2, 2}) &&
           gradient.values() == *range_array({2, 3, 2, 2}) &&
           gradient.samples() == Labels({"sample", "atom"}, {{0, 3}, {2, 1}}) &&
           block.components()[0] == labels_1("c", {-1, 1});
}

static TensorMap make_saved_tensor() {
    auto tensor = make_tensor();
    tensor.set_info("key", "some \"value\"");
    return tensor;
}

static bool is_tensor(TensorMap tensor) {
    return tensor.keys() == make_tensor().keys() &&
           tensor.get_info("key") == "some \"value\"" &&
           tensor.block_by_id(2).values() == DoubleView(std::vector<double>{9, 10}, {1, 2});
}

static void test_labels() {
    auto labels = make_labels();
    auto file = File("cpp-io-labels.mts");
    labels.save(file.path);
    CHECK(Labels::load(file.path) == labels);
    io::save(file.path, labels);
    CHECK(io::load_labels(file.path) == labels);

    auto buffer = labels.save_buffer();
    CHECK(buffer == file.content());
    CHECK(io::save_buffer(labels) == buffer);
    auto text = labels.save_buffer<std::string>();
    CHECK(io::save_buffer<std::string>(labels) == text);
    CHECK(Bytes(text.begin(), text.end()) == buffer);
    CHECK(Labels::load_buffer(buffer) == labels);
    CHECK(Labels::load_buffer(text) == labels);
    CHECK(Labels::load_buffer(buffer.data(), buffer.size()) == labels);
    CHECK(io::load_labels_buffer(text) == labels);
    CHECK(io::load_labels_buffer(buffer.data(), buffer.size()) == labels);

    // labels without dimensions
    auto empty = Labels(std::vector<std::string>());
    CHECK(Labels::load_buffer(empty.save_buffer()) == empty);
}

static void test_blocks() {
    auto block = make_block_with_gradient();
    auto file = File("cpp-io-block.mts");
    block.save(file.path);
    CHECK(is_block(TensorBlock::load(file.path)));
    io::save(file.path, block);
    CHECK(is_block(io::load_block(file.path)));

    auto buffer = block.save_buffer();
    CHECK(buffer == file.content());
    CHECK(io::save_buffer(block) == buffer);
    auto text = block.save_buffer<std::string>();
    CHECK(io::save_buffer<std::string>(block) == text);
    CHECK(is_block(TensorBlock::load_buffer(buffer)));
    CHECK(is_block(TensorBlock::load_buffer(text)));
    CHECK(is_block(TensorBlock::load_buffer(buffer.data(), buffer.size())));
    CHECK(is_block(io::load_block_buffer(text)));
    CHECK(is_block(io::load_block_buffer(buffer.data(), buffer.size())));
}

static void test_tensors() {
    auto tensor = make_saved_tensor();
    auto file = File("cpp-io-tensor.mts");
    tensor.save(file.path);
    CHECK(is_tensor(TensorMap::load(file.path)));
    io::save(file.path, tensor);
    CHECK(is_tensor(io::load(file.path)));

    auto buffer = tensor.save_buffer();
    CHECK(buffer == file.content());
    CHECK(io::save_buffer(tensor) == buffer);
    auto text = tensor.save_buffer<std::string>();
    CHECK(io::save_buffer<std::string>(tensor) == text);
    CHECK(is_tensor(TensorMap::load_buffer(buffer)));
    CHECK(is_tensor(TensorMap::load_buffer(text)));
    CHECK(is_tensor(TensorMap::load_buffer(buffer.data(), buffer.size())));
    CHECK(is_tensor(io::load_buffer(text)));
    CHECK(is_tensor(io::load_buffer(buffer.data(), buffer.size())));
}

template <typename T>
static void check_dtype(T value) {
    auto labels = labels_1("n", {0});
    auto block = TensorBlock(std::make_unique<SimpleDataArray<T>>(Shape{1, 1}, value), labels,
                             {}, labels);
    auto loaded = TensorBlock::load_buffer(block.save_buffer());
    CHECK(loaded.template values<T>() == block.template values<T>());
    auto values = loaded.template values<T>();
    CHECK_EQUAL(values(0, 0), value);
}

static void test_dtypes() {
    check_dtype<int8_t>(-3);
    check_dtype<int16_t>(-3);
    check_dtype<int32_t>(-3);
    check_dtype<int64_t>(-3);
    check_dtype<uint8_t>(3);
    check_dtype<uint16_t>(3);
    check_dtype<uint32_t>(3);
    check_dtype<uint64_t>(3);
    check_dtype<float>(1.5F);
    check_dtype<double>(1.5);
    check_dtype<bool>(true);
}

static int created = 0;

static mts_status_t custom_create(const uintptr_t* shape, uintptr_t shape_count,
                                  DLDataType /*dtype*/, mts_array_t* array) {
    created += 1;
    return details::catch_exceptions([=] {
        *array = DataArrayBase::to_mts_array(
                     std::make_unique<CountingArray>(Shape(shape, shape + shape_count)))
                     .release();
    });
}

static mts_status_t failing_create(const uintptr_t* /*shape*/, uintptr_t /*shape_count*/,
                                   DLDataType /*dtype*/, mts_array_t* /*array*/) {
    return details::catch_exceptions([] { throw CustomException("no arrays today"); });
}

static void test_create_array() {
    CountingArray::count = 0;
    auto buffer = make_block_with_gradient().save_buffer();
    {
        auto block = TensorBlock::load_buffer(buffer, custom_create);
        CHECK_EQUAL(created, 2);
        CHECK_EQUAL(CountingArray::count, 2);
        CHECK(is_block(std::move(block)));
    }
    CHECK_EQUAL(CountingArray::count, 0);
    CHECK_THROWS_AS(CustomException, TensorBlock::load_buffer(buffer, failing_create),
                    "no arrays today");
    CHECK_THROWS_AS(CustomException, io::load_block_buffer(buffer, failing_create),
                    "no arrays today");
    // an error in the middle of loading releases everything
    buffer.resize(buffer.size() - 4);
    CHECK_ERROR(TensorBlock::load_buffer(buffer, custom_create), "");
    CHECK_EQUAL(CountingArray::count, 0);
}

static void test_errors() {
    CHECK_ERROR(Labels::load("missing.mts"), "missing.mts");
    CHECK_ERROR(TensorBlock::load("missing.mts"), "missing.mts");
    CHECK_ERROR(TensorMap::load("missing.mts"), "missing.mts");
    CHECK_ERROR(make_labels().save("missing-directory/file.mts"), "");
    CHECK_ERROR(make_tensor().save("missing-directory/file.mts"), "");
    CHECK_ERROR(Labels::load_buffer(std::string()), "empty");
    CHECK_ERROR(TensorMap::load_buffer(std::string("garbage")), "");
    CHECK_ERROR(TensorMap::load_buffer(make_labels().save_buffer()), "load_labels");
    CHECK_ERROR(TensorBlock::load_buffer(make_tensor().save_buffer()), "load");
    CHECK_ERROR(Labels::load_buffer(std::array<char, 3>{'a', 'b', 'c'}), "");
}

int main() {
    return check::run({
        TEST(test_labels),
        TEST(test_blocks),
        TEST(test_tensors),
        TEST(test_dtypes),
        TEST(test_create_array),
        TEST(test_errors),
    });
}
