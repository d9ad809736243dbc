#include "cli/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/glob.h"
#include "writ/impl/json_tree.h"

namespace writ::cli {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

namespace {

constexpr std::string_view kSuiteMembers[] = {"suite",    "policies", "actions", "resources",
                                              "contexts", "defaults", "tests"};
constexpr std::string_view kPolicyMembers[] = {"file", "kind", "level"};
constexpr std::string_view kAskedMembers[] = {
    "principal",       "principals", "action",  "actions",  "resource", "resources",
    "resourceAccount", "roleArn",    "context", "contexts", "policies", "name",
    "expect",          "sid",        "rule"};
/// Those of them that a suite's defaults may have.
constexpr std::size_t kDefaultMembers = 11;

PolicyError error_at(const JsonTree& tree, const JsonNode& node, std::string message,
                     ErrorCode code = ErrorCode::InvalidCase) {
  PolicyError error;
  error.code = code;
  error.position = node.begin;
  error.json_pointer = tree.pointer(node);
  error.message = std::move(message);
  return error;
}

bool is_same_layer(PolicyType a, PolicyType b) {
  const auto plain = [](PolicyType type) {
    return type == PolicyType::RoleTrust ? PolicyType::ResourceBased : type;
  };
  return plain(a) == plain(b);
}

bool has_levels(PolicyType type) {
  return type == PolicyType::ServiceControl || type == PolicyType::ResourceControl;
}

}  // namespace

std::string FileError::to_string() const {
  std::string text = file;
  if (error.position.line != 0) {
    fmt::format_to(std::back_inserter(text), ":{}:{}", error.position.line, error.position.column);
  }
  fmt::format_to(std::back_inserter(text), ": {}: {}", writ::to_string(error.code), error.message);
  if (!error.rule.empty()) fmt::format_to(std::back_inserter(text), " [{}]", error.rule);
  if (!error.json_pointer.empty()) {
    fmt::format_to(std::back_inserter(text), " (at {})", error.json_pointer);
  }
  return text;
}

std::string_view to_string(SuiteExpectation expectation) noexcept {
  switch (expectation) {
    case SuiteExpectation::Allowed:
      return "allowed";
    case SuiteExpectation::ExplicitDeny:
      return "explicitDeny";
    case SuiteExpectation::ImplicitDeny:
      return "implicitDeny";
    case SuiteExpectation::Denied:
      break;
  }
  return "denied";
}

Result<std::uint32_t, FileError> PolicyShelf::take(const std::string& path, PolicyType type) {
  const auto known = index_.find({path, type});
  if (known != index_.end()) return known->second;
  Result<std::string, Problem> text = source_(path);
  if (!text) {
    FileError error{path, {}};
    error.error.code = ErrorCode::InvalidCase;
    error.error.message = std::move(text).error().text;
    return error;
  }
  Result<PolicyDocument> document = parse_policy(*text, type);
  if (!document) return FileError{path, std::move(document).error()};
  Result<PolicySet> set = PolicySetBuilder(type).attach(path, *document).build();
  if (!set) return FileError{path, std::move(set).error()};
  policies_.push_back({path, type, *std::move(text), *std::move(document), *std::move(set)});
  const auto index = static_cast<std::uint32_t>(policies_.size() - 1);
  index_.emplace(std::pair(path, type), index);
  return index;
}

std::uint32_t SuiteStack::policy_of(const StatementId& id,
                                    const PolicyShelf& shelf) const noexcept {
  std::uint32_t document = 0;
  for (const Member& member : members) {
    const PolicyType type = shelf.policies()[member.policy].type;
    if (!is_same_layer(type, id.layer) || (has_levels(type) && member.level != id.level)) continue;
    if (document++ == id.document) return member.policy;
  }
  return StatementId::kNone;
}

Result<PolicyStack> stack_of(std::span<const SuiteStack::Member> members, const PolicyShelf& shelf,
                             std::uint32_t replaced_policy, const PolicySet& replaced) {
  PolicyStack stack;
  for (const SuiteStack::Member& member : members) {
    const PolicySet& set =
        member.policy == replaced_policy ? replaced : shelf.policies()[member.policy].set;
    const Result<bool> added = stack.add(set, member.level);
    if (!added) return added.error();
  }
  return stack;
}

TestResult run_test(const SuiteTest& test, const SuiteStack& stack, const PolicyStack& policies,
                    const PolicyShelf& shelf, std::uint32_t replaced_policy,
                    const PolicyDocument* replaced) {
  TestResult result;
  result.decision = policies.evaluate(test.request);
  const StatementId& id = result.decision.statement;
  if (id.exists()) {
    const std::uint32_t policy = stack.policy_of(id, shelf);
    if (policy != StatementId::kNone) {
      const PolicyDocument& document =
          policy == replaced_policy ? *replaced : shelf.policies()[policy].document;
      if (id.statement < document.statements().size()) {
        result.sid = document.statements()[id.statement].sid.value;
      }
    }
  }
  const Outcome outcome = result.decision.outcome;
  switch (test.expect) {
    case SuiteExpectation::Allowed:
      result.passed = outcome == Outcome::Allowed;
      break;
    case SuiteExpectation::ExplicitDeny:
      result.passed = outcome == Outcome::ExplicitDeny;
      break;
    case SuiteExpectation::ImplicitDeny:
      result.passed = outcome == Outcome::ImplicitDeny;
      break;
    case SuiteExpectation::Denied:
      result.passed = outcome != Outcome::Allowed;
      break;
  }
  if (!test.sid.empty() && result.sid != test.sid) result.passed = false;
  if (!test.rule.empty() && rule_of(result.decision.reason) != test.rule) result.passed = false;
  return result;
}

std::string Suite::name_of(const SuiteTest& test) const {
  const std::string_view name = names_[test.group];
  if (!test.in_table) return std::string(name);
  return fmt::format("{} [{}, {}, {}]", name,
                     test.request.caller().id().empty() ? "*" : test.request.caller().id(),
                     test.request.action().text(), test.request.resource());
}

/// Reads a suite, member by member; the first mistake ends it.
class SuiteReader {
 public:
  SuiteReader(Suite& suite, PolicyShelf& shelf) : suite_(suite), shelf_(shelf) {}

  [[nodiscard]] std::optional<FileError> read();

 private:
  /// The members of a test, or of the defaults.
  using Members = std::array<const JsonNode*, std::size(kAskedMembers)>;
  enum Asked : std::size_t {
    kPrincipal,
    kPrincipals,
    kAction,
    kActions,
    kResource,
    kResources,
    kResourceAccount,
    kRoleArn,
    kContext,
    kContexts,
    kPolicies,
    kName,
    kExpect,
    kSid,
    kRule,
  };
  struct Principal {
    CallerForm form = CallerForm::Anonymous;
    std::string_view text;
    const JsonNode* node = nullptr;
  };
  /// A text and the node that says it.
  struct Said {
    std::string_view text;
    const JsonNode* node = nullptr;
  };

  bool fail(const JsonNode& node, std::string message, ErrorCode code = ErrorCode::InvalidCase) {
    error_ = FileError{suite_.path_, error_at(tree(), node, std::move(message), code)};
    return false;
  }
  bool fail(FileError error) {
    error_ = std::move(error);
    return false;
  }
  [[nodiscard]] const JsonTree& tree() const { return suite_.tree_; }
  [[nodiscard]] std::string beside_suite(std::string_view file) const {
    const std::filesystem::path path(file);
    if (path.is_absolute()) return std::string(file);
    return (std::filesystem::path(suite_.path_).parent_path() / path).lexically_normal().string();
  }

  bool check_members(const JsonNode& object, std::span<const std::string_view> names);
  bool read_string(const JsonNode& node, std::string_view& text) {
    if (node.kind != JsonKind::String) return fail(node, "this has to be a string");
    text = node.text;
    return true;
  }
  bool read_strings(const JsonNode& node, std::vector<Said>& texts, bool may_be_empty = false);
  bool read_policies(const JsonNode& object);
  bool read_actions(const JsonNode& node);
  bool read_contexts(const JsonNode& object);
  bool read_asked(const JsonNode& object, std::span<const std::string_view> names,
                  Members& members);
  bool read_test(const JsonNode& object);
  bool read_principal(const JsonNode& node, Principal& principal);
  bool read_principals(const Members& members, std::vector<Principal>& principals);
  bool expand_actions(const Members& members, std::uint32_t stack, std::vector<Said>& actions);
  bool expand_action(const Said& pattern, std::uint32_t stack, std::vector<Said>& actions);
  bool expand_resources(const Members& members, std::vector<Said>& resources);
  bool collect_context(const Members& members, std::vector<QuestionKey>& context);
  bool find_stack(const Members& members, std::uint32_t& stack);
  bool read_expectation(const Members& members, const JsonNode& object, SuiteTest& test);

  Suite& suite_;
  PolicyShelf& shelf_;
  FileError error_;
  Members defaults_ = {};
  std::map<std::string_view, SuiteStack::Member> policies_;
  std::vector<SuiteStack::Member> all_policies_;
  std::map<std::string_view, std::vector<QuestionKey>> contexts_;
  std::map<std::vector<SuiteStack::Member>, std::uint32_t> stack_index_;
  bool has_catalogue_ = false;
  std::vector<std::string_view> catalogue_;
  std::vector<Said> resources_;
};

bool SuiteReader::check_members(const JsonNode& object, std::span<const std::string_view> names) {
  if (object.kind != JsonKind::Object) return fail(object, "this has to be an object");
  for (const auto* node = tree().first_child(object); node != nullptr; node = tree().next(*node)) {
    if (std::ranges::find(names, node->name) != names.end()) continue;
    const std::optional<std::string_view> nearest = nearest_word(node->name, names);
    fail(*node, nearest
                    ? fmt::format("unknown member `{}`; did you mean `{}`?", node->name, *nearest)
                    : fmt::format("unknown member `{}`", node->name));
    error_.error.position = node->name_position;
    return false;
  }
  return true;
}

bool SuiteReader::read_strings(const JsonNode& node, std::vector<Said>& texts, bool may_be_empty) {
  if (node.kind != JsonKind::Array) return fail(node, "this has to be an array of strings");
  for (const auto* one = tree().first_child(node); one != nullptr; one = tree().next(*one)) {
    std::string_view text;
    if (!read_string(*one, text)) return false;
    texts.push_back({text, one});
  }
  if (texts.empty() && !may_be_empty) return fail(node, "this array needs an element");
  return true;
}

std::optional<FileError> SuiteReader::read() {
  const JsonNode& root = tree().root();
  if (!tree().duplicates().empty()) {
    const JsonNode& second = tree().node(tree().duplicates().front().node);
    fail(second, fmt::format("member `{}` is given twice", second.name));
    return error_;
  }
  if (!check_members(root, kSuiteMembers)) return error_;
  const auto member = [&](std::string_view name) { return tree().member(root, name); };
  std::string_view name;
  if (const JsonNode* node = member("suite"); node != nullptr) {
    if (!read_string(*node, name)) return error_;
    suite_.name_ = name;
  }
  const JsonNode* const policies = member("policies");
  const JsonNode* const tests = member("tests");
  if (policies == nullptr || tests == nullptr) {
    fail(root, fmt::format("member `{}` is missing", policies == nullptr ? "policies" : "tests"));
    return error_;
  }
  if (!read_policies(*policies)) return error_;
  if (const JsonNode* node = member("actions"); node != nullptr && !read_actions(*node)) {
    return error_;
  }
  if (const JsonNode* node = member("resources"); node != nullptr) {
    if (!read_strings(*node, resources_, true)) return error_;
  }
  if (const JsonNode* node = member("contexts"); node != nullptr && !read_contexts(*node)) {
    return error_;
  }
  if (const JsonNode* node = member("defaults"); node != nullptr) {
    if (!read_asked(*node, std::span(kAskedMembers).first(kDefaultMembers), defaults_)) {
      return error_;
    }
  }
  if (tests->kind != JsonKind::Array) {
    fail(*tests, "this has to be an array of tests");
    return error_;
  }
  for (const auto* test = tree().first_child(*tests); test != nullptr; test = tree().next(*test)) {
    if (!read_test(*test)) return error_;
  }
  return std::nullopt;
}

bool SuiteReader::read_policies(const JsonNode& object) {
  if (object.kind != JsonKind::Object) {
    return fail(object, "this has to be an object of names and policies");
  }
  for (const auto* node = tree().first_child(object); node != nullptr; node = tree().next(*node)) {
    std::string_view file;
    PolicyType type = PolicyType::IdentityBased;
    SuiteStack::Member member{};
    if (node->kind == JsonKind::String) {
      file = node->text;
    } else {
      if (!check_members(*node, kPolicyMembers)) return false;
      const JsonNode* const path = tree().member(*node, "file");
      if (path == nullptr) return fail(*node, "member `file` is missing");
      if (!read_string(*path, file)) return false;
      if (const JsonNode* kind = tree().member(*node, "kind"); kind != nullptr) {
        std::string_view word;
        if (!read_string(*kind, word)) return false;
        const std::optional<PolicyType> known = kind_of(word);
        if (!known) {
          return fail(*kind, fmt::format("unknown kind `{}`; kinds are {}", word, kKindWords));
        }
        type = *known;
      }
      if (const JsonNode* level = tree().member(*node, "level"); level != nullptr) {
        if (level->kind != JsonKind::Number || level->text.size() > 2 ||
            level->text.find_first_not_of("0123456789") != std::string_view::npos) {
          return fail(*level, "a level is a number from 0, the root's, to 99");
        }
        if (!has_levels(type)) return fail(*level, "only kinds scp and rcp have levels");
        for (const char digit : level->text) {
          member.level = member.level * 10 + static_cast<std::uint32_t>(digit - '0');
        }
      }
    }
    if (file.empty()) return fail(*node, "the file needs a name");
    Result<std::uint32_t, FileError> policy = shelf_.take(beside_suite(file), type);
    if (!policy) {
      FileError error = std::move(policy).error();
      // A file that cannot be read is the suite's mistake, at the place that names it.
      if (error.error.position.line == 0) return fail(*node, error.error.message);
      return fail(std::move(error));
    }
    member.policy = *policy;
    policies_[node->name] = member;
    all_policies_.push_back(member);
  }
  return true;
}

bool SuiteReader::read_actions(const JsonNode& node) {
  has_catalogue_ = true;
  std::vector<Said> texts;
  if (node.kind == JsonKind::Array) {
    if (!read_strings(node, texts, true)) return false;
    for (const Said& said : texts) catalogue_.push_back(said.text);
  } else {
    constexpr std::string_view kFile[] = {"file"};
    if (!check_members(node, kFile)) return false;
    const JsonNode* const file = tree().member(node, "file");
    if (file == nullptr) return fail(node, "member `file` is missing");
    std::string_view name;
    if (!read_string(*file, name)) return false;
    const std::string path = beside_suite(name);
    Result<std::string, Problem> text = shelf_.read(path);
    if (!text) return fail(*file, std::move(text).error().text);
    Result<JsonTree> parsed = JsonTree::parse(*text);
    if (!parsed) return fail(FileError{path, std::move(parsed).error()});
    const JsonTree& list = suite_.files_.emplace_back(*std::move(parsed));
    if (list.root().kind != JsonKind::Array) {
      return fail(
          FileError{path, error_at(list, list.root(), "a catalogue is an array of actions")});
    }
    for (const auto* one = list.first_child(list.root()); one != nullptr; one = list.next(*one)) {
      if (one->kind != JsonKind::String) {
        return fail(FileError{path, error_at(list, *one, "this has to be a string")});
      }
      catalogue_.push_back(one->text);
    }
  }
  for (const std::string_view action : catalogue_) {
    if (has_wildcards(action)) {
      return fail(node, fmt::format("a catalogue names actions; `{}` is a pattern", action));
    }
  }
  return true;
}

bool SuiteReader::read_contexts(const JsonNode& object) {
  if (object.kind != JsonKind::Object) {
    return fail(object, "this has to be an object of names and contexts");
  }
  for (const auto* node = tree().first_child(object); node != nullptr; node = tree().next(*node)) {
    const std::optional<PolicyError> error =
        read_context(tree(), *node, ErrorCode::InvalidCase, contexts_[node->name]);
    if (error) return fail(FileError{suite_.path_, *error});
  }
  return true;
}

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
  for (const Asked single : {kResourceAccount, kRoleArn, kPolicies}) {
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
  for (const auto& [which, place] : {std::pair(kResourceAccount, &question.resource_account),
                                     std::pair(kRoleArn, &question.role_arn)}) {
    if (members[which] != nullptr && !read_string(*members[which], place->emplace())) return false;
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

Result<Suite, FileError> Suite::read(std::string path, PolicyShelf& shelf) {
  Suite suite;
  suite.path_ = std::move(path);
  const Result<std::string, Problem> text = shelf.read(suite.path_);
  if (!text) {
    FileError error{suite.path_, {}};
    error.error.code = ErrorCode::InvalidCase;
    error.error.message = text.error().text;
    return error;
  }
  Result<JsonTree> tree = JsonTree::parse(*text);
  if (!tree) return FileError{suite.path_, std::move(tree).error()};
  suite.tree_ = *std::move(tree);
  std::optional<FileError> error = SuiteReader(suite, shelf).read();
  if (error) return *std::move(error);
  return suite;
}

}  // namespace writ::cli
