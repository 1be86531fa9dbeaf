// Layouts of the classes and order of the virtual functions, which prebuilt libraries
// rely on: they exchange these objects by value. Checked on Linux x86-64
#include <cstddef>
#include <cstring>
#include <typeinfo>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

/// Value of type `T` at some offset inside of an object
template <typename T, typename Object>
static T at(const Object& object, size_t offset) {
    static_assert(std::is_trivially_copyable_v<T>);
    T result;
    std::memcpy(static_cast<void*>(&result), reinterpret_cast<const char*>(&object) + offset,
                sizeof(T));
    return result;
}

#if defined(__GLIBCXX__) && defined(__x86_64__) && !defined(_GLIBCXX_DEBUG)

/// Index in the table of virtual functions
template <typename Function>
static size_t virtual_index(Function function) {
    // the Itanium ABI: 1 + offset in the table, then the adjustment of `this`
    struct {
        std::ptrdiff_t offset;
        std::ptrdiff_t adjustment;
    } content;
    static_assert(sizeof(content) == sizeof(function));
    std::memcpy(&content, &function, sizeof(content));
    CHECK_EQUAL(content.offset % 8, 1);
    CHECK_EQUAL(content.adjustment, 0);
    return static_cast<size_t>(content.offset / 8);
}

static void test_virtual_order() {
    using ConstShape = const Shape& (DataArrayBase::*)() const&;
    // 0 and 1 are the destructors
    CHECK_EQUAL(virtual_index(&DataArrayBase::origin), 2U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::device), 3U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::dtype), 4U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::as_dlpack), 5U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::from_dlpack), 6U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::copy), 7U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::create), 8U);
    CHECK_EQUAL(virtual_index(static_cast<ConstShape>(&DataArrayBase::shape)), 9U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::reshape), 10U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::swap_axes), 11U);
    CHECK_EQUAL(virtual_index(&DataArrayBase::move_data), 12U);
}

static void test_sizes() {
    static_assert(sizeof(Labels) == 32 && sizeof(TensorBlock) == 32);
    static_assert(sizeof(TensorMap) == 32 && sizeof(details::TensorMapInfo) == 32);
    static_assert(sizeof(MtsArray) == 128 && sizeof(DataArrayBase) == 8);
    static_assert(sizeof(NDArray<int8_t>) == 120 && sizeof(DLPackArray<int8_t>) == 80);
    static_assert(sizeof(SimpleDataArray<float>) == 88);
    static_assert(sizeof(EmptyDataArray<float>) == 32);
    static_assert(std::is_final_v<Labels> && std::is_final_v<TensorBlock>);
    static_assert(std::is_final_v<TensorMap> && std::is_final_v<MtsArray>);
    static_assert(!std::is_final_v<SimpleDataArray<double>>);
    static_assert(std::has_virtual_destructor_v<DataArrayBase>);
    static_assert(std::is_same_v<details::storage_type_t<bool>, uint8_t>);
}

static void test_mangled_names() {
    CHECK_EQUAL(std::string(typeid(SimpleDataArray<double>).name()),
                "N10metatensor15SimpleDataArrayIdvEE");
    CHECK_EQUAL(std::string(typeid(EmptyDataArray<int32_t>).name()),
                "N10metatensor14EmptyDataArrayIivEE");
    CHECK_EQUAL(std::string(typeid(details::TensorMapInfo).name()),
                "N10metatensor7details13TensorMapInfoE");
    CHECK_EQUAL(std::string(typeid(NDArray<bool>).name()), "N10metatensor7NDArrayIbEE");
}

static void test_ndarray() {
    auto owned = NDArray<double>(std::vector<double>{1, 2}, {1, 2});
    CHECK(at<const double*>(owned, 0) == owned.data());
    CHECK(at<const size_t*>(owned, 8) == owned.shape().data());
    CHECK(at<const int64_t*>(owned, 32) == owned.strides().data());
    CHECK(!at<bool>(owned, 56));
    CHECK(at<void*>(owned, 64) != nullptr);
    const double data[2] = {1, 2};
    auto view = NDArray<double>(data, {2});
    CHECK(at<bool>(view, 56));
    CHECK(at<void*>(view, 64) == nullptr);
}

static void test_dlpack_array() {
    auto array = range_array({2, 3});
    auto* tensor = array->as_dlpack(CPU, nullptr, DLPACK_VERSION);
    auto values = DLPackArray<double>(tensor);
    CHECK(at<DLManagedTensorVersioned*>(values, 0) == tensor);
    CHECK(at<const double*>(values, 8) == array->data());
    CHECK(at<const size_t*>(values, 16) == values.shape().data());
    CHECK(at<const int64_t*>(values, 40) == values.strides().data());
}

static void test_arrays() {
    auto array = DataArrayBase::to_mts_array(range_array({2, 3}));
    auto raw = at<mts_array_t>(array, 0);
    CHECK(raw.ptr == array.as_mts_array_t().ptr && raw.destroy != nullptr);
    // `ptr` is the base, and the other members follow
    const auto& simple = Doubles::from_mts_array(std::as_const(array));
    CHECK(static_cast<const DataArrayBase*>(&simple) == raw.ptr);
    CHECK(at<const uintptr_t*>(simple, 8) == simple.shape().data());
    CHECK(at<const int64_t*>(simple, 32) == simple.strides().data());
    const auto* data = at<const std::vector<double>*>(simple, 56);
    CHECK(data->data() == simple.data());
    const auto empty = EmptyDataArray<double>({4, 5});
    CHECK(at<const uintptr_t*>(empty, 8) == empty.shape().data());
}

static void test_handles() {
    auto tensor = make_tensor();
    tensor.set_info("a", "b");
    auto block = tensor.block_by_id(0);
    auto labels = tensor.keys();
    CHECK(at<const mts_labels_t*>(labels, 0) == labels.as_mts_labels_t());
    CHECK(at<mts_block_t*>(block, 0) == block.as_mts_block_t() && at<bool>(block, 8));
    CHECK(at<mts_tensormap_t*>(tensor, 0) == tensor.as_mts_tensormap_t());
    CHECK(!at<bool>(tensor, 8));
    auto info = tensor.info();
    CHECK(at<mts_tensormap_t*>(info, 0) == tensor.as_mts_tensormap_t());
    CHECK(std::string(at<const char* const*>(info, 8)[0]) == "a");
    CHECK_EQUAL(at<uintptr_t>(info, 16), 1U);
}

int main() {
    return check::run({
        TEST(test_virtual_order),
        TEST(test_sizes),
        TEST(test_mangled_names),
        TEST(test_ndarray),
        TEST(test_dlpack_array),
        TEST(test_arrays),
        TEST(test_handles),
    });
}

#else

int main() {
    // the layout of the standard library is another one
    return EXIT_SUCCESS;
}

#endif
