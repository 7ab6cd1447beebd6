#!/usr/bin/python3
"""validate.py schema|receipt ...: what the flow test of the JSON contracts asks. Says what is wrong; exit 1."""
import copy
import hashlib
import json
import re
import sys
from pathlib import Path

import jsonschema

FOLDER = Path("assets/schema")
FORMATS = jsonschema.FormatChecker(["date"])


@FORMATS.checks("date-time")
def is_time(value):
    return not isinstance(value, str) or re.fullmatch(
        r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None


def validator(name):
    schemas = {}
    for path in FOLDER.glob("*.schema.json"):
        one = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(one)
        schemas[one["$id"]] = one
    wanted = json.loads((FOLDER / name).read_text())
    resolver = jsonschema.RefResolver.from_schema(wanted, store=schemas)
    return jsonschema.Draft202012Validator(wanted, resolver=resolver, format_checker=FORMATS)


def strict(text):
    """JSON without doubled keys; several documents may stand one behind the other."""
    def pairs(items):
        keys = [k for k, _ in items]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key stands twice: {keys}")
        return dict(items)

    decoder = json.JSONDecoder(object_pairs_hook=pairs)
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        one, at = decoder.raw_decode(text, at)
        found.append(one)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def best(check, document):
    error = jsonschema.exceptions.best_match(check.iter_errors(document))
    return f"{'/'.join(map(str, error.absolute_path)) or '(top)'}: {error.message[:400]}"


def cmd_schema(schema, path, want, *free):
    """The documents of a file fit the schema, their format is WANT ("-": they have none), and the schema would notice a member too many."""
    check, documents = validator(schema), strict(Path(path).read_text())
    if not documents:
        return [f"{path} holds no JSON"]
    wrong = [best(check, d) for d in documents if not check.is_valid(d)]
    if want != "-":
        wrong += [f"format is {d.get('format')!r}, not {want!r}" for d in documents if d.get("format") != want]
    return wrong or lax(check, documents, free)


def objects(node, path=()):
    if isinstance(node, dict):
        yield path
        for key, value in node.items():
            yield from objects(value, path + (key,))
    elif isinstance(node, list):
        for i, value in enumerate(node[:3]):
            yield from objects(value, path + (i,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def lax(check, documents, free):
    """Objects in which the schema does not notice a member too many; in the FREE ones, any name may be a key."""
    wrong = []
    for document in documents[:2]:
        for place in objects(document):
            if any(step in free for step in map(str, place)):
                continue
            changed = copy.deepcopy(document)
            at(changed, place)["no such member"] = 1
            if check.is_valid(changed):
                wrong.append(f"the schema does not notice a member too many in {'/'.join(map(str, place)) or '(top)'}")
        changed = {k: v for k, v in document.items() if k != "format"}
        if changed != document and check.is_valid(changed):
            wrong.append("the schema does not notice that the format is missing")
    return sorted(set(wrong))


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha(data):
    return hashlib.sha256(data).digest()


def cmd_receipt(path):
    """What the receipt's schema says of hashes and path, computed here without the program."""
    receipt = strict(Path(path).read_text())[0]
    entry = dict(receipt["entry"])
    own = entry.pop("hash")
    wrong = []
    if sha(canonical(entry)).hex() != own:
        wrong.append(f"hash of the entry is {sha(canonical(entry)).hex()}, not {own}")
    node, last = receipt["tree"]["index"], receipt["tree"]["size"] - 1
    at_node = sha(b"\0" + bytes.fromhex(own))
    # RFC 9162, 2.1.3.2 (the same tree as RFC 6962): how a verifier follows the path.
    for step in map(bytes.fromhex, receipt["tree"]["path"]):
        if node % 2 == 1 or node == last:
            at_node = sha(b"\1" + step + at_node)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            at_node = sha(b"\1" + at_node + step)
        node, last = node // 2, last // 2
    if last != 0 or at_node.hex() != receipt["tree"]["head"]:
        wrong.append(f"the path leads to {at_node.hex()}, not to {receipt['tree']['head']}")
    Path(path + ".signed").write_bytes(canonical({"format": receipt["format"], "head": receipt["tree"]["head"], "size": receipt["tree"]["size"]}))
    Path(path + ".pub").write_text(receipt["public_key"])
    Path(path + ".minisig").write_text(receipt["signature"])
    return wrong


def main():
    command = {"schema": cmd_schema, "receipt": cmd_receipt}[sys.argv[1]]
    try:
        wrong = command(*sys.argv[2:])
    except (ValueError, KeyError, OSError, jsonschema.SchemaError) as e:
        wrong = [f"{type(e).__name__}: {e}"]
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
