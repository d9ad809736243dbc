#!/usr/bin/env python3
"""check_formats.py WRIT SOURCE WORK: the reports of `writ check` by their real readers.

LCOV by genhtml, JUnit by xmllint against junit.xsd, SARIF against its JSON Schema, `--watch` by
changing a file. What is not installed is skipped, which is said. The schema of SARIF is not ours to
ship: it is the file that WRIT_SARIF_SCHEMA names, or comes in an npm package.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time

writ, source, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
HERE = pathlib.Path(__file__).resolve().parent
SCHEMA_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA_MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
failures = []


def expect(holds, what):
    print(("ok    " if holds else "FAIL  ") + what)
    if not holds:
        failures.append(what)


def run(*command, cwd=None, code=0):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)
    if done.returncode != code:
        expect(False, f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def sarif_schema():
    named = os.environ.get("WRIT_SARIF_SCHEMA")
    if named:
        return json.loads(pathlib.Path(named).read_text())
    kept = work.parent / "sarif-2.1.0.json"
    if not kept.exists():
        if not shutil.which("npm"):
            return None
        try:
            packed = subprocess.run(["npm", "pack", "--silent", SCHEMA_PACKAGE], cwd=work,
                                    capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            return None
        if packed.returncode != 0:
            return None
        with tarfile.open(work / packed.stdout.split()[-1]) as package:
            kept.write_bytes(package.extractfile(SCHEMA_MEMBER).read())
    return json.loads(kept.read_text())


def main():
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    repository = work / "repository"
    shutil.copytree(source / "examples/policy-repo", repository)

    # The analysts' suite alone: it leaves the organization's audit trail untested.
    suite = "suites/analyst.suite.json"
    run(writ, "check", suite, "--lcov", "coverage.info", cwd=repository)
    if shutil.which("genhtml"):
        done = run("genhtml", "--branch-coverage", "--output-directory", "html", "coverage.info",
                   cwd=repository)
        expect("functions" in done.stdout, "genhtml reads the tracefile")
        page = (repository / "html/policies/guardrail.json.gcov.html").read_text()
        # A line of the page: its number, then the line of the policy in a span of its class.
        def classes(text):
            lines = [line for line in page.splitlines() if text in line]
            return {word for line in lines for word in re.findall(r'class="(lineCov|lineNoCov|tlaGNC|tlaUNC)', line)}
        expect(classes("&quot;OfficeOnly&quot;") <= {"lineCov", "tlaGNC"} and
               classes("&quot;OfficeOnly&quot;"), "the page shows a statement that is covered")
        expect(classes("&quot;KeepAuditTrail&quot;") <= {"lineNoCov", "tlaUNC"} and
               classes("&quot;KeepAuditTrail&quot;"), "the page shows a statement that is not")
    else:
        print("skip  genhtml (Debian package lcov) is not installed")

    # Something of everything: passes, failures with and without a statement, a mistake.
    (repository / "suites/wrong.suite.json").write_text(json.dumps({
        "suite": "odd <&\"> \u00e9\u0007", "policies": {"p": "../policies/analyst.json"},
        "defaults": {"principal": "arn:aws:iam::111122223333:user/A"},
        "tests": [
            {"name": "a <b> & \"c\"", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/x",
             "expect": "denied"},
            {"name": "nobody\nallows", "action": "s3:Foo", "expect": "allowed"}]}))
    (repository / "suites/broken.suite.json").write_text("{\n  \"policies\": 1}")
    (repository / "cases.jsonl").write_text(
        '{"id": "c", "action": "s3:A", "expect": "allowed"}\n{"id": "d", "action": 1}\n')
    run(writ, "check", ".", "--coverage", "--junit", "junit.xml", "--sarif", "writ.sarif",
        cwd=repository, code=2)
    if shutil.which("xmllint"):
        done = subprocess.run(["xmllint", "--noout", "--schema", HERE / "junit.xsd", "junit.xml"],
                              cwd=repository, capture_output=True, text=True)
        expect(done.returncode == 0, "JUnit is valid by its schema" +
               (done.stderr if done.returncode else ""))
    else:
        print("skip  xmllint (Debian package libxml2-utils) is not installed")
    junit = (repository / "junit.xml").read_text()
    expect('failures="3"' in junit and 'errors="2"' in junit, "JUnit counts failures and errors")

    sarif = json.loads((repository / "writ.sarif").read_text())
    rules = [result["ruleId"] for result in sarif["runs"][0]["results"]]
    expect(rules.count("unexpected-decision") == 3 and rules.count("unusable-file") == 2,
           "SARIF has a result for each failure and error")
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    schema = sarif_schema()
    if jsonschema is None or schema is None:
        print("skip  python3-jsonschema or the schema of SARIF is not to be had")
    else:
        errors = [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(sarif)]
        expect(not errors, "SARIF is valid by its 2.1.0 schema" + "".join(errors[:3]))

    watch()
    print(f"{len(failures)} failures")
    return 1 if failures else 0


def watch():
    """The suite runs again after its policy was written, and after it was replaced."""
    folder = work / "watched"
    shutil.copytree(source / "examples/policy-repo", folder)
    policy = folder / "policies/analyst.json"
    text = policy.read_text()
    with open(work / "watch.log", "w") as log:
        tool = subprocess.Popen([writ, "check", "suites/analyst.suite.json", "--watch"], cwd=folder,
                                stdout=log, stderr=subprocess.STDOUT)
    def runs(count):
        for _ in range(300):
            seen = re.findall(r"(\d+) passed, (\d+) failed", (work / "watch.log").read_text())
            if len(seen) >= count:
                return seen
            time.sleep(0.05)
        return re.findall(r"(\d+) passed, (\d+) failed", (work / "watch.log").read_text())
    try:
        first = runs(1)
        expect(len(first) == 1 and first[0][1] == "0", "--watch runs at once")
        time.sleep(0.3)  # so that the watch stands
        policy.write_text(text.replace("s3:PutObject", "s3:PutOther"))
        second = runs(2)
        expect(len(second) == 2 and second[1][1] != "0", "--watch runs again when a policy changes")
        time.sleep(0.3)
        (folder / "new.json").write_text(text)
        (folder / "new.json").rename(policy)
        third = runs(3)
        expect(len(third) == 3 and third[2][1] == "0", "--watch follows a file that is replaced")
    finally:
        tool.terminate()
        tool.wait(10)


if __name__ == "__main__":
    sys.exit(main())
