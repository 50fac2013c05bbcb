"""Fails when a module is missing from CMake, or its objects are compiled with include folders or definitions of a
library that src/layers.txt and cmake/Dependencies.cmake do not give it; or when the library calls a function of libm
whose bits change with the CPU."""
import json
import pathlib
import re
import subprocess
import sys

root, build = map(pathlib.Path, sys.argv[1:3])
layers = {name: uses.split() for name, uses in
          (line.split(":") for line in (root / "src/layers.txt").read_text().splitlines() if line.strip())}
given = dict(re.findall(r"set\(runrate_uses_(\w+) ([^)]*)\)", (root / "cmake/Dependencies.cmake").read_text()))
marks = {"sleef": None, "fmt::fmt": "FMT_SHARED", "Boost::program_options": "BOOST_PROGRAM_OPTIONS_DYN_LINK",
         "yaml-cpp::yaml-cpp": "YAML_CPP_DLL"}

compiled = {}
for entry in json.loads((build / "compile_commands.json").read_text()):
    file = pathlib.Path(entry["file"])
    if (root / "src") in file.parents:
        compiled.setdefault(file.relative_to(root / "src").parts[0], []).append(entry["command"])

faults = []
for module, uses in layers.items():
    sources = [f for f in (root / "src" / module).glob("*.cpp")]
    if sources and len(compiled.get(module, [])) < len(sources):
        faults.append(f"{module}: {len(sources)} sources, {len(compiled.get(module, []))} compiled")
    libraries = set(" ".join(given.get(name, "") for name in [module, *uses]).split())
    for library, mark in marks.items():
        if mark and library not in libraries and any(f"-D{mark}" in command for command in compiled.get(module, [])):
            faults.append(f"{module}: compiled with {library}, which neither it nor {', '.join(uses) or 'nothing below it'} may use")

archive = build / "librunrate.a"
called = set(re.findall(r" U (\w+)", subprocess.run(["nm", "-u", archive], capture_output=True, text=True, check=True).stdout))
if not any(name.startswith("Sleef_") for name in called):
    faults.append("librunrate.a does not call SLEEF: what does it compute logarithms with?")
dispatching = re.compile(r"(a?(sin|cos|tan)h?|sincos|atan2|exp|exp2|exp10|expm1|log|log2|log10|log1p|pow|erfc?|[lt]gamma(_r)?|cbrt|hypot)[fl]?")
faults += [f"librunrate.a calls libm's {name} (use stat/elementary.h)" for name in sorted(called) if dispatching.fullmatch(name)]
print("\n".join(faults))
sys.exit(bool(faults))
