#include <cmath>

#include <fmt/format.h>

#include "scenario/pools.h"

namespace runrate {
namespace {

constexpr double most_in_flight = 1e6;

bool cut_ending(std::string_view& text, std::string_view ending) {
    if (!text.ends_with(ending)) return false;
    text.remove_suffix(ending.size());
    return true;
}

void check_autoscale(AutoscaleTerms& a, Cursor const& at) {
    if (a.in_flight.has_value() == a.yield.has_value())
        at.error(
            "an autoscaler aims at requests in flight (in_flight: 12 per replica) or, of a stated capacity, at a "
            "share of it (yield: 70%)");
    if (a.yield && !(*a.yield > 0)) at.find("yield")->error("replicas that shall do nothing serve nobody");
    if (a.every_s < 1 || a.every_s > 3600)
        at.find("every")->error("an autoscaler looks every 1 s to 1 h (Kubernetes: 15 s)");
    if (a.stabilise_s > 86400) at.find("stabilise")->error("an autoscaler remembers at most a day");
}

}  // namespace

Shape<double> per_replica_shape() {
    return converted<double, std::string>(
        text("requests in flight such as 12 per replica"), [](std::string const& t, Cursor const& at) {
            std::string_view number = t;
            bool const per_replica = cut_ending(number, " per replica");
            cut_ending(number, " in flight");
            auto const read = per_replica ? parse_value(number) : std::variant<Value, std::string>{"no replica"};
            auto const* v = std::get_if<Value>(&read);
            bool const good = v && v->unit == Unit::none && v->number > 0 && v->number <= most_in_flight;
            if (!good)
                at.error(
                    fmt::format("'{}' is no number of requests in flight "
                                "(write 12 per replica)",
                                t));
            return good ? v->number : 1.0;
        });
}

Shape<Router> router_shape() {
    return one_word_of<Router>({{"least load", Router::least_load},
                                {"session affinity", Router::session_affinity},
                                {"cache aware", Router::cache_aware}});
}

Shape<PoolObjective> objective_shape() {
    using O = PoolObjective;
    return Table<O>("{ttft_p95: 2 s, tpot_p95: 60 ms}")
        .optional("ttft_p95", &O::ttft_p95_s, known_number(dimension::duration),
                  "to the first token, of 95 % of requests")
        .optional("tpot_p95", &O::tpot_p95_s, known_number(dimension::duration), "of each further token, likewise")
        .check([](O& o, Cursor const& at) {
            if (!o.ttft_p95_s && !o.tpot_p95_s) at.error("an objective needs 'ttft_p95' or 'tpot_p95'");
            for (auto const& [key, seconds] : {std::pair{"ttft_p95", o.ttft_p95_s}, {"tpot_p95", o.tpot_p95_s}})
                if (seconds && *seconds <= 0) at.find(key)->error("no replica answers in no time (state a longer one)");
        })
        .shape();
}

Shape<AutoscaleTerms> autoscale_shape(Reading& reading) {
    using A = AutoscaleTerms;
    return Table<A>("{in_flight: 12 per replica, every: 30 s, stabilise: 5 min, cold_start: 4 min to 9 min, most: 120}")
        .optional("in_flight", &A::in_flight, per_replica_shape(), "requests that it aims at")
        .optional("yield", &A::yield, known_number(dimension::share), "instead: the share of a stated capacity")
        .defaulted("every", &A::every_s, known_number(dimension::duration), "15 s", "between two looks")
        .defaulted("stabilise", &A::stabilise_s, known_number(dimension::duration), "5 min",
                   "replicas are taken away only when no look of so long wanted them")
        .required("cold_start", &A::cold_start_s, law(reading, dimension::duration),
                  "from the decision to the first request that a new replica takes")
        .required("most", &A::most, whole_number(1, 10'000), "replicas at most")
        .defaulted("surge", &A::surge, whole_number(1, 10'000), "4",
                   "added by one look at most, or as many as there are")
        .check(check_autoscale)
        .shape();
}

Shape<AdmissionTerms> admission_shape() {
    using A = AdmissionTerms;
    return Table<A>("{in_flight: 64 per replica, queue: 500}")
        .optional("in_flight", &A::in_flight, per_replica_shape(), "at most; others wait in one queue")
        .optional("queue", &A::queue, known_number(dimension::whole_count), "that wait at most; others are shed")
        .check([](A& a, Cursor const& at) {
            if (a.queue && !a.in_flight) at.error("a queue needs 'in_flight' (else nothing waits in it)");
            if (a.in_flight && *a.in_flight != std::floor(*a.in_flight))
                at.find("in_flight")->error("requests in flight are counted whole here");
        })
        .shape();
}

Shape<FailureTerms> failures_shape(Reading& reading) {
    using F = FailureTerms;
    return Table<F>("{every: 60 days, repair: 10 min}")
        .required("every", &F::every_s, known_number(dimension::age), "mean time of one replica between failures")
        .required("repair", &F::repair_s, law(reading, dimension::duration), "until it serves again")
        .check([](F& f, Cursor const& at) {
            if (f.every_s < 60) at.find("every")->error("a replica that fails every minute serves nobody");
        })
        .shape();
}

}  // namespace runrate
