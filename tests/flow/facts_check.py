#!/usr/bin/python3
"""facts_check.py FILE [FOLDER]: a fact file fits its schema and is canonical, by nothing of the program. With FOLDER: writes facts.bin, key.pem and
signature.der there, for openssl to verify. Says what is wrong; exit 1."""
import base64
import json
import re
import sys
from pathlib import Path

import jsonschema


def integer(data):
    data = data.lstrip(b"\0") or b"\0"
    return b"\x02" + bytes([len(data) + (data[0] >> 7)]) + (b"\0" if data[0] & 0x80 else b"") + data


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return re.sub(r'(?<!\\)((?:\\\\)*\\u)([0-9a-f]{4})', lambda m: m[1] + m[2].upper(), text).encode()


def main():
    raw = Path(sys.argv[1]).read_bytes()
    document = json.loads(raw)
    schema = json.loads(Path("assets/schema/facts.schema.json").read_text())
    wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in jsonschema.Draft202012Validator(schema).iter_errors(document)]
    if canonical(document) + b"\n" != raw:
        wrong.append("the bytes are not canonical")
    if len(raw) > 400 << 10:
        wrong.append(f"{len(raw)} bytes are too many")
    if len(sys.argv) > 2:
        folder = Path(sys.argv[2])
        (folder / "facts.bin").write_bytes(canonical(document["facts"]))
        # SubjectPublicKeyInfo of id-ecPublicKey with prime256v1 (RFC 5480), then the point.
        spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + base64.b64decode(document["key"])
        pem = base64.encodebytes(spki).decode().replace("\n", "")
        (folder / "key.pem").write_text("-----BEGIN PUBLIC KEY-----\n" + "\n".join(pem[i:i + 64] for i in range(0, len(pem), 64)) + "\n-----END PUBLIC KEY-----\n")
        plain = base64.b64decode(document["signature"])
        both = integer(plain[:32]) + integer(plain[32:])
        (folder / "signature.der").write_bytes(b"\x30" + bytes([len(both)]) + both)
    print("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
