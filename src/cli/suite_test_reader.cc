#include "cli/suite_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>

#include "cli/arguments.h"
#include "cli/glob.h"
#include "cli/yaml_tree.h"

namespace writ::cli {

bool SuiteReader::read_asked(const JsonNode& object, std::span<const std::string_view> names,
                             Members& members) {
  if (!check_members(object, names)) return false;
  for (std::size_t i = 0; i < names.size(); ++i) members[i] = tree().member(object, names[i]);
  constexpr Asked kTwins[][2] = {
      {kPrincipal, kPrincipals}, {kAction, kActions}, {kResource, kResources}};
  for (const auto& twins : kTwins) {
    if (members[twins[0]] != nullptr && members[twins[1]] != nullptr) {
      return fail(*members[twins[1]],
                  fmt::format("give `{}` or `{}`, not both", names[twins[0]], names[twins[1]]));
    }
    // What a test says of either replaces both of the defaults.
    if (members[twins[0]] == nullptr && members[twins[1]] == nullptr) {
      members[twins[0]] = defaults_[twins[0]];
      members[twins[1]] = defaults_[twins[1]];
    }
  }
  for (const Asked single :
       {kResourceAccount, kRoleArn, kIssuer, kResourcePolicyRequired, kPolicies}) {
    if (members[single] == nullptr) members[single] = defaults_[single];
  }
  return true;
}

bool SuiteReader::read_principal(const JsonNode& node, Principal& principal) {
  principal.node = &node;
  if (node.kind == JsonKind::String) {
    principal.form = CallerForm::Arn;
    principal.text = node.text;
    return true;
  }
  const JsonNode* const member =
      node.kind == JsonKind::Object && node.child_count == 1 ? tree().first_child(node) : nullptr;
  if (member != nullptr && member->kind == JsonKind::String) {
    principal.text = member->text;
    if (member->name == "Service") principal.form = CallerForm::Service;
    if (member->name == "Federated") principal.form = CallerForm::Federated;
    if (member->name == "CanonicalUser") principal.form = CallerForm::CanonicalUser;
    if (principal.form != CallerForm::Anonymous) return true;
  }
  return fail(node,
              "the principal is an ARN, `*`, or an object with one of Service, Federated, "
              "CanonicalUser");
}

// In YAML a plain `true` is a text as any other.
bool SuiteReader::read_bool(const JsonNode& node, bool& value) {
  const bool is_text = node.kind == JsonKind::String && is_yaml(suite_.path_);
  value = node.kind == JsonKind::True || (is_text && node.text == "true");
  if (value || node.kind == JsonKind::False || (is_text && node.text == "false")) return true;
  return fail(node, "this has to be true or false");
}

bool SuiteReader::read_principals(const Members& members, std::vector<Principal>& principals) {
  if (members[kPrincipal] != nullptr) {
    return read_principal(*members[kPrincipal], principals.emplace_back());
  }
  if (members[kPrincipals] == nullptr) {
    principals.emplace_back();
    return true;
  }
  const JsonNode& list = *members[kPrincipals];
  if (list.kind != JsonKind::Array || list.child_count == 0) {
    return fail(list, "this has to be an array of principals, with one at least");
  }
  for (const auto* one = tree().first_child(list); one != nullptr; one = tree().next(*one)) {
    if (!read_principal(*one, principals.emplace_back())) return false;
  }
  return true;
}

bool SuiteReader::expand_action(const Said& pattern, std::uint32_t stack,
                                std::vector<Said>& actions) {
  const std::size_t before = actions.size();
  const auto offer = [&](std::string_view action) {
    const auto same = [action](const Said& other) { return equals_folded(other.text, action); };
    if (glob_covers(pattern.text, action, GlobCase::Folded) &&
        std::none_of(actions.begin() + static_cast<std::ptrdiff_t>(before), actions.end(), same)) {
      actions.push_back({action, pattern.node});
    }
  };
  if (has_catalogue_) {
    for (const std::string_view action : catalogue_) offer(action);
  } else {
    for (const SuiteStack::Member& member : suite_.stacks_[stack].members) {
      const ShelvedPolicy& policy = shelf_.policies()[member.policy];
      for (const Statement& statement : policy.document.statements()) {
        if (statement.action.negated) {
          return fail(
              *pattern.node,
              fmt::format("`{}` cannot be expanded without a catalogue in the suite's "
                          "`actions`: {}:{} has a NotAction, which names what it leaves out",
                          pattern.text, policy.path, statement.action.position.line));
        }
        for (const Text& text : statement.action.values) {
          if (!has_wildcards(text.value)) {
            offer(text.value);
          } else if (globs_meet(pattern.text, text.value, GlobCase::Folded)) {
            return fail(*pattern.node,
                        fmt::format("`{}` cannot be expanded without a catalogue in the suite's "
                                    "`actions`: `{}` at {}:{} covers actions without naming them",
                                    pattern.text, text.value, policy.path, text.position.line));
          }
        }
      }
    }
  }
  if (actions.size() == before) {
    return fail(*pattern.node, fmt::format("`{}` covers no action of the {}", pattern.text,
                                           has_catalogue_ ? "suite's `actions`" : "policies"));
  }
  return true;
}

bool SuiteReader::expand_actions(const Members& members, std::uint32_t stack,
                                 std::vector<Said>& actions) {
  if (members[kAction] != nullptr) {
    Said& only = actions.emplace_back();
    only.node = members[kAction];
    return read_string(*members[kAction], only.text);
  }
  std::vector<Said> patterns;
  if (!read_strings(*members[kActions], patterns)) return false;
  for (const Said& pattern : patterns) {
    if (!has_wildcards(pattern.text)) {
      actions.push_back(pattern);
    } else if (!expand_action(pattern, stack, actions)) {
      return false;
    }
  }
  return true;
}

bool SuiteReader::expand_resources(const Members& members, std::vector<Said>& resources) {
  if (members[kResource] != nullptr) {
    Said& only = resources.emplace_back();
    only.node = members[kResource];
    return read_string(*members[kResource], only.text);
  }
  if (members[kResources] == nullptr) {
    resources.push_back({"*", nullptr});
    return true;
  }
  std::vector<Said> patterns;
  if (!read_strings(*members[kResources], patterns)) return false;
  for (const Said& pattern : patterns) {
    if (pattern.text == "*" || !has_wildcards(pattern.text)) {
      resources.push_back(pattern);
      continue;
    }
    const std::size_t before = resources.size();
    for (const Said& known : resources_) {
      if (glob_covers(pattern.text, known.text, GlobCase::Exact)) {
        resources.push_back({known.text, pattern.node});
      }
    }
    if (resources.size() == before) {
      return fail(*pattern.node, fmt::format("`{}` covers none of the suite's `resources`; a "
                                             "single one is asked for literally by `resource`",
                                             pattern.text));
    }
  }
  return true;
}

bool SuiteReader::collect_context(const Members& members, std::vector<QuestionKey>& context) {
  const auto same_key = [](std::string_view name) {
    return [name](const QuestionKey& other) { return equals_folded(other.name, name); };
  };
  const auto add_named = [&](const JsonNode* node, bool replaces) {
    if (node == nullptr) return true;
    std::vector<Said> names;
    if (!read_strings(*node, names, true)) return false;
    std::vector<QuestionKey> named;
    for (const Said& name : names) {
      const auto known = contexts_.find(name.text);
      if (known == contexts_.end()) {
        return fail(*name.node, fmt::format("there is no context `{}` in the suite", name.text));
      }
      for (const QuestionKey& key : known->second) {
        if (std::ranges::any_of(named, same_key(key.name))) {
          return fail(*name.node,
                      fmt::format("key `{}` of context `{}` is in another one of the list already",
                                  key.name, name.text));
        }
        named.push_back(key);
      }
    }
    for (QuestionKey& key : named) {
      if (replaces) std::erase_if(context, same_key(key.name));
      context.push_back(std::move(key));
    }
    return true;
  };
  const auto add_own = [&](const JsonNode* node) {
    if (node == nullptr) return true;
    if (node->kind != JsonKind::Object) {
      return fail(*node, "the context is an object of condition keys and their values");
    }
    // Null takes away what defaults and named contexts give.
    std::vector<QuestionKey> own;
    for (const auto* one = tree().first_child(*node); one != nullptr; one = tree().next(*one)) {
      std::erase_if(context, same_key(one->name));
      if (one->kind == JsonKind::Null) continue;
      QuestionKey& key = own.emplace_back();
      key.name = one->name;
      if (one->kind == JsonKind::String) {
        key.single = one->text;
        continue;
      }
      std::vector<Said> values;
      if (one->kind != JsonKind::Array) {
        return fail(*one, "the value of a condition key is a string, an array of strings or null");
      }
      if (!read_strings(*one, values, true)) return false;
      key.multivalued = true;
      for (const Said& value : values) key.values.push_back(value.text);
    }
    std::ranges::move(own, std::back_inserter(context));
    return true;
  };
  const bool is_default_named = members[kContexts] == nullptr;
  return add_named(is_default_named ? defaults_[kContexts] : nullptr, false) &&
         add_own(defaults_[kContext]) && add_named(members[kContexts], true) &&
         add_own(members[kContext]);
}

bool SuiteReader::find_stack(const Members& members, std::uint32_t& stack) {
  std::vector<SuiteStack::Member> wanted;
  const JsonNode* const list = members[kPolicies];
  if (list == nullptr) {
    wanted = all_policies_;
  } else {
    std::vector<Said> names;
    if (!read_strings(*list, names, true)) return false;
    for (const Said& name : names) {
      const auto known = policies_.find(name.text);
      if (known == policies_.end()) {
        std::vector<std::string_view> all;
        for (const auto& [alias, policy] : policies_) all.push_back(alias);
        const std::optional<std::string_view> nearest = nearest_word(name.text, all);
        return fail(*name.node,
                    nearest ? fmt::format("there is no policy `{}` in the suite; did you mean "
                                          "`{}`?",
                                          name.text, *nearest)
                            : fmt::format("there is no policy `{}` in the suite", name.text));
      }
      wanted.push_back(known->second);
    }
  }
  const auto known = stack_index_.find(wanted);
  if (known != stack_index_.end()) {
    stack = known->second;
    return true;
  }
  Result<PolicyStack> made = stack_of(wanted, shelf_);
  if (!made) {
    return fail(list != nullptr ? *list : tree().root(), std::move(made).error().message);
  }
  stack = static_cast<std::uint32_t>(suite_.stacks_.size());
  suite_.stacks_.push_back({wanted, *std::move(made)});
  stack_index_.emplace(std::move(wanted), stack);
  return true;
}

bool SuiteReader::read_expectation(const Members& members, const JsonNode& object,
                                   SuiteTest& test) {
  if (members[kExpect] == nullptr) return fail(object, "member `expect` is missing");
  std::string_view word;
  if (!read_string(*members[kExpect], word)) return false;
  bool known = false;
  for (const SuiteExpectation one : {SuiteExpectation::Allowed, SuiteExpectation::ExplicitDeny,
                                     SuiteExpectation::ImplicitDeny, SuiteExpectation::Denied}) {
    if (word != to_string(one)) continue;
    test.expect = one;
    known = true;
  }
  if (!known) {
    return fail(*members[kExpect],
                fmt::format("`{}` is none of allowed, denied, explicitDeny, implicitDeny", word));
  }
  return (members[kSid] == nullptr || read_string(*members[kSid], test.sid)) &&
         (members[kRule] == nullptr || read_string(*members[kRule], test.rule));
}

bool SuiteReader::read_test(const JsonNode& object) {
  Members members = {};
  if (!read_asked(object, kAskedMembers, members)) return false;
  SuiteTest test;
  std::string_view name;
  if (members[kName] == nullptr) return fail(object, "member `name` is missing");
  if (!read_string(*members[kName], name)) return false;
  if (members[kAction] == nullptr && members[kActions] == nullptr) {
    return fail(object, "member `action` or `actions` is missing");
  }
  if (!read_expectation(members, object, test) || !find_stack(members, test.stack)) return false;
  Question question;
  for (const auto& [which, place] :
       {std::pair(kResourceAccount, &question.resource_account),
        std::pair(kRoleArn, &question.role_arn), std::pair(kIssuer, &question.issuer)}) {
    if (members[which] != nullptr && !read_string(*members[which], place->emplace())) return false;
  }
  const JsonNode* const required = members[kResourcePolicyRequired];
  if (required != nullptr && !read_bool(*required, question.resource_policy_required.emplace())) {
    return false;
  }
  std::vector<Principal> principals;
  std::vector<Said> actions;
  std::vector<Said> resources;
  if (!read_principals(members, principals) || !expand_actions(members, test.stack, actions) ||
      !expand_resources(members, resources) || !collect_context(members, question.context)) {
    return false;
  }
  if (principals.size() * actions.size() * resources.size() >
      Suite::kMaxTests - suite_.tests_.size()) {
    return fail(object, fmt::format("the suite asks more than {} requests", Suite::kMaxTests),
                ErrorCode::LimitExceeded);
  }
  test.group = static_cast<std::uint32_t>(suite_.names_.size());
  test.position = object.begin;
  test.in_table = members[kActions] != nullptr || members[kPrincipals] != nullptr ||
                  members[kResources] != nullptr;
  suite_.names_.push_back(name);
  // The lists of values must outlive the requests: one question a test keeps them.
  const Question& kept = suite_.questions_.emplace_back(std::move(question));
  for (const Principal& principal : principals) {
    for (const Said& action : actions) {
      for (const Said& resource : resources) {
        Question one;
        one.caller_form = principal.form;
        one.caller = principal.text;
        one.action = action.text;
        one.resource = resource.text;
        one.resource_account = kept.resource_account;
        one.role_arn = kept.role_arn;
        one.issuer = kept.issuer;
        one.resource_policy_required = kept.resource_policy_required;
        Result<Request> request = make_request(one, kept.context);
        if (!request) {
          const PolicyError& error = request.error();
          const JsonNode* where = &object;
          if (error.rule == "M-14") where = action.node;
          if (error.rule == "M-32" && resource.node != nullptr) where = resource.node;
          if (error.rule == "P-1" && principal.node != nullptr) where = principal.node;
          fail(*where, error.message, error.code);
          error_.error.rule = error.rule;
          return false;
        }
        test.request = *std::move(request);
        suite_.tests_.push_back(test);
      }
    }
  }
  return true;
}

}  // namespace writ::cli
