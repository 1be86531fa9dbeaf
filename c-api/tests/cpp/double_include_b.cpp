// See double_include_a.cpp
#include "metatensor.hpp"
#include "metatensor/io.hpp"

size_t other_file(const metatensor::TensorMap& tensor);

size_t other_file(const metatensor::TensorMap& tensor) {
    return tensor.save_buffer().size();
}
