// The headers can be included twice, in two files of the same program
#include "metatensor.hpp"

size_t other_file(const metatensor::TensorMap& tensor);

int main() {
    auto tensor = metatensor::TensorMap(metatensor::Labels({"k"}), {});
    return other_file(tensor) == tensor.save_buffer().size() ? 0 : 1;
}
