// What the compiler accepts and refuses: access through objects about to be destroyed,
// copies of owners, types of results
#include <type_traits>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

// `HAS(name, code)`: does the code compile with an object of some type?
#define HAS(NAME, ...)                                                                        \
    template <typename T, typename = void>                                                    \
    struct NAME : std::false_type {};                                                         \
    template <typename T>                                                                     \
    struct NAME<T, std::void_t<decltype(std::declval<T>().__VA_ARGS__)>> : std::true_type {}

HAS(has_data, data());
HAS(has_shape, shape());
HAS(has_strides, strides());
HAS(has_index, operator()(0));
HAS(has_block, block_by_id(0));
HAS(has_arrays, arrays());
HAS(has_raw_block, as_mts_block_t());
HAS(has_raw_tensor, as_mts_tensormap_t());
HAS(has_release, release());

/// Objects which live on are fine, those about to be destroyed are not
template <template <typename, typename> class Has, typename Object>
constexpr bool only_lvalues() {
    return Has<Object&, void>::value && Has<const Object&, void>::value &&
           !Has<Object, void>::value;
}

static_assert(only_lvalues<has_data, NDArray<double>>());
static_assert(only_lvalues<has_shape, NDArray<double>>());
static_assert(only_lvalues<has_index, NDArray<double>>());
static_assert(only_lvalues<has_data, DLPackArray<double>>());
static_assert(only_lvalues<has_shape, DLPackArray<double>>());
static_assert(only_lvalues<has_strides, DLPackArray<double>>());
static_assert(only_lvalues<has_index, DLPackArray<double>>());
static_assert(only_lvalues<has_shape, SimpleDataArray<double>>());
static_assert(only_lvalues<has_shape, EmptyDataArray<double>>());
static_assert(only_lvalues<has_raw_block, TensorBlock>());
static_assert(only_lvalues<has_raw_tensor, TensorMap>());
static_assert(has_block<TensorMap&>::value && !has_block<TensorMap>::value);
static_assert(has_arrays<TensorMap&>::value && !has_arrays<TensorMap>::value);
// releasing a C array leaves nothing behind, so only for objects about to be destroyed
static_assert(has_release<MtsArray>::value && !has_release<MtsArray&>::value);
// the reference implementation allows these
static_assert(has_strides<NDArray<double>>::value);

// const access gives const data
template <typename T>
using data_of = decltype(std::declval<T>().data());
static_assert(std::is_same_v<data_of<NDArray<int>&>, int*>);
static_assert(std::is_same_v<data_of<const NDArray<int>&>, const int*>);
static_assert(std::is_same_v<data_of<DLPackArray<int>&>, const int*>);
static_assert(std::is_same_v<data_of<SimpleDataArray<bool>&>, uint8_t*>);
static_assert(std::is_same_v<data_of<const SimpleDataArray<int>&>, const int*>);

template <typename T>
constexpr bool is_move_only() {
    return !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
           std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
}

static_assert(is_move_only<NDArray<double>>() && is_move_only<DLPackArray<double>>());
static_assert(is_move_only<TensorBlock>() && is_move_only<TensorMap>());
static_assert(is_move_only<Structure>() && is_move_only<Comparison>());

template <typename T>
constexpr bool is_copyable() {
    return std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
           std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
}

static_assert(is_copyable<Labels>() && is_copyable<MtsArray>());
static_assert(is_copyable<SimpleDataArray<float>>() && is_copyable<EmptyDataArray<float>>());
static_assert(std::is_copy_constructible_v<Error> && std::is_abstract_v<DataArrayBase>);

// conversions which would surprise
static_assert(!std::is_convertible_v<mts_array_t, MtsArray>);
static_assert(!std::is_convertible_v<std::vector<std::string>, Labels>);
static_assert(!std::is_convertible_v<DLManagedTensorVersioned*, DLPackArray<int>>);
static_assert(!std::is_convertible_v<Comparison, bool>);

// fill values are numbers, not booleans
template <typename T, typename = void>
struct can_fill : std::false_type {};
template <typename T>
struct can_fill<T, std::void_t<decltype(std::declval<TensorMap&>().keys_to_samples(
                       std::string(), std::declval<T>()))>> : std::true_type {};
static_assert(can_fill<double>::value && can_fill<int64_t>::value);
static_assert(!can_fill<bool>::value && !can_fill<const char*>::value);

static void test_deprecated_constructor() {
    auto tensor = make_tensor();
    auto* raw = tensor.release();
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    auto adopted = TensorMap(raw);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
    CHECK(!adopted.is_view());
    CHECK_EQUAL(adopted.keys().count(), 3U);
}

static void test_names() {
    CHECK_EQUAL(details::dtype_name({kDLFloat, 32, 1}), "float32");
    CHECK_EQUAL(details::dtype_name({kDLBool, 8, 1}), "bool");
    CHECK_EQUAL(details::dtype_name({kDLBool, 8, 4}), "boolx4");
    CHECK_EQUAL(details::dtype_name({kDLUInt, 16, 2}), "uint16x2");
    CHECK_EQUAL(details::dtype_name({77, 8, 1}), "code 77 with bits 8");
    CHECK_EQUAL(details::device_name({kDLMetal, 3}), "kDLMetal:3");
    CHECK_EQUAL(details::device_name({kDLROCM, 0}), "kDLROCM:0");
    CHECK_EQUAL(details::device_name({kDLExtDev, 0}), "kDLExtDev:0");
    CHECK_EQUAL(details::device_name({kDLVulkan, 1}), "device type 7:1");
}

int main() {
    return check::run({
        TEST(test_deprecated_constructor),
        TEST(test_names),
    });
}
