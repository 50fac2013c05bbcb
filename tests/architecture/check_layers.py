"""Fails when a module includes one that src/layers.txt does not list for it, when the list has a cycle, when a public
header includes anything but itself and the standard library, or when a library is used outside its modules."""
import graphlib
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
allowed = {name: set(uses.split()) for name, uses in
           (line.split(":") for line in (root / "src/layers.txt").read_text().splitlines() if line.strip())}
list(graphlib.TopologicalSorter(allowed).static_order())  # raises CycleError

only_in = {r"yaml-cpp/": {"yaml"}, r"tbb/": {"montecarlo"}, r"boost/program_options": {"cli"}, r"boost/iostreams": {"rows"}, r"Eigen/": {"stat", "calibration"},
           r"nlohmann/": {"yaml", "scenario", "billing", "benchmark", "replay", "report", "cli"}, r"sleef\.h": {"stat"}, r"Random123/": {"stat"},
           r"openssl/": {"scenario"}, r"boost/math": set()}
# glibc's elementary functions change bits with the CPU: stat/elementary.h has those that do not.
dispatching = re.compile(r"(?:\bstd|(?<!\w))::"
                         r"(a?(?:sin|cos|tan)h?|atan2|exp|exp2|expm1|log|log2|log10|log1p|pow|erfc?|[lt]gamma|cbrt|hypot)\b")
# Their numbers differ between standard libraries.
library_chance = re.compile(r"std::(\w+_distribution|mt19937\w*|random_device|default_random_engine)\b")

faults = []
for file in sorted((root / "src").glob("*/**/*")):
    if file.suffix not in {".h", ".cpp"}:
        continue
    module = file.relative_to(root / "src").parts[0]
    text = file.read_text()
    for used in re.findall(r'#include "(\w+)/', text):
        if used not in {module, "runrate"} and used not in allowed[module]:
            faults.append(f"{file.relative_to(root)}: {module} may not use {used}")
    for library, modules in only_in.items():
        if re.search(rf"#include [<\"]{library}", text) and module not in modules:
            faults.append(f"{file.relative_to(root)}: {library} is for {', '.join(sorted(modules)) or 'no module'} only")
    for function in dispatching.findall(text):
        faults.append(f"{file.relative_to(root)}: {function} of libm changes bits with the CPU (use real::{function})")
    for name in library_chance.findall(text):
        faults.append(f"{file.relative_to(root)}: std::{name} (chance comes from a Stream)")
for file in sorted((root / "include").glob("**/*.h")):
    for used in re.findall(r'#include ["<]([^">]+)[">]', file.read_text()):
        if not used.startswith("runrate/") and ("/" in used or used.endswith(".h")):
            faults.append(f"{file.relative_to(root)}: a public header includes {used}")
print("\n".join(faults))
sys.exit(bool(faults))
