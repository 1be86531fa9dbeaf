// Arrays implemented by the library, used from C++
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

static std::string origin_name(const MtsArray& array) {
    char buffer[64];
    details::check_status(mts_get_data_origin(array.origin(), buffer, sizeof(buffer)));
    return buffer;
}

static DLPackArray<double> values_of(MtsArray& array) {
    return array.as_dlpack_array<double>(CPU, nullptr, DLPACK_VERSION);
}

static void test_from_memory() {
    double data[6] = {0, 1, 2, 3, 4, 5};
    int released = 0;
    auto release = [&released] { released += 1; };
    {
        auto array = native::from_memory(data, {2, 3}, {}, release);
        CHECK_EQUAL(origin_name(array), "metatensor.native");
        CHECK_EQUAL(array.shape(), Shape({2, 3}));
        auto values = values_of(array);
        CHECK(values.data() == data);
        // the memory is still used by the tensor
        array = native::zeros({1}, {kDLFloat, 64, 1});
        CHECK_EQUAL(released, 0);
    }
    CHECK_EQUAL(released, 1);

    auto strided = native::from_memory(data, {3, 2}, {1, 3});
    CHECK(values_of(strided) == DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {3, 2}));

    auto read_only = native::from_memory(static_cast<const double*>(data), {6});
    auto* tensor = read_only.as_dlpack(CPU, nullptr, DLPACK_VERSION);
    CHECK((tensor->flags & DLPACK_FLAG_BITMASK_READ_ONLY) != 0);
    tensor->deleter(tensor);
}

static void test_errors() {
    int released = 0;
    auto release = [&released] { released += 1; };
    double* null = nullptr;
    double data[2] = {1, 2};
    CHECK_ERROR(native::from_memory(null, {2}, {}, release), "data");
    CHECK_EQUAL(released, 1);
    CHECK_ERROR(native::from_memory(data, {2}, {1, 1}, release), "strides");
    CHECK_EQUAL(released, 2);
    CHECK_ERROR(native::from_vector(std::vector<double>{1, 2}, {3}), "(3)");
    CHECK_ERROR(native::from_dlpack(nullptr), "tensor");
    CHECK_ERROR(native::zeros({2}, {kDLFloat, 12, 1}), "");
    auto integers = std::vector<int>{1, 2};
    auto tensor = TestTensor(integers.data(), details::dtype_of<int>(), {2});
    tensor.tensor.dl_tensor.device = {kDLCUDA, 0};
    CHECK_ERROR(native::from_dlpack(&tensor.tensor), "");
    CHECK_EQUAL(tensor.deleted, 1);
}

static void test_creation() {
    auto array = native::from_vector(std::vector<double>{1, 2, 3}, {3, 1});
    CHECK(values_of(array) == DoubleView(std::vector<double>{1, 2, 3}, {3, 1}));
    array = native::full({2, 2}, 1.5);
    CHECK(values_of(array) == Doubles({2, 2}, 1.5));
    array = native::zeros({2}, {kDLInt, 32, 1});
    CHECK(array.as_dlpack_array<int32_t>(CPU, nullptr, DLPACK_VERSION) ==
          SimpleDataArray<int32_t>({2}));
    array = native::empty({4, 0}, {kDLFloat, 64, 1});
    CHECK_EQUAL(array.shape(), Shape({4, 0}));
    array = native::full(Shape{}, true);
    CHECK(details::dlpack_dtype_matches<bool>(array.dtype()));

    auto simple = range_array({2, 2});
    array = native::from_dlpack(simple->as_dlpack(CPU, nullptr, DLPACK_VERSION));
    auto values = values_of(array);
    CHECK(values.data() == simple->data());
    // copies are independent
    auto copy = array;
    simple->data()[0] = 42;
    CHECK_EQUAL(values(0, 0), 42.0);
    auto copied = values_of(copy);
    CHECK_EQUAL(copied(0, 0), 0.0);
}

static void test_blocks() {
    auto make = [](std::vector<int32_t> samples, double value) {
        auto shape = Shape{samples.size(), 1};
        return TensorBlock(native::full(shape, value), labels_1("s", samples), {},
                           labels_1("n", {0}));
    };
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make({0, 2}, 1.0));
    blocks.push_back(make({1}, 2.0));
    auto tensor = TensorMap(labels_1("k", {0, 1}), std::move(blocks));
    auto merged = tensor.keys_to_properties("k", -1.0);
    CHECK(merged.block_by_id(0).values() ==
          DoubleView(std::vector<double>{1, -1, -1, 2, 1, -1}, {3, 2}));
    // loading without going through C++
    auto loaded = TensorMap::load_buffer(tensor.save_buffer(), mts_array_empty);
    CHECK_EQUAL(origin_name(loaded.block_by_id(1).mts_array()), "metatensor.native");
    CHECK(loaded.block_by_id(0).values() == tensor.block_by_id(0).values());
    CHECK_ERROR(
        TensorBlock(native::full({2}, 0.0), labels_1("s", {0, 1}), {}, labels_1("n", {0})),
        "");
}

int main() {
    return check::run({
        TEST(test_from_memory),
        TEST(test_errors),
        TEST(test_creation),
        TEST(test_blocks),
    });
}
