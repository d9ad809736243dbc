// Not API, may change in any release. Loading and compiling the portal's policies.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "writ/hash.h"
#include "writ/parse.h"
#include "writ/portal/policies.h"

namespace writ::inline v0 {
namespace portal {

struct PortalPolicies::Parsed {
  struct Added {
    RoleSet roles = 0;  // 0: for everybody
    PolicyDocument document;
  };

  RoleCatalog catalog;
  PolicyTexts texts;
  PolicyDocument base;
  PolicyDocument guardrails;
  std::vector<PolicyDocument> roles;  // in the catalogue's order
  std::vector<Added> added;
};

namespace detail {

[[nodiscard]] inline PolicyError policy_problem(std::string_view rule, std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidInput;
  error.rule = rule;
  error.message = std::move(message);
  return error;
}

/// Parses a document; an error names it.
[[nodiscard]] inline Result<PolicyDocument> parse_named(std::string_view name,
                                                        std::string_view text, PolicyType type) {
  Result<PolicyDocument> document = parse_policy(text, type);
  if (document) return document;
  PolicyError error = std::move(document).error();
  error.message = fmt::format("`{}`: {}", name, error.message);
  return error;
}

/// Whether `wide` passes for every value that lets `narrow` pass: the same positive test with at
/// least its values.
[[nodiscard]] inline bool test_covers(const ConditionTest& wide, const ConditionTest& narrow) {
  if (wide.op != narrow.op || wide.quantifier != narrow.quantifier ||
      wide.if_exists != narrow.if_exists || !equals_folded(wide.key.value, narrow.key.value)) {
    return false;
  }
  const auto holds = [](const ConditionTest& test, std::string_view value) {
    return std::ranges::any_of(test.values,
                               [value](const ConditionValue& mine) { return mine.text == value; });
  };
  const auto all_in = [&holds](const ConditionTest& inner, const ConditionTest& outer) {
    return std::ranges::all_of(
        inner.values, [&](const ConditionValue& value) { return holds(outer, value.text); });
  };
  const bool positive =
      wide.op == ConditionOperator::StringEquals || wide.op == ConditionOperator::StringLike;
  return all_in(narrow, wide) && (positive || all_in(wide, narrow));
}

[[nodiscard]] inline bool statement_covers(const Statement& wide, const Statement& narrow,
                                           std::string_view action) {
  if (wide.effect != Effect::Allow || wide.action.negated || wide.resource.negated) return false;
  const bool lists_action = std::ranges::any_of(
      wide.action.values, [action](const Text& mine) { return equals_folded(mine.value, action); });
  if (!lists_action) return false;
  const bool every_resource =
      std::ranges::all_of(narrow.resource.values, [&wide](const Text& theirs) {
        return std::ranges::any_of(wide.resource.values, [&theirs](const Text& mine) {
          return mine.value == "*" || mine.value == theirs.value;
        });
      });
  return every_resource &&
         std::ranges::all_of(wide.conditions, [&narrow](const ConditionTest& test) {
           return std::ranges::any_of(narrow.conditions, [&test](const ConditionTest& other) {
             return test_covers(test, other);
           });
         });
}

}  // namespace detail

WRIT_FUNC Result<PortalPolicies> PortalPolicies::load(RoleCatalog catalog, PolicyTexts texts) {
  using detail::parse_named;
  using detail::policy_problem;
  const auto parsed = std::make_shared<Parsed>();
  constexpr PolicyType kIdentity = PolicyType::IdentityBased;
  if (texts.guardrails.empty()) {
    return policy_problem("R-ARCH-4",
                          "the guardrails are missing; a portal is not made without them");
  }
  Result<PolicyDocument> base = parse_named("base", texts.base, kIdentity);
  if (!base) return std::move(base).error();
  parsed->base = *std::move(base);
  Result<PolicyDocument> guardrails = parse_named("guardrails", texts.guardrails, kIdentity);
  if (!guardrails) return std::move(guardrails).error();
  parsed->guardrails = *std::move(guardrails);
  for (const Statement& statement : parsed->guardrails.statements()) {
    if (statement.effect == Effect::Deny) continue;
    PolicyError error = policy_problem(
        "R-ARCH-3",
        "`guardrails`: an Allow statement; guardrails hold Deny statements only, move "
        "it to the base or to a role");
    error.position = statement.begin;
    return error;
  }
  for (const NamedDocument& document : texts.roles) {
    if (catalog.find(document.name) == RoleCatalog::kNone) {
      return policy_problem("R-ARCH-3",
                            fmt::format("`{}`: there is no role of this id", document.name));
    }
  }
  for (const PortalRole& role : catalog.roles()) {
    const auto found = std::ranges::find(texts.roles, role.id, &NamedDocument::name);
    if (found == texts.roles.end()) {
      return policy_problem("R-ARCH-3",
                            fmt::format("role `{}` has no document; give it one", role.id));
    }
    Result<PolicyDocument> document = parse_named(role.id, found->text, kIdentity);
    if (!document) return std::move(document).error();
    parsed->roles.push_back(*std::move(document));
  }
  for (const HostDocument& added : texts.added) {
    Parsed::Added entry;
    for (const std::string& role : added.roles) {
      const std::uint32_t index = catalog.find(role);
      if (index == RoleCatalog::kNone) {
        return policy_problem("R-ARCH-4",
                              fmt::format("`{}`: there is no role `{}`", added.name, role));
      }
      entry.roles |= RoleCatalog::bit(index);
    }
    Result<PolicyDocument> document = parse_named(added.name, added.text, kIdentity);
    if (!document) return std::move(document).error();
    entry.document = *std::move(document);
    parsed->added.push_back(std::move(entry));
  }
  for (const NamedDocument& managed : texts.managed) {
    const Result<PolicyDocument> document = parse_named(managed.name, managed.text, kIdentity);
    if (!document) return document.error();
  }
  const Result<PolicyDocument> trust =
      parse_named("service trust", texts.service_trust, PolicyType::RoleTrust);
  if (!trust) return trust.error();
  parsed->catalog = std::move(catalog);
  parsed->texts = std::move(texts);
  PortalPolicies policies;
  policies.parsed_ = parsed;
  return policies;
}

WRIT_FUNC const RoleCatalog& PortalPolicies::catalog() const noexcept { return parsed_->catalog; }

WRIT_FUNC const PolicyTexts& PortalPolicies::texts() const noexcept { return parsed_->texts; }

WRIT_FUNC const std::string* PortalPolicies::managed(std::string_view name) const noexcept {
  for (const NamedDocument& document : parsed_->texts.managed) {
    if (document.name == name) return &document.text;
  }
  return nullptr;
}

WRIT_FUNC PolicySet PortalPolicies::compile(RoleSet roles) const {
  PolicySetBuilder builder(PolicyType::IdentityBased);
  builder.attach("base", parsed_->base);
  for (std::uint32_t i = 0; i < parsed_->roles.size(); ++i) {
    if ((roles & RoleCatalog::bit(i)) != 0) {
      builder.attach("roles/" + parsed_->catalog.roles()[i].id, parsed_->roles[i]);
    }
  }
  for (std::size_t i = 0; i < parsed_->added.size(); ++i) {
    const Parsed::Added& added = parsed_->added[i];
    if (added.roles == 0 || (added.roles & roles) != 0) {
      builder.attach(parsed_->texts.added[i].name, added.document);
    }
  }
  builder.attach("guardrails", parsed_->guardrails);
  // Fails closed: a set that does not fit into its tables is an empty one, which allows nothing.
  Result<PolicySet> set = builder.build();
  return set ? *std::move(set) : PolicySet();
}

WRIT_FUNC bool PortalPolicies::adds_nothing(std::uint32_t role, RoleSet rest) const {
  std::vector<const PolicyDocument*> others = {&parsed_->base};
  for (std::uint32_t i = 0; i < parsed_->roles.size(); ++i) {
    if (i != role && (rest & RoleCatalog::bit(i)) != 0) others.push_back(&parsed_->roles[i]);
  }
  const auto covered = [&others](const Statement& statement, std::string_view action) {
    return std::ranges::any_of(others, [&](const PolicyDocument* other) {
      return std::ranges::any_of(other->statements(), [&](const Statement& mine) {
        return detail::statement_covers(mine, statement, action);
      });
    });
  };
  bool allows_anything = false;
  for (const Statement& statement : parsed_->roles[role].statements()) {
    if (statement.effect != Effect::Allow) continue;
    allows_anything = true;
    if (statement.action.negated || statement.resource.negated) return false;
    for (const Text& action : statement.action.values) {
      if (!covered(statement, action.value)) return false;
    }
  }
  return allows_anything;
}

WRIT_FUNC std::uint32_t CompiledRoles::index_of(RoleSet roles) {
  const auto [place, is_new] = index_.try_emplace(roles, static_cast<std::uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(policies_.compile(roles));
  return place->second;
}

}  // namespace portal
}  // namespace writ::inline v0
