#!/usr/bin/env python3
"""The checker of the documents notices what is wrong: checker_test.py"""

import sys
import unittest
from pathlib import Path

import cpp_blocks
from blocks import Block, Failure, blocks_of
from shell_blocks import commands_of, compare


def fence(language, text):
    return f"```{language}\n{text}```\n"


class BlocksTest(unittest.TestCase):
    def test_reads_language_file_and_options(self):
        (block,) = blocks_of("p.md", "# Page\n\n" + fence("json a.json kind=trust", "{}\n"))
        self.assertEqual((block.language, block.file, block.options), ("json", "a.json",
                                                                      {"kind": "trust"}))
        self.assertEqual((block.text, block.where, block.not_run), ("{}\n", "p.md:3", ""))

    def test_marker_counts_on_the_line_before_only(self):
        marker = "<!-- not run: why -->\n"
        self.assertEqual(blocks_of("p.md", marker + fence("sh", "false\n"))[0].not_run, "why")
        text = marker + "words\n" + fence("sh", "false\n")
        self.assertEqual(blocks_of("p.md", text)[0].not_run, "")
        text = marker + fence("sh", "a\n") + fence("sh", "b\n")
        self.assertEqual([block.not_run for block in blocks_of("p.md", text)], ["why", ""])
        self.assertEqual(blocks_of("p.md", "<!-- not run -->\n" + fence("sh", "a\n"))[0].not_run, "")

    def test_commands_need_a_label(self):
        for text in ("$ writ eval\n", "cmake -S .\n", "build/release/writ lint\n", "writ help\n"):
            with self.assertRaises(Failure):
                blocks_of("p.md", fence("", text))
        blocks_of("p.md", fence("", "text ──▶ document\n"))

    def test_a_block_ends(self):
        with self.assertRaises(Failure):
            blocks_of("p.md", "```sh\ntrue\n")


class ConsoleTest(unittest.TestCase):
    def test_takes_commands_and_their_output_apart(self):
        block = Block("p.md", 1, "console", "", {}, "$ a \\\n    b\none\ntwo\n$ c\n")
        self.assertEqual(commands_of(block), [("a \\\n    b", "one\ntwo\n"), ("c", "")])
        with self.assertRaises(Failure):
            commands_of(Block("p.md", 1, "console", "", {}, "one\n"))

    def check(self, shown, output):
        try:
            compare("p.md:1", shown, output)
            return True
        except Failure:
            return False

    def test_compares_to_the_letter(self):
        self.assertTrue(self.check("one\ntwo\n", "one\ntwo\n"))
        for output in ("", "one\n", "one\ntwo\nthree\n", "One\ntwo\n", "one\n\ntwo\n", "one  two\n"):
            self.assertFalse(self.check("one\ntwo\n", output), output)
        self.assertTrue(self.check("", ""))
        self.assertFalse(self.check("", "one\n"))
        self.assertFalse(self.check("a.c\n", "abc\n"))

    def test_leaves_out_what_is_marked(self):
        self.assertTrue(self.check("one\n...\nfour\n", "one\ntwo\nthree\nfour\n"))
        self.assertTrue(self.check("one\n...\n", "one\n"))
        self.assertFalse(self.check("one\n...\nfour\n", "one\ntwo\n"))
        self.assertTrue(self.check("… bytes\n", "17 bytes\n"))
        self.assertFalse(self.check("… bytes\n", "17 bits\n"))


class CppTest(unittest.TestCase):
    def test_pages_are_apart(self):
        blocks = [Block(page, 3, "cpp", "", {}, text) for page, text in
                  (("a.md", "#include <cstdio>\nint x = 1;\n"), ("a.md", "int main() {\n}\n"),
                   ("b.md", "int x = 2;\n"))]
        unit = cpp_blocks.translation_unit(blocks, Path("/nowhere"))
        self.assertEqual(unit.count("#include <cstdio>"), 1)
        self.assertIn("namespace page_a", unit)
        self.assertIn("namespace page_b", unit)
        self.assertIn('#line 4 "a.md"', unit)
        self.assertIn("namespace block_1 {\n", unit)  # main is no statement


if __name__ == "__main__":
    sys.exit(unittest.main())
