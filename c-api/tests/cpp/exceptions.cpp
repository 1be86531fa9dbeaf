// Exceptions thrown by arrays written in C++: they cross the library, come out as
// themselves, and nothing is lost on the way
#include <string>

#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

/// Virtual functions of `DataArrayBase`
enum class Virtual {
    none,
    origin,
    device,
    dtype,
    as_dlpack,
    from_dlpack,
    copy,
    create,
    shape,
    reshape,
    swap_axes,
    move_data,
};

/// Exception which is not a `std::exception`
struct NotStandard {
    /// some value
    int value;
};

/// Array throwing from one of its functions, and counting its instances
template <typename T>
class ThrowingArray final : public SimpleDataArray<T> {
public:
    using Base = SimpleDataArray<T>;

    ThrowingArray(Shape shape, std::vector<T> data) : Base(std::move(shape), std::move(data)) {
        count += 1;
    }
    explicit ThrowingArray(const Base& base) : Base(base) { count += 1; }
    ThrowingArray(const ThrowingArray&) = delete;
    ThrowingArray& operator=(const ThrowingArray&) = delete;
    ThrowingArray(ThrowingArray&&) = delete;
    ThrowingArray& operator=(ThrowingArray&&) = delete;
    ~ThrowingArray() override { count -= 1; }

    mts_data_origin_t origin() const override {
        may_throw(Virtual::origin);
        return Base::origin();
    }
    DLDevice device() const override {
        may_throw(Virtual::device);
        return Base::device();
    }
    DLDataType dtype() const override {
        may_throw(Virtual::dtype);
        return Base::dtype();
    }
    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) override {
        may_throw(Virtual::as_dlpack);
        return Base::as_dlpack(device, stream, max_version);
    }
    std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* tensor) const override {
        auto owned = details::UniqueDLPack(tensor);
        may_throw(Virtual::from_dlpack);
        return wrap(Base::from_dlpack(owned.release()));
    }
    std::unique_ptr<DataArrayBase> copy(DLDevice device) const override {
        may_throw(Virtual::copy);
        return wrap(Base::copy(device));
    }
    std::unique_ptr<DataArrayBase> create(Shape shape, MtsArray fill_value) const override {
        may_throw(Virtual::create);
        return wrap(Base::create(std::move(shape), std::move(fill_value)));
    }
    const Shape& shape() const& override {
        may_throw(Virtual::shape);
        return Base::shape();
    }
    void reshape(const Shape& shape) override {
        may_throw(Virtual::reshape);
        Base::reshape(shape);
    }
    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override {
        may_throw(Virtual::swap_axes);
        Base::swap_axes(axis_1, axis_2);
    }
    void move_data(const DataArrayBase& input,
                   std::vector<mts_data_movement_t> moves) override {
        may_throw(Virtual::move_data);
        Base::move_data(input, std::move(moves));
    }

    /// number of arrays alive
    inline static int count = 0;
    /// the function which throws
    inline static Virtual failing = Virtual::none;
    /// does it throw something else than a `std::exception`?
    inline static bool not_standard = false;

private:
    static void may_throw(Virtual function) {
        if (function == failing && not_standard) {
            throw NotStandard{static_cast<int>(function)};
        }
        if (function == failing) {
            throw CustomException("from virtual " +
                                  std::to_string(static_cast<int>(function)));
        }
    }

    static std::unique_ptr<DataArrayBase> wrap(std::unique_ptr<DataArrayBase> array) {
        return std::make_unique<ThrowingArray>(dynamic_cast<const Base&>(*array));
    }
};

using Values = ThrowingArray<double>;
using Entries = ThrowingArray<int32_t>;

static std::unique_ptr<Values> make_values(Shape shape) {
    auto size = details::product(shape);
    return std::make_unique<Values>(std::move(shape), std::vector<double>(size, 1.0));
}

static Labels make_labels(const char* name, std::vector<int32_t> values) {
    auto shape = Shape{values.size(), 1};
    return Labels({name}, DataArrayBase::to_mts_array(
                              std::make_unique<Entries>(shape, std::move(values))));
}

static TensorBlock make_throwing_block(std::vector<int32_t> samples) {
    auto count = samples.size();
    return TensorBlock(make_values({count, 2, 3, 1}), labels_1("s", samples),
                       {labels_1("c", {0, 1}), labels_1("d", {0, 1, 2})}, labels_1("n", {0}));
}

static TensorMap make_throwing_tensor() {
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make_throwing_block({0, 1}));
    blocks.push_back(make_throwing_block({1, 2}));
    return TensorMap(labels_1("k", {0, 1}), std::move(blocks));
}

/// `code` must throw what the virtual function throws, and release everything
template <typename Code>
static void check_throws(const char* what, Virtual function, Code code) {
    const auto before = Values::count + Entries::count;
    for (auto not_standard : {false, true}) {
        Values::failing = function;
        Entries::failing = function;
        Values::not_standard = not_standard;
        Entries::not_standard = not_standard;
        auto found = std::string("nothing");
        try {
            code();
        } catch (const CustomException& e) {
            found = e.what();
        } catch (const NotStandard& e) {
            found = "not standard " + std::to_string(e.value);
        } catch (const std::exception& e) {
            found = std::string("another exception: ") + e.what();
        }
        Values::failing = Virtual::none;
        Entries::failing = Virtual::none;
        const auto expected = (not_standard ? "not standard " : "from virtual ") +
                              std::to_string(static_cast<int>(function));
        if (found != expected) {
            check::fail(what, 0, "threw \"" + found + "\", expected \"" + expected + "\"");
        }
        // also frees the copy of the exception which the library keeps
        mts_set_last_error(nullptr, nullptr, nullptr, nullptr);
        CHECK_EQUAL(Values::count + Entries::count, before);
    }
}

#define CHECK_VIRTUAL(FUNCTION, CODE)                                                         \
    check_throws(#FUNCTION " in " #CODE, Virtual::FUNCTION, [&] { static_cast<void>(CODE); })

static void test_creation() {
    auto tensor = make_throwing_tensor();
    CHECK_VIRTUAL(shape, make_labels("s", {0, 1}));
    CHECK_VIRTUAL(as_dlpack, make_labels("s", {0, 1}));
    CHECK_VIRTUAL(shape, make_throwing_block({0}));
    CHECK_VIRTUAL(device, make_throwing_block({0}));
    CHECK_VIRTUAL(origin, make_throwing_tensor());
    CHECK_VIRTUAL(device, make_throwing_tensor());
    CHECK_VIRTUAL(dtype, make_throwing_tensor());
}

static void test_labels() {
    auto labels = make_labels("s", {0, 3});
    const auto unread = Labels(
        {"s"},
        DataArrayBase::to_mts_array(std::make_unique<Entries>(Shape{1, 1}, std::vector{3})),
        assume_unique{});
    const auto other = labels_1("s", {3, 5});
    CHECK_VIRTUAL(device, labels.device());
    CHECK_VIRTUAL(as_dlpack, labels.values());
    CHECK_VIRTUAL(as_dlpack, unread.values_cpu());
    CHECK_VIRTUAL(as_dlpack, unread.position({3}));
    CHECK_VIRTUAL(as_dlpack, unread.select(other));
    CHECK_VIRTUAL(as_dlpack, unread == labels_1("s", {4}));
    CHECK_VIRTUAL(from_dlpack, labels.set_union(other));
    CHECK_VIRTUAL(from_dlpack, labels.set_intersection(other));
    CHECK_VIRTUAL(from_dlpack, labels.set_difference(other));
    // and the labels can still be used
    CHECK_EQUAL(labels.set_union(other).count(), 3U);
    CHECK_EQUAL(unread.position({3}).value(), 0U);
}

static void test_block() {
    auto block = make_throwing_block({0, 1});
    auto add_gradient = [&] {
        auto gradient = TensorBlock(make_values({1, 2, 3, 1}), labels_1("sample", {0}),
                                    block.components(), block.properties());
        block.add_gradient("g", std::move(gradient));
    };
    CHECK_VIRTUAL(dtype, block.dtype());
    CHECK_VIRTUAL(shape, block.values_shape());
    CHECK_VIRTUAL(as_dlpack, block.values());
    CHECK_VIRTUAL(copy, block.clone());
    CHECK_VIRTUAL(dtype, block.clone_metadata_only());
    CHECK_VIRTUAL(origin, add_gradient());
    CHECK_VIRTUAL(device, add_gradient());
    CHECK_VIRTUAL(dtype, add_gradient());
    CHECK_VIRTUAL(as_dlpack, block.save_buffer());
    CHECK(block.gradients_list().empty());
    add_gradient();
    CHECK_EQUAL(block.gradients_list().size(), 1U);
}

static void test_tensor() {
    auto tensor = make_throwing_tensor();
    CHECK_VIRTUAL(copy, tensor.clone());
    CHECK_VIRTUAL(create, tensor.keys_to_properties("k"));
    CHECK_VIRTUAL(move_data, tensor.keys_to_properties("k"));
    CHECK_VIRTUAL(create, tensor.keys_to_samples("k"));
    CHECK_VIRTUAL(move_data, tensor.keys_to_samples("k"));
    CHECK_VIRTUAL(swap_axes, tensor.components_to_properties("c"));
    CHECK_VIRTUAL(reshape, tensor.components_to_properties("c"));
    CHECK_VIRTUAL(copy, tensor.components_to_properties("c"));
    CHECK_VIRTUAL(as_dlpack, tensor.save_buffer());
    CHECK_VIRTUAL(as_dlpack, tensor.save("exceptions-unused.mts"));
    // the fill value is an array as well
    auto fill = [] {
        return DataArrayBase::to_mts_array(
            std::make_unique<Values>(Shape{}, std::vector<double>{2.0}));
    };
    CHECK_VIRTUAL(as_dlpack, tensor.keys_to_properties("k", fill(), true));
    CHECK_VIRTUAL(shape, tensor.keys_to_samples("k", fill(), true));
    CHECK_VIRTUAL(dtype, tensor.keys_to_samples("k", fill(), true));
    CHECK_VIRTUAL(device, tensor.keys_to_samples("k", fill(), true));
    // and the tensor can still be used
    CHECK_EQUAL(tensor.keys_to_samples("k").keys().count(), 1U);
}

static void test_mts_array() {
    auto array = DataArrayBase::to_mts_array(make_values({2, 2}));
    auto scalar = [] { return DataArrayBase::to_mts_array(make_values({})); };
    CHECK_VIRTUAL(origin, array.origin());
    CHECK_VIRTUAL(device, array.device());
    CHECK_VIRTUAL(dtype, array.dtype());
    CHECK_VIRTUAL(as_dlpack, array.as_dlpack(CPU, nullptr, DLPACK_VERSION));
    CHECK_VIRTUAL(as_dlpack, array.as_dlpack_array<double>(CPU, nullptr, DLPACK_VERSION));
    CHECK_VIRTUAL(from_dlpack,
                  array.from_dlpack(array.as_dlpack(CPU, nullptr, DLPACK_VERSION)));
    CHECK_VIRTUAL(copy, MtsArray(array));
    CHECK_VIRTUAL(create, array.create({3}, scalar()));
    CHECK_VIRTUAL(shape, array.shape());
    CHECK_VIRTUAL(reshape, array.reshape({4}));
    CHECK_VIRTUAL(swap_axes, array.swap_axes(0, 1));
    CHECK_VIRTUAL(move_data, array.move_data(scalar(), {}));
    // assignment from a copy which throws changes nothing
    auto target = DataArrayBase::to_mts_array(make_values({1}));
    CHECK_VIRTUAL(copy, target = array);
    CHECK_EQUAL(target.shape(), Shape({1}));
}

int main() {
    auto status = check::run({
        TEST(test_creation),
        TEST(test_labels),
        TEST(test_block),
        TEST(test_tensor),
        TEST(test_mts_array),
    });
    // the arrays of all tests are gone
    return Values::count == 0 && Entries::count == 0 ? status : EXIT_FAILURE;
}
