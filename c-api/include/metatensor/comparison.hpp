#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/tensor.hpp"

namespace metatensor {

/// Comparison of the metadata of two tensor maps or two blocks: keys, labels, and names of
/// the gradients. Values and global information are not compared.
///
/// Converts to `true` if everything is the same.
class Comparison final {
public:
    /// Compare two tensor maps.
    ///
    /// @param first first map
    /// @param second second map
    /// @param options what to compare; its size is filled in by this function
    Comparison(const TensorMap& first, const TensorMap& second,
               mts_compare_options_t options = {})
        : comparison_(mts_tensormap_compare(first.as_mts_tensormap_t(),
                                            second.as_mts_tensormap_t(), with_size(options))) {
        details::check_pointer(comparison_);
    }

    /// Compare two blocks.
    ///
    /// @param first first block
    /// @param second second block
    /// @param options what to compare; its size is filled in by this function
    Comparison(const TensorBlock& first, const TensorBlock& second,
               mts_compare_options_t options = {})
        : comparison_(mts_block_compare(first.as_mts_block_t(), second.as_mts_block_t(),
                                        with_size(options))) {
        details::check_pointer(comparison_);
    }

    ~Comparison() { mts_comparison_free(comparison_); }

    Comparison(const Comparison&) = delete;
    Comparison& operator=(const Comparison&) = delete;

    /// Take the content of `other`, which can not be used anymore
    Comparison(Comparison&& other) noexcept
        : comparison_(std::exchange(other.comparison_, nullptr)) {}

    /// Take the content of `other`, which can not be used anymore
    Comparison& operator=(Comparison&& other) noexcept {
        auto moved = Comparison(std::move(other));
        std::swap(comparison_, moved.comparison_);
        return *this;
    }

    /// Is everything the same?
    explicit operator bool() const { return this->as_mts_comparison_t()->same != 0; }

    /// Get the first difference in words; nothing if everything is the same
    std::optional<std::string> message() const {
        const auto* message = this->as_mts_comparison_t()->message;
        return message == nullptr ? std::nullopt : std::optional<std::string>(message);
    }

    /// Get for each block of the first map its position in the second one; nothing unless
    /// everything is the same.
    std::vector<size_t> blocks() const {
        const auto* comparison = this->as_mts_comparison_t();
        const auto* blocks = comparison->blocks;
        return blocks == nullptr
                   ? std::vector<size_t>()
                   : std::vector<size_t>(blocks, blocks + comparison->blocks_count);
    }

    /// Get the C structure, which still belongs to this object and describes the difference
    const mts_comparison_t* as_mts_comparison_t() const {
        if (comparison_ == nullptr) {
            throw Error("this comparison was moved, it can not be used");
        }
        return comparison_;
    }

private:
    /// Only valid during the call
    static const mts_compare_options_t* with_size(mts_compare_options_t& options) {
        options.size = sizeof(options);
        return &options;
    }

    mts_comparison_t* comparison_;
};

} // namespace metatensor
