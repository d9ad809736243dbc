// Not API, may change in any release. Explanations: the decision's own tests, asked of every
// statement and written down.
//
// The decision itself is `evaluate`'s. Statement by statement the same functions decide whether an
// element matches (statement_match.h, principal.h, condition.h), so a trace cannot say otherwise
// than the decision; only the index is left out, and tests hold it to the linear walk.
#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include "writ/explain.h"
#include "writ/impl/decide.h"
#include "writ/impl/explain_text-inl.h"
#include "writ/impl/nearest_miss-inl.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

/// StatementTrace::principal_note.
[[nodiscard]] inline std::string_view principal_note(const Program& program,
                                                     const StatementRecord& statement,
                                                     const RequestFacts& request,
                                                     bool matched) noexcept {
  if (statement.has_principal == 0 || matched != (statement.not_principal != 0)) return {};
  const PrincipalsNode principals{program.node(statement.principals)};
  const PolicyType type = program.header().type;
  const Caller& caller = request.caller();
  if (statement.not_principal != 0) {
    // Who is exempt is matched where there is a boundary, and only there.
    if (is_exempt(type, principals, request)) {
      return "a permissions boundary voids its exceptions (P-63)";
    }
    if (caller.kind() == CallerKind::Federated || caller.kind() == CallerKind::Anonymous) {
      return "it excepts no federated and no anonymous caller (P-61)";
    }
    for (const PrincipalEntry& entry : principals) {
      if (match_entry(type, entry, request, Effect::Deny) != 0) {
        return "it would have to list every link of the caller's chain (P-61)";
      }
    }
    return {};
  }
  for (const PrincipalEntry& entry : principals) {
    switch (entry.kind()) {
      case PrincipalEntryKind::Everyone:
        return "`*` lets no federated caller assume a role (P-29)";
      case PrincipalEntryKind::AwsStar:
        return "`*` of `AWS` allows no service and no federated caller (P-28)";
      case PrincipalEntryKind::Federated:
        if (caller.kind() == CallerKind::Federated && are_equal(entry.text(), caller.id())) {
          return "a provider is not asked for `sts:AssumeRole` itself (E-82)";
        }
        break;
      default:
        break;
    }
  }
  return {};
}

[[nodiscard]] inline bool names_variable(std::string_view text) noexcept {
  PatternPieces pieces(text, true);
  for (PatternPiece piece; pieces.next(piece);) {
    if (piece.kind == PatternPiece::Kind::Variable) return true;
  }
  return false;
}

/// StatementTrace::literal_variables. Variables are active in a whole document or not at all.
[[nodiscard]] inline bool literal_variables(const Program& program,
                                            const StatementRecord& statement) noexcept {
  bool named = false;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ResourceRefs, statement.resources)) {
    const auto& pattern = program.at<PatternRecord>(Section::Patterns, id);
    if (WrittenPattern{program, pattern.node, {}}.has_variables()) return false;
    named = named || names_variable(program.string(pattern.text));
  }
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ConditionRefs, statement.conditions)) {
    const auto& record = program.at<TermRecord>(Section::Terms, id);
    const TermNode term = program.term(record.node);
    TermValue value{term.values()};
    for (Word i = term.value_count(); i != 0; --i, value = value.next()) {
      if (value.kind() == TermValue::Kind::Pattern &&
          program.pattern(value.pattern()).has_variables()) {
        return false;
      }
    }
    for (const StringRef text : program.range<StringRef>(Section::ValueTexts, record.values)) {
      named = named || names_variable(program.string(text));
    }
  }
  return named;
}

}  // namespace detail

class Explainer {
 public:
  Explainer(const Request& request, const AppliedPolicies& policies, const EvaluateOptions& options,
            const ExplainOptions& explain_options)
      : request_(request),
        facts_(request.facts()),
        policies_(policies),
        options_(options),
        explain_options_(explain_options) {}

  [[nodiscard]] Explanation run() {
    detail::LinearScan scan(facts_);
    explanation_.decision_ = detail::decide(facts_, policies_, options_, scan);
    explanation_.principal_ = detail::caller_text(request_.caller());
    explanation_.action_ = request_.action().text();
    explanation_.resource_ = request_.resource();
    trace_levels(PolicyType::ServiceControl, policies_.service_control,
                 facts_.service_control_binds());
    trace_levels(PolicyType::ResourceControl, policies_.resource_control,
                 detail::resource_control_applies(facts_, options_));
    if (policies_.resource_policy != nullptr && policies_.resource_policy->program() != nullptr) {
      trace_layer(policies_.resource_policy->type(), 0, {policies_.resource_policy, 1}, true);
    }
    trace_layer(PolicyType::IdentityBased, 0, policies_.identity, true);
    trace_capping(PolicyType::PermissionsBoundary, policies_.boundary);
    trace_capping(PolicyType::Session, policies_.session);
    trace_capping(PolicyType::VpcEndpoint, policies_.endpoint);
    explanation_.missing_keys_.assign(missing_.begin(), missing_.end());
    if (!explanation_.decision_.is_allowed()) {
      explanation_.nearest_miss_ =
          detail::NearestMissSearch(request_, policies_, options_, explanation_.layers_).run();
    }
    drop_unlisted();
    return std::move(explanation_);
  }

 private:
  /// Statements that cover another action are many and tell little: beyond the limit only those
  /// are traced that can be the nearest miss, the closest of each document and way to match the
  /// caller, and they leave the explanation again once it is found.
  struct Unlisted {
    std::uint32_t document;
    std::uint8_t classes;
    std::uint32_t failed;
    bool resource_matched;
    std::uint32_t statement;
    const detail::Program* program;
    std::uint32_t document_base;

    [[nodiscard]] std::uint32_t distance() const noexcept {
      return failed * 2 + (resource_matched ? 0 : 1);
    }
  };

  /// A layer that is not present can still hold sets; their denials count.
  void trace_capping(PolicyType type, const PolicyLayer& layer) {
    if (layer.present || !layer.sets.empty()) trace_layer(type, 0, layer.sets, true);
  }

  void trace_levels(PolicyType type, std::span<const PolicyLayer> levels, bool applies) {
    for (std::size_t level = 0; level < levels.size(); ++level) {
      if (levels[level].present || !levels[level].sets.empty()) {
        trace_layer(type, static_cast<std::uint32_t>(level), levels[level].sets, applies);
      }
    }
  }

  void trace_layer(PolicyType type, std::uint32_t level, std::span<const PolicySet> sets,
                   bool applies) {
    LayerTrace layer;
    layer.type = type;
    layer.level = level;
    layer.applies = applies;
    layer.allow_counts = detail::asks_allow(type, facts_) ||
                         detail::lacking_layer(explanation_.decision_.reason) == type;
    unrelated_ = 0;
    closest_.clear();
    std::uint32_t document_base = 0;
    for (const PolicySet& set : sets) {
      const detail::Program* program = set.program();
      if (program == nullptr) continue;
      detail::TermMemo memo;
      for (std::uint32_t i = 0; i < program->statements().size(); ++i) {
        if (is_listed(*program, i, layer, document_base, memo)) {
          layer.statements.push_back(trace_statement(*program, i, layer, document_base, memo));
        }
      }
      document_base += static_cast<std::uint32_t>(program->documents().size());
    }
    for (const StatementTrace& statement : layer.statements) {
      if (!statement.applied || !applies) continue;
      (statement.effect == Effect::Deny ? layer.denied : layer.allowed) = true;
    }
    if (type == PolicyType::ResourceControl) layer.allowed = true;  // E-31
    for (const Unlisted& one : closest_) {
      detail::TermMemo memo;
      layer.statements.push_back(
          trace_statement(*one.program, one.statement, layer, one.document_base, memo));
      dropped_.push_back(layer.statements.back().id);
    }
    if (!closest_.empty()) {
      std::sort(layer.statements.begin(), layer.statements.end(),
                [](const StatementTrace& a, const StatementTrace& b) {
                  return std::pair(a.id.document, a.id.statement) <
                         std::pair(b.id.document, b.id.statement);
                });
    }
    explanation_.layers_.push_back(std::move(layer));
  }

  void drop_unlisted() {
    if (dropped_.empty()) return;
    for (LayerTrace& layer : explanation_.layers_) {
      std::erase_if(layer.statements, [this](const StatementTrace& statement) {
        return std::find(dropped_.begin(), dropped_.end(), statement.id) != dropped_.end();
      });
    }
  }

  /// Whether a statement is traced at once; else it is counted, and kept if it is the closest.
  [[nodiscard]] bool is_listed(const detail::Program& program, std::uint32_t index,
                               LayerTrace& layer, std::uint32_t document_base,
                               detail::TermMemo& memo) {
    const detail::StatementRecord& statement = program.statements()[index];
    if (detail::match_action(program, facts_, statement)) return true;
    if (++unrelated_ <= explain_options_.max_unrelated_statements) return true;
    ++layer.unlisted;
    if (statement.effect != Effect::Allow || explanation_.decision_.is_allowed()) return false;
    Unlisted one{document_base + statement.document,
                 detail::match_principal(program, statement, facts_, policies_.boundary.present),
                 1,
                 detail::match_resource(program, facts_, statement),
                 index,
                 &program,
                 document_base};
    one.failed += one.classes == 0 ? 1 : 0;
    one.failed += one.resource_matched ? 0 : 1;
    for (const std::uint32_t id :
         program.range<std::uint32_t>(detail::Section::ConditionRefs, statement.conditions)) {
      const detail::Ref node = program.at<detail::TermRecord>(detail::Section::Terms, id).node;
      one.failed += memo.evaluate(program, node, facts_) == Truth::True ? 0 : 1;
    }
    // Only of a boundary each document counts on its own.
    const bool by_document = layer.type == PolicyType::PermissionsBoundary;
    const auto same = std::find_if(closest_.begin(), closest_.end(), [&](const Unlisted& other) {
      return other.classes == one.classes && (!by_document || other.document == one.document);
    });
    if (same == closest_.end()) {
      closest_.push_back(one);
    } else if (one.distance() < same->distance()) {
      *same = one;
    }
    return false;
  }

  [[nodiscard]] StatementTrace trace_statement(const detail::Program& program, std::uint32_t index,
                                               const LayerTrace& layer, std::uint32_t document_base,
                                               detail::TermMemo& memo) {
    const detail::StatementRecord& statement = program.statements()[index];
    StatementTrace trace;
    const auto& source =
        program.at<detail::StatementSource>(detail::Section::StatementSources, index);
    const detail::DocumentRecord& document = program.documents()[statement.document];
    trace.id = {document_base + statement.document, index - document.statements.begin,
                static_cast<std::uint16_t>(layer.level), layer.type};
    trace.policy = program.string(document.name);
    trace.sid = program.string(source.sid);
    trace.effect = statement.effect;
    trace.begin = source.begin;
    trace.end = source.end;
    trace.principal_position = source.principal;
    trace.action_position = source.action;
    trace.resource_position = source.resource;
    trace.not_principal = statement.not_principal != 0;
    trace.not_action = statement.not_action != 0;
    trace.not_resource = statement.not_resource != 0;
    trace.action_matched = detail::match_action(program, facts_, statement);
    trace.principal_matched =
        detail::match_principal(program, statement, facts_, policies_.boundary.present) != 0;
    trace.principal_note =
        detail::principal_note(program, statement, facts_, trace.principal_matched);
    trace.resource_matched = detail::match_resource(program, facts_, statement);
    for (const std::uint32_t id :
         program.range<std::uint32_t>(detail::Section::ActionRefs, statement.actions)) {
      trace.actions.emplace_back(
          program.string(program.at<detail::ActionRecord>(detail::Section::Actions, id).text));
    }
    for (const std::uint32_t id :
         program.range<std::uint32_t>(detail::Section::ResourceRefs, statement.resources)) {
      const auto& pattern = program.at<detail::PatternRecord>(detail::Section::Patterns, id);
      trace.resources.emplace_back(program.string(pattern.text));
      if ((pattern.node & detail::kWrittenPattern) == 0) {
        collect_unresolved(
            detail::resource_bindings(program, facts_, detail::resource_element(statement)),
            program.pattern(pattern.node), trace.unresolved);
      }
    }
    trace.condition = detail::match_conditions(program, facts_, statement, memo);
    for (std::uint32_t i = 0; i < statement.conditions.count; ++i) {
      trace.conditions.push_back(trace_condition(program, statement.conditions.begin + i, memo));
    }
    trace.literal_variables = detail::literal_variables(program, statement);
    trace.applied = trace.principal_matched && trace.action_matched && trace.resource_matched &&
                    detail::applies(trace.effect, trace.condition);
    if (trace.action_matched) {
      for (const std::string& name : trace.unresolved) add_missing(name);
      for (const ConditionTrace& condition : trace.conditions) {
        add_missing(condition.key);
        for (const std::string& name : condition.unresolved) add_missing(name);
      }
    }
    return trace;
  }

  [[nodiscard]] ConditionTrace trace_condition(const detail::Program& program, std::uint32_t ref,
                                               detail::TermMemo& memo) {
    const std::uint32_t id = program.section<std::uint32_t>(detail::Section::ConditionRefs)[ref];
    const auto& record = program.at<detail::TermRecord>(detail::Section::Terms, id);
    const detail::TermNode term = program.term(record.node);
    const auto& source =
        program.at<detail::ConditionSource>(detail::Section::ConditionSources, ref);
    ConditionTrace trace;
    trace.operator_text = program.string(source.operator_text);
    trace.key = program.string(source.key);
    trace.position = source.position;
    detail::Bindings bindings{program, facts_};
    bindings.empty_is_value = term.empty_is_value();
    for (const detail::StringRef text :
         program.range<detail::StringRef>(detail::Section::ValueTexts, record.values)) {
      trace.asked.emplace_back(program.string(text));
    }
    detail::TermValue value{term.values()};
    for (detail::Word i = term.value_count(); i != 0; --i, value = value.next()) {
      if (value.kind() == detail::TermValue::Kind::Pattern) {
        collect_unresolved(bindings, program.pattern(value.pattern()), trace.unresolved);
      }
    }
    const ContextEntry* entry = facts_.find_folded(term.key_hash(), term.key());
    if (entry != nullptr) {
      trace.key_present = true;
      trace.key_multivalued = entry->multivalued;
      trace.key_collided = entry->collided;
      for (std::size_t i = 0; i < entry->size(); ++i) trace.given.emplace_back(entry->value(i));
    }
    trace.result = memo.evaluate(program, record.node, facts_);
    return trace;
  }

  void add_missing(const std::string& name) {
    const ConditionKey key(name);
    if (facts_.find(key.hash(), key.name()) == nullptr) missing_.insert(name);
  }

  static void collect_unresolved(const detail::Bindings& bindings,
                                 const detail::PatternNode& pattern,
                                 std::vector<std::string>& names) {
    if (!pattern.has_variables()) return;
    std::string_view ignored;
    for (detail::Word i = 0; i < pattern.atom_count(); ++i) {
      const detail::Atom& atom = pattern.atoms()[i];
      if (atom.kind() != detail::Atom::Kind::Variable || detail::resolve(bindings, atom, ignored)) {
        continue;
      }
      std::string name(detail::VariableNode{bindings.program.node(atom.at)}.key());
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }

  const Request& request_;
  const detail::RequestFacts& facts_;
  const AppliedPolicies& policies_;
  const EvaluateOptions& options_;
  const ExplainOptions& explain_options_;
  Explanation explanation_;
  /// Names of keys, each once, whatever its letter case (C-10).
  struct FoldedLess {
    [[nodiscard]] bool operator()(const std::string& a, const std::string& b) const {
      return std::lexicographical_compare(
          a.begin(), a.end(), b.begin(), b.end(),
          [](char x, char y) { return fold_ascii(x) < fold_ascii(y); });
    }
  };

  std::set<std::string, FoldedLess> missing_;
  std::vector<Unlisted> closest_;     // of the layer being traced
  std::vector<StatementId> dropped_;  // traced for the nearest miss only
  std::uint32_t unrelated_ = 0;
};

WRIT_FUNC std::uint32_t StatementTrace::failed_elements() const noexcept {
  std::uint32_t count = 0;
  count += principal_matched ? 0 : 1;
  count += action_matched ? 0 : 1;
  count += resource_matched ? 0 : 1;
  for (const ConditionTrace& test : conditions) count += test.result == Truth::True ? 0 : 1;
  return count;
}

WRIT_FUNC const StatementTrace* Explanation::deciding_statement() const noexcept {
  if (!decision_.statement.exists()) return nullptr;
  for (const LayerTrace& layer : layers_) {
    for (const StatementTrace& statement : layer.statements) {
      if (statement.id == decision_.statement) return &statement;
    }
  }
  return nullptr;
}

WRIT_FUNC Explanation explain(const Request& request, const AppliedPolicies& policies,
                              const EvaluateOptions& options,
                              const ExplainOptions& explain_options) {
  return Explainer(request, policies, options, explain_options).run();
}

}  // namespace writ::inline v0
