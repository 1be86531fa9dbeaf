#include "buffer.hpp"
#include "metatensor/torch/labels.hpp"

using namespace metatensor_torch;

Labels LabelsHolder::load(const std::string& path) {
    return torch::make_intrusive<LabelsHolder>(metatensor::io::load_labels(path));
}

Labels LabelsHolder::load_buffer(torch::Tensor buffer) {
    details::check_buffer(buffer);
    return torch::make_intrusive<LabelsHolder>(metatensor::io::load_labels_buffer(
        buffer.const_data_ptr<uint8_t>(), static_cast<size_t>(buffer.size(0))));
}

void LabelsHolder::save(const std::string& path) const {
    metatensor::io::save(path, this->as_metatensor());
}

torch::Tensor LabelsHolder::save_buffer() const {
    return details::buffer_to_tensor(metatensor::io::save_buffer(this->as_metatensor()));
}
