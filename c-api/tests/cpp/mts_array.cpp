// MtsArray, EmptyDataArray, and the creation of arrays when loading data
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

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

int main() {
    return check::run({
        TEST(test_mts_array),
        TEST(test_mts_array_missing_functions),
        TEST(test_empty_array),
        TEST(test_default_create_array),
    });
}
