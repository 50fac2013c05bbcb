#include "core/contract.h"

#include <string>

namespace runrate {

void broken_contract(char const* condition, char const* file, int line) {
    throw ContractError(std::string(file) + ':' + std::to_string(line) + ": expected " + condition);
}

}  // namespace runrate
