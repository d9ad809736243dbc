"""The pages that check_pages.py looks at: each kind of decision, hostile texts, and one that is long."""

import json
import subprocess

ALICE = "arn:aws:iam::111122223333:user/Alice"
OBJECT = "arn:aws:s3:::reports/Alice/2026.csv"

ORGANIZATION = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
    {
      "Sid": "OnlyOurRegions",
      "Effect": "Deny",
      "NotAction": ["iam:*", "sts:*"],
      "Resource": "*",
      "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}
    }
  ]
}
"""
IDENTITY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadReports",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": "arn:aws:s3:::reports/${aws:username}/*",
      "Condition": {
        "StringEquals": {"aws:PrincipalTag/team": "finance"},
        "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}
      }
    },
    {
      "Sid": "WriteReports",
      "Effect": "Allow",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"""
BOUNDARY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:*", "dynamodb:*"], "Resource": "*"},
    {"Sid": "NoKeys", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}]})
BUCKET = json.dumps({"Version": "2012-10-17", "Statement": {
    "Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*"}}, indent=2)

HOSTILE = "</script><img src=x onerror='window.hostile=1'><svg onload=\"window.hostile=1\">\u202e&lt;"


def hostile_policy():
    hostile = HOSTILE.replace("\u202e", "")  # which IAM refuses in policies
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*",
         "Condition": {"StringEquals": {"aws:PrincipalTag/" + hostile: [hostile, "x" * 3000]}}},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/" + hostile}]},
        ensure_ascii=False)


def long_policy():
    statements = [{"Sid": f"Bucket{i}", "Effect": "Allow", "Action": ["s3:Get*", f"s3:PutObject{i}"],
                   "Resource": f"arn:aws:s3:::bucket-{i}/*"} for i in range(60)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def write_account(folder):
    """An account with a hostile user, a group, a role and an organization."""
    allow = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::reports/*",
             "Condition": {"StringEquals": {"aws:PrincipalTag/" + HOSTILE.replace("\u202e", ""): "</td></table>"}}}
    prefix = "arn:aws:iam::111122223333:"
    users = [{"Path": "/", "UserName": name, "UserId": "AIDA" + name.upper(), "Arn": prefix + "user/" + name,
              "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": [allow]}}],
              "GroupList": ["Readers"], "AttachedManagedPolicies": []} for name in ("Alice", "Bob", "Carol")]
    group = {"Path": "/", "GroupName": "Readers", "GroupId": "AGPA", "Arn": prefix + "group/Readers", "AttachedManagedPolicies": [],
             "GroupPolicyList": [{"PolicyName": "Read", "PolicyDocument": {"Statement": [
                 {"Effect": "Allow", "Action": "sns:*", "Resource": "*"},
                 {"Sid": "No", "Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::reports/*"}]}}]}
    role = {"Path": "/", "RoleName": "Deploy", "RoleId": "AROADEPLOY", "Arn": prefix + "role/Deploy", "RolePolicyList": [],
            "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
                                                       "Action": "sts:AssumeRole"}},
            "InstanceProfileList": [], "AttachedManagedPolicies": []}
    organization = {"Id": "o-example", "ManagementAccount": "999988887777", "Policies": {}, "Root": {
        "Id": "r-1", "ServiceControlPolicies": ["FullAWSAccess"], "Accounts": [
            {"Id": "999988887777", "ServiceControlPolicies": ["FullAWSAccess"]},
            {"Id": "111122223333", "ServiceControlPolicies": ["FullAWSAccess"]}]}}
    folder.mkdir(exist_ok=True)
    (folder / "account.json").write_text(json.dumps({
        "UserDetailList": users, "GroupDetailList": [group], "RoleDetailList": [role], "Policies": []}))
    (folder / "organization.json").write_text(json.dumps(organization))


def write_report(tool, output):
    """Writes report.html."""
    write_account(output / "account")
    subprocess.run([tool, "report", "account", "--html", "report.html", "--action", "s3:GetObject", "sns:Publish",
                    "--resource", "arn:aws:s3:::reports/a", "*"], cwd=output, check=True, capture_output=True, text=True)


def write_pages(tool, output):
    """Writes the pages into a folder. Returns the views to look at, by page."""
    def save(name, text):
        (output / name).write_text(text, encoding="utf-8")
        return name

    def run(page, arguments, views):
        run = subprocess.run([tool, "explain", *arguments, "--html", f"{page}.html"], cwd=output, capture_output=True, text=True)
        if run.returncode not in (0, 1):
            raise subprocess.CalledProcessError(run.returncode, page, run.stdout, run.stderr)
        pages[page] = views

    pages = {}
    organization, identity = save("organization.json", ORGANIZATION), save("identity.json", IDENTITY)
    boundary, bucket = save("boundary.json", BOUNDARY), save("bucket.json", BUCKET)
    request = ["--principal", ALICE, "--action", "s3:GetObject", "--resource", OBJECT, "--resource-account", "111122223333",
               "--context", "aws:username=Alice"]
    layers = ["--scp", organization, "--scp", organization, "--identity", identity, "--boundary", boundary]
    run("allowed", [*request, *layers, "--resource-policy", bucket, "--context", "aws:RequestedRegion=eu-west-1"],
        ["light", "dark", "narrow"])
    run("explicit-deny", [*request, *layers, "--context", "aws:RequestedRegion=us-east-1"], ["light", "dark", "narrow"])
    run("implicit-deny", [*request, *layers, "--context", "aws:RequestedRegion=eu-west-1",
                          "--context", "aws:PrincipalTag/team=Finance", "--context-list", "aws:TagKeys=a,b"],
        ["light", "dark", "narrow"])
    name = save("<img src=x onerror='window.hostile=1'>.json", hostile_policy())
    run("hostile", ["--principal", ALICE, "--action", "s3:GetObject", "--identity", name,
                    "--resource", "arn:aws:s3:::reports/" + HOSTILE,
                    "--context", f"aws:PrincipalTag/{HOSTILE}={HOSTILE}"], ["light", "narrow"])
    run("long", ["--principal", ALICE, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::bucket-7/a",
                 "--identity", save("long.json", long_policy())], ["light"])
    write_report(tool, output)
    pages["report"] = ["light", "dark", "narrow"]
    return pages
