#include <memory>
#include <string>

#include <metatensor/torch.hpp>

#include "check.hpp"

using namespace metatensor_torch;
using metatensor::details::UniqueDLPack;

namespace {

constexpr auto CPU = DLDevice{kDLCPU, 0};
constexpr auto VERSION = DLPackVersion{DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};

const auto ALL_DTYPES = std::vector<torch::ScalarType>{
    torch::kFloat16,       torch::kFloat32, torch::kFloat64,     torch::kBFloat16,
    torch::kInt8,          torch::kInt16,   torch::kInt32,       torch::kInt64,
    torch::kUInt8,         torch::kBool,    torch::kComplexHalf, torch::kComplexFloat,
    torch::kComplexDouble,
};

metatensor::MtsArray to_mts(torch::Tensor tensor) {
    return metatensor::DataArrayBase::to_mts_array(
        std::make_unique<TorchDataArray>(std::move(tensor)));
}

const torch::Tensor& tensor_of(const metatensor::DataArrayBase& array) {
    return dynamic_cast<const TorchDataArray&>(array).tensor();
}

void origin() {
    const auto array = TorchDataArray(torch::zeros({2, 3}));
    CHECK(array.origin() == TORCH_DATA_ORIGIN);
    char name[64] = {0};
    CHECK(mts_get_data_origin(array.origin(), name, sizeof(name)) == MTS_SUCCESS);
    CHECK(std::string(name) == "metatensor_torch::TorchDataArray");
}

void shapes() {
    auto array = TorchDataArray(torch::arange(24).reshape({2, 3, 4}));
    CHECK(array.shape() == std::vector<uintptr_t>{2, 3, 4});
    array.swap_axes(0, 2);
    CHECK(array.shape() == std::vector<uintptr_t>{4, 3, 2});
    CHECK(array.tensor()[1][2][1].item<int64_t>() == 21);
    array.reshape({2, 12});
    CHECK(array.shape() == std::vector<uintptr_t>{2, 12});
    CHECK(array.tensor()[0][1].item<int64_t>() == 12);
    CHECK_THROWS(c10::Error, "", (array.reshape({5}), 0));
    CHECK(TorchDataArray(torch::tensor(3.0)).shape().empty());
}

void devices() {
    CHECK(TorchDataArray(torch::zeros({2})).device().device_type == kDLCPU);
    const auto meta = TorchDataArray(torch::zeros({2}, torch::kMeta));
    CHECK(meta.device().device_type == kDLExtDev);
    CHECK(TorchDataArray(torch::eye(2).to_sparse()).device().device_type == kDLExtDev);

    CHECK(dlpack_device_to_torch({kDLCUDA, 3}) == torch::Device(torch::kCUDA, 3));
    CHECK(dlpack_device_to_torch({kDLCUDAHost, 0}) == torch::Device(torch::kCPU));
    CHECK(dlpack_device_to_torch({kDLExtDev, 0}) == torch::Device(torch::kMeta));
    CHECK_THROWS(metatensor::Error, "DLPack", dlpack_device_to_torch({kDLMAIA, 0}));

    const auto source = torch::rand({2, 3});
    const auto array = TorchDataArray(source);
    const auto copied = array.copy(CPU);
    CHECK(torch::equal(tensor_of(*copied), source));
    CHECK(tensor_of(*copied).data_ptr() != source.data_ptr());
    CHECK(tensor_of(*array.copy({kDLExtDev, 0})).is_meta());

    // copies are differentiable
    const auto leaf = torch::rand({2}, torch::requires_grad());
    const auto copy = TorchDataArray(leaf).copy(CPU);
    CHECK(tensor_of(*copy).requires_grad());
}

void dtypes() {
    for (const auto dtype : ALL_DTYPES) {
        const auto array = TorchDataArray(torch::zeros({2, 3}, dtype));
        CHECK(array.dtype().lanes == 1);
        CHECK(array.dtype().bits == 8 * c10::elementSize(dtype));
        const auto created = array.create({3, 2}, to_mts(torch::ones({}, dtype)));
        CHECK(tensor_of(*created).scalar_type() == dtype);
        CHECK(created->shape() == std::vector<uintptr_t>{3, 2});
        const auto back = tensor_of(*created).to(torch::kComplexDouble);
        CHECK(torch::equal(back, torch::ones({3, 2}, torch::kComplexDouble)));

        auto loaded = mts_array_t();
        const uintptr_t shape[] = {2, 1};
        CHECK(details::create_torch_array(shape, 2, array.dtype(), &loaded) == MTS_SUCCESS);
        CHECK(metatensor::MtsArray(loaded).shape() == std::vector<uintptr_t>{2, 1});
    }

    const auto unknown = TorchDataArray(torch::zeros({2}, torch::kFloat8_e4m3fn));
    CHECK_THROWS(metatensor::Error, "torch.float8_e4m3fn", unknown.dtype());

    auto array = mts_array_t();
    const auto vectors = DLDataType{kDLFloat, 32, 4};
    CHECK(details::create_torch_array(nullptr, 0, vectors, &array) == MTS_CALLBACK_ERROR);

    const auto floats = TorchDataArray(torch::zeros({2}));
    CHECK_THROWS(std::runtime_error, "torch.float32, got torch.float64",
                 floats.create({2}, to_mts(torch::tensor(1.0, torch::kFloat64))));
    CHECK_THROWS(std::runtime_error, "scalar", floats.create({2}, to_mts(torch::zeros({1}))));
    // fill values from other libraries
    auto fill = metatensor::DataArrayBase::to_mts_array(
        std::make_unique<metatensor::SimpleDataArray<float>>(std::vector<uintptr_t>{}, 4.0F));
    CHECK(tensor_of(*floats.create({1}, std::move(fill))).item<float>() == 4.0F);
}

void dlpack_export() {
    auto tensor = torch::arange(12, torch::kFloat32).reshape({3, 4});
    auto sliced = TorchDataArray(tensor.slice(0, 0, 3, 2).transpose(0, 1));
    auto exported = UniqueDLPack(sliced.as_dlpack(CPU, nullptr, VERSION));
    CHECK(exported->flags == 0);
    CHECK(exported->version.major == 1 && exported->version.minor == 3);
    CHECK(exported->dl_tensor.data == tensor.data_ptr());
    CHECK(exported->dl_tensor.ndim == 2);
    CHECK(exported->dl_tensor.shape[0] == 4 && exported->dl_tensor.shape[1] == 2);
    CHECK(exported->dl_tensor.strides[0] == 1 && exported->dl_tensor.strides[1] == 8);

    // the memory lives as long as the export
    auto array = std::make_unique<TorchDataArray>(torch::full({2}, 3.0F));
    exported.reset(array->as_dlpack(CPU, nullptr, {1, 0}));
    array.reset();
    CHECK(static_cast<float*>(exported->dl_tensor.data)[1] == 3.0F);
    CHECK(exported->version.minor == 0);

    CHECK_THROWS(metatensor::Error, "1.3", sliced.as_dlpack(CPU, nullptr, {2, 0}));
    CHECK_THROWS(metatensor::Error, "2.0", sliced.as_dlpack(CPU, nullptr, {2, 0}));
    const int64_t stream = 0;
    CHECK_THROWS(metatensor::Error, "null", sliced.as_dlpack(CPU, &stream, VERSION));

    auto meta = TorchDataArray(torch::zeros({2}, torch::kMeta));
    CHECK_THROWS(metatensor::Error, "without data", meta.as_dlpack(CPU, nullptr, VERSION));

    auto conjugate = TorchDataArray(torch::tensor({c10::complex<float>(1, 2)}).conj());
    exported.reset(conjugate.as_dlpack(CPU, nullptr, VERSION));
    CHECK(static_cast<float*>(exported->dl_tensor.data)[1] == -2.0F);
}

void dlpack_import() {
    for (const auto dtype : ALL_DTYPES) {
        const auto source = torch::arange(6).to(dtype).reshape({2, 3}).transpose(0, 1);
        auto array = TorchDataArray(source);
        // from any dtype, not only the one of the array
        const auto target = TorchDataArray(torch::zeros({2}));
        const auto imported = target.from_dlpack(array.as_dlpack(CPU, nullptr, VERSION));
        CHECK(imported->origin() == TORCH_DATA_ORIGIN);
        CHECK(tensor_of(*imported).scalar_type() == dtype);
        CHECK(tensor_of(*imported).data_ptr() == source.data_ptr());
        CHECK(tensor_of(*imported).strides() == source.strides());
    }

    // round trip with another library, the memory is kept alive
    auto simple = std::make_unique<metatensor::SimpleDataArray<double>>(
        std::vector<uintptr_t>{2, 2}, std::vector<double>{1, 2, 3, 4});
    const auto target = TorchDataArray(torch::zeros({2}));
    const auto imported = target.from_dlpack(simple->as_dlpack(CPU, nullptr, VERSION));
    simple.reset();
    CHECK(tensor_of(*imported)[1][0].item<double>() == 3.0);

    CHECK_THROWS(metatensor::Error, "null", target.from_dlpack(nullptr));
    // what can not be imported is still consumed
    static bool deleted = false;
    auto old = DLManagedTensorVersioned();
    old.version = {0, 8};
    old.deleter = [](DLManagedTensorVersioned* /*self*/) { deleted = true; };
    CHECK_THROWS(metatensor::Error, "0.8", target.from_dlpack(&old));
    CHECK(deleted);
}

void move_data() {
    const auto input = TorchDataArray(torch::arange(12, torch::kFloat32).reshape({2, 2, 3}));
    auto output = TorchDataArray(torch::zeros({3, 2, 4}));
    // a range of samples, a list of samples, and several sets of properties
    output.move_data(input, {{0, 1, 0, 1, 3}, {1, 2, 0, 1, 3}});
    CHECK(torch::equal(output.tensor().slice(0, 1, 3).slice(2, 1, 4), input.tensor()));
    CHECK(output.tensor()[0].abs().sum().item<float>() == 0.0F);

    output = TorchDataArray(torch::zeros({3, 2, 4}));
    output.move_data(input, {{1, 0, 0, 0, 3}, {0, 2, 0, 0, 3}});
    CHECK(torch::equal(output.tensor()[0].slice(1, 0, 3), input.tensor()[1]));
    CHECK(torch::equal(output.tensor()[2].slice(1, 0, 3), input.tensor()[0]));

    output = TorchDataArray(torch::zeros({3, 2, 4}));
    output.move_data(input, {{0, 0, 2, 3, 1}, {0, 0, 0, 0, 2}, {1, 1, 2, 3, 1}});
    CHECK(output.tensor()[0][1][3].item<float>() == 5.0F);
    CHECK(output.tensor()[0][1][1].item<float>() == 4.0F);
    CHECK(output.tensor()[1][0][3].item<float>() == 8.0F);
    CHECK(output.tensor()[1][0][0].item<float>() == 0.0F);

    output.move_data(input, {});
    auto meta = TorchDataArray(torch::zeros({3, 2, 4}, torch::kMeta));
    meta.move_data(TorchDataArray(torch::zeros({2, 2, 3}, torch::kMeta)), {{0, 0, 0, 0, 1}});

    CHECK_THROWS(metatensor::Error, "bounds", (output.move_data(input, {{2, 0, 0, 0, 1}}), 0));
    CHECK_THROWS(metatensor::Error, "bounds", (output.move_data(input, {{0, 0, 1, 0, 3}}), 0));
    CHECK_THROWS(metatensor::Error, "bounds", (output.move_data(input, {{0, 3, 0, 0, 1}}), 0));
    const auto other = TorchDataArray(torch::zeros({2, 3, 3}));
    CHECK_THROWS(metatensor::Error, "components", (output.move_data(other, {{}}), 0));
    const auto simple = metatensor::SimpleDataArray<float>({2, 2, 3});
    CHECK_THROWS(metatensor::Error, "torch", (output.move_data(simple, {}), 0));
}

void move_data_dtypes_and_gradients() {
    for (const auto dtype : ALL_DTYPES) {
        const auto input = TorchDataArray(torch::arange(4).to(dtype).reshape({4, 1}));
        const auto target = TorchDataArray(torch::zeros({1}, dtype));
        auto output = target.create({4, 1}, to_mts(torch::zeros({}, dtype)));
        output->move_data(input, {{0, 3, 0, 0, 1}, {2, 0, 0, 0, 1}, {3, 1, 0, 0, 1}});
        const auto expected = torch::tensor({2, 3, 0, 0}).to(dtype).reshape({4, 1});
        const auto wide = torch::kComplexDouble;
        CHECK(torch::equal(tensor_of(*output).to(wide), expected.to(wide)));
    }

    const auto leaf = torch::rand({3, 2}, torch::requires_grad());
    const auto input = TorchDataArray(leaf * 2);
    const auto output = input.create({2, 3}, to_mts(torch::tensor(0.0F)));
    output->move_data(input, {{2, 0, 0, 1, 2}, {0, 1, 0, 1, 2}});
    tensor_of(*output).sum().backward();
    CHECK(torch::equal(leaf.grad(), torch::tensor({{2.F, 2.F}, {0.F, 0.F}, {2.F, 2.F}})));
}

void cuda() {
    if (!torch::hasCUDA()) {
        return;
    }
    const auto source = torch::rand({3, 4}, torch::kCUDA);
    auto array = TorchDataArray(source);
    CHECK(array.device().device_type == kDLCUDA);
    for (const int64_t stream : {-1, 1, 2}) {
        auto exported = UniqueDLPack(array.as_dlpack({kDLCUDA, 0}, &stream, VERSION));
        CHECK(exported->dl_tensor.data == source.data_ptr());
    }
    auto exported = UniqueDLPack(array.as_dlpack(CPU, nullptr, VERSION));
    CHECK(exported->dl_tensor.device.device_type == kDLCPU);
    const auto imported = array.from_dlpack(array.as_dlpack({kDLCUDA, 0}, nullptr, VERSION));
    CHECK(tensor_of(*imported).device() == source.device());

    auto output = array.create({3, 4}, to_mts(torch::tensor(0.0F)));
    output->move_data(array, {{0, 2, 0, 0, 4}, {2, 1, 0, 0, 4}});
    CHECK(torch::equal(tensor_of(*output)[1], source[2]));
}

} // namespace

int main() {
    return check::run({
        TEST(origin),
        TEST(shapes),
        TEST(devices),
        TEST(dtypes),
        TEST(dlpack_export),
        TEST(dlpack_import),
        TEST(move_data),
        TEST(move_data_dtypes_and_gradients),
        TEST(cuda),
    });
}
