// Not API, may change in any release. PolicyReader: a JSON tree becomes a PolicyDocument, or a list
// of refusals. It is the only one who fills a document.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/impl/document_arena.h"
#include "writ/impl/grammar.h"
#include "writ/impl/json_tree.h"
#include "writ/model/policy_document.h"
#include "writ/parse.h"

namespace writ::inline v0 {

namespace detail {

/// What a document's limits come to for its text, before it is read: each of the values that are
/// limited, and with it as many others as stand around it in a statement. Many statements that list
/// nothing count against it too.
[[nodiscard]] inline JsonOptions json_options(const ParseOptions& options) noexcept {
  JsonOptions json;
  json.max_bytes = options.max_bytes;
  json.max_values = 1024 + std::size_t{16} * options.max_values;
  return json;
}

}  // namespace detail

// Reads one document. The checks are those of `parse_policy`, in this order: the text (G-3, G-2),
// unknown elements, version and id, then statement by statement in the order of the grammar.
// With `CollectAll` reading goes on behind a refusal, and the document holds what could be read;
// its views then point into the tree's arena, which the document takes over in either mode.
class PolicyReader {
 public:
  enum class Mode : std::uint8_t { StopAtFirst, CollectAll };

  PolicyReader(detail::JsonTree tree, PolicyType type, const ParseOptions& options, Mode mode)
      : tree_(std::move(tree)), options_(options), type_(type), mode_(mode) {}

  // Once.
  void read();

  // In the order in which they were met.
  [[nodiscard]] const std::vector<PolicyError>& refusals() const noexcept { return refusals_; }
  [[nodiscard]] const detail::JsonTree& tree() const noexcept { return tree_; }

  // The document, and with it the arena of the tree. Complete if there are no refusals.
  [[nodiscard]] PolicyDocument take_document();

 private:
  using Node = detail::JsonNode;

  // The members of a statement that the grammar knows, or null.
  struct Elements {
    const Node* sid = nullptr;
    const Node* effect = nullptr;
    const Node* principal = nullptr;
    const Node* not_principal = nullptr;
    const Node* action = nullptr;
    const Node* not_action = nullptr;
    const Node* resource = nullptr;
    const Node* not_resource = nullptr;
    const Node* condition = nullptr;
  };

  // A statement's Sid, for G-19.
  struct NamedStatement {
    std::uint64_t hash;
    const Node* node;  // the Sid's value
  };

  void check_duplicates();
  void check_characters();
  void check_version(const Node* version);
  void check_version_of_guardrail();
  void read_statements(const Node& root, const Node* statements);
  void check_unique_sids();

  void read_statement(const Node& node);
  static const Node* Elements::*find_element(std::string_view name) noexcept;
  Elements find_elements(const Node& node);
  void read_sid(const Node* node, Statement& statement);
  bool read_effect(const Node& parent, const Node* node, Statement& statement);
  void read_principal(const Node& parent, const Elements& elements, Statement& statement);
  void read_principal_members(const Node& node, Statement& statement);
  void read_principal_member(const Node& node, bool negated,
                             detail::ArenaList<PrincipalMember>& members);
  void read_action(const Node& parent, const Elements& elements, Statement& statement);
  void read_resource(const Node& parent, const Elements& elements, Statement& statement);
  void check_rcp_allow(const Node& parent, const Elements& elements);
  void read_condition(const Node* node, Statement& statement);
  void read_condition_operator(const Node& node, std::uint32_t group,
                               detail::ArenaList<ConditionTest>& tests);
  void check_condition_keys(const Node& node);
  void read_condition_values(const Node& node, ConditionTest& test);
  void read_condition_value(const Node& node, ConditionOperator op,
                            detail::ArenaList<ConditionValue>& values);

  // The strings of a string or an array of strings; `check` sees each. False if it is neither.
  template <class Check>
  bool read_strings(const Node& node, std::string_view rule, std::string_view what,
                    std::span<const Text>& values, bool& is_list, const Check& check);

  // The places that a refusal can point at.
  enum class At : std::uint8_t { Value, Name };

  void refuse(ErrorCode code, std::string_view rule, const Node& node, std::string message,
              At at = At::Value);
  void refuse(detail::Refusal refusal, const Node& node, At at = At::Value) {
    refuse(refusal.code, refusal.rule, node, std::move(refusal.message), at);
  }
  void count_value(const Node& node) {
    if (++values_ > options_.max_values) refuse_more_values(node);
  }
  void refuse_more_values(const Node& node);
  void check_wildcards(std::string_view pattern, const Node& node) {
    if (pattern.size() > options_.max_wildcards_per_pattern) count_wildcards(pattern, node);
  }
  void count_wildcards(std::string_view pattern, const Node& node);

  [[nodiscard]] bool done() const noexcept {
    return limit_reached_ || (mode_ == Mode::StopAtFirst && !refusals_.empty());
  }
  [[nodiscard]] bool is_kind(std::initializer_list<PolicyType> types) const noexcept;

  detail::JsonTree tree_;
  ParseOptions options_;
  PolicyType type_;
  Mode mode_;
  bool limit_reached_ = false;
  std::uint32_t values_ = 0;
  std::vector<NamedStatement> named_;
  std::vector<const Node*> keys_;  // of one condition operator
  std::vector<PolicyError> refusals_;
  PolicyDocument document_;
};

}  // namespace writ::inline v0
