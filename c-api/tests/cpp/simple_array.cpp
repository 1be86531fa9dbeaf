// SimpleDataArray
#include <limits>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

template <typename T>
static void check_simple_array(T first, T second) {
    using storage_t = details::storage_type_t<T>;
    auto array = SimpleDataArray<T>({2}, std::vector<storage_t>{first, second});
    auto view = array.view();
    CHECK_EQUAL(view(1), static_cast<storage_t>(second));
    auto filled = SimpleDataArray<T>({1, 2}, second);
    const auto const_view = std::as_const(filled).view();
    CHECK_EQUAL(const_view(0, 1), static_cast<storage_t>(second));
    CHECK_EQUAL(filled.data()[0], static_cast<storage_t>(second));

    auto mts = DataArrayBase::to_mts_array(array.copy(CPU));
    CHECK(details::dlpack_dtype_matches<T>(mts.dtype()));
    auto values = mts.template as_dlpack_array<T>(CPU, nullptr, DLPACK_VERSION);
    CHECK_EQUAL(values(0), first);
    CHECK_EQUAL(values(1), second);
    CHECK(values == array);

    auto rebuilt = mts.from_dlpack(mts.as_dlpack(CPU, nullptr, DLPACK_VERSION));
    CHECK(SimpleDataArray<T>::from_mts_array(rebuilt) == array);

    auto created = mts.create({3}, DataArrayBase::to_mts_array(
                                       std::make_unique<SimpleDataArray<T>>(Shape{}, second)));
    auto created_values = created.template as_dlpack_array<T>(CPU, nullptr, DLPACK_VERSION);
    CHECK_EQUAL(created_values(2), second);
}

static void test_simple_array_types() {
    check_simple_array<int8_t>(-1, 2);
    check_simple_array<int16_t>(-1, 2);
    check_simple_array<int32_t>(-1, 2);
    check_simple_array<int64_t>(-1, 2);
    check_simple_array<uint8_t>(1, 255);
    check_simple_array<uint16_t>(1, 2);
    check_simple_array<uint32_t>(1, 2);
    check_simple_array<uint64_t>(1, 2);
    check_simple_array<float>(-1.5F, 2);
    check_simple_array<double>(-1.5, 2);
    check_simple_array<bool>(false, true);
}

static void test_simple_array_shapes() {
    auto array = range_array({1, 2, 3, 1});
    CHECK_EQUAL(array->strides(), std::vector<int64_t>({6, 3, 1, 1}));
    array->swap_axes(1, 2);
    // the data follows the axes
    CHECK(*array == DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {1, 3, 2, 1}));
    CHECK_EQUAL(array->strides(), std::vector<int64_t>({6, 2, 1, 1}));
    array->swap_axes(2, 2);
    CHECK_EQUAL(array->shape(), Shape({1, 3, 2, 1}));
    array->reshape({2, 3});
    CHECK(*array == DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {2, 3}));
    CHECK_EQUAL(array->strides(), std::vector<int64_t>({3, 1}));
    CHECK_ERROR(array->reshape({2, 2}), "(2, 2)");
    CHECK_ERROR(array->swap_axes(0, 2), "2");
    CHECK_ERROR(array->swap_axes(7, 0), "7");

    array = range_array({2, 3, 4});
    array->swap_axes(0, 2);
    const auto view = std::as_const(*array).view();
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 3; j++) {
            for (size_t k = 0; k < 2; k++) {
                CHECK_EQUAL(view(i, j, k), static_cast<double>((k * 3 + j) * 4 + i));
            }
        }
    }

    auto empty = Doubles({3, 0, 2});
    empty.swap_axes(0, 1);
    CHECK_EQUAL(empty.shape(), Shape({0, 3, 2}));

    CHECK_ERROR(Doubles({2, 2}, std::vector<double>{1, 2}), "(2, 2)");
    const auto huge = std::numeric_limits<uintptr_t>::max();
    CHECK_ERROR(Doubles({huge, 3}), "too large");
}

static void test_simple_array_sharing() {
    auto array = range_array({2, 2});
    // C++ copies share the data, `copy` does not
    auto shared = *array;
    auto owned = array->copy(CPU);
    array->data()[0] = 42;
    CHECK_EQUAL(shared.data()[0], 42.0);
    CHECK_EQUAL(dynamic_cast<Doubles&>(*owned).data()[0], 0.0);
    CHECK_ERROR(array->copy({kDLCUDA, 0}), "kDLCUDA");

    // tensors share the data, are writable, and outlive the array
    auto* tensor = array->as_dlpack(CPU, nullptr, DLPACK_VERSION);
    CHECK_EQUAL(tensor->flags, 0U);
    CHECK_EQUAL(tensor->version.major, 1U);
    CHECK_EQUAL(tensor->version.minor, 3U);
    CHECK(tensor->dl_tensor.data == array->data());
    CHECK(tensor->dl_tensor.shape[0] == 2 && tensor->dl_tensor.strides[0] == 2);
    array.reset();
    CHECK_EQUAL(static_cast<double*>(tensor->dl_tensor.data)[0], 42.0);
    tensor->deleter(tensor);

    auto scalar = Doubles(Shape{}, 3.5);
    tensor = scalar.as_dlpack(CPU, nullptr, DLPACK_VERSION);
    CHECK_EQUAL(tensor->dl_tensor.ndim, 0);
    CHECK(tensor->dl_tensor.shape == nullptr && tensor->dl_tensor.strides == nullptr);
    tensor->deleter(tensor);

    const int64_t stream = 1;
    CHECK_ERROR(scalar.as_dlpack(CPU, &stream, DLPACK_VERSION), "stream");
    CHECK_ERROR(scalar.as_dlpack({kDLCUDA, 0}, nullptr, DLPACK_VERSION), "kDLCUDA");
    CHECK_ERROR(scalar.as_dlpack(CPU, nullptr, {2, 0}), "version");
}

static void test_simple_array_from_dlpack() {
    const auto array = Doubles(Shape{});
    int32_t data[6] = {0, 1, 2, 3, 4, 5};
    auto tensor = TestTensor(data, details::dtype_of<int32_t>(), {3, 2}, {1, 3});
    auto result = array.from_dlpack(&tensor.tensor);
    CHECK_EQUAL(tensor.deleted, 1);
    auto expected = NDArray<int32_t>(std::vector<int32_t>{0, 3, 1, 4, 2, 5}, {3, 2});
    CHECK(dynamic_cast<SimpleDataArray<int32_t>&>(*result) == expected);

    // broadcasting and negative strides
    auto strided = TestTensor(data, details::dtype_of<int32_t>(), {2, 3}, {0, -2});
    strided.tensor.dl_tensor.byte_offset = 5 * sizeof(int32_t);
    result = array.from_dlpack(&strided.tensor);
    expected = NDArray<int32_t>(std::vector<int32_t>{5, 3, 1, 5, 3, 1}, {2, 3});
    CHECK(dynamic_cast<SimpleDataArray<int32_t>&>(*result) == expected);

    auto scalar = TestTensor(data, details::dtype_of<int32_t>(), {});
    scalar.tensor.dl_tensor.byte_offset = 3 * sizeof(int32_t);
    result = array.from_dlpack(&scalar.tensor);
    CHECK_EQUAL(dynamic_cast<SimpleDataArray<int32_t>&>(*result).data()[0], 3);

    CHECK_ERROR(array.from_dlpack(nullptr), "NULL");
    tensor.tensor.dl_tensor.dtype = {kDLComplex, 64, 1};
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "complex64");
    tensor.tensor.dl_tensor.dtype = {kDLFloat, 32, 2};
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "float32x2");
    tensor.tensor.dl_tensor.device = {kDLCUDA, 2};
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "kDLCUDA:2");
    tensor.tensor.version.major = 2;
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "version");
    CHECK_EQUAL(tensor.deleted, 5);
}

static void test_simple_array_create() {
    const auto array = Doubles(Shape{1});
    auto scalar = [](auto value) {
        return DataArrayBase::to_mts_array(
            std::make_unique<SimpleDataArray<decltype(value)>>(Shape{}, value));
    };
    auto created = array.create({2, 2}, scalar(2.5));
    CHECK(dynamic_cast<Doubles&>(*created) == Doubles({2, 2}, 2.5));
    CHECK_ERROR(array.create({2}, scalar(2.5F)), "float32");
    auto wrong = DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{1}));
    CHECK_ERROR(array.create({2}, wrong), "(1)");
}

static void test_simple_array_move_data() {
    auto output = Doubles({2, 2, 3}, -1);
    auto input = range_array({3, 2, 2});
    output.move_data(*input, {{2, 0, 0, 1, 2}, {0, 1, 1, 0, 1}, {1, 1, 0, 0, 0}});
    CHECK(output == DoubleView(std::vector<double>{-1, 8, 9, -1, 10, 11, 1, -1, -1, 3, -1, -1},
                               {2, 2, 3}));
    CHECK_ERROR(output.move_data(*input, {{3, 0, 0, 0, 1}}), "bounds");
    CHECK_ERROR(output.move_data(*input, {{0, 2, 0, 0, 1}}), "bounds");
    CHECK_ERROR(output.move_data(*input, {{0, 0, 1, 0, 2}}), "bounds");
    CHECK_ERROR(output.move_data(*input, {{0, 0, 0, 2, 2}}), "bounds");
    CHECK_ERROR(output.move_data(Doubles({2, 3, 3}), {}), "(2, 3, 3)");
    CHECK_ERROR(output.move_data(Doubles({2, 3}), {}), "(2, 3)");
    CHECK_THROWS_AS(std::bad_cast, output.move_data(SimpleDataArray<float>({2, 2, 3}), {}),
                    "");
}

static void test_from_mts_array() {
    auto array = DataArrayBase::to_mts_array(range_array({2}));
    Doubles::from_mts_array(array).data()[1] = 12;
    CHECK_EQUAL(Doubles::from_mts_array(std::as_const(array)).data()[1], 12.0);
    CHECK_THROWS_AS(std::bad_cast, SimpleDataArray<int32_t>::from_mts_array(array), "");
    auto empty = DataArrayBase::to_mts_array(std::make_unique<EmptyDataArray<>>(Shape{2}));
    CHECK_ERROR(Doubles::from_mts_array(empty), "SimpleDataArray");
}

int main() {
    return check::run({
        TEST(test_simple_array_types),
        TEST(test_simple_array_shapes),
        TEST(test_simple_array_sharing),
        TEST(test_simple_array_from_dlpack),
        TEST(test_simple_array_create),
        TEST(test_simple_array_move_data),
        TEST(test_from_mts_array),
    });
}
