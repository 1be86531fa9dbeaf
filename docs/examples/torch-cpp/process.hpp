// What is in this process: used to show that there is no Python in it.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>

namespace process {

/// Is some shared library with this in its name mapped in this process?
///
/// @throws std::runtime_error if the system does not tell
inline bool is_mapped(const std::string& name) {
    auto maps = std::ifstream("/proc/self/maps");
    if (!maps) {
        throw std::runtime_error("can not read /proc/self/maps");
    }
    for (std::string line; std::getline(maps, line);) {
        if (line.find(name) != std::string::npos) {
            return true;
        }
    }
    return false;
}

/// @throws std::runtime_error if there is a Python interpreter in this process
inline void check_no_python() {
#ifdef __linux__
    // is_mapped has to be able to find something
    if (!is_mapped("libtorch_cpu") || !is_mapped("libmetatensor_torch")) {
        throw std::runtime_error("libtorch_cpu and libmetatensor_torch should be there");
    }
    for (const auto* name : {"libpython", "libtorch_python"}) {
        if (is_mapped(name)) {
            throw std::runtime_error("there is a Python interpreter in this process: " +
                                     std::string(name) + " is mapped");
        }
    }
#endif
}

} // namespace process
