#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/arrays.hpp"
#include "metatensor/io_fwd.hpp"
#include "metatensor/labels_values.hpp"

namespace metatensor_torch {
class LabelsHolder;
}

namespace metatensor {

/// Tag for the constructors of `Labels` which do not check that all the entries
/// are different.
struct assume_unique {};

struct LabelsGroups;

/// A set of unique entries (rows) made of named 32-bit integers (dimensions), used
/// to carry metadata. Labels are immutable and reference counted: copies are cheap
/// and can be used from any thread.
///
/// All functions throw `Error` for labels which were moved from or released.
class Labels final {
public:
    /// Create labels from an array of shape `(count, dimensions.size())` containing
    /// `int32_t`, without copying it.
    ///
    /// @throws Error if the names or the shape are not valid, or if an entry is
    ///         there twice
    Labels(const std::vector<std::string>& dimensions, MtsArray values)
        : Labels(create(dimensions, std::move(values), mts_labels)) {}

    /// Create labels from an array on any device, without checking the entries.
    ///
    /// @throws Error if the names or the shape are not valid
    Labels(const std::vector<std::string>& dimensions, MtsArray values, assume_unique /*tag*/)
        : Labels(create(dimensions, std::move(values), mts_labels_assume_unique)) {}

    /// Create labels from a list of entries, as `Labels({"i", "j"}, {{0, 1}, {2, 3}})`.
    ///
    /// @throws Error if an entry does not have one value for each dimension, if the
    ///         names are not valid, or if an entry is there twice
    Labels(const std::vector<std::string>& dimensions,
           std::initializer_list<std::initializer_list<int32_t>> values)
        : Labels(dimensions, details::labels_array(values, dimensions.size())) {}

    /// Create labels with the given dimensions and no entries
    ///
    /// @throws Error if the names are not valid
    explicit Labels(const std::vector<std::string>& dimensions)
        : Labels(dimensions, static_cast<const int32_t*>(nullptr), 0, assume_unique{}) {}

    /// Create labels, copying `count * dimensions.size()` integers from `values`.
    ///
    /// @throws Error if the names are not valid, or if an entry is there twice
    Labels(const std::vector<std::string>& dimensions, const int32_t* values, size_t count)
        : Labels(dimensions, details::labels_array(values, count, dimensions.size())) {}

    /// Create labels, copying `count * dimensions.size()` integers from `values` and
    /// without checking the entries.
    ///
    /// @throws Error if the names are not valid
    Labels(const std::vector<std::string>& dimensions, const int32_t* values, size_t count,
           assume_unique tag)
        : Labels(dimensions, details::labels_array(values, count, dimensions.size()), tag) {}

    ~Labels() { mts_labels_free(labels_); }

    /// Make a new reference to the same labels
    Labels(const Labels& other) : labels_(mts_labels_clone(other.as_mts_labels_t())) {
        details::check_pointer(labels_);
    }

    /// Make a new reference to the same labels
    Labels& operator=(const Labels& other) {
        auto copy = Labels(other);
        std::swap(labels_, copy.labels_);
        return *this;
    }

    /// Take the labels of `other`, which can not be used anymore
    Labels(Labels&& other) noexcept : labels_(std::exchange(other.labels_, nullptr)) {}

    /// Take the labels of `other`, which can not be used anymore
    Labels& operator=(Labels&& other) noexcept {
        auto moved = Labels(std::move(other));
        std::swap(labels_, moved.labels_);
        return *this;
    }

    /// Get the names of the dimensions, valid as long as the labels. There are no
    /// names in labels which were moved from or released.
    std::vector<const char*> names() const {
        if (labels_ == nullptr) {
            return {};
        }
        auto raw = this->raw_names();
        return std::vector<const char*>(raw.first, raw.first + raw.second);
    }

    /// Get the device of the values
    DLDevice device() const { return this->mts_array().device(); }

    /// Get the number of entries
    size_t count() const {
        const auto shape = details::array_shape(this->mts_array().as_mts_array_t());
        return shape.second == 0 ? 0 : shape.first[0];
    }

    /// Get the number of dimensions
    size_t size() const { return this->raw_names().second; }

    /// Get the position of an entry, if it is in these labels.
    ///
    /// @throws Error if there is not one value for each dimension
    std::optional<size_t> position(std::initializer_list<int32_t> entry) const {
        return this->position(entry.begin(), entry.size());
    }

    /// Get the position of an entry, if it is in these labels.
    ///
    /// @throws Error if there is not one value for each dimension
    template <size_t N>
    std::optional<size_t> position(const std::array<int32_t, N>& entry) const {
        return this->position(entry.data(), entry.size());
    }

    /// Get the position of an entry, if it is in these labels.
    ///
    /// @throws Error if there is not one value for each dimension
    std::optional<size_t> position(const std::vector<int32_t>& entry) const {
        return this->position(entry.data(), entry.size());
    }

    /// Get the position of an entry with `length` values, if it is in these labels.
    ///
    /// @throws Error if there is not one value for each dimension
    std::optional<size_t> position(const int32_t* entry, size_t length) const;

    /// Get a view of the array containing the values, valid as long as the labels
    /// and which must not be modified.
    MtsArray mts_array() const {
        auto array = mts_array_t();
        details::check_status(mts_labels_values(this->as_mts_labels_t(), &array));
        return MtsArray(array);
    }

    /// Get the values of shape `(count, size)` on the given device.
    ///
    /// @param device device of the values, they are copied there if needed
    /// @param stream stream to synchronize with, NULL for the default one
    DLPackArray<int32_t> values(DLDevice device = {kDLCPU, 0},
                                const int64_t* stream = nullptr) const {
        return this->mts_array().as_dlpack_array<int32_t>(
            device, stream, {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION});
    }

    /// Get a read-only view of the values on CPU, of shape `(count, size)` and valid
    /// as long as the labels. Values on other devices are copied once.
    NDArray<int32_t> values_cpu() const;

    /// Get the entries of these labels followed by the entries of `other` which are
    /// not in these labels.
    ///
    /// The mappings, if not NULL, are set to the position in the result of each
    /// entry of these labels (`first`) and of `other` (`second`).
    ///
    /// @throws Error if the dimensions differ, or for mappings of the wrong size
    Labels set_union(const Labels& other, int64_t* first_mapping = nullptr,
                     size_t first_mapping_count = 0, int64_t* second_mapping = nullptr,
                     size_t second_mapping_count = 0) const;

    /// Same as above, with mappings in vectors whose size is the number of entries;
    /// or which are empty if they are not needed.
    Labels set_union(const Labels& other, std::vector<size_t>& first_mapping,
                     std::vector<size_t>& second_mapping) const;

    /// Get the entries present both in these labels and in `other`, in the order of
    /// the one with fewer entries.
    ///
    /// The mappings, if not NULL, are set to the position in the result (or -1) of
    /// each entry of these labels (`first`) and of `other` (`second`).
    ///
    /// @throws Error if the dimensions differ, or for mappings of the wrong size
    Labels set_intersection(const Labels& other, int64_t* first_mapping = nullptr,
                            size_t first_mapping_count = 0, int64_t* second_mapping = nullptr,
                            size_t second_mapping_count = 0) const;

    /// Same as above, with mappings in vectors whose size is the number of entries;
    /// or which are empty if they are not needed.
    Labels set_intersection(const Labels& other,
                            std::vector<std::optional<size_t>>& first_mapping,
                            std::vector<std::optional<size_t>>& second_mapping) const;

    /// Get the entries of these labels which are not in `other`.
    ///
    /// The mapping, if not NULL, is set to the position in the result (or -1) of
    /// each entry of these labels.
    ///
    /// @throws Error if the dimensions differ, or for a mapping of the wrong size
    Labels set_difference(const Labels& other, int64_t* first_mapping = nullptr,
                          size_t first_mapping_count = 0) const;

    /// Same as above, with the mapping in a vector whose size is the number of
    /// entries; or which is empty if it is not needed.
    Labels set_difference(const Labels& other,
                          std::vector<std::optional<size_t>>& first_mapping) const;

    /// Find the entries which match one of the entries of `selection`, comparing
    /// only the dimensions of the selection. The positions are in the order of the
    /// selection if it has exactly the same dimensions, and sorted otherwise.
    ///
    /// @param selection entries to look for
    /// @param selected set to the positions of the selected entries
    /// @param selected_count size of `selected`, must be the number of entries in
    ///        these labels; set to the number of selected entries
    /// @throws Error if a dimension of the selection is not in these labels
    void select(const Labels& selection, uint64_t* selected, size_t* selected_count) const;

    /// Find the entries which match one of the entries of `selection`, as above.
    ///
    /// @throws Error if a dimension of the selection is not in these labels
    std::vector<uint64_t> select(const Labels& selection) const;

    /// Get the positions of many entries in one call; -1 for the ones which are not there.
    ///
    /// @param entries values of all the entries, one entry after the other
    /// @param count number of entries
    std::vector<int64_t> positions(const int32_t* entries, size_t count) const;

    /// Same as above, with all the values in a vector.
    ///
    /// @throws Error if there is not one value for each dimension in all entries
    std::vector<int64_t> positions(const std::vector<int32_t>& entries) const;

    /// Are the entries in lexicographic order?
    bool is_sorted() const;

    /// Get the positions of the entries in lexicographic order
    std::vector<int64_t> argsort(bool descending = false) const;

    /// Make labels with the entries at some positions, in this order.
    ///
    /// @throws Error if there are not enough entries, or for an entry taken twice
    Labels take(const std::vector<int64_t>& positions) const;

    /// Get the columns of a one-hot encoding: for each entry, the position of its value of
    /// one dimension among all possible values.
    ///
    /// @param dimension the possible values, labels with a single dimension
    /// @throws Error if there is no such dimension, or if values are missing
    std::vector<int64_t> one_hot(const Labels& dimension) const;

    /// Group the entries which are equal in some of the dimensions.
    ///
    /// @param dimensions dimensions to look at, in the order wanted in the result
    /// @param sorted put the groups in lexicographic order, instead of the order in which
    ///        they first appear
    /// @throws Error if there are no dimensions, or one which does not exist
    LabelsGroups group_by(const std::vector<std::string>& dimensions,
                          bool sorted = false) const;

    /// Make labels with each different row of an array, which can be there many times.
    ///
    /// @param dimensions names of the dimensions
    /// @param values array of shape `(count, dimensions.size())` containing `int32_t`
    /// @param sorted put the entries in lexicographic order, instead of the order in which
    ///        they first appear
    /// @returns the labels, and the position of each row of the array inside of them
    /// @throws Error if the names or the shape are not valid
    static std::pair<Labels, std::vector<int64_t>>
    unique(const std::vector<std::string>& dimensions, MtsArray values, bool sorted = false);

    /// Make labels with a new dimension at some position.
    ///
    /// @param position from 0 to the number of dimensions
    /// @param dimension name of the new dimension
    /// @param values one value for each entry, or a single one for all
    /// @throws Error if the name, the position or the number of values is not valid
    Labels insert(size_t position, const std::string& dimension,
                  const std::vector<int32_t>& values) const;

    /// Make labels with a new dimension after the others, with the parameters of `insert`
    Labels append(const std::string& dimension, const std::vector<int32_t>& values) const;

    /// Make labels without some of the dimensions.
    ///
    /// @throws Error for dimensions which do not exist, or if the entries are not different
    ///         without them
    Labels remove(const std::vector<std::string>& dimensions) const;

    /// Make labels with another name for a dimension.
    ///
    /// @throws Error if there is no such dimension, or if the name is not valid
    Labels rename(const std::string& old_name, const std::string& new_name) const;

    /// Make labels with the dimensions in another order.
    ///
    /// @param order for each dimension of the result, its position in these labels
    /// @throws Error if one of the dimensions is missing
    Labels permute(const std::vector<uintptr_t>& order) const;

    /// Get the C labels, which still belong to this object
    const mts_labels_t* as_mts_labels_t() const {
        if (labels_ == nullptr) {
            throw Error("these labels were moved or released, they can not be used");
        }
        return labels_;
    }

    /// Take ownership of one reference to C labels
    static Labels unsafe_from_ptr(const mts_labels_t* labels) { return Labels(labels); }

    /// Give the ownership of this reference to the C labels to the caller. These
    /// labels can not be used anymore.
    const mts_labels_t* release() {
        const auto* labels = this->as_mts_labels_t();
        labels_ = nullptr;
        return labels;
    }

    /// Load labels from the file at `path`
    static Labels load(const std::string& path);
    /// Load labels from `count` bytes
    static Labels load_buffer(const uint8_t* buffer, size_t count);
    /// Load labels from any container of bytes, see `io::load_labels_buffer`
    template <typename Buffer>
    static Labels load_buffer(const Buffer& buffer);
    /// Save these labels to the file at `path`, replacing it if it exists
    void save(const std::string& path) const;
    /// Save these labels to a vector of bytes
    std::vector<uint8_t> save_buffer() const;
    /// Save these labels to another type of buffer, see `io::save_buffer`
    template <typename Buffer>
    Buffer save_buffer() const;

    /// Do the labels have the same dimensions, and the same entries in the same
    /// order? The devices are not compared.
    friend bool operator==(const Labels& lhs, const Labels& rhs) {
        return lhs.has_same_entries(rhs);
    }

    /// Do the labels have different dimensions or entries?
    friend bool operator!=(const Labels& lhs, const Labels& rhs) { return !(lhs == rhs); }

private:
    friend class TensorBlock;
    friend class TensorMap;
    friend class metatensor_torch::LabelsHolder;

    explicit Labels(const mts_labels_t* labels) noexcept : labels_(labels) {}

    std::pair<const char* const*, size_t> raw_names() const {
        const char* const* names = nullptr;
        uintptr_t count = 0;
        details::check_status(mts_labels_dimensions(this->as_mts_labels_t(), &names, &count));
        return {names, count};
    }

    static const mts_labels_t* create(const std::vector<std::string>& dimensions,
                                      MtsArray values, decltype(&mts_labels) function);

    Labels combine(decltype(&mts_labels_union) function, const Labels& other, int64_t* first,
                   size_t first_count, int64_t* second, size_t second_count) const;

    bool has_same_entries(const Labels& other) const;

    template <typename Position>
    Labels combine(decltype(&mts_labels_union) function, const Labels& other,
                   std::vector<Position>& first, std::vector<Position>& second) const;

    const mts_labels_t* labels_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[3] = {nullptr, nullptr, nullptr};
};

METATENSOR_PIN_SIZE(32, Labels);

} // namespace metatensor

#include "metatensor/io/labels.hpp"   // IWYU pragma: export
#include "metatensor/labels_rows.hpp" // IWYU pragma: export
#include "metatensor/labels_sets.hpp" // IWYU pragma: export
