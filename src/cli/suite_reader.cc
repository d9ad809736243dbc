#include "cli/suite_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/glob.h"
#include "cli/yaml_tree.h"
#include "writ/impl/folder_layout.h"

namespace writ::cli {

namespace {

constexpr std::string_view kSuiteMembers[] = {"suite",    "policies", "actions", "resources",
                                              "contexts", "defaults", "tests"};
constexpr std::string_view kPolicyMembers[] = {"file", "kind", "level"};
/// Those of the members of a test that a suite's defaults may have.
constexpr std::size_t kDefaultMembers = 13;

}  // namespace

PolicyError SuiteReader::error_at(const JsonTree& tree, const JsonNode& node, std::string message,
                                  ErrorCode code) {
  PolicyError error;
  error.code = code;
  error.position = node.begin;
  error.json_pointer = tree.pointer(node);
  error.message = std::move(message);
  return error;
}

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

std::optional<DocumentError> SuiteReader::read() {
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
          return fail(*kind, fmt::format("unknown kind `{}`; kinds are {}", word,
                                         fmt::join(kKindWords, ", ")));
        }
        type = *known;
      }
      if (const JsonNode* level = tree().member(*node, "level"); level != nullptr) {
        // In YAML every scalar is text.
        const JsonKind number = is_yaml(suite_.path_) ? JsonKind::String : JsonKind::Number;
        if (level->kind != number || level->text.empty() || level->text.size() > 2 ||
            level->text.find_first_not_of("0123456789") != std::string_view::npos) {
          return fail(*level, "a level is a number from 0, the root's, to 99");
        }
        if (!detail::has_levels(type)) return fail(*level, "only kinds scp and rcp have levels");
        for (const char digit : level->text) {
          member.level = member.level * 10 + static_cast<std::uint32_t>(digit - '0');
        }
      }
    }
    if (file.empty()) return fail(*node, "the file needs a name");
    Result<std::uint32_t, DocumentError> policy = shelf_.take(beside_suite(file), type);
    if (!policy) {
      DocumentError error = std::move(policy).error();
      // A file that cannot be read is the suite's mistake, at the place that names it.
      if (error.error.position.line == 0) return fail(*node, error.error.message);
      return fail(std::move(error));
    }
    member.policy = *policy;
    policies_[node->name] = member;
    all_policies_.push_back(member);
  }
  return check_levels(object);
}

// A level that no policy is of, below one that has some, would allow nothing, ever (E-1).
bool SuiteReader::check_levels(const JsonNode& object) {
  const auto is_of = [this](const SuiteStack::Member& member, PolicyType type,
                            std::uint32_t level) {
    return shelf_.policies()[member.policy].type == type && member.level == level;
  };
  auto member = all_policies_.begin();
  for (const auto* node = tree().first_child(object); node != nullptr; node = tree().next(*node)) {
    const PolicyType type = shelf_.policies()[member->policy].type;
    for (std::uint32_t level = 0; level < member->level; ++level) {
      if (std::ranges::any_of(all_policies_, [&](const SuiteStack::Member& other) {
            return is_of(other, type, level);
          })) {
        continue;
      }
      return fail(*tree().member(*node, "level"),
                  fmt::format("no policy of kind {} is of level {}, so that nothing would be "
                              "allowed; levels count from 0, the root's, without a gap",
                              to_string(type), level));
    }
    ++member;
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
    if (!parsed) return fail(DocumentError{path, std::move(parsed).error()});
    const JsonTree& list = suite_.files_.emplace_back(*std::move(parsed));
    if (list.root().kind != JsonKind::Array) {
      return fail(
          DocumentError{path, error_at(list, list.root(), "a catalogue is an array of actions")});
    }
    for (const auto* one = list.first_child(list.root()); one != nullptr; one = list.next(*one)) {
      if (one->kind != JsonKind::String) {
        return fail(DocumentError{path, error_at(list, *one, "this has to be a string")});
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
    if (error) return fail(DocumentError{suite_.path_, *error});
  }
  return true;
}

Result<Suite, DocumentError> Suite::read(std::string path, PolicyShelf& shelf) {
  Suite suite;
  suite.path_ = std::move(path);
  const Result<std::string, Problem> text = shelf.read(suite.path_);
  if (!text) {
    DocumentError error{suite.path_, {}};
    error.error.code = ErrorCode::InvalidCase;
    error.error.message = text.error().text;
    return error;
  }
  Result<detail::JsonTree> tree =
      is_yaml(suite.path_) ? read_yaml(*text) : detail::JsonTree::parse(*text);
  if (!tree) return DocumentError{suite.path_, std::move(tree).error()};
  suite.tree_ = *std::move(tree);
  std::optional<DocumentError> error = SuiteReader(suite, shelf).read();
  if (error) return *std::move(error);
  return suite;
}

}  // namespace writ::cli
