"""Compares the screens that README.md shows with what the program prints: `check.py PROGRAM ROOT [--update]`.

A shown screen is a fenced block under a line `$ runrate ...`; `--update` writes the program's own output there.
"""
import pathlib
import re
import shlex
import subprocess
import sys

program, root = sys.argv[1], pathlib.Path(sys.argv[2])
readme = root / "README.md"
text = readme.read_text()


def output_of(command):
    done = subprocess.run([program, *shlex.split(command)], cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


shown = re.compile(r"(```\n\$ (?:build/release/)?runrate ([^\n]*)\n)(.*?)(```\n)", re.S)
blocks = list(shown.finditer(text))
if not blocks:
    sys.exit("README.md shows no screen")
current = shown.sub(lambda m: m[1] + output_of(m[2]) + m[4], text)
if "--update" in sys.argv:
    readme.write_text(current)
elif current != text:
    sys.exit(f"README.md shows another screen than the program prints: {sys.argv[0]} PROGRAM ROOT --update")
print(f"{len(blocks)} screen(s) as printed")
