// What other packages use although it is not documented for users: helpers of arrays,
// C objects inside of C++ ones, and friends of the classes
#include <memory>
#include <type_traits>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

// The classes of the TorchScript extension have access to all the members
namespace metatensor_torch {
class LabelsHolder {
public:
    static auto member() { return sizeof(Labels::labels_); }
};
class TensorBlockHolder {
public:
    static auto member() { return sizeof(TensorBlock::block_); }
};
} // namespace metatensor_torch

static void test_friends() {
    CHECK_EQUAL(metatensor_torch::LabelsHolder::member(), sizeof(void*));
    CHECK_EQUAL(metatensor_torch::TensorBlockHolder::member(), sizeof(void*));
}

static void test_strides() {
    using Strides = std::vector<int64_t>;
    CHECK_EQUAL(details::contiguous_strides({}), Strides());
    CHECK_EQUAL(details::contiguous_strides({7}), Strides({1}));
    CHECK_EQUAL(details::contiguous_strides({2, 3, 4}), Strides({12, 4, 1}));
    CHECK_EQUAL(details::contiguous_strides({2, 0, 4}), Strides({0, 4, 1}));
    CHECK_EQUAL(details::product({}), 1U);
    CHECK_EQUAL(details::product({SIZE_MAX, SIZE_MAX, 0}), 0U);
    CHECK_ERROR(details::product({SIZE_MAX, 2}), "too large");
}

static void test_vector_from_dlpack() {
    using Values = std::vector<int32_t>;
    Values data = {0, 1, 2, 3, 4, 5};
    const auto dtype = details::dtype_of<int32_t>();
    auto read = [](const TestTensor& tensor) {
        return details::vector_from_dlpack<int32_t>(tensor.tensor.dl_tensor);
    };

    auto rows = TestTensor(data.data(), dtype, {2, 3});
    CHECK_EQUAL(read(rows), data);
    auto columns = TestTensor(data.data(), dtype, {3, 2}, {1, 3});
    CHECK_EQUAL(read(columns), Values({0, 3, 1, 4, 2, 5}));
    auto reversed = TestTensor(data.data() + 5, dtype, {6}, {-1});
    CHECK_EQUAL(read(reversed), Values({5, 4, 3, 2, 1, 0}));
    auto broadcast = TestTensor(data.data() + 4, dtype, {2, 2}, {0, 0});
    CHECK_EQUAL(read(broadcast), Values({4, 4, 4, 4}));

    // offsets, also for a single number
    columns.tensor.dl_tensor.byte_offset = sizeof(int32_t);
    columns.tensor.dl_tensor.shape[0] = 2;
    CHECK_EQUAL(read(columns), Values({1, 4, 2, 5}));
    auto scalar = TestTensor(data.data(), dtype, {});
    scalar.tensor.dl_tensor.byte_offset = 3 * sizeof(int32_t);
    CHECK_EQUAL(read(scalar), Values({3}));

    CHECK_EQUAL(read(TestTensor(nullptr, dtype, {0, 3})), Values());
    CHECK_ERROR(read(TestTensor(nullptr, dtype, {1, 3})), "NULL");

    uint8_t flags[] = {1, 0};
    auto booleans = TestTensor(flags, details::dtype_of<bool>(), {2});
    auto stored = details::vector_from_dlpack<bool>(booleans.tensor.dl_tensor);
    static_assert(std::is_same_v<decltype(stored), std::vector<uint8_t>>);
    CHECK(stored == std::vector<uint8_t>({1, 0}));
}

static void test_arrays_equal() {
    double data[] = {0, 1, 2, 3, 4, 5};
    const auto dtype = details::dtype_of<double>();
    auto tensor = TestTensor(data, dtype, {3, 2}, {1, 3});
    auto transposed = DLPackArray<double>(&tensor.tensor);
    auto same = DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {3, 2});
    CHECK(details::arrays_equal(transposed, same));
    CHECK(details::arrays_equal(same, transposed));
    CHECK(!details::arrays_equal(transposed, DoubleView(data, {3, 2})));
    CHECK(!details::arrays_equal(same, DoubleView(same.data(), {2, 3})));
}

static void test_deleter() {
    auto array = Doubles({2, 3}, 1.5);
    auto* raw = array.as_dlpack(CPU, nullptr, DLPACK_VERSION);
    const auto* context = static_cast<details::DLPackContext<double>*>(raw->manager_ctx);
    CHECK(context->data->data() == array.data());
    CHECK_EQUAL(context->data.use_count(), 2);
    const auto data = context->data;
    CHECK_EQUAL(data.use_count(), 3);
    details::DLPackDeleter()(raw);
    CHECK_EQUAL(data.use_count(), 2);

    // neither a tensor nor a deleter are needed
    details::DLPackDeleter()(nullptr);
    auto tensor = TestTensor(nullptr, details::dtype_of<double>(), {0});
    details::DLPackDeleter()(&tensor.tensor);
    CHECK_EQUAL(tensor.deleted, 1);
    tensor.tensor.deleter = nullptr;
    details::DLPackDeleter()(&tensor.tensor);
    CHECK_EQUAL(tensor.deleted, 1);
}

int main() {
    return check::run({
        TEST(test_friends),
        TEST(test_strides),
        TEST(test_vector_from_dlpack),
        TEST(test_arrays_equal),
        TEST(test_deleter),
    });
}
