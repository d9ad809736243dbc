#!/usr/bin/env python3
"""check.py FILE...: runs files of authorization cases through the binding, as `writ check` does.

Prints a line for each case that comes out otherwise than expected, and `N passed, N failed`. Exit code 0
when all hold, 1 when any fails.
"""

import json
import sys

import writ


class Members(list):
    """An object as pairs: a member given twice is an error of the policy, which a dict would hide."""


class Literal(str):
    """A number as it is spelled."""


def dumped(value):
    if isinstance(value, Members):
        return "{" + ", ".join(f"{json.dumps(name)}: {dumped(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return str(value) if isinstance(value, Literal) else json.dumps(value)


def layers(case):
    """(kind, level, name, documents) for each layer that is present."""
    for kind, field in (("identity", "identity"), ("boundary", "boundary"), ("session", "session"),
                        ("endpoint", "endpoint")):
        if field in case:
            yield kind, 0, field, case[field]
    for field in ("scp", "rcp"):
        for level, documents in enumerate(case.get(field, [])):
            yield field, level, f"{field}[{level}]", documents
    if case.get("resourcePolicy") is not None:
        fields = case.get("resource", "*").split(":", 5)
        is_role = len(fields) == 6 and fields[2] == "iam" and fields[5].startswith("role/")
        kind = "trust" if is_role and case["action"][:4].lower() == "sts:" else "resource"
        yield kind, 0, "resourcePolicy", [case["resourcePolicy"]]


def answer(case):
    principal = case.get("principal")
    kind, caller = "Arn", principal
    if principal is None:
        kind, caller = "Anonymous", ""
    elif isinstance(principal, Members):
        ((kind, caller),) = principal
    try:
        policies = writ.Policies()
        for layer, level, name, documents in layers(case):
            texts = {f"{name}[{i}]": dumped(document) for i, document in enumerate(documents)}
            policies.add(writ.PolicySet(layer, texts), level)
        request = writ.Request(
            caller, case["action"], case.get("resource", "*"), dict(case.get("context", [])), kind=kind,
            role_arn=case.get("roleArn"), issuer=case.get("issuer"),
            resource_account=case.get("resourceAccount"),
            resource_policy_required=case.get("resourcePolicyRequired"))
    except writ.WritError:
        return "error"
    outcome = policies.evaluate(request).outcome
    assert policies.explain(request)["decision"] == outcome
    return outcome


def main():
    passed = failed = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line in filter(str.strip, file):
                case = dict(json.loads(line, object_pairs_hook=Members, parse_int=Literal, parse_float=Literal))
                got = answer(case)
                if got == case["expect"]:
                    passed += 1
                else:
                    failed += 1
                    print(f"{case['id']}: expected {case['expect']}, got {got}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
