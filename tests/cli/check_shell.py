#!/usr/bin/env python3
"""Holds manual pages and completions to the table of commands, and lets the shells themselves complete.

    check_shell.py WRIT

Shells and man readers that are not installed are named and left out; bash is always there.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
problems = []
left_out = []


def run(*arguments, **more):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, **more)


def expect(condition, problem):
    if not condition:
        problems.append(problem)


def tool(*arguments):
    answer = run(TOOL, *arguments)
    expect(answer.returncode == 0, f"{arguments} exits with {answer.returncode}: {answer.stderr}")
    return answer.stdout


def check_contents(commands, folder, scripts):
    """Every command and option is everywhere."""
    overview = (folder / "writ.1").read_text()
    for command in commands:
        name = command["name"]
        expect("\\fBwrit\\-" + name.replace("-", "\\-") + "\\fR(1)" in overview, f"writ.1 does not list {name}")
        page = (folder / f"writ-{name}.1").read_text()
        expect(page == tool("man", name), f"`writ man {name}` prints another page")
        options = [option["name"] for option in command["options"]]
        expect("--help" in options and "--json" in options, f"{name} lacks common options")
        for option in options:
            expect("\\fB" + option.replace("-", "\\-") + "\\fR" in page, f"the page of {name} lacks {option}")
            in_fish = (f"seen_subcommand_from {name}' -l {option[2:]} " if option.startswith("--")
                       else f"seen_subcommand_from {name}' -s {option[1:]} ")
            expect(in_fish in scripts["fish"], f"fish: {name} lacks {option}")
        in_zsh = scripts["zsh"].split(f"\n    {name})\n", 1)[-1].split(";;", 1)[0]
        expect(all(re.search(rf"'\*?{option}=?\[", in_zsh) for option in options), f"zsh: {name} lacks an option")
        operands = set(re.findall("[A-Z]+", command["operands"]))
        expect(operands <= {"FILE", "DIR", "COMMAND", "ACTION", "RESOURCE", "PRINCIPAL"}, f"no completion knows {operands}")
        expect(not operands & {"FILE", "DIR"} or re.search(r":_files( -/)?'", in_zsh), f"zsh: {name} completes no files")
        expect(f"options=\"{' '.join(options)}\"" in scripts["bash"], f"bash: {name} lacks an option")


def check_bash(commands, script):
    def complete(*words, cwd=None):
        line = f"source {script}; COMP_WORDS=(writ \"$@\"); COMP_CWORD=$#; _writ; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        return run("bash", "-c", line, "bash", *words, cwd=cwd).stdout.split("\n")[:-1]

    expect("-F _writ writ" in run("bash", "-c", f"source {script}; complete -p writ").stdout, "bash: nothing is registered")
    names = [command["name"] for command in commands]
    expect(set(names) <= set(complete("")), "bash: commands are missing")
    expect(complete("ex") == ["explain"], "bash: `ex` is not `explain`")
    expect(complete("explain", "--ht") == ["--html"], "bash: `explain --ht`")
    expect("scp" in complete("lint", "--kind", ""), "bash: `lint --kind`")
    expect(complete("lint", "--kind", "=", "sc") == ["scp"], "bash: `lint --kind=sc`")
    expect(complete("completion", "z") == ["zsh"], "bash: `completion z`")
    expect(set(complete("man", "si")) == {"simulate", "simulate-principal"}, "bash: `man si`")
    expect(complete("help", "simulate-") == ["simulate-principal"], "bash: `help simulate-`")
    expect(complete("eval", "--identity", "") == [""], "bash: files are left to the shell")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("My Dir", "Mine*"):
            (pathlib.Path(folder) / name).mkdir()
        (pathlib.Path(folder) / "My file").touch()
        expect(sorted(complete("man", "-o", "M", cwd=folder)) == ["Mine*", "My Dir"], "bash: `man -o M`")


def check_other_shells(scripts):
    if shutil.which("zsh"):
        answer = run("zsh", "-n", str(scripts["zsh"]))
        expect(answer.returncode == 0, "zsh: " + answer.stderr)
        answer = run("zsh", "-f", "-c", f"fpath=({scripts['zsh'].parent} $fpath); autoload -U compinit; "
                                        "compinit -D -u; print $_comps[writ]")
        expect(answer.stdout.strip() == "_writ", f"zsh: nothing is registered: {answer.stdout}{answer.stderr}")
    else:
        left_out.append("zsh")
    if shutil.which("fish"):
        def complete(line):
            answer = run("fish", "--no-config", "-c", f"source {scripts['fish']}; complete -C '{line}'")
            expect(answer.returncode == 0 and not answer.stderr, "fish: " + answer.stderr)
            return [entry.split("\t")[0] for entry in answer.stdout.splitlines()]

        expect(complete("writ ex") == ["explain"], "fish: `ex`")
        expect("--html" in complete("writ explain --h"), "fish: `explain --h`")
        expect("scp" in complete("writ lint --kind "), "fish: `lint --kind`")
    else:
        left_out.append("fish")


def check_pages(folder):
    pages = sorted(map(str, folder.glob("*.1")))
    if shutil.which("mandoc"):
        lines = run("mandoc", "-T", "lint", "-W", "warning", *pages).stdout.splitlines()
        # There is no day on which a version that is not released was released.
        lines = [line for line in lines if "missing date" not in line]
        expect(not lines, "mandoc: " + "\n".join(lines))
    else:
        left_out.append("mandoc")
    if shutil.which("man") and shutil.which("groff"):
        for page in pages:
            answer = run("man", "--warnings", "-l", "-Tutf8", page, env={**os.environ, "MANPAGER": "cat"})
            expect(answer.returncode == 0 and not answer.stderr, f"man: {page}: {answer.stderr}")
    else:
        left_out.append("man")


def main():
    commands = json.loads(tool("help", "--json"))["commands"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "man").mkdir()
        tool("man", "-o", str(folder / "man"))
        paths = {"bash": folder / "writ", "zsh": folder / "_writ", "fish": folder / "writ.fish"}
        for shell, path in paths.items():
            tool("completion", shell, "-o", str(path))
        check_contents(commands, folder / "man", {shell: path.read_text() for shell, path in paths.items()})
        check_bash(commands, paths["bash"])
        check_other_shells(paths)
        check_pages(folder / "man")
    print(*problems, sep="\n")
    print(f"{len(commands)} commands; {len(problems)} problems"
          + (f"; not installed and left out: {', '.join(left_out)}" if left_out else ""))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
