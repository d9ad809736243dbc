"""Compiles the C++ of all pages as one translation unit, each page in a namespace of its own.

Blocks that define functions or types stand at the namespace's level; what is left are statements, and
gets a function around it. Names that a page takes for granted are declared in context/PAGE.h.
"""

import re
import subprocess
from pathlib import Path

from blocks import Failure

DEFINES = re.compile(r"^(TEST|int main|struct |class |template |namespace |[\w:<>]+ \w+\([^;]*\) \{$)",
                     re.M)
INCLUDE = re.compile(r"^\s*#include .*\n", re.M)


def translation_unit(blocks, context_folder):
    includes, bodies = [], []
    pages = sorted({block.page for block in blocks})
    for page in pages:
        name = re.sub(r"\W", "_", Path(page).stem)
        context = context_folder / f"{Path(page).stem}.h"
        text = context.read_text() if context.exists() else ""
        includes += INCLUDE.findall(text)
        body = f'#line 1 "{context}"\n' + INCLUDE.sub("\n", text)
        for number, block in enumerate(b for b in blocks if b.page == page):
            includes += INCLUDE.findall(block.text)
            code = f'#line {block.line + 1} "{page}"\n' + INCLUDE.sub("\n", block.text)
            if DEFINES.search(block.text):
                # Two blocks may define the same names.
                body += f"namespace block_{number} {{\n{code}}}\n"
            else:
                body += f"inline auto block_{number}() {{\n{code}}}\n"
        bodies.append(f"namespace page_{name} {{\n{body}}}\n")
    return "".join(dict.fromkeys(include.strip() + "\n" for include in includes)) + "".join(bodies)


def compile_text(compiler, language, text, include, work):
    source = work / f"blocks.{'c' if language == 'c' else 'cc'}"
    source.write_text(text)
    standard = "-std=c11" if language == "c" else "-std=c++20"
    run = subprocess.run(
        [*compiler.split(), standard, "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-unused", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-comment",
         f"-I{include}", *(["-x", "c"] if language == "c" else []), source],
        stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    if run.returncode != 0:
        raise Failure("the pages' blocks do not compile:\n" + run.stderr[:6000])
