#include "register.hpp"

// torch aborts if a namespace is registered twice: a process can only contain
// one copy of this library, which the Python loader makes sure of.
TORCH_LIBRARY(metatensor, library) {
    metatensor_torch::register_labels_entry(library);
    metatensor_torch::register_labels(library);
    metatensor_torch::register_block(library);
    metatensor_torch::register_tensor(library);
    metatensor_torch::register_operators(library);
    metatensor_torch::register_maps(library);
}
