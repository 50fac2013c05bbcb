#include "rows/csv.h"

#include <algorithm>

namespace runrate {

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string shown(std::string_view text) {
    constexpr std::size_t most = 40;
    std::string result;
    for (char c : text.substr(0, most)) {
        bool const plain = c >= 0x20 && c < 0x7F;
        result += plain ? c : '?';
    }
    return result + (text.size() > most ? "..." : "");
}

void split_csv(std::string_view record, std::vector<std::string_view>& fields, std::string& unquoted,
               std::optional<RowFault>& fault) {
    constexpr std::size_t most_fields = 4096;
    fields.clear();
    unquoted.clear();
    unquoted.reserve(record.size());  // views of it hold
    for (;;) {
        if (fields.size() == most_fields) return void(fault = RowFault{"more than 4096 columns", ""});
        if (!record.starts_with('"')) {
            auto const end = std::min(record.find(','), record.size());
            fields.push_back(record.substr(0, end));
            if (fields.back().find('"') != std::string_view::npos)
                return void(fault = RowFault{"a quote inside a field that does not begin with one", ""});
            if (end == record.size()) return;
            record.remove_prefix(end + 1);
            continue;
        }
        auto const start = unquoted.size();
        record.remove_prefix(1);
        for (;;) {
            auto const quote = record.find('"');
            if (quote == std::string_view::npos) return void(fault = RowFault{"a quote is never closed", ""});
            unquoted += record.substr(0, quote);
            record.remove_prefix(quote + 1);
            if (!record.starts_with('"')) break;
            unquoted += '"';
            record.remove_prefix(1);
        }
        fields.push_back(std::string_view{unquoted}.substr(start));
        if (record.empty()) return;
        if (record.front() != ',') return void(fault = RowFault{"text after a closing quote", ""});
        record.remove_prefix(1);
    }
}

}  // namespace runrate
