#!/usr/bin/env python3
"""Writes the tables of tests/portal/policies/tables as scenarios of the portal.

    tests/portal/table_scenarios.py DIRECTORY

The same questions that tests/portal/policies puts to the engine, put to the portal: nine users, each
with one role, ask for every cell. `writ portal run DIRECTORY/*.json` runs the result.
"""

import json
import pathlib
import re
import sys

TABLES = pathlib.Path(__file__).resolve().parent / "policies" / "tables"
ROLES = ["allianceLead", "allianceTeam", "standardUser", "channelUser", "cloudAdmin", "marketingStaff",
         "technicalStaff", "aceManager", "aceUser"]
STAGES = ["registered", "enrolled", "confirmed", "validated"]
PATHS = ["software", "services", "distribution"]
# Stage and paths of the account: all of the table, then what lies beyond it.
STANDINGS = [(stage, [path]) for stage in STAGES for path in PATHS] + [
    ("differentiated", ["services"]), ("validated", []), ("validated", ["hardware"]),
    ("validated", ["software", "distribution"]), ("confirmed", ["distribution", "training"])]
ACCOUNT = "2345678"
IDS = {role: f"00500000000000000{number}" for number, role in enumerate(ROLES, 1)}
OTHER = "005000000000000020"
# What the portal says of the target of a call; other calls do not have these keys.
TARGET = {
    "AssignRole": {"portal:TargetIsSelf": "false"},
    "UnassignRole": {"portal:TargetIsSelf": "false"},
    "RemoveUser": {"portal:TargetIsSelf": "false"},
    "DeactivateUser": {"portal:TargetIsSelf": "false"},
    "MapIamRole": {"portal:IamRoleName": "PartnerCentralRoleForTech",
                   "portal:TargetIsCloudAdmin": "false", "portal:IamRoleIsCloudAdmin": "false"},
    "MapCrmRole": {"portal:IamRoleName": "PartnerCentralRoleForTech"},
}
OWNED = {"ManageAceRecord", "BulkOpportunities", "BulkTransferLeads", "BulkExportLeads", "LinkOffer",
         "ViewSupportCase", "ReplySupportCase", "ReassignCloudAdmin"}
WIDE = {"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "portal:*", "Resource": "*"}]}


def table(name):
    return json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))["rows"]


def email(role):
    return role.lower() + "@acme.io"


def holds(row, role):
    return "everyone" in row["allowed"] or role in row["allowed"]


def reaches(row, stage, paths):
    """R-MENU-2: the least stage, and any of the paths."""
    least = row.get("from", STAGES[0])
    if least != STAGES[0] and (stage not in STAGES or STAGES.index(stage) < STAGES.index(least)):
        return False
    return "paths" not in row or bool(set(row["paths"]) & set(paths))


def start(stage="validated", paths=("software",), linked=False, roles=ROLES):
    company = {"id": ACCOUNT, "name": "Acme", "domains": ["acme.io"], "stage": stage,
               "paths": list(paths), "mfa": "disabled"}
    users = [{"email": email(role), "name": role, "id": IDS[role],
              "roles": [] if role == "standardUser" else [role]} for role in roles]
    users.append({"email": "ben@acme.io", "name": "Ben", "id": OTHER})
    result = {"companies": [company], "users": users}
    if linked:
        company["link"] = {"state": "linked", "awsAccount": "111122223333", "seller": "Acme Inc."}
        result["awsAccounts"] = [{"id": "111122223333", "roles": []}]
    return result


def filled(text, role):
    """`${self}`, `${other}` and the two users' records."""
    for mark, user in (("self", IDS[role]), ("other", OTHER)):
        text = text.replace("${%s}" % mark, user).replace("user/" + mark, "user/" + user)
    return text


def decide(role, action, on, expect, keys=None, sid=None):
    """A step that asks the engine as the portal would; a key that is None is left out."""
    arguments = {"action": action}
    if on != "partner":
        arguments["resource"] = filled(on, role)
    context = {key: filled(value, role) if isinstance(value, str) else value
               for key, value in (keys or {}).items() if value is not None}
    without = [key for key, value in (keys or {}).items() if value is None]
    if context:
        arguments["context"] = context
    if without:
        arguments["without"] = without
    step = {"as": email(role), "do": "Decide", "with": arguments, "expect": expect}
    if sid:
        step["sid"] = sid
    return step


def keys_of(action, row_keys):
    name = action.split(":")[1]
    keys = dict(TARGET.get(name, {}))
    if name in OWNED:
        keys["portal:OwnerId"] = "${other}"
    if name.endswith("Task"):
        keys["portal:AssigneeId"] = "${other}"
    keys.update(row_keys or {})
    return keys


def menu_scenarios():
    rows = [row for row in table("menu") if row["menu"] != "unknown"]
    for stage, paths in STANDINGS:
        steps = []
        for role in ROLES:
            shown = [row for row in rows if holds(row, role) and reaches(row, stage, paths)]
            steps.append({"as": email(role), "do": "ListMenu", "expect": "ok", "count": len(shown),
                          "items": [{"id": row["menu"]} for row in shown]})
            steps += [decide(role, "portal:OpenMenuItem", "menu/" + row["menu"], "implicitDeny",
                             {"portal:PartnerStage": None})
                      for row in rows if holds(row, role) and "from" in row]
        yield {"name": f"menu at stage {stage}, paths {paths}", "rules": ["R-MENU-2", "R-MENU-3"],
               "start": start(stage, paths), "steps": steps}


def comparison_scenarios():
    columns = json.loads((TABLES / "role_matrix.json").read_text(encoding="utf-8"))["columns"]
    steps = [decide(role, row["action"], on, "ok" if role in row["marked"] else "implicitDeny",
                    keys_of(row["action"], keys))
             for row in table("role_matrix") for role in columns for on in row["on"]
             for keys in row.get("with", [None])]
    yield {"name": "the role comparison", "rules": ["R-MAT-1", "R-MAT-2", "R-MAT-3"],
           "start": start(), "steps": steps}


def action_scenarios():
    rows = [row for row in table("actions") if row.get("guardrails", True)]
    steps = []
    for row in rows:
        if "from" in row or "paths" in row:
            continue
        for role in ROLES:
            expect, sid = "ok" if holds(row, role) else "implicitDeny", None
            for denying, roles in row.get("denied", {}).items():
                if role in roles:
                    expect, sid = "explicitDeny", denying
            steps.append(decide(role, row["action"], row["on"], expect,
                                keys_of(row["action"], row.get("with")), sid))
    yield {"name": "every action for every role", "rules": ["R-ROLE-1", "R-ROLE-8", "R-ARCH-3"],
           "start": start(linked=True), "steps": steps}
    for stage, paths in STANDINGS + [(None, ["services"])]:
        steps = [decide(role, row["action"], row["on"],
                        "ok" if holds(row, role) and reaches(row, stage, paths) else "implicitDeny",
                        {"portal:PartnerStage": None} if stage is None else None)
                 for row in rows if "from" in row or "paths" in row for role in ROLES]
        yield {"name": f"tasks at stage {stage}, paths {paths}", "rules": ["R-MAT-3", "R-COMP-1"],
               "start": start(stage or STAGES[0], paths), "steps": steps}


def unlike(action):
    """`portal:ViewTask` -> `portal:ViewAnything`, which is no action of the portal."""
    return re.match(r"portal:[A-Z][a-z]*", action).group(0) + "Anything"


def margin_scenarios():
    """On another kind of resource an action is nobody's, and what is not listed neither."""
    rows = [row for row in table("actions") if row["allowed"] and row.get("guardrails", True)]
    rows += [{"action": "portal:OpenMenuItem", "on": "menu/" + row["menu"], "allowed": row["allowed"]}
             for row in table("menu")]
    own = {"portal:OwnerId": "${self}", "portal:AssigneeId": "${self}", "portal:TargetRole": "aceUser"}
    resources = {}
    for row in rows:
        resources.setdefault(row["action"], set()).add(row["on"].replace("invited", "other"))
    steps, asked = [], set()
    for row in rows:
        for role in ROLES:
            if not holds(row, role):
                continue
            wrong = {"thing/T1", "partner", "user/other"} - resources[row["action"]]
            unlisted = (unlike(row["action"]), row["on"])
            for action, on in sorted((row["action"], on) for on in wrong) + [unlisted]:
                if (role, action, on) in asked or (role, action) == ("allianceLead", "portal:DismissTask"):
                    continue
                asked.add((role, action, on))
                keys = {**keys_of(action, row.get("with")), **own}
                steps.append(decide(role, action, on, "implicitDeny", keys))
    yield {"name": "rights end where they are not listed", "rules": ["R-ARCH-2", "R-ROLE-8"],
           "start": start(paths=["software", "services"], linked=True), "steps": steps}


def guardrail_scenarios():
    """For one whom a document of the host allows everything (R-ARCH-4)."""
    on = {"portal:OpenMenuItem": "menu/support"}
    for row in table("actions"):
        on.setdefault(row["action"], row["on"].replace("invited", "other"))
    on.update({unlike(action): place for action, place in list(on.items())})
    for row in table("guardrails"):
        steps = []
        for action, place in on.items():
            sids = [sid for sid, names in row["denies"].items()
                    if "*" in names or action.split(":")[1] in names]
            for resource in (place, "thing/T1"):
                if "account" in row:
                    prefix = "arn:aws:portal:::partner/" + row["account"]
                    resource = prefix if resource == "partner" else f"{prefix}/{resource}"
                keys = keys_of(action, None)
                if action in ("portal:AssignRole", "portal:UnassignRole"):
                    keys["portal:TargetRole"] = "aceUser"
                keys.update(row.get("with", {}))
                steps += [decide("channelUser", action, resource, "explicitDeny" if sids else "ok",
                                 keys, sid) for sid in sids or [None]]
        yield {"name": "guardrails: " + row["situation"], "rules": [row["rule"], "R-ARCH-8"],
               "documents": [{"name": "wide", "roles": ["channelUser"], "document": WIDE}],
               "start": start(linked=True, roles=["allianceLead", "channelUser"]), "steps": steps}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, scenarios in (("menu", menu_scenarios()), ("comparison", comparison_scenarios()),
                            ("actions", action_scenarios()), ("margins", margin_scenarios()),
                            ("guardrails", guardrail_scenarios())):
        text = json.dumps(list(scenarios), indent=1)
        (directory / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
