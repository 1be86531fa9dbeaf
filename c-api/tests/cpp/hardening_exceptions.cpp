// Every virtual function of an array throws at every one of its calls: the exception
// comes out as it is, and nothing is leaked
#include "check.hpp"
#include "support.hpp"

#include <functional>
#include <string>

using namespace metatensor;

/// Counts the calls of the virtual functions of all arrays
struct Calls {
    /// number of calls until now
    static inline int count = 0;
    /// which of them throws, 0 for none
    static inline int throwing = 0;
    /// number of arrays alive
    static inline int arrays = 0;

    static void call() {
        count += 1;
        if (count == throwing) {
            throw CustomException("thrown from call " + std::to_string(count));
        }
    }
};

/// Array with virtual functions which throw
template <typename T>
class ThrowingArray final : public SimpleDataArray<T> {
public:
    using Base = SimpleDataArray<T>;

    explicit ThrowingArray(Base array) : Base(std::move(array)) { Calls::arrays += 1; }
    ThrowingArray(const ThrowingArray&) = delete;
    ThrowingArray& operator=(const ThrowingArray&) = delete;
    ThrowingArray(ThrowingArray&&) = delete;
    ThrowingArray& operator=(ThrowingArray&&) = delete;
    ~ThrowingArray() override { Calls::arrays -= 1; }

    mts_data_origin_t origin() const override {
        Calls::call();
        return Base::origin();
    }
    DLDevice device() const override {
        Calls::call();
        return Base::device();
    }
    DLDataType dtype() const override {
        Calls::call();
        return Base::dtype();
    }
    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion version) override {
        Calls::call();
        return Base::as_dlpack(device, stream, version);
    }
    std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* tensor) const override {
        try {
            Calls::call();
        } catch (...) {
            // this function owns the tensor, also if it fails
            tensor->deleter(tensor);
            throw;
        }
        return wrap(Base::from_dlpack(tensor));
    }
    std::unique_ptr<DataArrayBase> copy(DLDevice device) const override {
        Calls::call();
        return wrap(Base::copy(device));
    }
    std::unique_ptr<DataArrayBase> create(Shape shape, MtsArray fill_value) const override {
        Calls::call();
        return wrap(Base::create(std::move(shape), std::move(fill_value)));
    }
    const Shape& shape() const& override {
        Calls::call();
        return Base::shape();
    }
    void reshape(const Shape& shape) override {
        Calls::call();
        Base::reshape(shape);
    }
    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override {
        Calls::call();
        Base::swap_axes(axis_1, axis_2);
    }
    void move_data(const DataArrayBase& input,
                   std::vector<mts_data_movement_t> moves) override {
        Calls::call();
        Base::move_data(input, std::move(moves));
    }

private:
    static std::unique_ptr<DataArrayBase> wrap(std::unique_ptr<DataArrayBase> array) {
        return std::make_unique<ThrowingArray>(dynamic_cast<Base&>(*array));
    }
};

static std::unique_ptr<DataArrayBase> doubles(Shape shape) {
    return std::make_unique<ThrowingArray<double>>(Doubles(std::move(shape), 1.0));
}

static Labels labels(const std::vector<std::string>& names, std::vector<int32_t> values) {
    auto shape = Shape{values.size() / names.size(), names.size()};
    auto array = SimpleDataArray<int32_t>(std::move(shape), std::move(values));
    return Labels(names,
                  DataArrayBase::to_mts_array(
                      std::make_unique<ThrowingArray<int32_t>>(std::move(array))),
                  assume_unique{});
}

static TensorBlock block(const std::vector<int32_t>& samples) {
    auto s = labels({"s"}, samples);
    auto c = labels({"c"}, {0, 1});
    auto p = labels({"p"}, {3, 1});
    auto result = TensorBlock(doubles({samples.size(), 2, 2}), s, {c}, p);
    auto rows = labels({"sample", "a"}, {0, 5, 0, 1});
    result.add_gradient("g", TensorBlock(doubles({2, 2, 2}), rows, {c}, p));
    return result;
}

static TensorMap tensor() {
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(block({0, 4}));
    blocks.push_back(block({4, 2, 0}));
    return TensorMap(labels({"k"}, {0, 1}), std::move(blocks));
}

static mts_status_t create_array(const uintptr_t* shape, uintptr_t count, DLDataType /*dtype*/,
                                 mts_array_t* array) {
    return details::catch_exceptions([&] {
        Calls::call();
        auto created = doubles(Shape(shape, shape + count));
        *array = DataArrayBase::to_mts_array(std::move(created)).release();
    });
}

/// Run a function again and again, another call throwing each time
static void throw_everywhere(const char* name, const std::function<void()>& function) {
    Calls::count = 0;
    Calls::throwing = 0;
    function();
    int calls = Calls::count;
    for (int throwing = 1; throwing <= calls; throwing++) {
        Calls::count = 0;
        Calls::throwing = throwing;
        auto expected = "thrown from call " + std::to_string(throwing);
        try {
            function();
            check::fail(__FILE__, __LINE__, std::string(name) + " did not fail: " + expected);
        } catch (const CustomException& exception) {
            CHECK_EQUAL(std::string(exception.what()), expected);
        } catch (const std::exception& exception) {
            check::fail(__FILE__, __LINE__,
                        std::string(name) + ": another exception: " + exception.what());
        }
        Calls::throwing = 0;
        CHECK_EQUAL(Calls::arrays, 0);
    }
    std::cout << name << ": " << calls << " calls\n";
}

static void test_labels() {
    throw_everywhere("use of labels", [] {
        auto first = labels({"a", "b"}, {1, 2, 0, 5});
        auto second = labels({"a", "b"}, {1, 2, 0, 6});
        CHECK(first.position({0, 5}).has_value());
        CHECK_EQUAL(first.set_union(second).count(), 3U);
        CHECK_EQUAL(first.set_intersection(second).count(), 1U);
        CHECK_EQUAL(first.set_difference(second).count(), 1U);
        CHECK_EQUAL(first.select(labels({"b"}, {5})).size(), 1U);
        CHECK(first.device().device_type == kDLCPU);
    });
}

static void test_blocks() {
    throw_everywhere("use of blocks", [] {
        auto first = block({0, 1});
        auto copy = first.clone();
        CHECK(copy.device().device_type == kDLCPU);
        CHECK(copy.dtype().bits == 64);
        CHECK_EQUAL(copy.values_shape(), Shape{2, 2, 2});
    });
}

static void test_maps() {
    throw_everywhere("copy of a map", [] { static_cast<void>(tensor().clone()); });
    throw_everywhere("keys_to_properties", [] {
        auto fill = DataArrayBase::to_mts_array(doubles({}));
        static_cast<void>(tensor().keys_to_properties("k", std::move(fill), true));
    });
    throw_everywhere("keys_to_samples", [] {
        auto fill = DataArrayBase::to_mts_array(doubles({}));
        static_cast<void>(tensor().keys_to_samples("k", std::move(fill), false));
    });
    throw_everywhere("components_to_properties",
                     [] { static_cast<void>(tensor().components_to_properties("c")); });
}

static void test_files() {
    auto buffer = io::save_buffer(tensor());
    throw_everywhere("saving", [] {
        static_cast<void>(io::save_buffer(tensor()));
        static_cast<void>(io::save_buffer(block({0, 1})));
        static_cast<void>(io::save_buffer(labels({"a"}, {1, 2})));
    });
    throw_everywhere("loading",
                     [&] { static_cast<void>(io::load_buffer(buffer, create_array)); });
}

int main() {
    int status =
        check::run({TEST(test_labels), TEST(test_blocks), TEST(test_maps), TEST(test_files)});
    // the last exception is kept by the error record
    mts_set_last_error(nullptr, nullptr, nullptr, nullptr);
    return status;
}
