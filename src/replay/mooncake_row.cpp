#include "replay/mooncake_row.h"

#include <fmt/format.h>

#include "replay/json_walk.h"

namespace runrate {
namespace {

constexpr std::string_view ids = "hash_ids";

struct MooncakeSink {
    TraceRequest& request;
    std::optional<RowFault>& fault;
    std::optional<std::int64_t> time;
    bool has_prompt = false, has_output = false, in_ids = false;

    bool enter(std::string_view key) {
        if (in_ids) return fail("a hash id is no whole number from 0"), false;
        if (key != ids) return false;
        request.blocks.clear();
        return in_ids = true;
    }
    void leave() { in_ids = false; }

    void value(std::string_view key, JsonScalar const& v) {
        if (in_ids) return block(v);
        if (key == "timestamp") time = whole(key, v);
        if (key == "input_length") request.prompt = tokens(key, v), has_prompt = true;
        if (key == "output_length") request.output = tokens(key, v), has_output = true;
        if (key == ids && v.kind != JsonScalar::Kind::null) fail("'hash_ids' is no list");
    }

    void fail(std::string reason) {
        if (!fault) fault = RowFault{std::move(reason), ""};
    }

    void block(JsonScalar const& v) {
        if (v.kind != JsonScalar::Kind::whole || v.whole < 0) return fail("a hash id is no whole number from 0");
        request.blocks.push_back(static_cast<std::uint64_t>(v.whole));
    }

    std::optional<std::int64_t> whole(std::string_view key, JsonScalar const& v) {
        if (v.kind == JsonScalar::Kind::whole) return v.whole;
        return fail(fmt::format("'{}' is no whole number", key)), std::nullopt;
    }

    Tokens tokens(std::string_view key, JsonScalar const& v) {
        auto const n = whole(key, v);
        return n && !fault ? checked_tokens(key, *n, fault) : Tokens{};
    }
};

}  // namespace

void MooncakeRow::read(std::string_view text, TraceRequest& request, std::optional<RowFault>& fault) {
    MooncakeSink sink{request, fault, {}};
    JsonWalk<MooncakeSink>{sink}.over(text, fault);
    if (fault) return;
    auto const lacks = [&](char const* name) { fault = RowFault{fmt::format("lacks '{}'", name), ""}; };
    if (!sink.time) return lacks("timestamp");
    if (!sink.has_prompt) return lacks("input_length");
    if (!sink.has_output) return lacks("output_length");
    request.time = times_.read("timestamp", *sink.time, fault);
    if (fault) return;
    if (last_ && *request.time < *last_)
        return void(fault = RowFault{"'timestamp' goes back (blocks are replayed in order of time)", ""});
    last_ = request.time;
}

}  // namespace runrate
