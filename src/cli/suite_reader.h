// SuiteReader: the text of a suite becomes its tests. Its members, the policies, actions and
// contexts that it names, are read in suite_reader.cc; its tests and their tables in
// suite_test_reader.cc.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/question.h"
#include "cli/suite.h"
#include "writ/impl/json_tree.h"

namespace writ::cli {

/// The members of a test.
inline constexpr std::string_view kAskedMembers[] = {"principal",
                                                     "principals",
                                                     "action",
                                                     "actions",
                                                     "resource",
                                                     "resources",
                                                     "resourceAccount",
                                                     "roleArn",
                                                     "issuer",
                                                     "resourcePolicyRequired",
                                                     "context",
                                                     "contexts",
                                                     "policies",
                                                     "name",
                                                     "expect",
                                                     "sid",
                                                     "rule"};

/// Reads a suite, member by member; the first mistake ends it.
class SuiteReader {
 public:
  SuiteReader(Suite& suite, PolicyShelf& shelf) : suite_(suite), shelf_(shelf) {}

  [[nodiscard]] std::optional<DocumentError> read();

 private:
  using JsonKind = detail::JsonKind;
  using JsonNode = detail::JsonNode;
  using JsonTree = detail::JsonTree;
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
    kIssuer,
    kResourcePolicyRequired,
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

  [[nodiscard]] static PolicyError error_at(const JsonTree& tree, const JsonNode& node,
                                            std::string message,
                                            ErrorCode code = ErrorCode::InvalidCase);
  bool fail(const JsonNode& node, std::string message, ErrorCode code = ErrorCode::InvalidCase) {
    error_ = DocumentError{suite_.path_, error_at(tree(), node, std::move(message), code)};
    return false;
  }
  bool fail(DocumentError error) {
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
  bool read_bool(const JsonNode& node, bool& value);
  bool read_strings(const JsonNode& node, std::vector<Said>& texts, bool may_be_empty = false);
  bool read_policies(const JsonNode& object);
  bool check_levels(const JsonNode& object);
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
  DocumentError error_;
  Members defaults_ = {};
  std::map<std::string_view, SuiteStack::Member> policies_;
  std::vector<SuiteStack::Member> all_policies_;
  std::map<std::string_view, std::vector<QuestionKey>> contexts_;
  std::map<std::vector<SuiteStack::Member>, std::uint32_t> stack_index_;
  bool has_catalogue_ = false;
  std::vector<std::string_view> catalogue_;
  std::vector<Said> resources_;
};

}  // namespace writ::cli
