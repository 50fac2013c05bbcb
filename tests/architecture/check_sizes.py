"""Fails when files or functions outgrow the house limits: files median 100, 90th percentile 250, none over 400 lines;
functions median 7, none over 60 lines."""
import pathlib
import statistics
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
files = [f for tree in ("src", "include") for f in sorted((root / tree).glob("**/*")) if f.suffix in {".h", ".cpp"}]
lines = {f: len(f.read_text().splitlines()) for f in files}
tags = subprocess.run(["ctags", "-x", "--c++-kinds=f", "--fields=+ne", "--_xformat=%{input}\t%{name}\t%{line}\t%{end}",
                       "--languages=C++", *map(str, files)], capture_output=True, text=True, check=True).stdout
functions = {}
for row in tags.splitlines():
    path, name, start, end = row.split("\t")
    if end.strip().isdigit():
        functions[f"{pathlib.Path(path).relative_to(root)}:{start} {name}"] = int(end) - int(start) + 1

faults = [f"{f.relative_to(root)}: {n} lines (at most 400)" for f, n in lines.items() if n > 400]
faults += [f"{name}: {n} lines (at most 60)" for name, n in functions.items() if n > 60]
sizes = sorted(lines.values())
median, ninetieth = statistics.median(sizes), sizes[len(sizes) * 9 // 10]
typical = statistics.median(functions.values())
if median > 100 or ninetieth > 250:
    faults.append(f"files: median {median} (at most 100), 90th percentile {ninetieth} (at most 250)")
if typical > 7:
    faults.append(f"functions: median {typical} lines (at most 7)")
print(f"{len(files)} files, median {median}, 90th percentile {ninetieth}; {len(functions)} functions, median {typical}")
print("\n".join(faults))
sys.exit(bool(faults))
