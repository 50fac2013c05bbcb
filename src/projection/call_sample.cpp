#include "projection/call_sample.h"

#include <algorithm>
#include <map>

#include "serving/program.h"
#include "serving/session.h"

namespace runrate {
namespace {

/// Sessions one after the other, with what their calls find of earlier ones.
class Sampling {
public:
    Sampling(BoundProgram const& bound, Sample const& sample, std::vector<char> const& of_pool)
        : bound_{bound}, of_pool_{of_pool}, machine_{bound, sample}, roles_(bound.program->roles) {}

    void run(std::uint64_t number) {
        lines_.clear();
        answers_.clear();
        in_session_ = 0;
        busy_until_ = Instant{};
        machine_.begin(number, roles_);
        while (!machine_.done()) {
            auto const answer = next_answer();
            if (answer != answers_.end() && answer->at <= machine_.next()) {
                auto const due = *answer;
                answers_.erase(answer);
                now_ = due.at;
                machine_.answer(due.strand, due.at, true);
                continue;
            }
            now_ = machine_.next();
            machine_.advance();
            for (auto const& call : machine_.calls()) ask(call);
            machine_.clear_calls();
        }
        sample_.duration_s += to_seconds(machine_.tally().duration);
        ++sample_.sessions;
    }

    [[nodiscard]] std::size_t calls() const { return sample_.calls.size(); }

    CallSample result() {
        for (double* sum : {&sample_.duration_s, &sample_.call_s, &sample_.busy_s}) *sum /= sample_.sessions;
        return std::move(sample_);
    }

private:
    struct Answer {
        Instant at;
        std::uint32_t strand;
    };
    /// What a cache holds of a line of the session.
    struct Held {
        std::int64_t tokens = 0;
        Instant used{};
    };

    [[nodiscard]] std::vector<Answer>::iterator next_answer() {
        return std::min_element(answers_.begin(), answers_.end(), [](Answer const& a, Answer const& b) {
            return a.at != b.at ? a.at < b.at : a.strand < b.strand;
        });
    }

    void ask(SessionMachine::PoolCall const& call) {
        auto const& target = bound_.targets[bound_.program->keys[call.key].target.index()];
        double const speed = target.certain_speed;
        double const takes = target.certain_ttft_s + (speed > 0 ? static_cast<double>(call.output_tokens) / speed : 0);
        auto const ends = now_ + from_seconds(takes);
        machine_.taken(call.strand);
        answers_.push_back({ends, call.strand});
        if (of_pool_[bound_.program->keys[call.key].target.index()]) record(call, ends, takes);
    }

    void record(SessionMachine::PoolCall const& call, Instant ends, double takes) {
        SampledCall c{.prompt_tokens = std::max<std::int64_t>(1, call.prompt_tokens),
                      .output_tokens = std::max<std::int64_t>(1, call.output_tokens),
                      .before = in_session_++};
        find(call, c);
        keep(call, ends);
        sample_.calls.push_back(c);
        sample_.call_s += takes;
        sample_.busy_s += std::max(0.0, to_seconds(ends - std::max(now_, busy_until_)));
        busy_until_ = std::max(busy_until_, ends);
    }

    /// The beginning of the prompt that is held, up to the first token that is not.
    void find(SessionMachine::PoolCall const& call, SampledCall& c) {
        machine_.stretches_of(call, stretches_);
        Instant used{};
        for (auto const& s : stretches_) {
            if (s.shared) {
                c.shared_tokens += s.tokens;
                continue;
            }
            auto const held = lines_.find(s.line);
            if (held == lines_.end()) break;
            c.own_tokens += std::min(held->second.tokens, s.tokens);
            used = std::max(used, held->second.used);
            if (held->second.tokens < s.tokens) break;
        }
        if (c.own_tokens > 0) c.gap_s = std::max(0.0, to_seconds(now_ - used));
    }

    void keep(SessionMachine::PoolCall const& call, Instant ends) {
        for (auto const& s : stretches_) {
            if (s.shared) continue;
            bool const last = &s == &stretches_.back();
            auto& held = lines_[s.line];
            auto const written = last && call.joins ? call.output_tokens - 1 : last ? std::int64_t{-1} : 0;
            held.tokens = std::max(held.tokens, s.tokens + written);
            held.used = ends;
        }
    }

    BoundProgram const& bound_;
    std::vector<char> const& of_pool_;
    SessionMachine machine_;
    std::vector<RoleTokens> roles_;
    std::vector<SessionMachine::Stretch> stretches_;
    std::vector<Answer> answers_;
    std::map<std::uint32_t, Held> lines_;
    std::uint32_t in_session_ = 0;
    Instant now_{}, busy_until_{};
    CallSample sample_;
};

}  // namespace

CallSample sample_calls(BoundProgram const& bound, Sample const& sample, std::vector<char> const& of_pool,
                        std::size_t calls) {
    constexpr std::uint64_t fewest = 8, most = 4096;
    Sampling sampling{bound, sample, of_pool};
    for (std::uint64_t n = 0; n < fewest || (n < most && sampling.calls() < calls); ++n) sampling.run(n);
    return sampling.result();
}

}  // namespace runrate
