// Errors, and exceptions thrown inside callbacks
#include "check.hpp"
#include "support.hpp"

using namespace metatensor;

static void test_error() {
    auto error = Error("some message");
    CHECK_EQUAL(std::string(error.what()), "some message");
    CHECK(std::is_base_of_v<std::runtime_error, Error>);
}

static void test_check_status() {
    details::check_status(MTS_SUCCESS);
    mts_set_last_error("from C", "tests", nullptr, nullptr);
    CHECK_ERROR(details::check_status(MTS_INVALID_PARAMETER_ERROR), "from C");
    CHECK_ERROR(details::check_status(MTS_CALLBACK_ERROR), "from C");
    CHECK_ERROR(details::check_status(static_cast<mts_status_t>(12)), "from C");

    int value = 0;
    details::check_pointer(&value);
    CHECK_ERROR(details::check_pointer(nullptr), "from C");
}

static void test_catch_exceptions() {
    auto status = details::catch_exceptions([](int value) { return value; }, 3);
    CHECK_EQUAL(static_cast<int>(status), static_cast<int>(MTS_SUCCESS));

    // arguments are moved
    auto pointer = std::make_unique<int>(4);
    int seen = 0;
    details::catch_exceptions([&](std::unique_ptr<int> moved) { seen = *moved; },
                              std::move(pointer));
    CHECK_EQUAL(seen, 4);

    status = details::catch_exceptions([] { throw CustomException("custom"); });
    CHECK_EQUAL(static_cast<int>(status), static_cast<int>(MTS_CALLBACK_ERROR));
    const char* message = nullptr;
    const char* origin = nullptr;
    void* data = nullptr;
    mts_last_error(&message, &origin, &data);
    CHECK_EQUAL(std::string(message), "custom");
    CHECK_EQUAL(std::string(origin), "C++ exception");
    CHECK(data != nullptr);
    CHECK_THROWS_AS(CustomException, details::check_status(status), "custom");
    // the exception is stored until the record changes
    CHECK_THROWS_AS(CustomException, details::check_pointer(nullptr), "custom");
    // but other failures are not mixed up with it
    CHECK_ERROR(details::check_status(MTS_IO_ERROR), "custom");

    status = details::catch_exceptions([] { throw 42; });
    CHECK_EQUAL(static_cast<int>(status), static_cast<int>(MTS_CALLBACK_ERROR));
    try {
        details::check_status(status);
        CHECK(false);
    } catch (int value) {
        CHECK_EQUAL(value, 42);
    }
    mts_set_last_error(nullptr, nullptr, nullptr, nullptr);
}

static void test_stored_exception_is_freed() {
    auto alive = std::make_shared<int>(1);
    struct Holder : std::runtime_error {
        explicit Holder(std::shared_ptr<int> p)
            : std::runtime_error("holder"), pointer(std::move(p)) {}
        std::shared_ptr<int> pointer;
    };
    details::catch_exceptions([=] { throw Holder(alive); });
    CHECK_EQUAL(alive.use_count(), 2);
    mts_set_last_error(nullptr, nullptr, nullptr, nullptr);
    CHECK_EQUAL(alive.use_count(), 1);
}

static void test_exceptions_cross_the_library() {
    auto labels = labels_1("n", {0});
    auto block = TensorBlock(std::make_unique<CountingArray>(Shape{1, 1}), labels, {}, labels);
    CountingArray::failing = true;
    CHECK_THROWS_AS(CustomException, block.clone(), "can not copy this array");
    auto array = block.mts_array();
    CHECK_THROWS_AS(CustomException, MtsArray(array), "can not copy this array");
    CountingArray::failing = false;
}

static void test_non_standard_exceptions() {
    auto labels = labels_1("n", {0});
    auto block = TensorBlock(std::make_unique<CountingArray>(Shape{1, 1}), labels, {}, labels);
    CountingArray::failing = true;
    try {
        block.save_buffer();
        CHECK(false);
    } catch (int value) {
        CHECK_EQUAL(value, 42);
    }
    CountingArray::failing = false;
}

static void test_strings_with_nul() {
    auto name = std::string("a\0b", 3);
    CHECK_ERROR(Labels(std::vector<std::string>{name}), "NUL");
    CHECK_ERROR(io::load_labels(name), "NUL");
    auto tensor = make_tensor();
    CHECK_ERROR(tensor.set_info("key", name), "NUL");
    CHECK_ERROR(tensor.get_info(name), "NUL");
}

static void test_utf8() {
    details::check_utf8("ascii \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "text");
    const std::vector<std::string> invalid = {
        "\x80",
        "\xc3",
        "\xc3(",
        "\xc0\x80",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xe2\x82",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xff",
        "\xe2(\x82",
        "\xe2\x82\x28",
    };
    for (const auto& text : invalid) {
        CHECK_ERROR(details::check_utf8(text, "text"), "text");
    }
}

int main() {
    return check::run({
        TEST(test_error),
        TEST(test_check_status),
        TEST(test_catch_exceptions),
        TEST(test_stored_exception_is_freed),
        TEST(test_exceptions_cross_the_library),
        TEST(test_non_standard_exceptions),
        TEST(test_strings_with_nul),
        TEST(test_utf8),
    });
}
