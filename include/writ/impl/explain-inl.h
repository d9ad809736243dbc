// Not API, may change in any release. Explanations: the decision's own tests, asked of every
// statement and written down.
//
// The decision itself is `evaluate`'s. Statement by statement the same functions decide whether an
// element matches (statement_match.h, principal.h, condition.h), so a trace cannot say otherwise
// than the decision; only the index is left out, and tests hold it to the linear walk.
#pragma once

#include <algorithm>
#include <set>

#include "writ/explain.h"
#include "writ/impl/decide.h"
#include "writ/impl/explain_text-inl.h"
#include "writ/impl/nearest_miss-inl.h"

namespace writ::inline v0 {

class Explainer {
 public:
  Explainer(const Request& request, const AppliedPolicies& policies, const EvaluateOptions& options,
            const ExplainOptions& explain_options)
      : request_(request),
        policies_(policies),
        options_(options),
        explain_options_(explain_options) {}

  [[nodiscard]] Explanation run() {
    detail::LinearScan scan(request_);
    explanation_.decision_ = detail::decide(request_, policies_, options_, scan);
    explanation_.principal_ = detail::caller_text(request_.caller());
    explanation_.action_ = request_.action().text();
    explanation_.resource_ = request_.resource();
    trace_levels(PolicyType::ServiceControl, policies_.service_control,
                 detail::service_control_applies(request_));
    trace_levels(PolicyType::ResourceControl, policies_.resource_control,
                 detail::resource_control_applies(request_, options_));
    if (policies_.resource_policy != nullptr) {
      trace_layer(policies_.resource_policy->type(), 0, {policies_.resource_policy, 1}, true);
    }
    trace_layer(PolicyType::IdentityBased, 0, policies_.identity, true);
    if (policies_.boundary.present) {
      trace_layer(PolicyType::PermissionsBoundary, 0, policies_.boundary.sets, true);
    }
    if (policies_.session.present) {
      trace_layer(PolicyType::Session, 0, policies_.session.sets, true);
    }
    if (policies_.endpoint.present) {
      trace_layer(PolicyType::VpcEndpoint, 0, policies_.endpoint.sets, true);
    }
    explanation_.missing_keys_.assign(missing_.begin(), missing_.end());
    if (!explanation_.decision_.is_allowed()) {
      explanation_.nearest_miss_ =
          detail::NearestMissSearch(request_, policies_, options_, explanation_.layers_).run();
    }
    return std::move(explanation_);
  }

 private:
  void trace_levels(PolicyType type, std::span<const PolicyLayer> levels, bool applies) {
    for (std::size_t level = 0; level < levels.size(); ++level) {
      if (levels[level].present) {
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
    unrelated_ = 0;
    std::uint32_t document_base = 0;
    for (const PolicySet& set : sets) {
      const detail::Program* program = set.program();
      if (program == nullptr) continue;
      detail::TermMemo memo;
      for (std::uint32_t i = 0; i < program->statements().size(); ++i) {
        trace_statement(*program, i, layer, document_base, memo);
      }
      document_base += static_cast<std::uint32_t>(program->documents().size());
    }
    for (const StatementTrace& statement : layer.statements) {
      if (!statement.applied || !applies) continue;
      (statement.effect == Effect::Deny ? layer.denied : layer.allowed) = true;
    }
    if (type == PolicyType::ResourceControl) layer.allowed = true;  // E-31
    explanation_.layers_.push_back(std::move(layer));
  }

  void trace_statement(const detail::Program& program, std::uint32_t index, LayerTrace& layer,
                       std::uint32_t document_base, detail::TermMemo& memo) {
    const detail::StatementRecord& statement = program.statements()[index];
    const bool action_matched = detail::match_action(program, request_, statement);
    if (!action_matched && ++unrelated_ > explain_options_.max_unrelated_statements) return;

    StatementTrace trace;
    const auto& source =
        program.at<detail::StatementSource>(detail::Section::StatementSources, index);
    trace.id = detail::statement_id(program, index, layer.type, layer.level, document_base);
    trace.policy = program.string(program.documents()[statement.document].name);
    trace.sid = program.string(source.sid);
    trace.effect = statement.effect;
    trace.begin = source.begin;
    trace.end = source.end;
    trace.principal_position = source.principal;
    trace.action_position = source.action;
    trace.resource_position = source.resource;
    trace.not_action = statement.not_action != 0;
    trace.not_resource = statement.not_resource != 0;
    trace.action_matched = action_matched;
    trace.principal_matched =
        detail::match_principal(program, statement, request_, policies_.boundary.present) != 0;
    trace.resource_matched = detail::match_resource(program, request_, statement, detail::kNone);
    for (const std::uint32_t id :
         program.range<std::uint32_t>(detail::Section::ActionRefs, statement.actions)) {
      trace.actions.emplace_back(
          program.string(program.at<detail::ActionRecord>(detail::Section::Actions, id).text));
    }
    for (const std::uint32_t id :
         program.range<std::uint32_t>(detail::Section::ResourceRefs, statement.resources)) {
      const auto& pattern = program.at<detail::PatternRecord>(detail::Section::Patterns, id);
      trace.resources.emplace_back(program.string(pattern.text));
      collect_unresolved(detail::resource_bindings(program, request_, statement), pattern,
                         trace.unresolved);
    }
    trace.condition = detail::match_conditions(program, request_, statement, memo);
    for (std::uint32_t i = 0; i < statement.conditions.count; ++i) {
      trace.conditions.push_back(trace_condition(program, statement.conditions.begin + i, memo));
    }
    trace.applied = trace.principal_matched && trace.action_matched && trace.resource_matched &&
                    detail::applies(trace.effect, trace.condition);
    if (trace.action_matched) {
      for (const std::string& name : trace.unresolved) missing_.insert(name);
      for (const ConditionTrace& condition : trace.conditions) {
        if (!condition.key_present) missing_.insert(condition.key);
        for (const std::string& name : condition.unresolved) missing_.insert(name);
      }
    }
    layer.statements.push_back(std::move(trace));
  }

  [[nodiscard]] ConditionTrace trace_condition(const detail::Program& program, std::uint32_t ref,
                                               detail::TermMemo& memo) {
    const std::uint32_t id = program.section<std::uint32_t>(detail::Section::ConditionRefs)[ref];
    const auto& term = program.at<detail::TermRecord>(detail::Section::Terms, id);
    const auto& source =
        program.at<detail::ConditionSource>(detail::Section::ConditionSources, ref);
    ConditionTrace trace;
    trace.operator_text = program.string(source.operator_text);
    trace.key = program.string(source.key);
    trace.position = source.position;
    detail::Bindings bindings{program, request_};
    bindings.empty_is_value = term.empty_is_value != 0;
    for (const auto& value :
         program.range<detail::ValueRecord>(detail::Section::Values, term.values)) {
      trace.asked.emplace_back(program.string(value.text));
      if (value.kind == detail::ValueRecord::Kind::Pattern) {
        collect_unresolved(
            bindings, program.at<detail::PatternRecord>(detail::Section::Patterns, value.pattern),
            trace.unresolved);
      }
    }
    const ContextEntry* entry =
        request_.find(ConditionKey::from_hash(program.string(term.key), term.key_hash));
    if (entry != nullptr) {
      trace.key_present = true;
      trace.key_multivalued = entry->multivalued;
      trace.key_collided = entry->collided;
      for (std::size_t i = 0; i < entry->size(); ++i) trace.given.emplace_back(entry->value(i));
    }
    trace.result = memo.evaluate(program, id, request_);
    return trace;
  }

  static void collect_unresolved(const detail::Bindings& bindings,
                                 const detail::PatternRecord& pattern,
                                 std::vector<std::string>& names) {
    if (pattern.has_variables == 0) return;
    std::string_view ignored;
    for (const detail::Atom& atom :
         bindings.program.range<detail::Atom>(detail::Section::Atoms, pattern.atoms)) {
      if (atom.kind != detail::Atom::Kind::Variable || detail::resolve(bindings, atom, ignored)) {
        continue;
      }
      const auto& variable =
          bindings.program.at<detail::VariableRecord>(detail::Section::Variables, atom.a);
      std::string name(bindings.program.string(variable.key));
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }

  const Request& request_;
  const AppliedPolicies& policies_;
  const EvaluateOptions& options_;
  const ExplainOptions& explain_options_;
  Explanation explanation_;
  std::set<std::string> missing_;
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
