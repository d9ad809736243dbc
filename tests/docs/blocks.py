"""The fenced blocks of a Markdown page, and what comments before them say.

    ```json reports.json kind=trust     language, a file's name, options
    <!-- not run: why -->               on the line before a block that is neither compiled nor run
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^```([^\s`]*)[ \t]*(.*?)$")
NOT_RUN = re.compile(r"^<!-- not run: (.+) -->$")
# An unlabelled block is a drawing; one that looks like commands has lost its label.
COMMAND = re.compile(r"^(\$ |\./|build/|bash |cmake |ctest |ninja |python3 |tests/|writ )", re.M)


@dataclass
class Block:
    page: str
    line: int  # of the fence
    language: str
    file: str
    options: dict = field(default_factory=dict)
    text: str = ""
    not_run: str = ""

    @property
    def where(self):
        return f"{self.page}:{self.line}"


class Failure(Exception):
    """A sentence that says where, and what is wrong."""


def blocks_of(page, text):
    blocks = []
    block = None
    before = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is None and fence:
            words = fence.group(2).split()
            options = dict(word.split("=", 1) for word in words if "=" in word)
            names = [word for word in words if "=" not in word]
            marker = NOT_RUN.match(before)
            block = Block(page, number, fence.group(1) or "text", names[0] if names else "",
                          options, "", marker.group(1) if marker else "")
        elif block is not None and line == "```":
            if block.language == "text" and not block.not_run and COMMAND.search(block.text):
                raise Failure(f"{block.where}: commands without a label: `console`, `sh`, "
                              "or a comment `<!-- not run: why -->` on the line before")
            blocks.append(block)
            block = None
        elif block is not None:
            block.text += line + "\n"
        if line.strip():
            before = line.strip()
    if block is not None:
        raise Failure(f"{block.where}: the block does not end")
    return blocks
