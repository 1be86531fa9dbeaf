#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "metatensor/errors.hpp"

namespace metatensor {

class TensorMap;

namespace details {

/// Range over the global information of a tensor map, made of pairs of names and
/// values. It is valid as long as the map lives and its information is unchanged.
class TensorMapInfo {
public:
    /// Iterator over the names and values
    class Iterator {
    public:
        /// category of this iterator
        using iterator_category = std::forward_iterator_tag;
        /// name and value of an entry
        using value_type = std::pair<std::string_view, std::string_view>;
        /// distance between two iterators
        using difference_type = std::ptrdiff_t;
        /// entries are made on the fly
        using reference = value_type;
        /// pointer to an entry made on the fly
        struct pointer {
            /// the entry
            value_type value;
            /// get the address of the entry
            const value_type* operator->() const { return &value; }
        };

        Iterator() = default;

        /// Get the current name and value
        reference operator*() const {
            const char* value = nullptr;
            check_status(mts_tensormap_get_info(tensor_, *key_, &value));
            return {*key_, value == nullptr ? "" : value};
        }

        /// Get the current name and value
        pointer operator->() const { return pointer{**this}; }

        /// Go to the next entry
        Iterator& operator++() {
            key_++;
            return *this;
        }

        /// Go to the next entry
        Iterator operator++(int) {
            auto previous = *this;
            key_++;
            return previous;
        }

        /// Are the iterators on the same entry?
        friend bool operator==(const Iterator& lhs, const Iterator& rhs) {
            return lhs.key_ == rhs.key_;
        }

        /// Are the iterators on different entries?
        friend bool operator!=(const Iterator& lhs, const Iterator& rhs) {
            return lhs.key_ != rhs.key_;
        }

    private:
        friend class TensorMapInfo;
        Iterator(const mts_tensormap_t* tensor, const char* const* key)
            : tensor_(tensor), key_(key) {}

        const mts_tensormap_t* tensor_ = nullptr;
        const char* const* key_ = nullptr;
    };

    /// Get an iterator on the first entry
    Iterator begin() const { return Iterator(tensor_, keys_); }
    /// Get an iterator after the last entry
    Iterator end() const { return Iterator(tensor_, keys_ + count_); }

private:
    friend class metatensor::TensorMap;
    explicit TensorMapInfo(mts_tensormap_t* tensor) : tensor_(tensor) {
        check_status(mts_tensormap_info_keys(tensor_, &keys_, &count_));
    }

    mts_tensormap_t* tensor_;
    const char* const* keys_ = nullptr;
    uintptr_t count_ = 0;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_ = nullptr;
};

METATENSOR_PIN_SIZE(32, TensorMapInfo);

} // namespace details
} // namespace metatensor
