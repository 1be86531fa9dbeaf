#include "register.hpp"

#include <string>
#include <utility>

#include <torch/script.h>

#include "../custom_class.hpp"
#include "../type_names.hpp"
#include "metatensor/torch/misc.hpp"

using namespace metatensor_torch;

[[noreturn]] static void throw_bad_data(const torch::IValue& data,
                                        const std::string& function) {
    C10_THROW_ERROR(TypeError,
                    "`data` must be one of 'Labels', 'TensorBlock' or 'TensorMap' in `" +
                        function + "`, not " + details::type_name(data));
}

static void save_any(const std::string& file, const torch::IValue& data) {
    if (details::is_instance<TensorMapHolder>(data)) {
        save(file, data.toCustomClass<TensorMapHolder>());
    } else if (details::is_instance<TensorBlockHolder>(data)) {
        save(file, data.toCustomClass<TensorBlockHolder>());
    } else if (details::is_instance<LabelsHolder>(data)) {
        save(file, data.toCustomClass<LabelsHolder>());
    } else {
        throw_bad_data(data, "save");
    }
}

static torch::Tensor save_any_buffer(const torch::IValue& data) {
    if (details::is_instance<TensorMapHolder>(data)) {
        return save_buffer(data.toCustomClass<TensorMapHolder>());
    } else if (details::is_instance<TensorBlockHolder>(data)) {
        return save_buffer(data.toCustomClass<TensorBlockHolder>());
    } else if (details::is_instance<LabelsHolder>(data)) {
        return save_buffer(data.toCustomClass<LabelsHolder>());
    } else {
        throw_bad_data(data, "save_buffer");
    }
}

/// Schema of `save`. It does not return anything, so the optimizer would remove
/// all calls to it if it was not told that this function has side effects; this
/// can not be written in the text of a schema.
static c10::FunctionSchema save_schema() {
    auto schema = c10::FunctionSchema("metatensor::save", "save",
                                      {c10::Argument("file", c10::StringType::get()),
                                       c10::Argument("data", c10::AnyType::get())},
                                      {});
    schema.setAliasAnalysis(c10::AliasAnalysisKind::CONSERVATIVE);
    return schema;
}

void metatensor_torch::register_operators(torch::Library& library) {
    const auto prefix = std::string("__torch__.torch.classes.metatensor.");
    const auto tensor = prefix + "TensorMap";
    const auto block = prefix + "TensorBlock";
    const auto labels = prefix + "Labels";

    library.def("version() -> str", version);
    library.def("dtype_name(ScalarType dtype) -> str", details::dtype_name);

    library.def(("load(str file) -> " + tensor).c_str(), load);
    library.def(("load_buffer(Tensor buffer) -> " + tensor).c_str(), load_buffer);
    library.def(("load_block(str file) -> " + block).c_str(), load_block);
    library.def(("load_block_buffer(Tensor buffer) -> " + block).c_str(), load_block_buffer);
    library.def(("load_labels(str file) -> " + labels).c_str(), load_labels);
    library.def(("load_labels_buffer(Tensor buffer) -> " + labels).c_str(),
                load_labels_buffer);

    library.def(save_schema(), save_any);
    library.def("save_buffer(Any data) -> Tensor", save_any_buffer);
}
