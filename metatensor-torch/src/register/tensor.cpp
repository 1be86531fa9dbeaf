#include "register.hpp"

#include <string>
#include <utility>
#include <vector>

#include <torch/script.h>

#include "metatensor/torch/tensor.hpp"

using namespace metatensor_torch;

/// Default value of optional arguments
static const auto NONE = torch::IValue();

/// How many keys to show in short descriptions
static constexpr int64_t SHORT_KEYS = 7;

static void register_metadata(torch::class_<TensorMapHolder>& tensor) {
    tensor.def("__len__", [](const TensorMap& self) { return self->keys()->count(); })
        .def("__str__", [](const TensorMap& self) { return self->print(SHORT_KEYS); })
        .def("__repr__", [](const TensorMap& self) { return self->print(-1); })
        .def("print", &TensorMapHolder::print, "", {torch::arg("max_keys")})
        .def("copy", &TensorMapHolder::copy, "", {torch::arg("deep") = true})
        .def_property("keys", &TensorMapHolder::keys)
        .def_property("sample_names", &TensorMapHolder::sample_names)
        .def_property("component_names", &TensorMapHolder::component_names)
        .def_property("property_names", &TensorMapHolder::property_names)
        .def_property("device", &TensorMapHolder::device)
        .def_property("dtype", &TensorMapHolder::scalar_type)
        .def_property("is_view", &TensorMapHolder::is_view)
        .def("set_info", &TensorMapHolder::set_info, "",
             {torch::arg("key"), torch::arg("value")})
        .def("get_info", &TensorMapHolder::get_info, "", {torch::arg("key")})
        .def("info", &TensorMapHolder::info);
}

static void register_selection(torch::class_<TensorMapHolder>& tensor) {
    tensor
        .def("__getitem__",
             [](const TensorMap& self, torch::IValue selection) {
                 return TensorMapHolder::block_torch(self, std::move(selection));
             },
             "", {torch::arg("selection")})
        .def("items", [](const TensorMap& self) { return TensorMapHolder::items(self); })
        .def("block_by_id",
             [](const TensorMap& self, int64_t index) {
                 return TensorMapHolder::block_by_id(self, index);
             },
             "", {torch::arg("index")})
        .def("blocks_by_id",
             [](const TensorMap& self, const std::vector<int64_t>& indices) {
                 return TensorMapHolder::blocks_by_id(self, indices);
             },
             "", {torch::arg("indices")})
        .def("block",
             [](const TensorMap& self, torch::IValue selection) {
                 return TensorMapHolder::block_torch(self, std::move(selection));
             },
             "", {torch::arg("selection") = NONE})
        .def("blocks",
             [](const TensorMap& self, torch::IValue selection) {
                 return TensorMapHolder::blocks_torch(self, std::move(selection));
             },
             "", {torch::arg("selection") = NONE});
}

static void register_moves(torch::class_<TensorMapHolder>& tensor) {
    tensor
        .def("keys_to_samples", &TensorMapHolder::keys_to_samples, "",
             {torch::arg("keys_to_move"), torch::arg("fill_value") = 0,
              torch::arg("sort_samples") = true})
        .def("keys_to_properties", &TensorMapHolder::keys_to_properties, "",
             {torch::arg("keys_to_move"), torch::arg("fill_value") = 0,
              torch::arg("sort_samples") = true})
        .def("components_to_properties", &TensorMapHolder::components_to_properties, "",
             {torch::arg("dimensions")})
        .def("to", &TensorMapHolder::to_positional, "",
             {torch::arg("_0") = NONE, torch::arg("_1") = NONE,
              torch::arg("dtype") = torch::nullopt, torch::arg("device") = torch::nullopt,
              torch::arg("arrays") = torch::nullopt, torch::arg("non_blocking") = false})
        .def("pin_memory",
             [](const TensorMap& self, std::optional<torch::Device> /*device*/) {
                 return TensorMapHolder::pin_memory(self);
             },
             "", {torch::arg("device") = torch::nullopt})
        .def("is_pinned", &TensorMapHolder::is_pinned);
}

static void register_pointers(torch::class_<TensorMapHolder>& tensor) {
    tensor
        .def("release",
             [](const TensorMap& self) {
                 return reinterpret_cast<int64_t>(self->release().release());
             })
        .def("as_mts_tensormap_t",
             [](const TensorMap& self) {
                 return reinterpret_cast<int64_t>(self->as_metatensor().as_mts_tensormap_t());
             })
        .def_static("unsafe_from_ptr",
                    [](int64_t ptr) {
                        return TensorMapHolder::from_metatensor(
                            metatensor::TensorMap::unsafe_from_ptr(
                                reinterpret_cast<mts_tensormap_t*>(ptr)));
                    })
        .def_static("unsafe_view_from_ptr", [](int64_t ptr, torch::IValue parent) {
            return TensorMapHolder::view_from_metatensor(
                metatensor::TensorMap::unsafe_view_from_ptr(
                    reinterpret_cast<mts_tensormap_t*>(ptr)),
                std::move(parent));
        });
}

static void register_serialization(torch::class_<TensorMapHolder>& tensor) {
    tensor.def("save", &TensorMapHolder::save, "", {torch::arg("file")})
        .def("save_buffer", &TensorMapHolder::save_buffer)
        .def_static("load", &TensorMapHolder::load)
        .def_static("load_buffer", &TensorMapHolder::load_buffer)
        .def_pickle([](const TensorMap& self) { return self->save_buffer(); },
                    [](torch::Tensor buffer) {
                        return TensorMapHolder::load_buffer(std::move(buffer));
                    });
}

void metatensor_torch::register_tensor(torch::Library& library) {
    auto tensor = library.class_<TensorMapHolder>("TensorMap")
                      .def(torch::init<Labels, std::vector<TensorBlock>>(), "",
                           {torch::arg("keys"), torch::arg("blocks")});
    register_metadata(tensor);
    register_selection(tensor);
    register_moves(tensor);
    register_pointers(tensor);
    register_serialization(tensor);
}
