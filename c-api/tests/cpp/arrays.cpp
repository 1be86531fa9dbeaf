// NDArray, DLPackArray, and comparisons of arrays
#include <limits>
#include <type_traits>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

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
        TEST(test_comparisons),
        TEST(test_indexes),
    });
}
