// NDArray, DLPackArray, MtsArray, SimpleDataArray and EmptyDataArray
#include <limits>
#include <type_traits>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

/// strided tensor on memory of the tests, counting calls to its deleter
struct TestTensor {
    DLManagedTensorVersioned tensor = {};
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
    int deleted = 0;

    TestTensor(void* data, DLDataType dtype, std::vector<int64_t> shape_,
               std::vector<int64_t> strides_ = {})
        : shape(std::move(shape_)), strides(std::move(strides_)) {
        tensor.version = DLPACK_VERSION;
        tensor.manager_ctx = this;
        tensor.deleter = [](DLManagedTensorVersioned* self) {
            static_cast<TestTensor*>(self->manager_ctx)->deleted += 1;
        };
        tensor.dl_tensor.data = data;
        tensor.dl_tensor.device = CPU;
        tensor.dl_tensor.dtype = dtype;
        tensor.dl_tensor.ndim = static_cast<int32_t>(shape.size());
        tensor.dl_tensor.shape = shape.data();
        tensor.dl_tensor.strides = strides.empty() ? nullptr : strides.data();
    }
};

static void test_ndarray() {
    auto array = NDArray<int>(std::vector<int>{1, 2, 3, 4, 5, 6}, {2, 3});
    CHECK(!array.is_view());
    CHECK_EQUAL(array(1, 0), 4);
    array(1, 0) = 12;
    CHECK_EQUAL(array(1, 0), 12);
    CHECK_EQUAL(array.shape(), std::vector<size_t>({2, 3}));
    CHECK_EQUAL(array.strides(), std::vector<int64_t>({3, 1}));
    CHECK(array.is_contiguous());
    CHECK_EQUAL(array.data()[3], 12);
    CHECK_ERROR(array(1), "indexes");
    CHECK_ERROR(array(), "indexes");
    CHECK_ERROR(array(1, 1, 1), "indexes");
    CHECK_ERROR(NDArray<int>(std::vector<int>{1, 2, 3}, {2, 3}), "(2, 3)");
    CHECK_ERROR(NDArray<int>(std::vector<int>{1}, {}), "shape");
}

static void test_ndarray_views() {
    int data[6] = {1, 2, 3, 4, 5, 6};
    auto view = NDArray<int>(data, {3, 2});
    CHECK(view.is_view());
    view(2, 1) = 33;
    CHECK_EQUAL(data[5], 33);

    auto read_only = NDArray<int>(static_cast<const int*>(data), {6});
    CHECK_EQUAL(std::as_const(read_only)(5), 33);
    CHECK(std::as_const(read_only).data() == data);
    CHECK_ERROR(read_only(5), "read-only");
    CHECK_ERROR(read_only.data(), "read-only");

    CHECK_ERROR(NDArray<int>(data, {}), "shape");
    CHECK_ERROR(NDArray<int>(static_cast<int*>(nullptr), {1, 3}), "NULL");
    auto empty = NDArray<int>(static_cast<int*>(nullptr), {0, 3});
    CHECK_EQUAL(empty.shape(), std::vector<size_t>({0, 3}));
}

static void test_ndarray_move() {
    auto empty = NDArray<double>();
    CHECK(empty.shape().empty());
    CHECK(std::as_const(empty).data() == nullptr);
    CHECK_ERROR(std::as_const(empty)(), "indexes");

    auto array = NDArray<double>(std::vector<double>{1, 2}, {2});
    auto moved = std::move(array);
    CHECK_EQUAL(std::as_const(moved)(1), 2.0);
    CHECK(std::as_const(array).data() == nullptr);
    CHECK(array.shape().empty());
    empty = std::move(moved);
    CHECK_EQUAL(std::as_const(empty)(0), 1.0);
    auto& self = empty;
    empty = std::move(self);
    CHECK_EQUAL(std::as_const(empty)(0), 1.0);
    static_assert(std::is_nothrow_move_constructible_v<NDArray<double>>);
    static_assert(std::is_nothrow_move_assignable_v<NDArray<double>>);
    static_assert(!std::is_copy_constructible_v<NDArray<double>>);
}

static void test_dlpack_array() {
    auto empty = DLPackArray<double>();
    CHECK(empty.data() == nullptr && empty.shape().empty());
    CHECK_EQUAL(empty.device().device_type, kDLCPU);
    CHECK_ERROR(empty.dtype(), "dtype");
    CHECK_ERROR(empty(), "empty");
    auto null = DLPackArray<double>(nullptr);
    CHECK(null.data() == nullptr);

    int32_t data[6] = {0, 1, 2, 3, 4, 5};
    auto tensor = TestTensor(data, details::dtype_of<int32_t>(), {2, 2}, {1, 2});
    tensor.tensor.dl_tensor.byte_offset = 4;
    {
        auto array = DLPackArray<int32_t>(&tensor.tensor);
        CHECK(array.data() == data + 1);
        CHECK_EQUAL(array(0, 0), 1);
        CHECK_EQUAL(array(1, 0), 2);
        CHECK_EQUAL(array(0, 1), 3);
        CHECK_EQUAL(array.shape(), std::vector<size_t>({2, 2}));
        CHECK_EQUAL(array.strides(), std::vector<int64_t>({1, 2}));
        CHECK(!array.is_contiguous());
        CHECK_ERROR(array(0), "indexes");
        auto moved = std::move(array);
        CHECK(array.data() == nullptr);
        CHECK_EQUAL(moved(1, 1), 4);
        CHECK_EQUAL(tensor.deleted, 0);
    }
    CHECK_EQUAL(tensor.deleted, 1);

    tensor = TestTensor(data, details::dtype_of<int32_t>(), {2, 3});
    tensor.tensor.manager_ctx = &tensor;
    tensor.tensor.dl_tensor.shape = tensor.shape.data();
    CHECK_ERROR(DLPackArray<int64_t>(&tensor.tensor), "int32");
    CHECK_EQUAL(tensor.deleted, 1);
    {
        auto array = DLPackArray<int32_t>(&tensor.tensor);
        CHECK_EQUAL(array.strides(), std::vector<int64_t>({3, 1}));
        CHECK(array.is_contiguous());
    }
    CHECK_EQUAL(tensor.deleted, 2);

    tensor.tensor.dl_tensor.device = {kDLCUDA, 0};
    auto gpu = DLPackArray<int32_t>(&tensor.tensor);
    CHECK_ERROR(gpu(0, 0), "kDLCUDA");
    tensor.tensor.version.major = 2;
    tensor.tensor.dl_tensor.device = CPU;
    gpu = DLPackArray<int32_t>();
    CHECK_ERROR(DLPackArray<int32_t>(&tensor.tensor), "version");
    CHECK_EQUAL(tensor.deleted, 4);
}

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

static std::string origin_name(mts_data_origin_t origin) {
    char buffer[64];
    details::check_status(mts_get_data_origin(origin, buffer, sizeof(buffer)));
    return buffer;
}

static void test_mts_array() {
    CHECK_ERROR(DataArrayBase::to_mts_array(nullptr), "NULL");
    CountingArray::count = 0;
    {
        auto array = DataArrayBase::to_mts_array(std::make_unique<CountingArray>(Shape{2, 3}));
        CHECK_EQUAL(origin_name(array.origin()), "metatensor::SimpleDataArray");
        CHECK_EQUAL(array.device().device_type, kDLCPU);
        CHECK_EQUAL(array.shape(), Shape({2, 3}));

        auto copy = array;
        CHECK_EQUAL(CountingArray::count, 2);
        copy = array;
        CHECK_EQUAL(CountingArray::count, 2);
        copy = std::move(array);
        CHECK_EQUAL(CountingArray::count, 1);
        auto& self = copy;
        copy = self;
        copy = std::move(self);
        CHECK_EQUAL(CountingArray::count, 1);
        CHECK_EQUAL(copy.shape(), Shape({2, 3}));

        auto view = MtsArray(copy.as_mts_array_t());
        CHECK(copy.as_mts_array_t().destroy == nullptr);
        auto raw = std::move(copy).release();
        CHECK(raw.destroy != nullptr);
        view = MtsArray(raw);
        // copies of views are owned
        auto view_copy = MtsArray(MtsArray(view.as_mts_array_t()));
        CHECK_EQUAL(CountingArray::count, 1);
        auto owned = MtsArray(view);
        CHECK_EQUAL(CountingArray::count, 2);
    }
    CHECK_EQUAL(CountingArray::count, 0);

    auto array = DataArrayBase::to_mts_array(range_array({2, 3}));
    array.swap_axes(0, 1);
    array.reshape({6, 1});
    CHECK(Doubles::from_mts_array(array) ==
          DoubleView(std::vector<double>{0, 3, 1, 4, 2, 5}, {6, 1}));
    auto input = DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{1, 1}, 9));
    array.move_data(input, {{0, 5, 0, 0, 1}});
    CHECK_EQUAL(Doubles::from_mts_array(array).data()[5], 9.0);
}

static void test_mts_array_missing_functions() {
    auto array = MtsArray(mts_array_t{});
    CHECK_ERROR(array.origin(), "origin is NULL");
    CHECK_ERROR(array.device(), "device is NULL");
    CHECK_ERROR(array.dtype(), "dtype is NULL");
    CHECK_ERROR(array.shape(), "shape is NULL");
    CHECK_ERROR(array.as_dlpack(CPU, nullptr, DLPACK_VERSION), "as_dlpack is NULL");
    CHECK_ERROR(array.create({1}, MtsArray(mts_array_t{})), "create is NULL");
    CHECK_ERROR(array.reshape({1}), "reshape is NULL");
    CHECK_ERROR(array.swap_axes(0, 0), "swap_axes is NULL");
    CHECK_ERROR(array.move_data(array, {}), "move_data is NULL");
    CHECK_ERROR(MtsArray(std::as_const(array)), "copy is NULL");
    int data = 0;
    auto tensor = TestTensor(&data, details::dtype_of<int>(), {1});
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "from_dlpack is NULL");
    CHECK_EQUAL(tensor.deleted, 1);
}

static void test_empty_array() {
    auto array = EmptyDataArray<float>({2, 3});
    CHECK_EQUAL(origin_name(array.origin()), "metatensor::EmptyDataArray");
    CHECK(details::dlpack_dtype_matches<float>(array.dtype()));
    array.swap_axes(0, 1);
    CHECK_EQUAL(array.shape(), Shape({3, 2}));
    array.reshape({6});
    CHECK_EQUAL(array.shape(), Shape({6}));
    CHECK_ERROR(array.reshape({5}), "(5)");
    CHECK_ERROR(array.swap_axes(0, 1), "1");
    CHECK_EQUAL(array.copy(CPU)->shape(), Shape({6}));
    CHECK_ERROR(array.copy({kDLCUDA, 0}), "kDLCUDA");
    auto fill = DataArrayBase::to_mts_array(std::make_unique<Doubles>(Shape{}));
    CHECK_EQUAL(array.create({4, 2}, fill)->shape(), Shape({4, 2}));
    CHECK_ERROR(array.as_dlpack(CPU, nullptr, DLPACK_VERSION), "no data");
    CHECK_ERROR(array.move_data(array, {}), "no data");
    int data = 0;
    auto tensor = TestTensor(&data, details::dtype_of<int>(), {1});
    CHECK_ERROR(array.from_dlpack(&tensor.tensor), "no data");
    CHECK_EQUAL(tensor.deleted, 1);
}

static void test_comparisons() {
    auto simple = range_array({2, 3});
    auto view = simple->view();
    auto dlpack = DLPackArray<double>(simple->as_dlpack(CPU, nullptr, DLPACK_VERSION));
    CHECK(*simple == view && view == *simple && *simple == dlpack && dlpack == *simple);
    CHECK(view == dlpack && dlpack == view && view == view && dlpack == dlpack);
    CHECK(*simple == *simple && !(*simple != view) && !(dlpack != view));

    auto other = NDArray<double>(std::vector<double>{0, 1, 2, 3, 4, 6}, {2, 3});
    CHECK(view != other && dlpack != other && *simple != other && other != *simple);
    auto reshaped = NDArray<double>(simple->data(), {3, 2});
    CHECK(view != reshaped);

    // strides are honoured
    double data[6] = {0, 3, 1, 4, 2, 5};
    auto tensor = TestTensor(data, details::dtype_of<double>(), {2, 3}, {1, 2});
    auto strided = DLPackArray<double>(&tensor.tensor);
    CHECK(strided == view && view == strided && strided == *simple);
    data[1] = -3;
    CHECK(strided != view);

    // values are compared, not bytes
    const auto nan = std::numeric_limits<double>::quiet_NaN();
    auto with_nan = Doubles({2}, std::vector<double>{nan, 0.0});
    CHECK(with_nan != with_nan);
    CHECK(Doubles({1}, 0.0) == Doubles({1}, -0.0));
    CHECK(Doubles({0, 3}) == Doubles({0, 3}));
    CHECK(Doubles({0, 3}) != Doubles({3, 0}));
    CHECK(NDArray<double>() == DLPackArray<double>());
    CHECK(Doubles(Shape{}, 1.0) != NDArray<double>());

    tensor.tensor.dl_tensor.device = {kDLCUDA, 0};
    CHECK_ERROR(strided == view, "kDLCUDA");
}

static void test_default_create_array() {
    const uintptr_t shape[2] = {2, 3};
    auto array = mts_array_t();
    details::check_status(details::default_create_array(shape, 2, {kDLFloat, 32, 1}, &array));
    auto owned = MtsArray(array);
    CHECK(SimpleDataArray<float>::from_mts_array(owned) == SimpleDataArray<float>({2, 3}));

    array = mts_array_t();
    auto status = details::default_create_array(nullptr, 0, {kDLBool, 8, 1}, &array);
    details::check_status(status);
    owned = MtsArray(array);
    CHECK(owned.shape().empty());

    status = details::default_create_array(shape, 2, {kDLBfloat, 16, 1}, &array);
    CHECK_EQUAL(static_cast<int>(status), static_cast<int>(MTS_CALLBACK_ERROR));
    CHECK_ERROR(details::check_status(status), "bfloat16");
    CHECK_ERROR(details::create_empty_array({2}, {kDLFloat, 32, 4}), "float32x4");
    CHECK_EQUAL(details::create_empty_array({2, 1}, {kDLInt, 16, 1})->shape(), Shape({2, 1}));
}

static void test_indexes() {
    const auto shape = std::vector<size_t>{2, 3, 4};
    for (size_t linear = 0; linear < 24; linear++) {
        auto index = details::cartesian_index(shape, linear);
        CHECK_EQUAL(details::linear_index(shape, index), linear);
    }
    CHECK_EQUAL(details::cartesian_index(shape, 1), std::vector<size_t>({0, 0, 1}));
    CHECK_EQUAL(details::product({}), 1U);
    CHECK_EQUAL(details::product({3, 0, std::numeric_limits<size_t>::max()}), 0U);
    CHECK(details::is_row_major_contiguous({2, 1, 3}, {3, 77, 1}));
    CHECK(!details::is_row_major_contiguous({2, 3}, {1, 2}));
    CHECK(details::is_row_major_contiguous({0, 3}, {1, 2}));
}

int main() {
    return check::run({
        TEST(test_ndarray),
        TEST(test_ndarray_views),
        TEST(test_ndarray_move),
        TEST(test_dlpack_array),
        TEST(test_simple_array_types),
        TEST(test_simple_array_shapes),
        TEST(test_simple_array_sharing),
        TEST(test_simple_array_from_dlpack),
        TEST(test_simple_array_create),
        TEST(test_simple_array_move_data),
        TEST(test_from_mts_array),
        TEST(test_mts_array),
        TEST(test_mts_array_missing_functions),
        TEST(test_empty_array),
        TEST(test_comparisons),
        TEST(test_default_create_array),
        TEST(test_indexes),
    });
}
