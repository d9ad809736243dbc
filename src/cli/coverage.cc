#include "cli/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include "writ/parse.h"

namespace writ::cli {
namespace {

/// What one pattern or value says about a request, asked of the engine itself: a statement is made
/// of nothing else and explained.
std::optional<StatementTrace> ask_alone(const PolicyDocument& document, const CoverageItem& item,
                                        const Request& request) {
  JsonLine json;
  json.begin_object();
  if (document.version() != PolicyVersion::Absent) {
    json.member("Version", document.has_variables() ? "2012-10-17" : "2008-10-17");
  }
  json.key("Statement");
  json.begin_object();
  json.member("Effect", "Allow");
  json.member("Action", item.kind == CoverageItem::Kind::Action ? item.text : "*");
  json.member("Resource", item.kind == CoverageItem::Kind::Resource ? item.text : "*");
  if (item.kind == CoverageItem::Kind::Value) {
    // A value of a list decides if the request's key holds it: with ForAllValues too the question
    // is whether one of the given values is this one. Without the key nothing does.
    std::string op(to_string(item.test->op));
    if (item.test->quantifier != SetQuantifier::None) {
      const bool any = !item.negated;
      op = (any ? "ForAnyValue:" : "ForAllValues:") + op;
    }
    json.key("Condition");
    json.begin_object();
    json.key(op);
    json.begin_object();
    json.member(item.test->key.value, item.text);
    json.end_object();
    json.end_object();
  }
  json.end_object();
  json.end_object();
  const Result<PolicySet> set = compile_policy(json.text(), PolicyType::IdentityBased);
  if (!set) return std::nullopt;
  AppliedPolicies policies;
  policies.identity = std::span(&*set, 1);
  const Explanation explanation = explain(request, policies);
  for (const LayerTrace& layer : explanation.layers()) {
    if (!layer.statements.empty()) return layer.statements.front();
  }
  return std::nullopt;
}

/// Whether the item covers the request; what cannot be asked alone (patterns that only other kinds
/// of policy may have) counts with its statement.
bool covers(const PolicyDocument& document, const CoverageItem& item, const Request& request) {
  const std::optional<StatementTrace> alone = ask_alone(document, item, request);
  if (!alone) return true;
  switch (item.kind) {
    case CoverageItem::Kind::Action:
      return alone->action_matched;
    case CoverageItem::Kind::Resource:
      return alone->resource_matched;
    case CoverageItem::Kind::Value:
      break;
  }
  if (alone->conditions.empty()) return false;
  // A negated operator is false exactly where the key holds the value.
  return item.negated ? alone->conditions.front().result == Truth::False
                      : alone->conditions.front().result == Truth::True;
}

std::string_view word_of(const CoverageItem& item) {
  switch (item.kind) {
    case CoverageItem::Kind::Action:
      return item.negated ? "NotAction" : "Action";
    case CoverageItem::Kind::Resource:
      return item.negated ? "NotResource" : "Resource";
    case CoverageItem::Kind::Value:
      break;
  }
  return "value";
}

std::string describe(const CoverageItem& item) {
  if (item.kind != CoverageItem::Kind::Value)
    return fmt::format("{} `{}`", word_of(item), item.text);
  return fmt::format("value `{}` of {} `{}`", item.text, item.test->operator_text.value,
                     item.test->key.value);
}

std::string describe(const Statement& statement, std::size_t index) {
  return statement.has_sid && !statement.sid.value.empty()
             ? fmt::format("statement {} `{}`", index + 1, statement.sid.value)
             : fmt::format("statement {}", index + 1);
}

}  // namespace

Coverage::Coverage(const std::vector<CoveredPolicy>& policies) {
  for (const CoveredPolicy& source : policies) {
    Policy& policy = policies_.emplace_back(Policy{source, {}});
    for (const Statement& statement : source.document->statements()) {
      CoveredStatement& covered = policy.statements.emplace_back();
      covered.statement = &statement;
      for (const Text& text : statement.action.values) {
        covered.items.push_back({CoverageItem::Kind::Action, text.value, text.position, nullptr,
                                 statement.action.negated});
      }
      for (const Text& text : statement.resource.values) {
        covered.items.push_back({CoverageItem::Kind::Resource, text.value, text.position, nullptr,
                                 statement.resource.negated});
      }
      for (const ConditionTest& test : statement.conditions) {
        for (const ConditionValue& value : test.values) {
          covered.items.push_back(
              {CoverageItem::Kind::Value, value.text, value.position, &test, is_negated(test.op)});
        }
      }
    }
  }
}

void Coverage::record(const Request& request, const AppliedPolicies& policies,
                      const std::function<std::uint32_t(const StatementTrace&)>& policy_of) {
  ExplainOptions all;
  all.max_unrelated_statements = std::numeric_limits<std::uint32_t>::max();
  const Explanation explanation = explain(request, policies, {}, all);
  const Outcome outcome = explanation.decision().outcome;
  for (const LayerTrace& layer : explanation.layers()) {
    if (!layer.applies) continue;
    for (const StatementTrace& trace : layer.statements) {
      const std::uint32_t index = policy_of(trace);
      if (index >= policies_.size()) continue;
      Policy& policy = policies_[index];
      if (trace.id.statement >= policy.statements.size()) continue;
      CoveredStatement& statement = policy.statements[trace.id.statement];
      if (!trace.applied) {
        record_held_off(policy, statement, trace, request);
      } else if (outcome ==
                 (trace.effect == Effect::Deny ? Outcome::ExplicitDeny : Outcome::Allowed)) {
        record_effective(policy, statement, trace, request);
      }
    }
  }
}

void Coverage::record_effective(Policy& policy, CoveredStatement& statement,
                                const StatementTrace& trace, const Request& request) {
  ++statement.hits;
  for (CoverageItem& item : statement.items) {
    if (item.covered || item.negated) continue;
    if (item.kind == CoverageItem::Kind::Value) {
      const auto place =
          static_cast<std::size_t>(item.test - statement.statement->conditions.data());
      // Without the key a value says nothing, except to Null, which asks for the key itself.
      if (place >= trace.conditions.size() || trace.conditions[place].result != Truth::True ||
          (!trace.conditions[place].key_present && item.test->op != ConditionOperator::Null)) {
        continue;
      }
    }
    item.covered = covers(*policy.source.document, item, request);
  }
}

// A pattern of NotAction or NotResource, and a value of a negated operator, decide where they keep
// their statement from applying, and nothing else does.
void Coverage::record_held_off(Policy& policy, CoveredStatement& statement,
                               const StatementTrace& trace, const Request& request) {
  if (trace.failed_elements() != 1) return;
  for (CoverageItem& item : statement.items) {
    if (item.covered || !item.negated) continue;
    bool is_cause = false;
    switch (item.kind) {
      case CoverageItem::Kind::Action:
        is_cause = !trace.action_matched;
        break;
      case CoverageItem::Kind::Resource:
        is_cause = !trace.resource_matched;
        break;
      case CoverageItem::Kind::Value: {
        const auto place =
            static_cast<std::size_t>(item.test - statement.statement->conditions.data());
        is_cause = place < trace.conditions.size() && trace.conditions[place].key_present &&
                   trace.conditions[place].result == Truth::False;
        break;
      }
    }
    if (is_cause) item.covered = covers(*policy.source.document, item, request);
  }
}

void Coverage::merge(const Coverage& other) {
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    for (std::size_t j = 0; j < policies_[i].statements.size(); ++j) {
      CoveredStatement& mine = policies_[i].statements[j];
      const CoveredStatement& theirs = other.policies_[i].statements[j];
      mine.hits += theirs.hits;
      for (std::size_t k = 0; k < mine.items.size(); ++k) {
        mine.items[k].covered = mine.items[k].covered || theirs.items[k].covered;
      }
    }
  }
}

Coverage::Count Coverage::statements() const {
  Count count;
  for (const Policy& policy : policies_) {
    for (const CoveredStatement& statement : policy.statements) {
      ++count.total;
      count.covered += statement.hits != 0 ? 1 : 0;
    }
  }
  return count;
}

Coverage::Count Coverage::items(CoverageItem::Kind kind) const {
  Count count;
  for (const Policy& policy : policies_) {
    for (const CoveredStatement& statement : policy.statements) {
      for (const CoverageItem& item : statement.items) {
        if (item.kind != kind) continue;
        ++count.total;
        count.covered += item.covered ? 1 : 0;
      }
    }
  }
  return count;
}

std::string Coverage::to_table() const {
  using Kind = CoverageItem::Kind;
  std::size_t width = 6;
  for (const Policy& policy : policies_) width = std::max(width, policy.source.path.size());
  std::string text = fmt::format("{:<{}}  {:>12}  {:>12}  {:>12}  {:>12}\n", "policy", width,
                                 "statements", "actions", "resources", "values");
  const auto row = [&](std::string_view name, const Coverage& part) {
    const auto cell = [](const Count& count) {
      return fmt::format("{}/{}", count.covered, count.total);
    };
    fmt::format_to(std::back_inserter(text), "{:<{}}  {:>12}  {:>12}  {:>12}  {:>12}\n", name,
                   width, cell(part.statements()), cell(part.items(Kind::Action)),
                   cell(part.items(Kind::Resource)), cell(part.items(Kind::Value)));
  };
  for (const Policy& policy : policies_) {
    Coverage one({});
    one.policies_.push_back(policy);
    row(visible_text(policy.source.path), one);
  }
  row("all", *this);
  for (const ReportNote& note : notes()) {
    fmt::format_to(std::back_inserter(text), "{}:{}:{}: {}\n", visible_text(note.file),
                   note.position.line, note.position.column, visible_text(note.message));
  }
  fmt::format_to(std::back_inserter(text), "{:.1f} % of statements covered\n",
                 statements().percent());
  return text;
}

std::vector<ReportNote> Coverage::notes() const {
  std::vector<ReportNote> notes;
  for (const Policy& policy : policies_) {
    for (std::size_t i = 0; i < policy.statements.size(); ++i) {
      const CoveredStatement& statement = policy.statements[i];
      const std::string name = describe(*statement.statement, i);
      if (statement.hits == 0) {
        notes.push_back({"uncovered-statement", policy.source.path, statement.statement->begin,
                         name + " decides no test"});
        continue;
      }
      for (const CoverageItem& item : statement.items) {
        if (item.covered) continue;
        notes.push_back({"uncovered-statement", policy.source.path, item.position,
                         fmt::format("{} of {} decides no test", describe(item), name)});
      }
    }
  }
  return notes;
}

void Coverage::write_json(JsonLine& json) const {
  using Kind = CoverageItem::Kind;
  const auto count = [&json](std::string_view name, const Count& value) {
    json.key(name);
    json.begin_object();
    json.member("covered", static_cast<std::uint64_t>(value.covered));
    json.member("total", static_cast<std::uint64_t>(value.total));
    json.end_object();
  };
  json.begin_object();
  count("statements", statements());
  count("actions", items(Kind::Action));
  count("resources", items(Kind::Resource));
  count("values", items(Kind::Value));
  json.key("policies");
  json.begin_array();
  for (const Policy& policy : policies_) {
    json.begin_object();
    json.member("file", policy.source.path);
    json.member("kind", to_string(policy.source.document->type()));
    json.key("statements");
    json.begin_array();
    for (const CoveredStatement& statement : policy.statements) {
      json.begin_object();
      json.member("sid", statement.statement->sid.value);
      json.member("line", statement.statement->begin.line);
      json.member("column", statement.statement->begin.column);
      json.member("decisions", statement.hits);
      json.key("items");
      json.begin_array();
      for (const CoverageItem& item : statement.items) {
        json.begin_object();
        json.member("element", word_of(item));
        if (item.test != nullptr) {
          json.member("operator", item.test->operator_text.value);
          json.member("key", item.test->key.value);
        }
        json.member("text", item.text);
        json.member("line", item.position.line);
        json.member("column", item.position.column);
        json.member("covered", item.covered);
        json.end_object();
      }
      json.end_array();
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

std::string Coverage::to_lcov() const {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const Policy& policy : policies_) {
    fmt::format_to(out, "TN:\nSF:{}\n", visible_text(policy.source.path));
    std::map<std::uint32_t, std::uint64_t> lines;
    std::size_t functions_hit = 0;
    for (std::size_t i = 0; i < policy.statements.size(); ++i) {
      const CoveredStatement& covered = policy.statements[i];
      const Statement& statement = *covered.statement;
      std::string name = statement.sid.value.empty() ? fmt::format("statement {}", i + 1)
                                                     : std::string(statement.sid.value);
      std::ranges::replace(name, ',', ';');
      std::ranges::replace(name, '\n', ' ');
      fmt::format_to(out, "FN:{},{}\nFNDA:{},{}\n", statement.begin.line, name, covered.hits, name);
      functions_hit += covered.hits != 0 ? 1 : 0;
      for (std::uint32_t line = statement.begin.line; line <= statement.end.line; ++line) {
        // Of two statements in one line the worse one counts.
        const auto [at, is_new] = lines.try_emplace(line, covered.hits);
        if (!is_new) at->second = std::min(at->second, covered.hits);
      }
      for (const CoverageItem& item : covered.items) {
        if (!item.covered && item.position.line > statement.begin.line) {
          lines[item.position.line] = 0;
        }
      }
    }
    fmt::format_to(out, "FNF:{}\nFNH:{}\n", policy.statements.size(), functions_hit);
    std::size_t branches = 0;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < policy.statements.size(); ++i) {
      const CoveredStatement& covered = policy.statements[i];
      for (std::size_t j = 0; j < covered.items.size(); ++j) {
        const CoverageItem& item = covered.items[j];
        fmt::format_to(out, "BRDA:{},{},{},{}\n", item.position.line, i, j,
                       item.covered        ? "1"
                       : covered.hits != 0 ? "0"
                                           : "-");
        ++branches;
        taken += item.covered ? 1 : 0;
      }
    }
    fmt::format_to(out, "BRF:{}\nBRH:{}\n", branches, taken);
    std::size_t lines_hit = 0;
    for (const auto& [line, hits] : lines) {
      fmt::format_to(out, "DA:{},{}\n", line, hits);
      lines_hit += hits != 0 ? 1 : 0;
    }
    fmt::format_to(out, "LF:{}\nLH:{}\nend_of_record\n", lines.size(), lines_hit);
  }
  return text;
}

}  // namespace writ::cli
