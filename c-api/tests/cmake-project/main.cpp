// Uses the library from a C++ program
#include <metatensor.hpp>

int main() {
    auto labels = metatensor::Labels({"name"}, {{1}, {2}});
    return labels.position({2}) == 1 ? 0 : 1;
}
