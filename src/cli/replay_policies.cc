#include "cli/replay_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "cli/files.h"
#include "cli/inner_place.h"
#include "cli/policy_folder.h"
#include "writ/hash.h"
#include "writ/impl/statement_match.h"
#include "writ/impl/variables.h"

namespace writ::cli {
namespace {

namespace fs = std::filesystem;

bool is_account_folder(const fs::path& folder) {
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("account") && name.ends_with(".json")) return true;
  }
  return false;
}

bool is_tag_of_principal(std::string_view key) {
  constexpr std::string_view kFamily = "aws:PrincipalTag/";
  return key.size() > kFamily.size() && equals_folded(key.substr(0, kFamily.size()), kFamily);
}

std::span<const PolicySet> one_set(const PolicySet* set) {
  return {set, set != nullptr ? std::size_t{1} : 0};
}

}  // namespace

Result<ReplayPolicies, Problem> ReplayPolicies::load(const std::string& folder, AtomTable& table) {
  ReplayPolicies policies(table);
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    return Problem{fmt::format("`{}` is no folder", folder)};
  }
  std::optional<Problem> problem =
      is_account_folder(folder) ? policies.load_account(folder) : policies.load_folder(folder);
  if (problem) return std::move(*problem);
  return Result<ReplayPolicies, Problem>(std::move(policies));
}

std::optional<Problem> ReplayPolicies::hold(std::string_view text, PolicyType type,
                                            const PolicySet& set, Held held) {
  Result<AssumableDocument> document = AssumableDocument::read(text, type, *table_);
  if (!document) {
    return Problem{fmt::format("{}:{}", held.file, document.error().to_string())};
  }
  held.document = std::move(document).value();
  by_program_.emplace(set.program(), documents_.size());
  documents_.push_back(std::make_unique<Held>(std::move(held)));
  return std::nullopt;
}

std::optional<Problem> ReplayPolicies::load_account(const std::string& folder) {
  Result<Account, AccountErrors> account = Account::load(folder);
  if (!account) {
    constexpr std::size_t kShown = 20;
    std::string text;
    for (std::size_t i = 0; i < account.error().size() && i < kShown; ++i) {
      if (i > 0) text += '\n';
      text += visible_text(account.error()[i].to_string());
    }
    if (account.error().size() > kShown) {
      fmt::format_to(std::back_inserter(text), "\n… and {} more", account.error().size() - kShown);
    }
    return Problem{text};
  }
  account_.emplace(std::move(account).value());
  for (const AccountPolicy& policy : account_->all_policies()) {
    const auto held = [&] {
      Held made;
      made.file = policy.file.empty() ? policy.name : policy.file;
      made.name = policy.name;
      made.base = policy.position;
      made.is_raw = !policy.is_string;
      return made;
    };
    if (auto problem = hold(policy.text, policy.type, policy.set, held())) return problem;
    if (policy.boundary.program() != nullptr) {
      auto problem = hold(policy.text, PolicyType::PermissionsBoundary, policy.boundary, held());
      if (problem) return problem;
    }
  }
  return std::nullopt;
}

std::optional<Problem> ReplayPolicies::load_folder(const std::string& folder) {
  Result<PolicyFolder, Problem> read = PolicyFolder::read(folder);
  if (!read) return read.error();
  plain_ = std::make_unique<Plain>();
  for (const detail::FolderLayer& layer : read->layers) plain_->sets[layer];
  for (const PolicyFile& file : read->files) {
    const PolicyType type = file.layer.type;
    if (type == PolicyType::ResourceBased || type == PolicyType::RoleTrust) {
      return Problem{fmt::format(
          "`{}`: whose policy it is cannot be told; resources and roles need an account folder",
          file.path)};
    }
    const Result<PolicySet> set = compile_policy(file.text, type, file.path);
    if (!set) return Problem{fmt::format("{}:{}", file.path, set.error().to_string())};
    plain_->sets[file.layer].push_back(*set);
    Held held;
    held.file = file.path;
    held.base = {0, 1, 1};
    if (auto problem = hold(file.text, type, *set, std::move(held))) return problem;
  }
  for (const auto& [layer, sets] : plain_->sets) {
    if (layer.type == PolicyType::ServiceControl) plain_->service_control.emplace_back(sets);
    if (layer.type == PolicyType::ResourceControl) plain_->resource_control.emplace_back(sets);
  }
  return std::nullopt;
}

std::optional<ReplaySubject> ReplayPolicies::subject(const ReplayedEvent& event,
                                                     const ReplayedRequest& asked) const {
  ReplaySubject subject;
  subject.resource_known = asked.resource_known;
  subject.states.assign(table_->keys().size(),
                        event.complete ? KeyState::Absent : KeyState::Unknown);
  RequestBuilder builder(event.caller, asked.action, asked.resource);
  if (!asked.resource_account.empty()) builder.resource_account(asked.resource_account);
  // The policies of keys and roles are not in a plain folder. What they say is left out of both
  // sides, as what other resources' policies say is.
  if (event.policy_required || !account_) {
    builder.resource_policy_required(event.policy_required.value_or(false));
  }
  if (event.aws_managed_key) builder.aws_managed_key();
  const std::vector<std::string>& names = table_->keys();
  for (const ReplayedKey& key : event.keys) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!equals_folded(names[i], key.name)) continue;
      subject.states[i] = key.absent ? KeyState::Absent : KeyState::Known;
      if (key.absent) break;
      if (key.multivalued) {
        builder.set_list(key.name, key.values);
      } else {
        builder.set(key.name, key.single);
      }
      break;
    }
  }
  const AccountPrincipal* principal = nullptr;
  std::vector<AccountKey> known;
  if (account_) {
    const Caller& caller = event.caller;
    const bool has_policies = caller.kind() == CallerKind::User ||
                              caller.kind() == CallerKind::RoleSession ||
                              caller.kind() == CallerKind::Role;
    const std::string_view arn = caller.role_arn().empty() ? caller.id() : caller.role_arn();
    principal = account_->find_principal(arn);
    subject.caller_known = principal != nullptr || !has_policies;
    known = account_->known_keys(caller, principal, asked.resource);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (subject.states[i] != KeyState::Unknown) continue;
      // A session may have been given tags that take the place of its role's.
      const bool may_differ = principal != nullptr &&
                              principal->kind == AccountPrincipalKind::Role &&
                              is_tag_of_principal(names[i]);
      if (may_differ) continue;
      for (const AccountKey& key : known) {
        if (!equals_folded(names[i], key.key.name())) continue;
        subject.states[i] = KeyState::Known;
        if (key.multivalued) {
          builder.set_list(key.key, key.values);
        } else {
          builder.set(key.key, key.value);
        }
        break;
      }
      // A user has just its tags.
      if (subject.states[i] == KeyState::Unknown && principal != nullptr &&
          principal->kind == AccountPrincipalKind::User && is_tag_of_principal(names[i])) {
        subject.states[i] = KeyState::Absent;
      }
    }
    const std::string_view owner = account_->owner_of(asked.resource);
    if (asked.resource_account.empty() && !owner.empty()) builder.resource_account(owner);
  }
  Result<Request> request = builder.build();
  if (!request) return std::nullopt;
  subject.request = std::move(request).value();
  if (account_) {
    subject.applied = account_->policies(principal, subject.request).applied;
    const bool lacks_policy =
        subject.request.resource_policy_required() && subject.applied.resource_policy == nullptr;
    if (lacks_policy && !subject.request.is_role_trust() && !event.policy_required) {
      // The account's files do not tell a key's policy.
      Result<Request> without = builder.resource_policy_required(false).build();
      if (without) subject.request = std::move(without).value();
    }
    return subject;
  }
  AppliedPolicies& applied = subject.applied;
  const auto cap = [this](PolicyType type) {
    const auto found = plain_->sets.find({type, 0});
    return found == plain_->sets.end() ? PolicyLayer() : PolicyLayer(found->second);
  };
  applied.identity = cap(PolicyType::IdentityBased).sets;
  applied.boundary = cap(PolicyType::PermissionsBoundary);
  applied.session = cap(PolicyType::Session);
  applied.endpoint = cap(PolicyType::VpcEndpoint);
  applied.service_control = plain_->service_control;
  applied.resource_control = plain_->resource_control;
  return subject;
}

std::vector<std::string_view> ReplayPolicies::resources_with_policies(
    std::string_view action) const {
  std::vector<std::string_view> arns;
  if (!account_) return arns;
  const std::string_view service = action.substr(0, action.find(':'));
  for (const AccountResource& resource : account_->resources()) {
    const bool has_policy = resource.policy != AccountResource::kNone;
    if (has_policy && detail::split_arn(resource.arn, false).field[2] == service) {
      arns.push_back(resource.arn);
    }
  }
  for (const AccountPrincipal& principal : account_->principals()) {
    const bool is_role = principal.kind == AccountPrincipalKind::Role;
    if (service == "sts" && is_role) arns.push_back(principal.arn);
  }
  return arns;
}

bool ReplayPolicies::is_unknown(std::uint32_t atom, const ReplaySubject& subject) const {
  const AtomTable::Atom& asked = table_->atoms()[atom];
  if (asked.needs_resource && !subject.resource_known) return true;
  return std::ranges::any_of(asked.keys, [&subject](std::uint32_t key) {
    return subject.states[key] == KeyState::Unknown;
  });
}

const ReplayPolicies::Held* ReplayPolicies::find(const PolicySet& set) const {
  const auto found = by_program_.find(set.program());
  return found == by_program_.end() ? nullptr : documents_[found->second].get();
}

template <class Each>
void ReplayPolicies::for_each_set(const AppliedPolicies& applied, Each each) const {
  const auto all = [&each](std::span<const PolicySet> sets) {
    for (const PolicySet& set : sets) each(set);
  };
  for (const PolicyLayer& level : applied.service_control) all(level.sets);
  for (const PolicyLayer& level : applied.resource_control) all(level.sets);
  all(one_set(applied.resource_policy));
  all(applied.identity);
  all(applied.boundary.sets);
  all(applied.session.sets);
  all(applied.endpoint.sets);
}

bool ReplayPolicies::has_unknown(const ReplaySubject& subject) const {
  bool unknown = false;
  for_each_set(subject.applied, [&](const PolicySet& set) {
    const Held* held = find(set);
    if (held == nullptr || unknown) return;
    unknown = (held->document.needs_resource() && !subject.resource_known) ||
              std::ranges::any_of(held->document.keys(), [&subject](std::uint32_t key) {
                return subject.states[key] == KeyState::Unknown;
              });
  });
  return unknown;
}

// The policies of a request with those sets replaced that are asked about what is not known.
struct ReplayPolicies::Substituted {
  AppliedPolicies applied;
  std::vector<std::vector<PolicySet>> sets;
  std::vector<PolicyLayer> service_control;
  std::vector<PolicyLayer> resource_control;
};

std::optional<Decision> ReplayPolicies::decide(const ReplaySubject& subject, const void* context,
                                               Assume assume) {
  Substituted made;
  const AppliedPolicies& given = subject.applied;
  made.sets.reserve(given.service_control.size() + given.resource_control.size() + 5);
  bool compiled = true;
  std::vector<Assumed> assumed;
  const auto replace = [&](std::span<const PolicySet> sets) {
    std::vector<PolicySet>& replaced = made.sets.emplace_back(sets.begin(), sets.end());
    for (PolicySet& set : replaced) {
      const auto found = by_program_.find(set.program());
      if (found == by_program_.end()) continue;
      AssumableDocument& document = documents_[found->second]->document;
      assumed.assign(document.places().size(), Assumed::Nothing);
      bool any = false;
      for (std::size_t i = 0; i < assumed.size(); ++i) {
        const AssumableDocument::Place& place = document.places()[i];
        if (!is_unknown(place.atom, subject)) continue;
        const Statement& statement = document.document().statements()[place.statement];
        const bool negated = place.is_resource && statement.resource.negated;
        assumed[i] = assume(context, place.atom, (statement.effect == Effect::Allow) != negated);
        any = true;
      }
      if (!any) continue;
      const std::optional<PolicySet> other = document.assume(assumed);
      compiled = compiled && other.has_value();
      if (other) set = *other;
    }
    return std::span<const PolicySet>(replaced);
  };
  const auto replace_layer = [&](const PolicyLayer& layer) {
    PolicyLayer other = layer;
    if (layer.present) other.sets = replace(layer.sets);
    return other;
  };
  made.applied.identity = replace(given.identity);
  made.applied.boundary = replace_layer(given.boundary);
  made.applied.session = replace_layer(given.session);
  made.applied.endpoint = replace_layer(given.endpoint);
  for (const PolicyLayer& level : given.service_control) {
    made.service_control.push_back(replace_layer(level));
  }
  for (const PolicyLayer& level : given.resource_control) {
    made.resource_control.push_back(replace_layer(level));
  }
  made.applied.service_control = made.service_control;
  made.applied.resource_control = made.resource_control;
  if (given.resource_policy != nullptr) {
    made.applied.resource_policy = replace(one_set(given.resource_policy)).data();
  }
  if (!compiled) return std::nullopt;
  return evaluate(subject.request, made.applied);
}

const ReplayPolicies::Held* ReplayPolicies::find(const AppliedPolicies& applied,
                                                 const StatementId& id) const {
  const auto in = [this, &id](std::span<const PolicySet> sets) {
    return id.document < sets.size() ? find(sets[id.document]) : nullptr;
  };
  const auto level = [&id](std::span<const PolicyLayer> levels) {
    return id.level < levels.size() ? levels[id.level].sets : std::span<const PolicySet>();
  };
  if (!id.exists()) return nullptr;
  switch (id.layer) {
    case PolicyType::ServiceControl:
      return in(level(applied.service_control));
    case PolicyType::ResourceControl:
      return in(level(applied.resource_control));
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
      return in(one_set(applied.resource_policy));
    case PolicyType::IdentityBased:
      return in(applied.identity);
    case PolicyType::PermissionsBoundary:
      return in(applied.boundary.sets);
    case PolicyType::Session:
      return in(applied.session.sets);
    case PolicyType::VpcEndpoint:
      return in(applied.endpoint.sets);
  }
  return nullptr;
}

// The same tests as an explanation's, of the few statements that ask about what is not known.
std::vector<std::uint32_t> ReplayPolicies::relevant_atoms(const ReplaySubject& subject) const {
  std::vector<std::uint32_t> atoms;
  const detail::RequestFacts& request = subject.request.facts();
  for_each_set(subject.applied, [&](const PolicySet& set) {
    const Held* held = find(set);
    if (held == nullptr) return;
    const detail::Program& program = *set.program();
    detail::TermMemo memo;
    const std::vector<AssumableDocument::Place>& places = held->document.places();
    for (auto begin = places.begin(); begin != places.end();) {
      const auto end = std::find_if(begin, places.end(), [&](const auto& place) {
        return place.statement != begin->statement;
      });
      const std::span<const AssumableDocument::Place> own(begin, end);
      begin = end;
      std::vector<std::uint32_t> unknown;
      bool resource_unknown = false;
      for (const AssumableDocument::Place& place : own) {
        if (!is_unknown(place.atom, subject)) continue;
        unknown.push_back(place.atom);
        resource_unknown = resource_unknown || place.is_resource;
      }
      const detail::StatementRecord& statement = program.statements()[own.front().statement];
      // A test that is known to fail keeps the statement out of it.
      const auto fails = [&](const AssumableDocument::Place& place) {
        if (place.is_resource || is_unknown(place.atom, subject)) return false;
        const auto terms =
            program.range<std::uint32_t>(detail::Section::ConditionRefs, statement.conditions);
        const auto& term =
            program.at<detail::TermRecord>(detail::Section::Terms, terms[place.index]);
        return memo.evaluate(program, term.node, request) == Truth::False;
      };
      if (unknown.empty() || !detail::match_action(program, request, statement) ||
          detail::match_principal(program, statement, request, subject.applied.boundary.present) ==
              0 ||
          (!resource_unknown && !detail::match_resource(program, request, statement)) ||
          std::ranges::any_of(own, fails)) {
        continue;
      }
      atoms.insert(atoms.end(), unknown.begin(), unknown.end());
    }
  });
  std::ranges::sort(atoms);
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  return atoms;
}

std::string ReplayPolicies::because(const ReplaySubject& subject, const Decision& decision) const {
  const Held* held = find(subject.applied, decision.statement);
  if (held == nullptr) {
    return fmt::format("{} ({})", to_string(decision.reason), rule_of(decision.reason));
  }
  const Statement& statement = held->document.document().statements()[decision.statement.statement];
  const Position at = held->is_raw ? place_inside(held->base, statement.begin) : held->base;
  std::string text = fmt::format("{}:{}:{}", held->file, at.line, at.column);
  if (!held->name.empty()) fmt::format_to(std::back_inserter(text), " {}", held->name);
  fmt::format_to(std::back_inserter(text), " statement {}", decision.statement.statement + 1);
  if (statement.has_sid && !statement.sid.value.empty()) {
    fmt::format_to(std::back_inserter(text), " `{}`", statement.sid.value);
  }
  return text;
}

}  // namespace writ::cli
