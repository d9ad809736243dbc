"""Runs the commands of a page, one after the other, in a folder of the page's own.

`sh` blocks must succeed. `console` blocks show commands (`$ ...`) and what they print: a line `...`
stands for any lines, `…` for any part of a line.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from blocks import Failure

SECONDS = 900


class Shell:
    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.here = folder  # a `cd` of one block holds for the next

    def run(self, command):
        """Exit code and output."""
        marker = self.folder / ".here"
        script = f"{command}\ncode=$?\npwd >'{marker}'\nexit $code\n"
        run = subprocess.run(["bash", "-c", script], cwd=self.here, env=self.environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
        if marker.exists():
            self.here = Path(marker.read_text().rstrip("\n"))
        return run.returncode, run.stdout

    def write(self, block):
        path = self.here / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)

    def sh(self, block):
        code, output = self.run("set -e\n" + block.text)
        if code != 0:
            raise Failure(f"{block.where}: exit code {code}\n{output[-3000:]}")

    def console(self, block):
        for command, shown in commands_of(block):
            code, output = self.run(command)
            if code >= 126:
                raise Failure(f"{block.where}: `{command}` cannot be run\n{output}")
            compare(f"{block.where}: `{command}`", shown, output)


def commands_of(block):
    commands = []
    in_command = False
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ ") and not in_command:
            commands.append([line[2:], ""])
            in_command = line.rstrip("\n").endswith("\\")
        elif in_command:
            commands[-1][0] += line
            in_command = line.rstrip("\n").endswith("\\")
        elif not commands:
            raise Failure(f"{block.where}: output without a command (`$ ...`)")
        else:
            commands[-1][1] += line
    return [(command.rstrip("\n"), shown) for command, shown in commands]


def compare(what, shown, output):
    """Fails unless `output` is what the page shows."""
    pattern = ""
    for line in shown.rstrip("\n").split("\n"):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part.rstrip() if part is line else part)
                                  for part in line.split("…")) + r"[ \t]*\n"
    if not shown.strip():
        pattern = ""
    if not re.fullmatch(pattern, output.rstrip("\n") + "\n" if output.strip() else ""):
        raise Failure(f"{what}: the page shows\n{indented(shown)}but it prints\n{indented(output)}")


def indented(text):
    return "".join(f"    {line}\n" for line in text.rstrip("\n").split("\n"))


def environment_with(folder, tool):
    """The page finds the tool as `writ`; what it builds is kept by ccache."""
    programs = folder / ".bin"
    programs.mkdir(parents=True)
    (programs / "writ").symlink_to(tool)
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "CTEST_INTERACTIVE_DEBUG_MODE")}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    if shutil.which("ccache"):
        environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    environment["NO_COLOR"] = "1"
    environment["LC_ALL"] = "C.UTF-8"
    return environment
