#include <iostream>
#include <string>

#include <metatensor/torch.hpp>

int main() {
    const auto labels = metatensor_torch::LabelsHolder::create({"a", "b"}, {{0, 1}, {2, 3}});
    const auto version = metatensor_torch::version();
    std::cout << "metatensor-torch " << version << "\n" << labels->repr() << "\n";
    const bool same_version =
        version == EXPECTED_VERSION && version == METATENSOR_TORCH_VERSION;
    return same_version && labels->column("b")[1].item<int32_t>() == 3 ? 0 : 1;
}
