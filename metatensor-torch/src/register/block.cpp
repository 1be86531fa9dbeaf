#include "register.hpp"

#include <string>
#include <utility>

#include <torch/script.h>

#include "metatensor/torch/block.hpp"

using namespace metatensor_torch;

/// Default value of optional arguments
static const auto NONE = torch::IValue();

static void register_metadata(torch::class_<TensorBlockHolder>& block) {
    block.def("__repr__", &TensorBlockHolder::repr)
        .def("__str__", &TensorBlockHolder::repr)
        .def("__len__", &TensorBlockHolder::len)
        .def("copy", &TensorBlockHolder::copy, "", {torch::arg("deep") = true})
        .def_property(
            "values", &TensorBlockHolder::values,
            [](const TensorBlock& /*self*/, torch::Tensor /*values*/) {
                C10_THROW_ERROR(
                    ValueError,
                    "can not replace the values of a TensorBlock: assign to their content "
                    "with `block.values[:] = new_values`, or create a new block");
            })
        .def_property("samples", &TensorBlockHolder::samples)
        .def_property("components", &TensorBlockHolder::components)
        .def_property("properties", &TensorBlockHolder::properties)
        .def_property("shape", [](const TensorBlock& self) { return self->shape().vec(); })
        .def_property("device", &TensorBlockHolder::device)
        .def_property("dtype", &TensorBlockHolder::scalar_type)
        .def_property("is_view", &TensorBlockHolder::is_view);
}

static void register_gradients(torch::class_<TensorBlockHolder>& block) {
    block
        .def("add_gradient", &TensorBlockHolder::add_gradient, "",
             {torch::arg("parameter"), torch::arg("gradient")})
        .def("gradients_list", &TensorBlockHolder::gradients_list)
        .def("has_gradient", &TensorBlockHolder::has_gradient, "", {torch::arg("parameter")})
        .def("gradient",
             [](const TensorBlock& self, const std::string& parameter) {
                 return TensorBlockHolder::gradient(self, parameter);
             },
             "", {torch::arg("parameter")})
        .def("gradients",
             [](const TensorBlock& self) { return TensorBlockHolder::gradients(self); });
}

static void register_moves(torch::class_<TensorBlockHolder>& block) {
    block
        .def("to", &TensorBlockHolder::to_positional, "",
             {torch::arg("_0") = NONE, torch::arg("_1") = NONE,
              torch::arg("dtype") = torch::nullopt, torch::arg("device") = torch::nullopt,
              torch::arg("arrays") = torch::nullopt, torch::arg("non_blocking") = false})
        .def("pin_memory",
             [](const TensorBlock& self, std::optional<torch::Device> /*device*/) {
                 return TensorBlockHolder::pin_memory(self);
             },
             "", {torch::arg("device") = torch::nullopt})
        .def("is_pinned", &TensorBlockHolder::is_pinned);
}

static void register_pointers(torch::class_<TensorBlockHolder>& block) {
    block
        .def("release",
             [](const TensorBlock& self) {
                 return reinterpret_cast<int64_t>(self->release().release());
             })
        .def("as_mts_block_t",
             [](const TensorBlock& self) {
                 return reinterpret_cast<int64_t>(self->as_metatensor().as_mts_block_t());
             })
        .def_static("unsafe_from_ptr",
                    [](int64_t ptr) {
                        return TensorBlockHolder::from_metatensor(
                            metatensor::TensorBlock::unsafe_from_ptr(
                                reinterpret_cast<mts_block_t*>(ptr)));
                    })
        .def_static("unsafe_view_from_ptr", [](int64_t ptr, torch::IValue parent) {
            return TensorBlockHolder::view_from_metatensor(
                metatensor::TensorBlock::unsafe_view_from_ptr(
                    reinterpret_cast<mts_block_t*>(ptr)),
                std::move(parent));
        });
}

static void register_serialization(torch::class_<TensorBlockHolder>& block) {
    block.def("save", &TensorBlockHolder::save, "", {torch::arg("file")})
        .def("save_buffer", &TensorBlockHolder::save_buffer)
        .def_static("load", &TensorBlockHolder::load)
        .def_static("load_buffer", &TensorBlockHolder::load_buffer)
        .def_pickle([](const TensorBlock& self) { return self->save_buffer(); },
                    [](torch::Tensor buffer) {
                        return TensorBlockHolder::load_buffer(std::move(buffer));
                    });
}

void metatensor_torch::register_block(torch::Library& library) {
    auto block =
        library.class_<TensorBlockHolder>("TensorBlock")
            .def(torch::init<torch::Tensor, Labels, std::vector<Labels>, Labels>(), "",
                 {torch::arg("values"), torch::arg("samples"), torch::arg("components"),
                  torch::arg("properties")});
    register_metadata(block);
    register_gradients(block);
    register_moves(block);
    register_pointers(block);
    register_serialization(block);
}
