#include <metatensor/torch.hpp>

#include "check.hpp"

using namespace metatensor_torch;

static TensorBlock example_block(bool requires_grad = false) {
    auto values = torch::arange(12, torch::kFloat64).reshape({3, 2, 2});
    values.set_requires_grad(requires_grad);
    return torch::make_intrusive<TensorBlockHolder>(
        values, LabelsHolder::create({"s"}, {{0}, {2}, {4}}),
        std::vector<Labels>{LabelsHolder::range("c", 2)}, LabelsHolder::range("p", 2));
}

static TensorBlock example_gradient(torch::Dtype dtype = torch::kFloat64) {
    return torch::make_intrusive<TensorBlockHolder>(
        torch::ones({2, 3, 2, 2}, dtype),
        LabelsHolder::create({"sample", "atom"}, {{0, 1}, {2, 3}}),
        std::vector<Labels>{LabelsHolder::range("xyz", 3), LabelsHolder::range("c", 2)},
        LabelsHolder::range("p", 2));
}

static void layout() {
    // these classes are allocated by other libraries
    CHECK(sizeof(TensorBlockHolder) == 128);
    CHECK(sizeof(TensorBlockHolder) == sizeof(torch::CustomClassHolder) +
                                           sizeof(metatensor::TensorBlock) +
                                           sizeof(torch::IValue) + sizeof(std::string) + 32);
    CHECK(!std::is_copy_constructible_v<TensorBlockHolder>);
    CHECK(std::is_move_constructible_v<TensorBlockHolder>);
}

static void metadata() {
    auto block = example_block();
    CHECK(block->len() == 3);
    CHECK(block->shape() == at::IntArrayRef({3, 2, 2}));
    CHECK(*block->samples() == metatensor::Labels({"s"}, {{0}, {2}, {4}}));
    CHECK(block->components().size() == 1);
    CHECK(*block->components()[0] == metatensor::Labels({"c"}, {{0}, {1}}));
    CHECK(*block->properties() == metatensor::Labels({"p"}, {{0}, {1}}));
    CHECK(*block->labels(1) == *block->components()[0]);
    CHECK_THROWS(metatensor::Error, "3", block->labels(3));
    CHECK(block->device() == torch::kCPU);
    CHECK(block->scalar_type() == torch::kFloat64);
    CHECK(!block->is_view());
    CHECK(block->gradients_list().empty());
}

static void values_are_shared() {
    auto values = torch::zeros({3, 2});
    auto samples = LabelsHolder::range("s", 3);
    auto properties = LabelsHolder::range("p", 2);
    auto block = torch::make_intrusive<TensorBlockHolder>(values, samples,
                                                          std::vector<Labels>{}, properties);
    CHECK(block->values().is_same(values));
    CHECK(block->samples()->values().is_same(samples->values()));

    // holders can live on the stack
    auto holder = TensorBlockHolder(values, samples, {}, properties);
    auto moved = std::move(holder);
    CHECK(moved.values().is_same(values));
}

static void values_of_another_origin() {
    auto core_block = metatensor::TensorBlock(
        std::make_unique<metatensor::SimpleDataArray<double>>(std::vector<uintptr_t>{3, 2}),
        metatensor::Labels({"s"}, {{0}, {1}, {2}}), {}, metatensor::Labels({"p"}, {{0}, {1}}));
    auto block = TensorBlockHolder::from_metatensor(std::move(core_block));
    CHECK_THROWS(c10::ValueError, "not a C++ torch tensor", block->values());
    CHECK(block->samples()->count() == 3);
    // nothing is lost when it can not be put in a map
    CHECK_THROWS(metatensor::Error, "",
                 TensorMapHolder(LabelsHolder::range("key", 2), {example_block(), block}));
}

static void gradients() {
    auto block = example_block();
    auto gradient = example_gradient();
    block->add_gradient("g", gradient);
    CHECK(block->has_gradient("g"));
    CHECK(!block->has_gradient("h"));
    CHECK(block->gradients_list() == std::vector<std::string>{"g"});

    // still usable, and sharing data
    CHECK(gradient->len() == 2);
    auto view = TensorBlockHolder::gradient(block, "g");
    CHECK(view->values().is_same(gradient->values()));
    CHECK(view->is_view());
    CHECK_THROWS(std::runtime_error, "view", view->release());
    CHECK_THROWS(metatensor::Error, "view", view->add_gradient("h", gradient));
    CHECK_THROWS(metatensor::Error, "missing", TensorBlockHolder::gradient(block, "missing"));

    auto all = TensorBlockHolder::gradients(block);
    CHECK(all.size() == 1);
    CHECK(std::get<0>(all[0]) == "g");
    CHECK(std::get<1>(all[0])->values().is_same(gradient->values()));

    CHECK_THROWS(metatensor::Error, "g", block->add_gradient("g", gradient));
    CHECK_THROWS(metatensor::Error, "",
                 block->add_gradient("h", example_gradient(torch::kFloat32)));
    CHECK(block->gradients_list().size() == 1);

    // the view keeps everything it needs alive
    block = TensorBlock();
    CHECK(view->values().sum().item<double>() == 24.0);
    CHECK(view->samples()->names() == std::vector<std::string>({"sample", "atom"}));
}

static void repr_of_nested_gradients() {
    auto block = example_block();
    auto outer = example_gradient();
    outer->add_gradient("inner", torch::make_intrusive<TensorBlockHolder>(
                                     torch::ones({1, 3, 2, 2}, torch::kFloat64),
                                     LabelsHolder::create({"sample"}, {{1}}),
                                     outer->components(), outer->properties()));
    block->add_gradient("outer", outer);
    auto gradient = TensorBlockHolder::gradient(block, "outer");
    auto expected =
        std::string("TensorBlock gradient for 'outer/inner', with shape (1, 3, 2, 2)");
    auto repr = TensorBlockHolder::gradient(gradient, "inner")->repr();
    CHECK(repr.substr(0, expected.size()) == expected);
}

static void copies_and_conversions() {
    auto block = example_block();
    block->add_gradient("g", example_gradient());
    auto shallow = block->copy(/*deep=*/false);
    CHECK(shallow->values().is_same(block->values()));
    auto deep = block->copy();
    CHECK(!deep->values().is_alias_of(block->values()));
    CHECK(deep->gradients_list() == block->gradients_list());

    auto meta = block->to(torch::nullopt, torch::Device(torch::kMeta));
    CHECK(meta->device() == torch::kMeta);
    CHECK(meta->samples()->device() == torch::kMeta);
    CHECK(TensorBlockHolder::gradient(meta, "g")->properties()->device() == torch::kMeta);

    auto other = block->to(torch::kFloat32);
    CHECK(other->scalar_type() == torch::kFloat32);
    CHECK(TensorBlockHolder::gradient(other, "g")->scalar_type() == torch::kFloat32);

    other = block->to_positional(torch::IValue("meta"),
                                 torch::IValue(static_cast<int64_t>(torch::kFloat32)),
                                 torch::nullopt, torch::nullopt, "torch");
    CHECK(other->device() == torch::kMeta);
    CHECK(other->scalar_type() == torch::kFloat32);
    CHECK_THROWS(c10::TypeError, "TensorBlock.to",
                 block->to_positional(torch::IValue(1.5), torch::IValue(), torch::nullopt,
                                      torch::nullopt, torch::nullopt));
}

static void ownership() {
    auto block = example_block();
    auto values = block->values();
    auto core_block = block->release();
    CHECK_THROWS(metatensor::Error, "released", block->values());
    CHECK_THROWS(metatensor::Error, "released", block->labels(0));
    CHECK_THROWS(metatensor::Error, "released", block->release());
    CHECK_THROWS(metatensor::Error, "released", block->gradients_list());

    CHECK_THROWS(
        c10::ValueError, "not a view",
        TensorBlockHolder::view_from_metatensor(std::move(core_block), torch::IValue(3)));

    core_block = example_block()->release();
    auto core_view =
        metatensor::TensorBlock::unsafe_view_from_ptr(core_block.as_mts_block_t());
    CHECK_THROWS(
        c10::ValueError, "parent",
        TensorBlockHolder::view_from_metatensor(std::move(core_view), torch::IValue()));

    auto owner = TensorBlockHolder::from_metatensor(std::move(core_block));
    core_view =
        metatensor::TensorBlock::unsafe_view_from_ptr(owner->as_metatensor().as_mts_block_t());
    auto view = TensorBlockHolder::view_from_metatensor(std::move(core_view), owner);
    CHECK(view->is_view());
    CHECK(view->values().is_same(owner->values()));
}

static void devices_of_values_and_labels_must_match() {
    CHECK_THROWS(metatensor::Error, "ExtDev:0",
                 TensorBlockHolder(torch::zeros({3, 2}, torch::kMeta),
                                   LabelsHolder::range("s", 3), {},
                                   LabelsHolder::range("p", 2)));
}

static void serialization() {
    auto block = example_block(/*requires_grad=*/true);
    auto buffer = block->save_buffer();
    CHECK(buffer.scalar_type() == torch::kUInt8);
    auto loaded = TensorBlockHolder::load_buffer(buffer);
    CHECK(torch::equal(loaded->values(), block->values()));
    CHECK(!loaded->values().requires_grad());
    CHECK(torch::equal(loaded->save_buffer(), buffer));
}

int main() {
    return check::run({
        TEST(layout),
        TEST(metadata),
        TEST(values_are_shared),
        TEST(values_of_another_origin),
        TEST(gradients),
        TEST(repr_of_nested_gradients),
        TEST(copies_and_conversions),
        TEST(ownership),
        TEST(devices_of_values_and_labels_must_match),
        TEST(serialization),
    });
}
