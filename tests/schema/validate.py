"""An independent validator (python3-jsonschema) accepts every shipped scenario against `runrate schema`, and refuses
an unknown key, a missing section and a wrong kind."""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

program, root = sys.argv[1], pathlib.Path(sys.argv[2])
schema = json.loads(subprocess.run([program, "schema"], capture_output=True, text=True, check=True).stdout)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def text_only(node):
    """Plain scalars as runrate reads them: dates and times are text."""
    if isinstance(node, dict):
        return {str(key): text_only(value) for key, value in node.items()}
    if isinstance(node, list):
        return [text_only(item) for item in node]
    return node if isinstance(node, (str, int, float, bool)) or node is None else str(node)


faults, shipped = [], sorted((root / "scenarios").glob("**/*.yaml"))
for path in shipped:
    document = text_only(yaml.safe_load(path.read_text()))
    if "extends" in document:
        continue  # an overlay is complete only with what it extends
    for error in validator.iter_errors(document):
        faults.append(f"{path.relative_to(root)}: {'/'.join(map(str, error.path))}: {error.message[:200]}")

good = text_only(yaml.safe_load((root / "scenarios/support-assistant.yaml").read_text()))
def broken(change):
    document = copy.deepcopy(good)
    change(document)
    return document
wrong = {"unknown key": broken(lambda d: d.update(clusters={})),
         "missing section": broken(lambda d: d.pop("features")),
         "wrong kind": broken(lambda d: d.update(calendar=[1])),
         "unknown key of a belief": broken(lambda d: d["beliefs"].update(x={"range": "1 to 2", "sources": "y"})),
         "unknown parameter of a law": broken(lambda d: d["beliefs"].update(x={"normal": {"mean": 1, "sdd": 2}})),
         "unknown key of logistic growth": broken(lambda d: d["features"]["support-chat"]["traffic"].update(
             growth={"logistic": {"ceiling": 3, "halfway": "2027-01"}})),
         "unknown step key": broken(lambda d: d["workflows"]["support-agent"]["steps"][0].update(outptu=1))}
for name, document in wrong.items():
    if validator.is_valid(document):
        faults.append(f"the schema accepts a scenario with {name}")
print(f"{len(shipped)} scenarios")
print("\n".join(faults))
sys.exit(bool(faults) or len(shipped) < 5)
