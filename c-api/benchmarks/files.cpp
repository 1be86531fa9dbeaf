// Saving to and loading from memory.
#include "benchmarks.hpp"

using namespace metatensor;

void add_file_benchmarks() {
    benchmarks().push_back({"io/save_buffer/16x1000x50", []() -> std::function<void()> {
                                auto tensor =
                                    std::make_shared<TensorMap>(make_tensor(4, 1000, 50));
                                return [tensor] { keep(tensor->save_buffer()); };
                            }});
    benchmarks().push_back({"io/load_buffer/16x1000x50", []() -> std::function<void()> {
                                auto bytes = make_tensor(4, 1000, 50).save_buffer();
                                return [bytes] { keep(TensorMap::load_buffer(bytes)); };
                            }});
    benchmarks().push_back({"io/load_buffer/900x10x5", []() -> std::function<void()> {
                                auto bytes = make_tensor(30, 10, 5).save_buffer();
                                return [bytes] { keep(TensorMap::load_buffer(bytes)); };
                            }});
}
