#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "metatensor/metadata.hpp"

namespace metatensor {

/// What an operation does to all blocks and gradients of a map, computed from its
/// metadata only: the metadata of the result, and what to do with each array. Whoever owns
/// the arrays executes the plan, and gives the new ones to `Metadata::with_arrays`.
///
/// Each leaf of a result is made by some steps, and each step does what one of the entries
/// says: `mts_plan_step_t` and `mts_plan_entry_t` of the C API.
///
/// Plans never change, and do not depend on what they were made from. All functions making
/// plans throw an `Error` for names and positions which do not exist, and if the result
/// would not be valid.
class Plan final {
public:
    /// Rows to select: those matching some labels, or those at some positions
    using Selection = std::variant<Labels, std::vector<int64_t>>;

    /// Sum, average, ... over some dimensions of the samples or properties.
    ///
    /// @param metadata metadata of the map
    /// @param axis `samples` or `properties`
    /// @param dimensions names of the dimensions to reduce
    static Plan reduce(const Metadata& metadata, const std::string& axis,
                       const std::vector<std::string>& dimensions) {
        const auto names = details::c_strings(dimensions, "dimension name");
        return Plan(mts_plan_reduce(metadata.as_mts_metadata_t(),
                                    details::c_string(axis, "axis"), names.data(),
                                    names.size()));
    }

    /// Take some of the samples or properties, once or many times: there is one result for
    /// each of the selections.
    ///
    /// @param metadata metadata of the map
    /// @param axis `samples` or `properties`
    /// @param selections labels with some of the dimensions, or positions
    static Plan select(const Metadata& metadata, const std::string& axis,
                       const std::vector<Selection>& selections) {
        auto raw = std::vector<mts_selection_t>();
        for (const auto& selection : selections) {
            if (const auto* labels = std::get_if<Labels>(&selection)) {
                raw.push_back({labels->as_mts_labels_t(), nullptr, 0});
            } else {
                const auto& positions = std::get<std::vector<int64_t>>(selection);
                raw.push_back({nullptr, positions.data(), positions.size()});
            }
        }
        return Plan(mts_plan_select(metadata.as_mts_metadata_t(),
                                    details::c_string(axis, "axis"), raw.data(), raw.size()));
    }

    /// Sort labels by all of their dimensions.
    ///
    /// @param metadata metadata of the map
    /// @param axes labels to sort: any of `samples`, `components`, `properties` and `keys`
    /// @param descending reverse the order of all these labels
    static Plan sort(const Metadata& metadata, const std::vector<std::string>& axes,
                     bool descending = false) {
        const auto names = details::c_strings(axes, "axis");
        return Plan(mts_plan_sort(metadata.as_mts_metadata_t(), names.data(), names.size(),
                                  descending));
    }

    /// Join the blocks of several maps with the same key along samples or properties.
    ///
    /// @param metadata metadata of each map, at least one
    /// @param axis `samples` or `properties`
    /// @param different_keys `error` if all maps must have the same keys, `intersection` to
    ///        join blocks which are in all maps, `union` to join all blocks
    /// @param add_dimension name of a last dimension with the index of the map, added to
    ///        the samples or properties; nothing is added without a name
    static Plan join(const std::vector<Metadata>& metadata, const std::string& axis,
                     const std::string& different_keys = "error",
                     const std::optional<std::string>& add_dimension = std::nullopt) {
        auto raw = std::vector<const mts_metadata_t*>();
        for (const auto& one : metadata) {
            raw.push_back(one.as_mts_metadata_t());
        }
        return Plan(mts_plan_join(
            raw.data(), raw.size(), details::c_string(axis, "axis"),
            details::c_string(different_keys, "choice for different keys"),
            add_dimension ? details::c_string(*add_dimension, "dimension name") : nullptr));
    }

    /// Insert a dimension in the keys, samples or properties.
    ///
    /// @param metadata metadata of the map
    /// @param axis `keys`, `samples` or `properties`
    /// @param index position of the new dimension; negative ones count from the end
    /// @param name name of the new dimension
    /// @param values value of each row, the same in all blocks; or one value for all rows
    static Plan insert_dimension(const Metadata& metadata, const std::string& axis,
                                 int64_t index, const std::string& name,
                                 const std::variant<int64_t, std::vector<int64_t>>& values) {
        const auto* constant = std::get_if<int64_t>(&values);
        const auto* rows = std::get_if<std::vector<int64_t>>(&values);
        return Plan(mts_plan_insert_dimension(
            metadata.as_mts_metadata_t(), details::c_string(axis, "axis"), index,
            details::c_string(name, "dimension name"),
            constant != nullptr ? constant : rows->data(),
            constant != nullptr ? 1 : rows->size(), constant != nullptr));
    }

    /// Change the order of the dimensions of the keys, samples or properties.
    ///
    /// @param metadata metadata of the map
    /// @param axis `keys`, `samples` or `properties`
    /// @param positions for each new dimension, its old position; negative ones count from
    ///        the end
    static Plan permute_dimensions(const Metadata& metadata, const std::string& axis,
                                   const std::vector<int64_t>& positions) {
        return Plan(mts_plan_permute_dimensions(metadata.as_mts_metadata_t(),
                                                details::c_string(axis, "axis"),
                                                positions.data(), positions.size()));
    }

    /// Remove a dimension of the keys, samples or properties; all rows must be distinct
    /// without it
    static Plan remove_dimension(const Metadata& metadata, const std::string& axis,
                                 const std::string& name) {
        return Plan(mts_plan_remove_dimension(metadata.as_mts_metadata_t(),
                                              details::c_string(axis, "axis"),
                                              details::c_string(name, "dimension name")));
    }

    /// Rename a dimension of the keys, samples, components or properties
    static Plan rename_dimension(const Metadata& metadata, const std::string& axis,
                                 const std::string& old_name, const std::string& new_name) {
        return Plan(mts_plan_rename_dimension(metadata.as_mts_metadata_t(),
                                              details::c_string(axis, "axis"),
                                              details::c_string(old_name, "dimension name"),
                                              details::c_string(new_name, "dimension name")));
    }

    /// Keep or drop the blocks whose key matches an entry of `keys`, which has some of the
    /// dimensions of the keys
    static Plan filter_blocks(const Metadata& metadata, const Labels& keys, bool keep = true) {
        return Plan(mts_plan_filter_blocks(metadata.as_mts_metadata_t(),
                                           keys.as_mts_labels_t(), keep));
    }

    /// Take the blocks at some positions, all different; negative ones count from the end
    static Plan pick_blocks(const Metadata& metadata, const std::vector<int64_t>& positions) {
        return Plan(mts_plan_pick_blocks(metadata.as_mts_metadata_t(), positions.data(),
                                         positions.size()));
    }

    /// Drop all blocks without samples or without properties
    static Plan drop_empty_blocks(const Metadata& metadata) {
        return Plan(mts_plan_drop_empty_blocks(metadata.as_mts_metadata_t()));
    }

    /// Take ownership of a C plan
    static Plan unsafe_from_ptr(mts_plan_t* plan) { return Plan(plan); }

    ~Plan() { mts_plan_free(plan_); }

    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    /// Take the content of `other`, which can not be used anymore
    Plan(Plan&& other) noexcept : plan_(std::exchange(other.plan_, nullptr)) {}

    /// Take the content of `other`, which can not be used anymore
    Plan& operator=(Plan&& other) noexcept {
        auto moved = Plan(std::move(other));
        std::swap(plan_, moved.plan_);
        return *this;
    }

    /// Get the number of results
    size_t results_count() const { return this->as_mts_plan_t()->results_count; }

    /// Get the metadata of a result.
    ///
    /// @throws Error if there are not enough results
    Metadata result(size_t index = 0) const {
        check_index(index, this->results_count(), "results");
        return Metadata::unsafe_from_ptr(mts_metadata_copy(plan_->results[index]));
    }

    /// Get the number of leaves of all results
    size_t leaves_count() const { return this->as_mts_plan_t()->leaves_count; }

    /// Get the steps which make the array of a leaf. Leaves of the second result come after
    /// all of those of the first one, and so on.
    ///
    /// @throws Error if there are not enough leaves
    std::vector<mts_plan_step_t> steps(size_t leaf) const {
        check_index(leaf, this->leaves_count(), "leaves");
        const auto start = plan_->leaves_starts[leaf];
        const auto end = plan_->leaves_starts[leaf + 1];
        return start == end
                   ? std::vector<mts_plan_step_t>()
                   : std::vector<mts_plan_step_t>(plan_->steps + start, plan_->steps + end);
    }

    /// Get what a step of this plan does.
    ///
    /// @throws Error if the step is from another plan with more entries
    const mts_plan_entry_t& entry(const mts_plan_step_t& step) const {
        const auto index = static_cast<size_t>(step.entry);
        check_index(index, this->as_mts_plan_t()->entries_count, "entries");
        return plan_->entries[index];
    }

    /// Get the indices which start at this position, which is a member of an entry;
    /// nullptr for the position -1 of what does not exist. Valid as long as this plan.
    ///
    /// @throws Error if there are not enough indices
    const int64_t* indices(int64_t position) const {
        if (position == -1) {
            return nullptr;
        }
        const auto index = static_cast<size_t>(position);
        const auto count = this->as_mts_plan_t()->indices_count;
        if (index != count) {
            check_index(index, count, "indices");
        }
        return plan_->indices + index;
    }

    /// Get the C plan, which still belongs to this object
    const mts_plan_t* as_mts_plan_t() const {
        if (plan_ == nullptr) {
            throw Error("this plan was moved, it can not be used");
        }
        return plan_;
    }

private:
    explicit Plan(mts_plan_t* plan) : plan_(plan) { details::check_pointer(plan_); }

    static void check_index(size_t index, size_t count, const char* what) {
        if (index >= count) {
            throw Error("index out of bounds: got " + std::to_string(index) +
                        ", but there are only " + std::to_string(count) + " " + what);
        }
    }

    mts_plan_t* plan_;
};

} // namespace metatensor
