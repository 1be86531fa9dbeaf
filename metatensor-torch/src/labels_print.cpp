#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"

using namespace metatensor_torch;

namespace {

/// Which rows of a table are printed: `first` rows at the start, `last` at the end
struct PrintedRows {
    int64_t first;
    int64_t last;
    bool truncated;
};

PrintedRows printed_rows(int64_t count, int64_t max_entries) {
    // one row at each end is the least that can be printed
    const auto max = std::max<int64_t>(max_entries, 2);
    if (max_entries < 0 || max_entries >= count || count < 2) {
        return {count, 0, false};
    }
    return {max - max / 2, max / 2, true};
}

/// `text` in the middle of `width` characters
std::string centered(const std::string& text, size_t width, bool pad_right) {
    const auto padding = width - text.size();
    const auto left = padding / 2;
    return std::string(left, ' ') + text + std::string(pad_right ? padding - left : 0, ' ');
}

std::string line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) {
    std::string result;
    for (size_t column = 0; column < cells.size(); column++) {
        result += centered(cells[column], widths[column], column + 1 != cells.size());
    }
    return result;
}

std::string ellipsis(const std::vector<size_t>& widths) {
    size_t half = 0;
    for (const auto width : widths) {
        half += width;
    }
    half /= 2;
    if (half > 3) {
        half -= 3;
    }
    return std::string(half + 1, ' ') + "...";
}

} // namespace

std::string LabelsHolder::print(int64_t max_entries, int64_t indent) const {
    if (indent < 0) {
        C10_THROW_ERROR(ValueError, "the indentation of Labels can not be negative, got " +
                                        std::to_string(indent));
    }

    const auto count = this->count();
    const auto size = static_cast<size_t>(this->size());
    const auto rows = printed_rows(count, max_entries);
    const auto host = count == 0 ? values_ : details::host_values(*this);
    const auto* data = count == 0 ? nullptr : host.const_data_ptr<int32_t>();

    auto table = std::vector<std::vector<std::string>>{names_};
    const auto add_rows = [&](int64_t begin, int64_t end) {
        for (auto row = begin; row < end; row++) {
            auto& cells = table.emplace_back();
            for (size_t column = 0; column < size; column++) {
                cells.push_back(
                    std::to_string(data[static_cast<size_t>(row) * size + column]));
            }
        }
    };
    add_rows(0, rows.first);
    add_rows(count - rows.last, count);

    auto widths = std::vector<size_t>(size, 0);
    for (const auto& cells : table) {
        for (size_t column = 0; column < size; column++) {
            widths[column] = std::max(widths[column], cells[column].size() + 2);
        }
    }

    auto prefix = std::string("\n");
    prefix.append(static_cast<size_t>(indent), ' ');
    auto result = line(table[0], widths);
    for (size_t i = 1; i < table.size(); i++) {
        result += prefix + line(table[i], widths);
        if (rows.truncated && static_cast<int64_t>(i) == rows.first) {
            result += prefix + ellipsis(widths);
        }
    }
    return result;
}

std::string LabelsHolder::str() const {
    return std::string("Labels\n   ") + this->print(4, 3);
}

std::string LabelsHolder::repr() const {
    return std::string("Labels\n   ") + this->print(-1, 3);
}

std::string LabelsEntryHolder::print() const {
    std::string result = "(";
    const auto& names = details::LabelsAccess::names(*labels_);
    for (size_t i = 0; i < names.size(); i++) {
        const auto value = this->value_at(static_cast<int64_t>(i));
        result += (i == 0 ? "" : ", ") + names[i] + "=" + std::to_string(value);
    }
    return result + ")";
}

std::string LabelsEntryHolder::repr() const {
    return "LabelsEntry" + this->print();
}
