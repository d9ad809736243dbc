#!/usr/bin/env python3
"""seeds.py DIRECTORY: what the fuzzers start from, one folder for each.

Made of the policies in policies/, the case files of examples/ and tests/, the simulations of
tests/simulate/, the portal's scenarios and snapshots, small accounts, suites, and for the fuzzer that reads choices, of random bytes from a fixed seed.
"""

import gzip
import hashlib
import json
import pathlib
import random
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The order of PolicyType: the first byte of the parse fuzzer's input.
SCP, RCP, RESOURCE, TRUST, IDENTITY, BOUNDARY, SESSION, ENDPOINT = range(8)
FIELDS = {"identity": IDENTITY, "boundary": BOUNDARY, "session": SESSION, "endpoint": ENDPOINT}


def as_yaml(value, indent=""):
    """Collections in blocks, texts without quotation marks where they need none."""
    if isinstance(value, (dict, list)) and value:
        entries = [(f"{key}:", child) for key, child in value.items()] if isinstance(value, dict) else [("-", child) for child in value]
        return "".join(f"\n{indent}{mark} {as_yaml(child, indent + '  ')}" for mark, child in entries)
    plain = isinstance(value, str) and value[:1].isalpha() and ": " not in value and " #" not in value
    return value if plain else json.dumps(value)


def put(folder, data):
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def documents_of(case):
    for field, kind in FIELDS.items():
        for document in case.get(field) or []:
            yield kind, document
    for field, kind in (("scp", SCP), ("rcp", RCP)):
        for level in case.get(field) or []:
            for document in level:
                yield kind, document
    if case.get("resourcePolicy"):
        yield (TRUST if case["action"].lower().startswith("sts:") else RESOURCE), case["resourcePolicy"]


def accounts():
    """Files of small accounts: an export, an organization and resources, apart by NULs."""
    own = "arn:aws:iam::111122223333:"
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    unknown = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",
         "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b/${aws:username}/${s3:prefix}*"}]}
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": own + "root"}, "Action": "sts:AssumeRole"}}
    quoted = urllib.parse.quote(json.dumps(unknown))
    export = {
        "UserDetailList": [{"UserName": "A", "UserId": "AIDA", "Arn": own + "user/A", "GroupList": ["G"],
                            "UserPolicyList": [{"PolicyName": "I", "PolicyDocument": unknown}],
                            "Tags": [{"Key": "team", "Value": "a"}],
                            "PermissionsBoundary": {"PermissionsBoundaryArn": own + "policy/P"},
                            "AttachedManagedPolicies": [{"PolicyName": "P", "PolicyArn": own + "policy/P"}]}],
        "GroupDetailList": [{"GroupName": "G", "Arn": own + "group/G", "GroupPolicyList": [
            {"PolicyName": "I", "PolicyDocument": quoted}]}],
        "RoleDetailList": [{"RoleName": "R", "Arn": own + "role/p/R", "AssumeRolePolicyDocument": trust}],
        "Policies": [{"PolicyName": "P", "Arn": own + "policy/P", "DefaultVersionId": "v1", "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": True, "Document": allow}]}]}
    organization = {
        "Id": "o-a", "Root": {"Id": "r-a", "ServiceControlPolicies": ["FullAWSAccess"], "Accounts": [
            {"Id": "111122223333", "ServiceControlPolicies": ["FullAWSAccess", "Guard"]}]},
        "Policies": {"Guard": unknown}}
    resources = {"arn:aws:s3:::b": {"Account": "111122223333", "Policy": {"Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}}}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (export, organization, resources)]
    for count in range(1, 4):
        yield b"\0".join(parts[:count])
    yield b'{"Policies":[],"IsTruncated":true}'


def main():
    out = pathlib.Path(sys.argv[1])
    folders = {name: out / name for name in ("parse", "case", "simulate", "evaluate", "scenario", "snapshot", "replay", "account", "suite")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)

    for path in sorted((ROOT / "policies").rglob("*.json")):
        text = path.read_bytes()
        for kind in range(8):
            put(folders["parse"], bytes([kind]) + text)
        put(folders["simulate"], json.dumps(
            {"PolicyInputList": [text.decode()], "ActionNames": ["iam:CreateRole", "sts:AssumeRole"]}).encode())

    for path in sorted(p for folder in ("examples", "tests") for p in (ROOT / folder).rglob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            if not line.strip() or len(line) > 8192:
                continue
            put(folders["case"], line)
            try:
                case = json.loads(line)
                documents = list(documents_of(case))
            except (ValueError, AttributeError, KeyError, TypeError):
                continue
            for kind, document in documents:
                put(folders["parse"], bytes([kind]) + json.dumps(document).encode())

    for path in sorted((ROOT / "tests" / "simulate").rglob("*.input.json")):
        put(folders["simulate"], path.read_bytes())

    # The fuzzer takes inputs of up to 8192 bytes: each scenario of a file goes in alone.
    for folder in ("tests/portal/scenarios", "examples/portal"):
        for path in sorted((ROOT / folder).glob("*.json")):
            scenarios = json.loads(path.read_bytes())
            for scenario in scenarios if isinstance(scenarios, list) else [scenarios]:
                put(folders["scenario"], json.dumps(scenario, separators=(",", ":")).encode())
    for path in sorted((ROOT / "tests" / "portal" / "snapshots").glob("*.json")):
        put(folders["snapshot"], path.read_bytes())

    # Logs: CloudTrail's two shapes, packed and not, a decision log, and lines that are cut off.
    event = {"userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/R/s", "principalId": "AROA:s",
                              "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::123456789012:role/p/R"},
                                                 "attributes": {"mfaAuthenticated": "true"}}},
             "eventTime": "2026-01-02T03:04:05Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
             "sourceIPAddress": "192.0.2.1", "requestParameters": {"bucketName": "b", "key": "k"},
             "resources": [{"ARN": "arn:aws:s3:::b", "accountId": "123456789012"}]}
    decision = {"log": "decision", "time": "2026-01-02T03:04:05.000006Z", "principalType": "user",
                "principal": "arn:aws:iam::123456789012:user/A", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                "context": {"aws:TagKeys": ["x"], "aws:username": "A"}, "decision": "allowed", "statement": None}
    gap = {"log": "gap", "full": 1, "overlong": 2}
    line = json.dumps(event)
    for log in (line, json.dumps([event, event]), json.dumps({"Records": [event, event]}), json.dumps(event, indent=1),
                json.dumps(decision) + "\n" + json.dumps(gap), line[:-40] + "\n" + line, "nonsense\n" + line,
                json.dumps({"Events": [{"CloudTrailEvent": line}]})):
        put(folders["replay"], log.encode())
        put(folders["replay"], gzip.compress(log.encode(), mtime=0))
        put(folders["replay"], gzip.compress(log.encode(), mtime=0)[:-30])
    for account in accounts():
        put(folders["account"], account)

    # A suite, in JSON and in YAML, a NUL, and the policy that all its files hold.
    repository = ROOT / "examples" / "policy-repo"
    for suite in sorted(repository.rglob("*.suite.json")):
        for policy in sorted((repository / "policies").glob("*.json")):
            put(folders["suite"], suite.read_bytes() + b"\0" + policy.read_bytes())
            put(folders["suite"], as_yaml(json.loads(suite.read_bytes())).encode() + b"\0" + policy.read_bytes())
    for text in ("a: &x [*x, !!str 5]", "%YAML 1.2\n---\n<<: {a: ~}\n...\n", "? [a]\n: |\n  b\n", "a: >-\n  b\n 'c'\n\n\td"):
        put(folders["suite"], text.encode())

    source = random.Random(20121017)
    for _ in range(400):
        put(folders["evaluate"], source.randbytes(source.randrange(20, 400)))
    for name, folder in folders.items():
        crashes = ROOT / "tests" / "fuzz" / "found" / name
        for path in sorted(crashes.glob("*")) if crashes.is_dir() else []:
            put(folder, path.read_bytes())


if __name__ == "__main__":
    main()
