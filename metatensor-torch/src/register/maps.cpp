#include "register.hpp"

#include <string>

#include <torch/script.h>

#include "../maps/array_lists.hpp"
#include "../maps/flat_arrays.hpp"
#include "../maps/host_labels.hpp"
#include "../maps/label_lists.hpp"
#include "../maps/leaves.hpp"
#include "../maps/plans.hpp"

using namespace metatensor_torch;

// this runs while the library is being loaded: global variables may not be there yet
static std::string qualified(const char* name) {
    return std::string("__torch__.torch.classes.metatensor.") + name;
}

static void register_leaves(torch::Library& library) {
    const auto tensor = qualified("TensorMap");
    const auto block = qualified("TensorBlock");
    const auto labels = qualified("Labels");

    library.def(("_leaves(" + tensor + " tensor) -> Tensor[]").c_str(), maps::leaves);
    library.def(("_leaves_per_block(" + tensor + " tensor) -> int").c_str(),
                maps::leaves_per_block);
    library.def(("_block_values(" + tensor + " tensor) -> Tensor[]").c_str(),
                maps::block_values);
    library.def(("_samples_of(" + tensor + " tensor) -> " + labels + "[]").c_str(),
                maps::samples_of);
    library.def(("_components_of(" + tensor + " tensor) -> " + labels + "[][]").c_str(),
                maps::components_of);
    library.def(("_properties_of(" + tensor + " tensor) -> " + labels + "[]").c_str(),
                maps::properties_of);
    library.def(
        ("_same_structure(" + tensor + " first, " + tensor + " second) -> bool").c_str(),
        maps::same_structure);
    library.def(("_same_axes(" + tensor + " first, " + tensor + " second, str[] axes) -> bool")
                    .c_str(),
                maps::same_axes);
    library.def(("_without_gradients(" + tensor + " tensor) -> " + tensor).c_str(),
                maps::without_gradients);
    library.def(("_with_arrays(" + tensor + " tensor, Tensor[] arrays) -> " + tensor).c_str(),
                maps::with_arrays);
    library.def(
        ("_block_with_arrays(" + block + " block, Tensor[] arrays) -> " + block).c_str(),
        maps::block_with_arrays);
    library.def(("_rebuild(" + tensor + " tensor, Tensor[] arrays, " + labels +
                 "[] samples, " + labels + "[] properties) -> " + tensor)
                    .c_str(),
                maps::rebuild);
    library.def(("_pick_blocks(" + tensor + " tensor, int[] positions, " + labels +
                 " keys, bool copy) -> " + tensor)
                    .c_str(),
                maps::pick_blocks);
}

static void register_label_lists(torch::Library& library) {
    const auto labels = qualified("Labels");
    const auto list = labels + "[]";

    library.def(("_all_known_on_host(" + list + " labels) -> bool").c_str(),
                maps::all_known_on_host);
    library.def(("_distinct_labels(" + list + " labels) -> (" + list + ", int[])").c_str(),
                maps::distinct_labels);
    library.def(
        ("_distinct_pairs(" + list + " labels, int[] others) -> (int[], int[])").c_str(),
        maps::distinct_pairs);
    library.def("_distinct_rows(int[][] columns) -> (int[], int[])", maps::distinct_rows);
    library.def(("_join_labels(" + list + "[] parts, str? add_dimension) -> " + list).c_str(),
                maps::join_labels);
    library.def(
        ("_insert_in_labels(" + list + " labels, int index, str name, int value) -> " + list)
            .c_str(),
        maps::insert_in_labels);
    library.def(
        ("_permute_labels(" + list + " labels, int[] dimensions_indexes) -> " + list).c_str(),
        maps::permute_labels);
    library.def(("_remove_from_labels(" + list + " labels, str name) -> " + list).c_str(),
                maps::remove_from_labels);
    library.def(
        ("_select_in_labels(" + list + " labels, " + labels + " selection) -> Tensor[]")
            .c_str(),
        maps::select_in_labels);
    library.def(("_take_from_labels(" + list + " labels, Tensor[] index) -> " + list).c_str(),
                maps::take_from_labels);
    library.def(
        ("_group_labels(" + list + " labels, int[] columns) -> (" + list + ", Tensor[])")
            .c_str(),
        maps::group_labels);
    library.def(("_sort_labels(" + list + " labels, bool descending) -> (" + list +
                 ", Tensor[], int[])")
                    .c_str(),
                maps::sort_labels);
}

static void register_array_lists(torch::Library& library) {
    library.def(
        "_gather_all(Tensor[] arrays, Tensor[] index, int[] where, int axis) -> Tensor[]",
        maps::gather_all);
    library.def("_concatenate_all(Tensor[][] arrays, int axis) -> Tensor[]",
                maps::concatenate_all);
    library.def("_combine_all(str operation, Tensor[] a, Tensor[] b) -> Tensor[]",
                maps::combine_all);
    library.def("_combine_all_with(str operation, Tensor[] a, float number) -> Tensor[]",
                maps::combine_all_with);
    library.def("_first_difference(Tensor[] a, Tensor[] b) -> int", maps::first_difference);
    library.def("_abs_all(Tensor[] arrays) -> Tensor[]", maps::abs_all);
    library.def("_full_like_all(Tensor[] arrays, float number) -> Tensor[]",
                maps::full_like_all);
    library.def("_detach_all(Tensor[] arrays) -> Tensor[]", maps::detach_all);
    library.def("_contiguous_all(Tensor[] arrays) -> Tensor[]", maps::contiguous_all);
    library.def("_requires_grad_all(Tensor[] arrays, bool requires_grad) -> Tensor[]",
                maps::requires_grad_all);
    library.def("_all_contiguous(Tensor[] arrays) -> bool", maps::all_contiguous);
}

static void register_plans(torch::Library& library) {
    const auto map = qualified("TensorMap");
    const auto labels = qualified("Labels");
    const auto define = [&](const std::string& name, const std::string& arguments,
                            const auto& function, const std::string& result) {
        library.def((name + "(" + arguments + ") -> " + result).c_str(), function);
    };
    const auto input = map + " tensor, str axis, ";
    const auto maybe = map + "?";
    define("_plan_reduce", input + "str[] dimensions, str reduction, str gradient_count",
           maps::plan_reduce, maybe);
    define("_plan_select", input + labels + "[] selections", maps::plan_select, map + "[]?");
    define("_plan_sort", map + " tensor, str[] axes, bool descending", maps::plan_sort, maybe);
    define("_plan_join", map + "[] tensors, str axis, str different_keys, str? add_dimension",
           maps::plan_join, maybe);
    define("_plan_insert", input + "int index, str name, int value", maps::plan_insert, maybe);
    define("_plan_permute", input + "int[] dimensions_indexes", maps::plan_permute, maybe);
    define("_plan_remove", input + "str name", maps::plan_remove, maybe);
    define("_plan_rename", input + "str old_name, str new_name", maps::plan_rename, maybe);
    define("_plan_filter", map + " tensor, " + labels + " keys, bool keep", maps::plan_filter,
           maybe);
    define("_plan_drop_empty", map + " tensor", maps::plan_drop_empty, maybe);
}

// Not for users: these are what the operations of metatensor.torch are made of. Scripted
// models contain them, so they can not be removed.
void metatensor_torch::register_maps(torch::Library& library) {
    register_leaves(library);
    register_label_lists(library);
    register_array_lists(library);
    register_plans(library);
}
