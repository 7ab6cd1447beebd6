#!/usr/bin/env python3
"""What `fieldproof notice read --format json` finds in letters, against what the letters state.

score.py PROGRAM FOLDER... [--json]: every letter of the folders has its truth beside it (NAME.json). Prints for every kind precision and
recall with their counts, then each error with its file; with --json the counts only.

Identifiers are the reference, catalogue numbers, UDI-DIs, and lots with serial numbers and ranges; each is a value of its letter and counts
once. A range is its ends, whatever word joins them; "all" is no identifier. `assignment` counts the pairs of a catalogue number and another
identifier that stand in one product; `document` the document's number: both are told, neither is an identifier of its own.
"""

import json
import os
import re
import subprocess
import sys

KINDS = ("reference", "catalogue", "udi", "lots")
OTHERS = ("dates", "languages", "document", "assignment")


def plain(text):
    """A number without blanks, dashes all alike."""
    return re.sub(r"\s+", "", re.sub("[\u2010-\u2015]", "-", str(text))).upper()


def lot(text):
    """The ends of a range or the number alone; empty where it names none."""
    words = [w for w in re.split("[\\s\u2013\u2014,]+", str(text)) if any(c.isdigit() for c in w)]
    return "..".join(plain(w) for w in words)


def of_product(product):
    """The identifiers of one product as pairs of kind and value."""
    found = {("catalogue", plain(n)) for n in product.get("catalog_numbers") or []}
    udis = product.get("udi_di") or []
    found |= {("udi", plain(n)) for n in ([udis] if isinstance(udis, str) else udis)}
    for key in ("lots", "serial_numbers", "serial_ranges"):
        found |= {("lots", lot(n)) for n in product.get(key) or [] if lot(n)}
    return found


def facts(draft):
    """All that is compared of one letter: kind -> set of values."""
    out = {kind: set() for kind in KINDS + OTHERS}
    reference = draft.get("reference") or draft.get("fsca_reference")
    if reference:
        out["reference"].add(plain(reference))
    if draft.get("document_number"):
        out["document"].add(plain(draft["document_number"]))
    if draft.get("issue_date"):
        out["dates"].add(draft["issue_date"])
    for product in draft.get("products") or []:
        found = of_product(product)
        for kind, value in found:
            out[kind].add(value)
        numbers = [value for kind, value in found if kind == "catalogue"]
        out["assignment"] |= {(n, value) for n in numbers for kind, value in found if kind != "catalogue"}
    languages = [l["language"] if isinstance(l, dict) else l for l in draft.get("languages") or []]
    out["languages"] = set(languages) | ({draft["language"]} if draft.get("language") else set())
    return out


def letters(folders):
    """Pairs of letter and truth."""
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            truth = os.path.join(folder, os.path.splitext(name)[0] + ".json")
            if not name.endswith(".json") and os.path.exists(truth):
                yield os.path.join(folder, name), truth


def read(program, path):
    """The draft of one letter; an empty one where the program gave none."""
    run = subprocess.run([program, "notice", "read", path, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    try:
        return json.loads(run.stdout)
    except ValueError:
        return {}


def show(values):
    return ", ".join(sorted(v if isinstance(v, str) else " + ".join(v) for v in values))


def score(program, folders):
    """Counts per kind (right, found, stated), the errors as lines, the number of letters."""
    counts = {kind: [0, 0, 0] for kind in KINDS + OTHERS}
    errors, n = [], 0
    for path, truth in letters(folders):
        with open(truth, encoding="utf-8") as file:
            want = facts(json.load(file))
        got = facts(read(program, path))
        n += 1
        for kind in KINDS + OTHERS:
            for i, size in enumerate((len(want[kind] & got[kind]), len(got[kind]), len(want[kind]))):
                counts[kind][i] += size
            for sign, odd in (("missing", want[kind] - got[kind]), ("invented", got[kind] - want[kind])):
                if odd:
                    errors.append(f"{path}: {kind}: {sign}: {show(odd)}")
    counts["identifiers"] = [sum(counts[kind][i] for kind in KINDS) for i in range(3)]
    return counts, errors, n


def rate(part, whole):
    return part / whole if whole else 1.0


def main():
    args = [a for a in sys.argv[1:] if a != "--json"]
    if len(args) < 2:
        sys.exit(__doc__)
    counts, errors, n = score(args[0], args[1:])
    if not n:
        sys.exit("no letters in " + " ".join(args[1:]))
    if "--json" in sys.argv:
        rows = {k: {"right": r, "found": f, "stated": s, "precision": rate(r, f), "recall": rate(r, s)} for k, (r, f, s) in counts.items()}
        print(json.dumps({"letters": n, "kinds": rows}))
        return
    print(f"{n} letters")
    for kind, (right, found, stated) in counts.items():
        print(f"{kind:12} precision {right}/{found} = {rate(right, found):.3f}  recall {right}/{stated} = {rate(right, stated):.3f}")
    print("\n".join(errors))


if __name__ == "__main__":
    main()
