#pragma once

namespace runrate {

/// Joins lambdas into one visitor for `std::visit`: a case that is missing does not compile.
template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace runrate
