#!/usr/bin/env python3
"""Compiles or runs every block of README.md and docs/: check_blocks.py SOURCE_DIR TOOL CXX WORK_DIR [PAGE...]

| language          | what is done with the block                                                    |
| `cpp`, `c`        | compiled                                                                       |
| `sh`              | run, must succeed                                                              |
| `console`         | run, and what it prints compared                                               |
| `json`, `jsonl`   | parsed; a policy (it has a `Statement`) must pass `writ lint`                  |
| with a file name  | also written to the page's folder, where its commands find it                  |
| `text`, none      | a drawing: nothing                                                             |

A block is left out only by `<!-- not run: why -->` on the line before it. Exit code 1: something is
not as the pages say.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import cpp_blocks
from blocks import Failure, blocks_of
from shell_blocks import Shell, environment_with

COMPILED = ("cpp", "c")
FILES = ("cmake", "ini", "nginx", "txt", "cpp", "json", "jsonl", "python", "sh")
DRAWINGS = ("text",)


class Checker:
    def __init__(self, source, tool, compiler, work):
        self.source = source
        self.tool = tool
        self.compiler = compiler
        self.work = work
        self.counts = {}
        self.left_out = []
        self.failures = []

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def sandbox(self, page):
        folder = self.work / Path(page).stem
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        environment = environment_with(folder, self.tool)
        for name in ("policies", "examples", "docs", "tests", "include", "src", ".ci"):
            (folder / name).symlink_to(self.source / name)
        (folder / "build/release").mkdir(parents=True)
        (folder / "build/release/writ").symlink_to(self.tool)
        (folder / "writ").symlink_to(self.source)
        return Shell(folder, environment)

    def check_json(self, block, shell):
        texts = block.text.splitlines() if block.language == "jsonl" else [block.text]
        for text in texts:
            try:
                value = json.loads(text)
            except ValueError as error:
                raise Failure(f"{block.where}: {error}") from error
            if isinstance(value, dict) and "Statement" in value:
                path = shell.folder / ".policy.json"
                path.write_text(text)
                kind = block.options.get("kind", "identity")
                code, output = shell.run(f"writ lint --kind {kind} '{path}'")
                if code != 0:
                    raise Failure(f"{block.where}: {output}")

    def check_block(self, block, shell):
        if block.not_run:
            self.left_out.append(block)
            return
        if block.file:
            if block.language not in FILES:
                raise Failure(f"{block.where}: a file of language {block.language}")
            shell.write(block)
        if block.language in ("json", "jsonl"):
            self.check_json(block, shell)
        elif block.language == "console":
            shell.console(block)
        elif block.language == "sh" and not block.file:
            shell.sh(block)
        elif not block.file and block.language not in COMPILED + DRAWINGS:
            raise Failure(f"{block.where}: nothing is known of language {block.language}")
        self.count("drawings" if block.language in DRAWINGS else block.language)

    def check_pages(self, pages):
        compiled = []
        for page in pages:
            begin = time.monotonic()
            try:
                blocks = blocks_of(page, (self.source / page).read_text())
                shell = self.sandbox(page)
                for block in blocks:
                    self.check_block(block, shell)
                compiled += [b for b in blocks if b.language in COMPILED and not b.not_run]
            except Failure as failure:
                self.failures.append(str(failure))
            took = time.monotonic() - begin
            if took > 2:
                print(f"{page}: {took:.1f} s", flush=True)
        self.compile(compiled)

    def compile(self, blocks):
        context = Path(__file__).parent / "context"
        include = self.source / "include"
        try:
            for block in blocks:
                if block.language == "c":
                    cpp_blocks.compile_text(self.compiler, "c", block.text, include, self.work)
            blocks = [block for block in blocks if block.language == "cpp"]
            if blocks:
                text = cpp_blocks.translation_unit(blocks, context)
                cpp_blocks.compile_text(self.compiler, "cpp", text, include, self.work)
        except Failure as failure:
            self.failures.append(str(failure))


def main():
    source, tool, compiler, work = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    pages = sys.argv[5:] or ["README.md"] + sorted(
        str(path.relative_to(source)) for path in (source / "docs").glob("*.md"))
    work.mkdir(parents=True, exist_ok=True)
    checker = Checker(source.resolve(), tool.resolve(), compiler, work.resolve())
    checker.check_pages(pages)
    for failure in checker.failures:
        print(failure)
    for block in checker.left_out:
        print(f"not run: {block.where}: {block.not_run}")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(checker.counts.items()))
    print(f"{len(pages)} pages: {kinds}; {len(checker.left_out)} not run; "
          f"{len(checker.failures)} failed")
    return 1 if checker.failures else 0


if __name__ == "__main__":
    sys.exit(main())
