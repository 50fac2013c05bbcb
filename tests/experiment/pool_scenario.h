#pragma once

#include <string>

#include "scenario/loaded.h"

namespace runrate {

/// Keys of a pool that adds and takes away replicas.
inline std::string const autoscaled =
    ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 200}";

/// The small scenario with a job beside the chats, and an option that a pool serves.
inline std::string pool_scenario(std::string const& keys, std::string const& calendar = "{start: 2026-01, months: 3}") {
    auto text = good_scenario;
    text.replace(text.find("{start: 2026-01, months: 12}"), 28, calendar);
    text.replace(text.find("  api: {serve: {answerer: acme/large}}"), 38,
                 "  api: {serve: {default: acme/large}}\n  self-host: {serve: {default: pool own}}");
    text.replace(
        text.find("workflows:"), 10,
        "  nightly:\n    traffic: {jobs: {every: day, at: \"20:00\", items: 800}}\n"
        "    item: {call: tagger, input: 500 tokens, output: 20 tokens, deadline: 8 h, lane: batch}\nworkflows:");
    return text + "pools: {own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h200-sxm" + keys +
           "}}\n";
}

}  // namespace runrate
