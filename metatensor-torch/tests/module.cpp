#include <metatensor/torch.hpp>

#include <sstream>

#include "check.hpp"

using namespace metatensor_torch;

/// Access to the attributes of a module as metatensor objects
template <typename Holder>
static torch::intrusive_ptr<Holder> get(const torch::jit::Module& module, const char* name) {
    return module.attr(name).toCustomClass<Holder>();
}

static TensorBlock example_block() {
    return torch::make_intrusive<TensorBlockHolder>(
        torch::zeros({2, 2}), LabelsHolder::range("s", 2), std::vector<Labels>{},
        LabelsHolder::range("p", 2));
}

static TensorMap example_map() {
    return torch::make_intrusive<TensorMapHolder>(LabelsHolder::single(),
                                                  std::vector<TensorBlock>{example_block()});
}

template <typename T>
static void add(torch::jit::Module& module, const std::string& name, T value) {
    auto attribute = torch::IValue(std::move(value));
    auto type = attribute.type();
    module.register_attribute(name, type, std::move(attribute));
}

static void set_names(torch::jit::Module& module, const std::vector<std::string>& names) {
    add(module, "_mts_buffer_names", names);
}

/// Module with all kinds of attributes
static torch::jit::Module example_module() {
    auto module = torch::jit::Module("Example");
    module.register_parameter("weights", torch::rand({3}), /*is_buffer=*/false);
    module.register_buffer("_mts_helper", torch::zeros({0}));
    add(module, "number", 3);
    add(module, "labels", LabelsHolder::range("a", 3));
    add(module, "block", example_block());
    add(module, "tensor", example_map());

    auto dict = c10::Dict<std::string, TensorMap>();
    dict.insert("first", example_map());
    add(module, "dict", dict);

    auto inner = c10::List<TensorBlock>();
    inner.push_back(example_block());
    auto nested = c10::Dict<std::string, c10::List<TensorBlock>>();
    nested.insert("full", inner);
    nested.insert("empty", c10::List<TensorBlock>());
    add(module, "nested", nested);
    add(module, "empty", c10::Dict<std::string, c10::List<Labels>>());
    add(module, "pair", std::make_tuple(int64_t(3), example_block()));
    return module;
}

static std::vector<std::string> all_names() {
    return {"labels", "block", "tensor", "dict", "nested", "empty", "pair"};
}

static torch::Device pair_device(const torch::jit::Module& module) {
    const auto& elements = module.attr("pair").toTupleRef().elements();
    CHECK(elements[0].toInt() == 3);
    return elements[1].toCustomClass<TensorBlockHolder>()->device();
}

static void check_state(const torch::jit::Module& module, torch::Device device,
                        torch::Dtype dtype) {
    CHECK(get<LabelsHolder>(module, "labels")->device() == device);
    CHECK(get<TensorBlockHolder>(module, "block")->device() == device);
    CHECK(get<TensorBlockHolder>(module, "block")->scalar_type() == dtype);
    CHECK(get<TensorMapHolder>(module, "tensor")->device() == device);
    CHECK(get<TensorMapHolder>(module, "tensor")->scalar_type() == dtype);
    CHECK(pair_device(module) == device);
    CHECK(module.attr("number").toInt() == 3);

    auto dict = module.attr("dict").toGenericDict();
    CHECK(dict.at("first").toCustomClass<TensorMapHolder>()->device() == device);
    auto nested = module.attr("nested").toGenericDict();
    auto blocks = nested.at("full").toList();
    CHECK(blocks.size() == 1);
    CHECK(blocks.get(0).toCustomClass<TensorBlockHolder>()->scalar_type() == dtype);
    CHECK(nested.at("empty").toList().empty());
    CHECK(module.attr("empty").toGenericDict().empty());
}

static void layout() {
    CHECK(sizeof(Module) == 48);
    CHECK(sizeof(Module) == sizeof(torch::jit::Module));
}

static void registered_names() {
    auto base = example_module();
    set_names(base, all_names());
    // not registered: this must not be changed
    add(base, "other", example_block());

    auto module = Module(base);
    module.to(torch::kFloat64);
    check_state(module, torch::kCPU, torch::kFloat64);
    CHECK(get<TensorBlockHolder>(module, "other")->scalar_type() == torch::kFloat32);
    CHECK(module.attr("weights").toTensor().scalar_type() == torch::kFloat64);
    // changes are visible to everyone with the same module
    check_state(base, torch::kCPU, torch::kFloat64);

    module.to(torch::kFloat32, /*non_blocking=*/true);
    check_state(module, torch::kCPU, torch::kFloat32);
    module.to(torch::kCPU, torch::kFloat64);
    check_state(module, torch::kCPU, torch::kFloat64);
    module.to(torch::kCPU);
    check_state(module, torch::kCPU, torch::kFloat64);
}

static void types_of_attributes_are_kept() {
    auto module = Module(example_module());
    set_names(module, all_names());
    auto before = std::vector<std::string>();
    for (const auto& name : all_names()) {
        before.push_back(module.attr(name).type()->str());
    }
    module.to(torch::kFloat64);
    for (size_t i = 0; i < before.size(); i++) {
        CHECK(module.attr(all_names()[i]).type()->str() == before[i]);
    }
}

/// Move a module without parameters to the meta device, which torch refuses for
/// modules with some data
static Module without_parameters(bool registered) {
    auto module = torch::jit::Module("NoParameters");
    add(module, "labels", LabelsHolder::range("a", 3));
    add(module, "block", example_block());
    add(module, "pair", std::make_tuple(int64_t(3), example_block()));
    if (registered) {
        set_names(module, {"labels", "block", "pair", "missing"});
    }
    return Module(module);
}

static void devices() {
    for (bool registered : {true, false}) {
        auto module = without_parameters(registered);
        module.to(torch::kMeta);
        CHECK(get<LabelsHolder>(module, "labels")->device() == torch::kMeta);
        CHECK(get<TensorBlockHolder>(module, "block")->device() == torch::kMeta);
        CHECK(pair_device(module) == torch::kMeta);
    }
}

/// Count the warnings about modules without names
struct CountWarnings : public c10::WarningHandler {
    int count = 0;
    void process(const c10::Warning& warning) override {
        if (warning.msg().find("_mts_buffer_names") != std::string::npos) {
            count += 1;
        }
    }
};

static void legacy_modules() {
    auto warnings = CountWarnings();
    auto guard = c10::WarningUtils::WarningHandlerGuard(&warnings);

    // no warning for modules without metatensor data
    auto unrelated = torch::jit::Module("Unrelated");
    unrelated.register_parameter("weights", torch::rand({3}), /*is_buffer=*/false);
    add(unrelated, "list", std::vector<int64_t>{1, 2});
    Module(unrelated).to(torch::kFloat64);
    CHECK(warnings.count == 0);

    auto module = Module(example_module());
    module.to(torch::kFloat64);
    check_state(module, torch::kCPU, torch::kFloat64);
    CHECK(warnings.count == 1);

    // mixed data is fine
    auto mixed = c10::impl::GenericDict(c10::StringType::get(), c10::AnyType::get());
    mixed.insert("block", torch::IValue(example_block()));
    mixed.insert("number", torch::IValue(3));
    add(module, "mixed", mixed);
    module.to(torch::kFloat64);
    auto result = module.attr("mixed").toGenericDict();
    CHECK(result.at("number").toInt() == 3);
    auto block = result.at("block").toCustomClass<TensorBlockHolder>();
    CHECK(block->scalar_type() == torch::kFloat64);
    // a single warning for the whole program
    CHECK(warnings.count == 1);
}

static void mixed_data() {
    auto dict = c10::impl::GenericDict(c10::StringType::get(), c10::AnyType::get());
    dict.insert("block", torch::IValue(example_block()));
    dict.insert("number", torch::IValue(3));
    auto list = c10::impl::GenericList(c10::AnyType::get());
    list.push_back(torch::IValue(example_block()));
    list.push_back(torch::IValue(3));

    auto base = torch::jit::Module("Mixed");
    base.register_attribute(
        "dict", c10::DictType::create(c10::StringType::get(), c10::AnyType::get()), dict);
    base.register_attribute("list", c10::ListType::create(c10::AnyType::get()), list);
    auto module = Module(base);

    set_names(base, {"dict"});
    CHECK_THROWS(c10::ValueError, "dict", module.to(torch::kFloat64));
    base.setattr("_mts_buffer_names", c10::List<std::string>({"list"}));
    CHECK_THROWS(c10::ValueError, "list", module.to(torch::kFloat64));
    base.setattr("_mts_buffer_names", c10::List<std::string>());
    module.to(torch::kFloat64);
}

static void sub_modules_and_archives() {
    auto inner = example_module();
    set_names(inner, all_names());
    auto middle = torch::jit::Module("Middle");
    middle.register_module("inner", inner);
    auto base = torch::jit::Module("Outer");
    base.register_module("middle", middle);
    base.define("def forward(self, x: Tensor) -> Tensor:\n    return 2 * x\n");

    auto file = std::stringstream();
    base.save(file);
    auto module = Module(torch::jit::load(file));
    module.to(torch::kFloat64);
    auto loaded = module.attr("middle").toModule().attr("inner").toModule();
    check_state(loaded, torch::kCPU, torch::kFloat64);
    auto output = module.forward({torch::ones({2})}).toTensor();
    CHECK(torch::equal(output, 2 * torch::ones({2})));
}

int main() {
    return check::run({
        TEST(layout),
        // before the other tests which trigger the same warning
        TEST(legacy_modules),
        TEST(registered_names),
        TEST(types_of_attributes_are_kept),
        TEST(devices),
        TEST(mixed_data),
        TEST(sub_modules_and_archives),
    });
}
