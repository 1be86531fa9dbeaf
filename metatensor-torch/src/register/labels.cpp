#include <metatensor/torch/labels.hpp>

#include "../type_names.hpp"
#include "register.hpp"

using namespace metatensor_torch;

namespace {

Labels create(torch::IValue names, torch::Tensor values, bool assume_unique) {
    if (assume_unique) {
        return torch::make_intrusive<LabelsHolder>(std::move(names), std::move(values),
                                                   metatensor::assume_unique());
    }
    return torch::make_intrusive<LabelsHolder>(std::move(names), std::move(values));
}

torch::IValue getitem(const Labels& self, const torch::IValue& index) {
    if (index.isInt()) {
        return torch::make_intrusive<LabelsEntryHolder>(self, index.toInt());
    }
    if (index.isString()) {
        return self->column(index.toStringRef());
    }
    C10_THROW_ERROR(TypeError, "Labels can only be indexed by int or str, got '" +
                                   details::type_name(index) + "' instead");
}

int64_t release(const Labels& self) {
    return reinterpret_cast<int64_t>(self->release().release());
}

int64_t as_mts_labels_t(const Labels& self) {
    return reinterpret_cast<int64_t>(self->as_metatensor().as_mts_labels_t());
}

Labels unsafe_from_ptr(int64_t pointer) {
    if (pointer == 0) {
        C10_THROW_ERROR(ValueError, "the pointer to Labels can not be null");
    }
    return LabelsHolder::from_metatensor(
        metatensor::Labels::unsafe_from_ptr(reinterpret_cast<const mts_labels_t*>(pointer)));
}

using LabelsClass = torch::class_<LabelsHolder>;

void register_basics(LabelsClass& labels) {
    labels
        .def(torch::init(&create), "",
             {torch::arg("names"), torch::arg("values"), torch::arg("assume_unique") = false})
        .def("__str__", &LabelsHolder::str)
        .def("__repr__", &LabelsHolder::repr)
        .def("__len__", &LabelsHolder::count)
        .def("__contains__",
             [](const Labels& self, torch::IValue entry) {
                 return self->position(std::move(entry)).has_value();
             },
             "", {torch::arg("entry")})
        .def("__eq__", [](const Labels& self, const Labels& other) { return *self == *other; },
             "", {torch::arg("other")})
        .def("__ne__", [](const Labels& self, const Labels& other) { return *self != *other; },
             "", {torch::arg("other")})
        .def("__getitem__", &getitem, "", {torch::arg("index")})
        .def_property("names", &LabelsHolder::names)
        .def_property("values", &LabelsHolder::values)
        .def_property("device", &LabelsHolder::device);
}

void register_access(LabelsClass& labels) {
    labels
        .def("entry",
             [](const Labels& self, int64_t index) {
                 return torch::make_intrusive<LabelsEntryHolder>(self, index);
             },
             "", {torch::arg("index")})
        .def("column", &LabelsHolder::column, "", {torch::arg("dimension")})
        .def("position", &LabelsHolder::position, "", {torch::arg("entry")})
        .def("select", &LabelsHolder::select, "", {torch::arg("selection")})
        .def("print", &LabelsHolder::print, "",
             {torch::arg("max_entries"), torch::arg("indent") = 0})
        .def("to",
             [](const Labels& self, torch::IValue device, bool non_blocking) {
                 return self->to(std::move(device), non_blocking);
             },
             "", {torch::arg("device"), torch::arg("non_blocking") = false})
        .def("pin_memory",
             [](const Labels& self, std::optional<torch::Device> /*device*/) {
                 return LabelsHolder::pin_memory(self);
             },
             "", {torch::arg("device") = torch::nullopt})
        .def("is_pinned", &LabelsHolder::is_pinned);
}

void register_new_labels(LabelsClass& labels) {
    // static methods can not have names for their arguments
    labels.def_static("single", &LabelsHolder::single)
        .def_static("empty", &LabelsHolder::empty)
        .def_static("range", &LabelsHolder::range)
        .def("append", &LabelsHolder::append, "", {torch::arg("name"), torch::arg("values")})
        .def("insert", &LabelsHolder::insert, "",
             {torch::arg("index"), torch::arg("name"), torch::arg("values")})
        .def("permute", &LabelsHolder::permute, "", {torch::arg("dimensions_indexes")})
        .def("remove", &LabelsHolder::remove, "", {torch::arg("name")})
        .def("rename", &LabelsHolder::rename, "", {torch::arg("old"), torch::arg("new")})
        .def("union", &LabelsHolder::set_union, "", {torch::arg("other")})
        .def("union_and_mapping", &LabelsHolder::union_and_mapping, "", {torch::arg("other")})
        .def("intersection", &LabelsHolder::set_intersection, "", {torch::arg("other")})
        .def("intersection_and_mapping", &LabelsHolder::intersection_and_mapping, "",
             {torch::arg("other")})
        .def("difference", &LabelsHolder::set_difference, "", {torch::arg("other")})
        .def("difference_and_mapping", &LabelsHolder::difference_and_mapping, "",
             {torch::arg("other")});
}

void register_exchange(LabelsClass& labels) {
    labels.def_static("load", &LabelsHolder::load)
        .def_static("load_buffer", &LabelsHolder::load_buffer)
        .def("save", &LabelsHolder::save, "", {torch::arg("file")})
        .def("save_buffer", &LabelsHolder::save_buffer)
        .def_static("unsafe_from_ptr", &unsafe_from_ptr)
        .def("release", &release)
        .def("as_mts_labels_t", &as_mts_labels_t)
        .def_pickle(
            [](const Labels& self) { return self->save_buffer(); },
            [](torch::Tensor state) { return LabelsHolder::load_buffer(std::move(state)); });
}

} // namespace

void metatensor_torch::register_labels(torch::Library& library) {
    auto labels = library.class_<LabelsHolder>("Labels");
    register_basics(labels);
    register_access(labels);
    register_new_labels(labels);
    register_exchange(labels);
}
