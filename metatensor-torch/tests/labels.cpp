#include <memory>
#include <type_traits>

#include <metatensor/torch.hpp>

#include "check.hpp"

using namespace metatensor_torch;

namespace {

torch::Tensor int32_tensor(const std::vector<int64_t>& values, at::IntArrayRef shape) {
    return torch::tensor(values, torch::kInt32).reshape(shape);
}

void layout() {
    // compiled programs allocate these, and use their members directly
    static_assert(sizeof(LabelsHolder) == 112);
    static_assert(sizeof(LabelsEntryHolder) == 64);
    static_assert(sizeof(TorchDataArray) == 40);
    static_assert(std::is_copy_constructible_v<LabelsHolder>);
    static_assert(std::is_move_constructible_v<LabelsHolder>);
    static_assert(std::is_copy_constructible_v<LabelsEntryHolder>);

    const auto labels = LabelsHolder::create({"a", "b"}, {{0, 1}, {2, 3}});
    const auto* bytes = reinterpret_cast<const char*>(labels.get());
    CHECK(reinterpret_cast<const std::vector<std::string>*>(bytes + 16)->at(1) == "b");
    CHECK(reinterpret_cast<const torch::Tensor*>(bytes + 40)->is_same(labels->values()));
    const auto* core = reinterpret_cast<const metatensor::Labels*>(bytes + 48);
    CHECK(core->as_mts_labels_t() == labels->as_metatensor().as_mts_labels_t());

    // what a copy constructor compiled somewhere else does
    auto copy = LabelsHolder(*labels);
    CHECK(copy == *labels);
    CHECK(copy.values().is_same(labels->values()));
    CHECK(copy.release().as_mts_labels_t() == core->as_mts_labels_t());
    CHECK(labels->as_metatensor().count() == 2);
}

void construction() {
    const auto values = int32_tensor({0, 1, 2, 3}, {2, 2});
    const auto names = std::vector<std::string>{"a", "b"};
    const auto labels = torch::make_intrusive<LabelsHolder>(names, values);
    CHECK(labels->names() == names);
    CHECK(labels->values().is_same(values));
    CHECK(labels->count() == 2);
    CHECK(labels->size() == 2);
    CHECK(labels->device() == torch::kCPU);

    const auto tuple = c10::ivalue::Tuple::create({torch::IValue("a"), torch::IValue("b")});
    CHECK(*torch::make_intrusive<LabelsHolder>(tuple, values) == *labels);
    CHECK(*LabelsHolder::create({"a", "b"}, {{0, 1}, {2, 3}}) == *labels);
    CHECK(*LabelsHolder::single() == *LabelsHolder::create({"_"}, {{0}}));
    CHECK(*LabelsHolder::range("i", 2) == *LabelsHolder::create({"i"}, {{0}, {1}}));

    const auto none = LabelsHolder::create({}, {});
    CHECK(none->count() == 0);
    CHECK(none->size() == 0);
    CHECK(none->as_metatensor().count() == 0);

    // an empty list can not come from Python, but from C++ and TorchScript
    const auto empty = LabelsHolder::empty(c10::List<std::string>());
    CHECK(empty->count() == 0 && empty->size() == 0);

    CHECK_THROWS(c10::ValueError, "expected 2",
                 LabelsHolder::create({"a", "b"}, {{0, 1}, {2}}));
    CHECK_THROWS(c10::TypeError, "'int'", LabelsHolder(torch::IValue(3), values));
    CHECK_THROWS(c10::ValueError, "undefined", LabelsHolder("a", torch::Tensor()));
    CHECK_THROWS(c10::ValueError, "2D", LabelsHolder("a", torch::zeros({3}, torch::kInt32)));

    const auto repeated = int32_tensor({0, 1, 0, 1}, {2, 2});
    CHECK_THROWS(metatensor::Error, "a=0, b=1", LabelsHolder(names, repeated));
    CHECK(LabelsHolder(names, repeated, metatensor::assume_unique()).count() == 2);
    CHECK(LabelsHolder(names, repeated.to(torch::kMeta)).count() == 2);
}

void aliasing() {
    auto values = int32_tensor({0, 1, 2, 3}, {2, 2});
    const auto labels = torch::make_intrusive<LabelsHolder>(
        std::vector<std::string>{"a", "b"}, values, metatensor::assume_unique());
    CHECK(labels->values().data_ptr() == values.data_ptr());
    CHECK(labels->column("b").data_ptr<int32_t>() == values.data_ptr<int32_t>() + 1);

    // same tensor when going through metatensor
    const auto wrapped = LabelsHolder::from_metatensor(labels->as_metatensor());
    CHECK(wrapped->values().is_same(values));
    CHECK(*wrapped == *labels);
    CHECK(wrapped != labels);
}

void foreign_labels() {
    auto labels = std::make_unique<metatensor::Labels>(
        std::vector<std::string>{"a", "b"},
        std::initializer_list<std::initializer_list<int32_t>>{{0, 1}, {2, 3}});
    const auto holder = torch::make_intrusive<LabelsHolder>(*labels);
    CHECK(holder->names() == std::vector<std::string>{"a", "b"});
    CHECK(*holder == *labels);
    CHECK(*labels == *holder);
    CHECK(*holder != metatensor::Labels({"a", "b"}, {{0, 1}, {2, 4}}));
    CHECK(metatensor::Labels({"a", "c"}, {{0, 1}, {2, 3}}) != *holder);

    // the values are shared, and kept alive by the tensor
    const auto values = holder->values();
    const auto core_values = labels->values_cpu();
    CHECK(values.data_ptr<int32_t>() == core_values.data());
    const auto edited = holder->rename("a", "c")->append("d", values.select(1, 0));
    labels.reset();
    CHECK(values[1][1].item<int32_t>() == 3);
    CHECK(*edited == *LabelsHolder::create({"c", "b", "d"}, {{0, 1, 0}, {2, 3, 2}}));

    const auto joined = holder->set_union(LabelsHolder::create({"a", "b"}, {{7, 7}}));
    CHECK(*joined == *LabelsHolder::create({"a", "b"}, {{0, 1}, {2, 3}, {7, 7}}));
}

void entries() {
    const auto labels = LabelsHolder::create({"a", "b"}, {{0, 1}, {2, 3}});
    const auto entry = LabelsEntryHolder(labels, 1);
    CHECK(entry.size() == 2);
    CHECK(entry[0] == 2);
    CHECK(entry[-1] == 3);
    CHECK(entry["b"] == 3);
    CHECK(entry.getitem("a") == 2);
    CHECK(entry.names() == labels->names());
    CHECK(entry.print() == "(a=2, b=3)");
    CHECK(entry.repr() == "LabelsEntry(a=2, b=3)");
    CHECK(entry == LabelsEntryHolder(labels, -1));
    CHECK(entry != LabelsEntryHolder(labels, 0));
    CHECK(entry == LabelsEntryHolder(LabelsHolder::create({"a", "b"}, {{2, 3}}), 0));
    CHECK(labels->position(torch::make_intrusive<LabelsEntryHolder>(entry)) == 1);

    CHECK_THROWS(c10::IndexError, "index 2", LabelsEntryHolder(labels, 2));
    CHECK_THROWS(c10::IndexError, "index -3", entry[-3]);
    CHECK_THROWS(c10::ValueError, "'c'", entry["c"]);
    CHECK_THROWS(c10::TypeError, "'float'", entry.getitem(3.0));
    try {
        LabelsEntryHolder(labels, 12);
    } catch (const c10::Error& e) {
        // ends all loops in Python, and has to be cheap
        CHECK(e.backtrace() == nullptr);
    }
}

void release() {
    const auto labels = LabelsHolder::create({"a"}, {{0}, {1}});
    const auto core = labels->release();
    CHECK(core.count() == 2);
    CHECK(labels->count() == 2);
    CHECK(labels->names() == std::vector<std::string>{"a"});
    CHECK_THROWS(std::runtime_error, "released", labels->as_metatensor());
    CHECK_THROWS(metatensor::Error, "released", labels->position(c10::List<int64_t>({0})));
    CHECK(*labels == core);
}

void meta() {
    const auto options = torch::TensorOptions().dtype(torch::kInt32).device(torch::kMeta);
    const auto labels =
        torch::make_intrusive<LabelsHolder>("a", torch::zeros({3, 1}, options));
    CHECK(labels->device() == torch::kMeta);
    CHECK(labels->as_metatensor().device().device_type == kDLExtDev);
    CHECK(*labels == *LabelsHolder::range("a", 3)->to(torch::Device(torch::kMeta)));
    CHECK(*labels != *LabelsHolder::range("a", 3));
    CHECK_THROWS(metatensor::Error, "no data", labels->print(-1, 0));
    CHECK_THROWS(c10::NotImplementedError, "", labels->to(torch::Device(torch::kCPU)));
}

void devices() {
    const auto labels = LabelsHolder::range("a", 3);
    CHECK(labels->to("cpu")->values().is_same(labels->values()));
    CHECK(labels->to(torch::IValue())->values().is_same(labels->values()));
    CHECK_THROWS(c10::TypeError, "'int'", labels->to(torch::IValue(3)));
    if (!torch::hasCUDA()) {
        return;
    }

    const auto moved = labels->to("cuda");
    CHECK(moved->device() == torch::Device(torch::kCUDA, 0));
    CHECK(*moved == *labels);
    CHECK(moved->to("cuda:0")->values().is_same(moved->values()));
    CHECK(moved->to("cpu")->values().is_same(labels->values()));
    // labels which were on the host stay known there
    const auto core_values = moved->as_metatensor().values();
    CHECK(core_values.data() == labels->values().data_ptr<int32_t>());
    CHECK(moved->select(moved).device().is_cuda());
}

} // namespace

int main() {
    return check::run({
        TEST(layout),
        TEST(construction),
        TEST(aliasing),
        TEST(foreign_labels),
        TEST(entries),
        TEST(release),
        TEST(meta),
        TEST(devices),
    });
}
