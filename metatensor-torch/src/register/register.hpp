#ifndef METATENSOR_TORCH_REGISTER_HPP
#define METATENSOR_TORCH_REGISTER_HPP

#include <torch/library.h>

// One function per TorchScript class. The qualified names of the classes, their
// methods and the schemas of these are written in archives: they can only grow.
namespace metatensor_torch {

void register_labels_entry(torch::Library& library);
void register_labels(torch::Library& library);
void register_block(torch::Library& library);
void register_tensor(torch::Library& library);
void register_operators(torch::Library& library);
void register_maps(torch::Library& library);

} // namespace metatensor_torch

#endif
