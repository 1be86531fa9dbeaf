#include <metatensor/torch.hpp>

#include "check.hpp"

using namespace metatensor_torch;

static TensorBlock example_block(double value, bool with_gradient = false) {
    auto block = torch::make_intrusive<TensorBlockHolder>(
        torch::full({2, 2}, value, torch::kFloat64), LabelsHolder::range("s", 2),
        std::vector<Labels>{}, LabelsHolder::range("p", 2));
    if (with_gradient) {
        block->add_gradient("g", torch::make_intrusive<TensorBlockHolder>(
                                     torch::full({1, 2}, 10 * value, torch::kFloat64),
                                     LabelsHolder::create({"sample"}, {{1}}),
                                     std::vector<Labels>{}, block->properties()));
    }
    return block;
}

static TensorMap example_map(bool with_gradient = false) {
    return torch::make_intrusive<TensorMapHolder>(
        LabelsHolder::create({"a", "b"}, {{0, 0}, {1, 0}, {2, 3}}),
        std::vector<TensorBlock>{
            example_block(1, with_gradient),
            example_block(2, with_gradient),
            example_block(3, with_gradient),
        });
}

static void layout() {
    // these classes are allocated by other libraries
    CHECK(sizeof(TensorMapHolder) == 96);
    CHECK(sizeof(TensorMapHolder) == sizeof(torch::CustomClassHolder) +
                                         sizeof(metatensor::TensorMap) +
                                         sizeof(torch::IValue) + 32);
    CHECK(!std::is_copy_constructible_v<TensorMapHolder>);
    CHECK(std::is_move_constructible_v<TensorMapHolder>);
}

static void metadata() {
    auto tensor = example_map();
    CHECK(*tensor->keys() == metatensor::Labels({"a", "b"}, {{0, 0}, {1, 0}, {2, 3}}));
    CHECK(tensor->sample_names() == std::vector<std::string>{"s"});
    CHECK(tensor->component_names().empty());
    CHECK(tensor->property_names() == std::vector<std::string>{"p"});
    CHECK(tensor->device() == torch::kCPU);
    CHECK(tensor->scalar_type() == torch::kFloat64);
    CHECK(!tensor->is_view());

    auto empty = TensorMapHolder(LabelsHolder::empty("key"), {});
    CHECK(empty.sample_names().empty());
    CHECK(empty.scalar_type() == torch::get_default_dtype());
}

static void blocks_are_consumed_only_if_the_map_is_created() {
    auto first = example_block(1);
    auto second = example_block(2, /*with_gradient=*/true);
    auto values = first->values();
    auto gradient = TensorBlockHolder::gradient(second, "g");

    CHECK_THROWS(metatensor::Error, "",
                 TensorMapHolder(LabelsHolder::range("key", 2), {first, second}));
    CHECK(first->values().is_same(values));
    CHECK(second->gradients_list().size() == 1);
    CHECK(gradient->len() == 1);
    CHECK_THROWS(std::runtime_error, "twice",
                 TensorMapHolder(LabelsHolder::range("key", 2), {first, first}));
    CHECK_THROWS(std::runtime_error, "view",
                 TensorMapHolder(LabelsHolder::range("key", 1), {gradient}));

    auto tensor =
        torch::make_intrusive<TensorMapHolder>(LabelsHolder::single(), std::vector{second});
    CHECK_THROWS(metatensor::Error, "released", second->values());
    CHECK_THROWS(metatensor::Error, "released", second->gradients_list());
    CHECK_THROWS(metatensor::Error, "released", second->release());
    CHECK(!second->is_view());

    // gradients taken before are still valid, even when the map is gone
    tensor = TensorMap();
    second = TensorBlock();
    CHECK(gradient->values().sum().item<double>() == 40.0);
    CHECK(gradient->samples()->names() == std::vector<std::string>{"sample"});
}

static void devices_of_keys_and_blocks_must_match() {
    auto block = example_block(1)->to(torch::nullopt, torch::Device(torch::kMeta));
    try {
        TensorMapHolder(LabelsHolder::single(), {block});
        CHECK(false);
    } catch (const c10::ValueError& e) {
        auto message = std::string(e.what());
        CHECK(message.find("cpu") != std::string::npos);
        CHECK(message.find("meta") != std::string::npos);
    }
    CHECK(block->len() == 2);
}

static void selecting_blocks() {
    auto tensor = example_map();
    auto value = [](const TensorBlock& block) { return block->values()[0][0].item<double>(); };

    CHECK(value(TensorMapHolder::block_by_id(tensor, 1)) == 2);
    CHECK_THROWS(c10::IndexError, "3 blocks", TensorMapHolder::block_by_id(tensor, 3));
    CHECK_THROWS(c10::IndexError, "-1", TensorMapHolder::block_by_id(tensor, -1));

    CHECK(value(TensorMapHolder::block(tensor, {{"a", 1}})) == 2);
    CHECK(value(TensorMapHolder::block(tensor, {{"b", 3}, {"a", 2}})) == 3);
    auto labels = LabelsHolder::create({"b"}, {{3}});
    CHECK(value(TensorMapHolder::block(tensor, labels)) == 3);
    auto entry = torch::make_intrusive<LabelsEntryHolder>(tensor->keys(), 1);
    CHECK(value(TensorMapHolder::block(tensor, entry)) == 2);
    CHECK(value(TensorMapHolder::block_torch(tensor, torch::IValue(entry))) == 2);
    CHECK_THROWS(c10::ValueError, "(b=0)", TensorMapHolder::block(tensor, {{"b", 0}}));
    CHECK_THROWS(c10::ValueError, "(a=5)", TensorMapHolder::block(tensor, {{"a", 5}}));
    CHECK_THROWS(metatensor::Error, "nope", TensorMapHolder::block(tensor, {{"nope", 5}}));

    CHECK(TensorMapHolder::blocks(tensor).size() == 3);
    CHECK(TensorMapHolder::blocks(tensor, {{"b", 0}}).size() == 2);
    CHECK(TensorMapHolder::blocks(tensor, labels).size() == 1);
    CHECK(TensorMapHolder::blocks_by_id(tensor, {0, 2, 0}).size() == 3);
    CHECK(TensorMapHolder::blocks_torch(tensor, torch::IValue()).size() == 3);
    // these can not be written from Python
    auto no_index = torch::IValue(c10::List<int64_t>());
    CHECK(TensorMapHolder::blocks_torch(tensor, no_index).empty());
    CHECK(TensorMapHolder::blocks(tensor, std::map<std::string, int32_t>()).size() == 3);
    CHECK_THROWS(c10::ValueError, "float",
                 TensorMapHolder::blocks_torch(tensor, torch::IValue(1.5)));
    CHECK_THROWS(c10::TypeError, "float",
                 TensorMapHolder::block_torch(tensor, torch::IValue(1.5)));

    auto items = TensorMapHolder::items(tensor);
    CHECK(items.size() == 3);
    CHECK((*std::get<0>(items[2]))["b"] == 3);
    CHECK(value(std::get<1>(items[2])) == 3);

    // blocks keep the map alive
    auto block = TensorMapHolder::block_by_id(tensor, 1);
    tensor = TensorMap();
    items.clear();
    CHECK(value(block) == 2);
}

static void moving_keys() {
    auto tensor = example_map(/*with_gradient=*/true);
    tensor->set_info("key", "value");

    auto moved = tensor->keys_to_properties("a", torch::Scalar(std::nan("")));
    CHECK(moved->get_info("key") == "value");
    CHECK(*moved->keys() == metatensor::Labels({"b"}, {{0}, {3}}));
    auto block = TensorMapHolder::block_by_id(moved, 0);
    CHECK(*block->properties() ==
          metatensor::Labels({"a", "p"}, {{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
    CHECK(TensorMapHolder::block_by_id(moved, 0)->gradients_list().size() == 1);

    moved = tensor->keys_to_samples(std::vector<std::string>{"a", "b"});
    CHECK(*moved->keys() == metatensor::Labels({"_"}, {{0}}));
    CHECK(moved->sample_names() == std::vector<std::string>({"s", "a", "b"}));

    auto integers = tensor->to(torch::kInt32);
    CHECK_THROWS(std::runtime_error, "int",
                 integers->keys_to_samples("a", torch::Scalar(std::nan(""))));
    CHECK_THROWS(c10::TypeError, "keys_to_samples", tensor->keys_to_samples(3));
    CHECK_THROWS(c10::TypeError, "int", tensor->components_to_properties(3));
}

static void copies_and_conversions() {
    auto tensor = example_map(/*with_gradient=*/true);
    tensor->set_info("b", "1");
    tensor->set_info("a", "2");

    auto shallow = tensor->copy(/*deep=*/false);
    CHECK(shallow->get_info("a") == "2");
    CHECK(TensorMapHolder::block_by_id(shallow, 0)
              ->values()
              .is_same(TensorMapHolder::block_by_id(tensor, 0)->values()));
    auto deep = tensor->copy();
    CHECK(deep->get_info("a") == "2");
    CHECK(!TensorMapHolder::block_by_id(deep, 0)->values().is_alias_of(
        TensorMapHolder::block_by_id(tensor, 0)->values()));

    auto meta =
        tensor->to(torch::kFloat32, torch::Device(torch::kMeta), /*non_blocking=*/true);
    CHECK(meta->device() == torch::kMeta);
    CHECK(meta->scalar_type() == torch::kFloat32);
    CHECK(meta->info().size() == 2);
    CHECK(!meta->get_info("missing").has_value());
}

static void ownership() {
    auto tensor = example_map();
    auto core_view = metatensor::TensorMap::unsafe_view_from_ptr(
        tensor->as_metatensor().as_mts_tensormap_t());
    auto view = TensorMapHolder::view_from_metatensor(std::move(core_view), tensor);
    CHECK(view->is_view());
    CHECK_THROWS(std::runtime_error, "view", view->release());
    CHECK_THROWS(
        c10::ValueError, "not a view",
        TensorMapHolder::view_from_metatensor(example_map()->release(), torch::IValue(1)));

    auto released = example_map();
    auto core_tensor = released->release();
    CHECK_THROWS(metatensor::Error, "released", released->keys());
    CHECK_THROWS(metatensor::Error, "released", released->print(-1));
    CHECK_THROWS(metatensor::Error, "released", released->info());
    CHECK_THROWS(metatensor::Error, "released", released->release());
    CHECK_THROWS(metatensor::Error, "released", TensorMapHolder::block_by_id(released, 0));
    CHECK(TensorMapHolder::from_metatensor(std::move(core_tensor))->keys()->count() == 3);
}

static void print() {
    auto expected = R"(TensorMap with 3 blocks
    keys: [a, b]
    blocks:
       0  0   => TensorBlock with shape (2, 2)
             ...)";
    CHECK(example_map()->print(1) == expected);
    auto empty = TensorMapHolder(LabelsHolder::create({}, {}), {});
    CHECK(empty.print(-1) == "TensorMap with 0 blocks\n    keys: []\n    blocks:");
}

static void serialization() {
    auto tensor = example_map(/*with_gradient=*/true);
    tensor->set_info("key", "value");
    auto buffer = tensor->save_buffer();
    auto loaded = TensorMapHolder::load_buffer(buffer);
    CHECK(*loaded->keys() == *tensor->keys());
    CHECK(loaded->get_info("key") == "value");
    CHECK(torch::equal(loaded->save_buffer(), buffer));
}

int main() {
    return check::run({
        TEST(layout),
        TEST(metadata),
        TEST(blocks_are_consumed_only_if_the_map_is_created),
        TEST(devices_of_keys_and_blocks_must_match),
        TEST(selecting_blocks),
        TEST(moving_keys),
        TEST(copies_and_conversions),
        TEST(ownership),
        TEST(print),
        TEST(serialization),
    });
}
