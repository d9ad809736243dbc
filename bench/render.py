#!/usr/bin/env python3
"""Turns the results of the benchmark program into docs/performance.md.

Every figure is the median over the runs. Ratios are taken within each run, then their median."""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys

WRIT = "writ"
STRINGS = "writ from strings"
HAND = "_HandWrittenCpp"
SCAN = "_LinearScan"
HASH = "_HashLookup"
DOM = "_RapidJsonDom"
# Families whose rows are single decisions.
EVALUATE = ["one_user", "managed", "hard", "fleet", "trust", "cross_account", "partner_central",
            "worst"]
BATTERIES = ["same_prefix", "nested_prefixes", "leading_stars", "forty_stars"]


class Results:
    """All rows of all runs, found by what they measure."""

    def __init__(self, folder):
        self.runs = {}
        self.about = None
        for file in sorted(folder.glob("*-*.json")):
            run = int(file.name.split("-", 1)[0])
            content = json.loads(file.read_text(encoding="utf-8"))
            self.about = content if self.about is None else self.about
            rows = self.runs.setdefault(run, {})
            for row in content["rows"]:
                key = (row["family"], row["variant"], row["subject"], row["n"], row["cold"])
                rows[key] = row
        if self.about is None:
            sys.exit(f"render.py: no results in {folder}")

    def keys(self):
        seen = {}
        for rows in self.runs.values():
            for key in rows:
                seen.setdefault(key)
        return list(seen)

    def values(self, key, field):
        """The figure in each run that has it."""
        found = [rows[key].get(field) for rows in self.runs.values() if key in rows]
        return [value for value in found if value is not None]

    def median(self, key, field):
        values = self.values(key, field)
        return statistics.median(values) if values else None

    def ratios(self, upper, upper_field, lower, lower_field):
        """Of each run that has both figures."""
        result = []
        for rows in self.runs.values():
            if upper not in rows or lower not in rows:
                continue
            a = rows[upper].get(upper_field)
            b = rows[lower].get(lower_field)
            if a is not None and b:
                result.append(a / b)
        return result


def warm(family, variant, subject, n):
    return (family, variant, subject, n, False)


class Line:
    """One condition: what is asked, the limit, and what was measured (None: not measured)."""

    def __init__(self, what, limit, values, unit="", at_least=False, note=""):
        self.what = what
        self.limit = limit
        self.values = values
        self.unit = unit
        self.at_least = at_least
        self.note = note

    def cells(self):
        sign = "≥" if self.at_least else "≤"
        limit = f"{sign} {number(self.limit)}{self.unit}"
        if not self.values:
            return [self.what, limit, "–", "", "not measured"]
        value = statistics.median(self.values)
        met = value >= self.limit if self.at_least else value <= self.limit
        spread = ""
        if len(self.values) > 1:
            spread = f"{number(min(self.values))} to {number(max(self.values))}"
        what = self.what + (f" ({self.note})" if self.note else "")
        return [what, limit, f"{number(value)}{self.unit}", spread, "met" if met else "**not met**"]


def number(value):
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ns(value):
    """Nanoseconds as people read them."""
    if value is None:
        return ""
    for limit, unit in ((1e9, "s"), (1e6, "ms"), (1e4, "µs")):
        if value >= limit:
            return f"{value / {'s': 1e9, 'ms': 1e6, 'µs': 1e3}[unit]:,.3g} {unit}"
    return f"{value:,.0f} ns"


def worst_of(candidates):
    """Of (label, ratios): the one with the greatest median."""
    candidates = [(label, ratios) for label, ratios in candidates if ratios]
    if not candidates:
        return "", []
    return max(candidates, key=lambda entry: statistics.median(entry[1]))


def one_user_lines(results):
    at = lambda n, variant="mixed", subject=WRIT: warm("one_user", variant, subject, n)
    sizes = sorted({key[3] for key in results.keys() if key[0] == "one_user"})
    tail = worst_of([(f"N = {n:,}", results.ratios(at(n), "p99_ns", at(n), "p50_ns"))
                     for n in sizes])
    miss = worst_of([(f"N = {n:,}", results.ratios(at(n, "no_match"), "p50_not_allowed_ns",
                                                   at(n, "no_match"), "p50_allowed_ns"))
                     for n in sizes if n >= 10])
    return [
        Line("`one_user`, N = 1,000: p50 against `_HandWrittenCpp`", 1.5,
             results.ratios(at(1000), "p50_ns", at(1000, subject=HAND), "p50_ns"), " ×"),
        Line("`one_user`, N = 1,000: p50", 100, results.values(at(1000), "p50_ns"), " ns"),
        Line("`one_user`, worst size: p99 against p50", 3, tail[1], " ×", note=tail[0]),
        Line("`one_user`: p50 at N = 10,000 against N = 10", 1.5,
             results.ratios(at(10000), "p50_ns", at(10), "p50_ns"), " ×"),
        Line("`one_user`: p50 at N = 1,000,000 against N = 10", 4,
             results.ratios(at(1000000), "p50_ns", at(10), "p50_ns"), " ×"),
        Line("`one_user`, worst size: p50 of no match against a match", 1, miss[1], " ×",
             note=miss[0]),
    ]


def family_lines(results):
    user = warm("one_user", "mixed", WRIT, 100)
    lines = []
    for variant in ("generated", "corpus"):
        keys = [key for key in results.keys()
                if key[0] == "managed" and key[1] == variant and key[2] == WRIT and not key[4]]
        ratios = []
        # Families are run by processes of their own, so the sizes come from different files.
        for key in keys:
            ratios = results.ratios(key, "p50_ns", user, "p50_ns")
        if keys or variant == "generated":
            lines.append(Line(f"`managed`, {variant}: p50 against `one_user` at N = 100", 5, ratios,
                              " ×"))
    hard = [key for key in results.keys() if key[0] == "hard" and key[2] == WRIT and not key[4]]
    tail = worst_of([(f"{key[1]}, N = {key[3]:,}", results.ratios(key, "p99_ns", key, "p50_ns"))
                     for key in hard])
    lines.append(Line("`hard`, worst: p99 against p50", 10, tail[1], " ×", note=tail[0]))
    at = lambda n: warm("hard", "distinct", WRIT, n)
    lines.append(Line("`hard`, distinct: p50 at N = 10,000 against N = 10", 2,
                      results.ratios(at(10000), "p50_ns", at(10), "p50_ns"), " ×"))
    against = []
    for key in results.keys():
        if key[0] not in EVALUATE or key[2] != WRIT or key[4]:
            continue
        if (results.median(key, "statements_per_request") or 0) < 10:
            continue
        scan = (key[0], key[1], SCAN, key[3], False)
        against.append((f"{key[0]}, {key[1]}, N = {key[3]:,}",
                        results.ratios(key, "mean_ns", scan, "mean_ns")))
    slow = worst_of(against)
    lines.append(Line("worst family with 10 statements or more: mean against `_LinearScan`", 1,
                      slow[1], " ×", note=slow[0]))
    for battery in BATTERIES:
        sizes = sorted({key[3] for key in results.keys()
                        if key[0] == "worst" and key[1] == battery})
        found = worst_of([(f"N = {n:,}",
                           results.ratios(warm("worst", battery, WRIT, n), "p99_ns",
                                          warm("one_user", "mixed", SCAN, n), "p50_ns"))
                          for n in sizes])
        lines.append(Line(f"battery `{battery}`: p99 against `_LinearScan` on `one_user` of the "
                          "same size", 20, found[1], " ×", note=found[0]))
    return lines


def batch_lines(results):
    allocations = []
    for run in results.runs.values():
        counts = [row["allocations"] for key, row in run.items()
                  if key[0] in EVALUATE + ["batch"] and key[2].startswith(WRIT)
                  and "allocations" in row]
        if counts:
            allocations.append(max(counts))
    speedups = [(key[1], results.values(key, "speedup")) for key in results.keys()
                if key[0] == "batch" and key[1] == "actions_on_resource"]
    return [
        Line("most allocations of any `evaluate` benchmark, per decision", 0, allocations),
        Line("batch: decisions per second against single calls, 20 actions on one resource", 2,
             speedups[0][1] if speedups else [], " ×", at_least=True),
    ]


def compile_lines(results):
    variants = {key[1] for key in results.keys() if key[0] == "parse"}
    lines = []
    variant = "corpus" if "corpus" in variants else "generated"
    find = lambda subject: next((key for key in results.keys() if key[:3] == ("parse", variant,
                                                                              subject)), None)
    dom = find(DOM)
    for subject, words in (("writ apart", "a set for each document"),
                           ("writ together", "one set")):
        key = find(subject)
        lines.append(Line(f"parse, validate and compile the {variant} documents, {words}: against "
                          "RapidJSON's DOM", 4,
                          results.ratios(key, "mean_ns", dom, "mean_ns") if key else [], " ×"))
    for family in ("one_user", "hard"):
        key = warm("compile", family, WRIT, 1000)
        lines.append(Line(f"compile 1,000 statements, `{family}`", 3,
                          [value / 1e6 for value in results.values(key, "mean_ns")], " ms"))
    for subject, words in (("writ apart", "a set for each document"),
                           ("writ together", "one set")):
        key = find(subject)
        lines.append(Line(f"bytes that evaluation touches, {words}: against the minified JSON", 1,
                          results.ratios(key, "hot_bytes", key, "bytes") if key else [], " ×"))
        lines.append(Line(f"all compiled bytes, {words}: against the minified JSON", 1.5,
                          results.ratios(key, "compiled_bytes", key, "bytes") if key else [],
                          " ×"))
    return lines


def thread_lines(results):
    key = lambda subject: next((key for key in results.keys()
                                if key[:3] == ("threads", "one_user", subject)), None)
    scaling = (results.ratios(key(WRIT), "scaling", key(HASH), "scaling")
               if key(WRIT) and key(HASH) else [])
    lines = [Line("two threads: scaling against that of `_HashLookup`", 0.95, scaling, " ×",
                  at_least=True)]
    for variant, words in (("publications", "1,000 publications a second"),
                           ("segments", "a segment rebuilt 10 times a second")):
        row = next((key for key in results.keys() if key[:3] == ("reload", variant, WRIT)), None)
        lines.append(Line(f"readers' p99 with {words}: against without", 1.5,
                          results.values(row, "p99_ratio") if row else [], " ×"))
    return lines


def table(header, rows):
    text = ["| " + " | ".join(header) + " |",
            "| " + " | ".join("---" if i == 0 else "---" for i in range(len(header))) + " |"]
    text += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(text)


def decision_table(results, family):
    rows = []
    for key in results.keys():
        if key[0] != family or key[2] != WRIT:
            continue
        other = lambda subject: (key[0], key[1], subject, key[3], key[4])
        field = lambda name, subject=WRIT: results.median(other(subject), name)
        spread = results.values(key, "p50_ns")
        rows.append((key[1], key[3], key[4], [
            f"`{key[1]}`" + (" cold" if key[4] else ""), f"{key[3]:,}", ns(field("p50_ns")),
            f"{ns(min(spread))} to {ns(max(spread))}", ns(field("p99_ns")), ns(field("mean_ns")),
            ns(field("p50_ns", STRINGS)), ns(field("p50_ns", HAND)), ns(field("p50_ns", SCAN)), ns(field("p50_ns", HASH)),
            number(field("allocations")), number(field("bytes_per_statement"))]))
    header = ["variant", "N", "p50", "p50 of the runs", "p99", "mean", "p50 from strings",
              "`_HandWrittenCpp` p50",
              "`_LinearScan` p50", "`_HashLookup` p50", "allocations", "bytes/statement"]
    rows = [row[3] for row in rows]
    # Columns that nothing fills are left out.
    keep = [i for i in range(len(header)) if any(row[i] for row in rows)]
    return table([header[i] for i in keep], [[row[i] for i in keep] for row in rows])


SPECIAL = {"p50_ns", "p99_ns", "mean_ns", "p50_allowed_ns", "p50_not_allowed_ns", "family",
           "variant", "subject", "n", "cold", "requests", "runs", "with_parsing_ns"}
BYTES = {"megabytes_per_second"}


def other_table(results, family):
    keys = [key for key in results.keys() if key[0] == family]
    extra = []
    for rows in results.runs.values():
        for key in keys:
            for name in rows.get(key, {}):
                if name not in SPECIAL and name not in extra:
                    extra.append(name)
    header = ["variant", "subject", "N", "p50", "p99", "mean"]
    with_parsing = any(results.median(key, "with_parsing_ns") is not None for key in keys)
    if with_parsing:
        header.append("with parsing")
    header += [name.replace("_", " ") for name in extra]
    rows = []
    for key in keys:
        field = lambda name: results.median(key, name)
        row = [f"`{key[1]}`", f"`{key[2]}`" if key[2].startswith("_") else key[2], f"{key[3]:,}",
               ns(field("p50_ns")), ns(field("p99_ns")), ns(field("mean_ns"))]
        if with_parsing:
            row.append(ns(field("with_parsing_ns")))
        rows.append(row + [number(field(name)) for name in extra])
    keep = [i for i in range(len(header)) if any(row[i] for row in rows)]
    return table([header[i] for i in keep], [[row[i] for i in keep] for row in rows])


TITLES = {
    "one_user": "One user: a literal prefix and one StringEquals for each of N statements",
    "managed": "Twenty documents in the manner of AWS's managed policies, a boundary, two levels of "
               "service control policies",
    "hard": "Inner wildcards, variables, Not*, ForAllValues, addresses and dates",
    "fleet": "Many principals that share a thousand documents",
    "trust": "Roles with trust policies; N counts the statements of all roles",
    "cross_account": "Callers of other accounts at a bucket whose policy has N statements",
    "partner_central": "The printed Partner Central policies",
    "worst": "Batteries against worst cases",
    "explain": "Explanations",
    "parse": "Reading and compiling documents",
    "compile": "Compiling a parsed document",
    "threads": "Threads",
    "batch": "Batches",
    "load_image": "Images",
    "reload": "Reloading",
    "portal": "The portal",
    "replay": "What a change of policies means for the calls of a log",
}

METHOD = """\
## How it is measured

- Every decision family has at least 8,192 different requests in random order, about half of them not
  allowed. Each request's cost is its least over 15 runs or more; a run is the mean of a few passes
  over all requests, each in another random order, because some processors' cycle counters advance in
  steps. The timer's own cost is subtracted. p50 and p99 are over the requests.
- Before the timer starts the request's own bytes are read once, since whoever asks has just put the
  request together; this holds for the baselines as well. The policies lie in whatever cache the other
  requests have left them.
- `mean` is over whole passes, timed in blocks of eight requests, so that one decision may overlap
  the next; it is no least of anything. Where half of the requests end quickly and half slowly, p50
  stands on the edge between them, so the comparison of a family with `_LinearScan` is by the mean. `cold`: 64 MB are walked through before each request.
- A request is built once and may be asked about many times, so building it is not in p50. `p50 from
  strings` is the whole way: the request built from its strings, then the decision.
- `_HandWrittenCpp` is the same policy as plain code. For `one_user`: a radix tree over the literal
  prefixes, the action and the tag compared where a prefix ends, the tag's value at hand. For
  `partner_central`: plain `if`s. `_LinearScan` compares compiled patterns statement by
  statement, denials first, and stops at the first that decides. `_HashLookup` looks the strings of the
  request up in a table of the allowed requests. The baselines read the request's strings. Their
  answers are checked against writ's on all requests before anything is timed; on the first 64
  where one scan takes longer than the time allows.
- Where a subject is too slow for all requests and runs within the time for one figure, it gets fewer
  requests, then fewer runs. Families are run one after the other, all of them in each run; figures are
  medians of the runs, ratios are taken within each run.
- A battery is held against `_LinearScan`'s best case: `one_user` of the same size, where every
  comparison fails in its first bytes.
"""


def machine():
    """Caches and memory, where the system tells."""
    words = []
    try:
        for line in subprocess.run(["lscpu"], capture_output=True, text=True,
                                   check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
                                   ).stdout.splitlines():
            name, _, value = line.partition(":")
            if name in ("L2 cache", "L3 cache", "Hypervisor vendor"):
                words.append(f"{name.lower().replace('l2', 'L2').replace('l3', 'L3')} "
                             f"{value.strip()}")
    except (OSError, subprocess.CalledProcessError):
        pass
    return ", ".join(words)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", required=True, type=pathlib.Path)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    results = Results(arguments.results)
    about = results.about

    sections = [
        ("Decisions whose cost does not grow", one_user_lines),
        ("Real and hard policies", family_lines),
        ("Allocations and batches", batch_lines),
        ("Compiling", compile_lines),
        ("Threads and reloading", thread_lines),
    ]
    text = ["# Performance", "",
            "Written by `bench/run.sh`; not edited by hand. The ratios are the point: times change "
            "with the machine.", "",
            table(["what", ""], [
                ["processor", f"{about['processor']}, {about['processors']} in use"],
                ["machine", machine()],
                ["compiler", f"{about['compiler']}, release preset"],
                ["commit", arguments.commit],
                ["date", datetime.date.today().isoformat()],
                ["runs", f"{len(results.runs)}, {about['mode']}"],
                ["timer", f"{about['clock']}, {about['timer_ns']:.1f} ns subtracted"],
            ]), "", "## What is asked of it", ""]
    acceptance = []
    for title, make in sections:
        lines = make(results)
        text += [f"### {title}", "",
                 table(["condition", "limit", "measured", "of the runs", ""],
                       [line.cells() for line in lines]), ""]
        acceptance += [dict(zip(("what", "limit", "measured", "spread", "verdict"), line.cells()))
                       for line in lines]
    families = list(dict.fromkeys(key[0] for key in results.keys()))
    order = list(TITLES)
    families.sort(key=lambda family: order.index(family) if family in order else len(order))
    text += ["## Families", ""]
    for family in families:
        text += [f"### `{family}`", "", TITLES.get(family, "") + ".", "",
                 decision_table(results, family) if family in EVALUATE
                 else other_table(results, family), ""]
    text.append(METHOD)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text("\n".join(text), encoding="utf-8")
    if arguments.json:
        merged = {key: value for key, value in about.items() if key != "rows"}
        merged["commit"] = arguments.commit
        merged["acceptance"] = acceptance
        merged["runs"] = [list(rows.values()) for rows in results.runs.values()]
        arguments.json.write_text(json.dumps(merged, indent=1, ensure_ascii=False),
                                  encoding="utf-8")
    for line in acceptance:
        print(f"{line['verdict'].strip('*'):13} {line['measured']:>12}  {line['limit']:>9}  "
              f"{line['what']}")


if __name__ == "__main__":
    main()
