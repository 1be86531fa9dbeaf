#include <metatensor/torch/labels.hpp>

#include "register.hpp"

using namespace metatensor_torch;

void metatensor_torch::register_labels_entry(torch::Library& library) {
    library.class_<LabelsEntryHolder>("LabelsEntry")
        .def("__str__", &LabelsEntryHolder::repr)
        .def("__repr__", &LabelsEntryHolder::repr)
        .def("__len__", &LabelsEntryHolder::size)
        .def("__getitem__", &LabelsEntryHolder::getitem, "", {torch::arg("index")})
        .def("__eq__",
             [](const LabelsEntry& self, const LabelsEntry& other) { return *self == *other; },
             "", {torch::arg("other")})
        .def("__ne__",
             [](const LabelsEntry& self, const LabelsEntry& other) { return *self != *other; },
             "", {torch::arg("other")})
        .def_property("names", &LabelsEntryHolder::names)
        .def_property("values", &LabelsEntryHolder::values)
        .def_property("device", &LabelsEntryHolder::device)
        .def("print", &LabelsEntryHolder::print);
}
