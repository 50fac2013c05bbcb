"""Executes every notebook without a screen: `execute.py PROGRAM ROOT OUT`. Fails where a cell raises, where one shows no figure or
no text, and where outputs are committed. What a notebook shows lies under OUT afterwards.
"""
import json
import os
import pathlib
import subprocess
import sys

program, root, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
small = {"RUNRATE": program, "RUNRATE_WORLDS": "64", "RUNRATE_POINTS": "3"}
beside = {name: str(out / "home") for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR")}


def code_cells(path):
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


def kinds_shown(path):
    """`image/png`, `stdout` and the like, of all cells."""
    outputs = [output for cell in code_cells(path) for output in cell["outputs"]]
    return {kind for output in outputs for kind in (output.get("name"), *output.get("data", {}))}


notebooks = sorted((root / "notebooks").glob("*.ipynb"))
if not notebooks:
    sys.exit("notebooks/ holds no notebook")
for notebook in notebooks:
    if any(cell["outputs"] or cell["execution_count"] for cell in code_cells(notebook)):
        sys.exit(f"{notebook.name} holds outputs (python3 -m nbconvert --clear-output --inplace {notebook})")
    subprocess.run([sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook", "--output-dir", out, notebook],
                   env={**os.environ, **small, **beside}, check=True)
    if not {"image/png", "stdout"} <= kinds_shown(out / notebook.name):
        sys.exit(f"{notebook.name} shows no figure or no text")
print(f"{len(notebooks)} notebook(s) executed")
