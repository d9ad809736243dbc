// PolicyDocument: a policy as its author wrote it, in IAM's words, source order, with positions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/impl/document_arena.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {

/// A decoded JSON string (or the spelling of a number or boolean) and where its token begins.
struct Text {
  std::string_view value;  ///< decoded
  Position position;       ///< of its opening quote
};

/// The member of a `Principal` object that an entry stands in.
enum class PrincipalKind : std::uint8_t { Aws, Federated, Service, CanonicalUser };

/// The member's name: `AWS`.
[[nodiscard]] constexpr std::string_view to_string(PrincipalKind kind) noexcept {
  constexpr std::string_view kNames[] = {"AWS", "Federated", "Service", "CanonicalUser"};
  return kNames[static_cast<int>(kind)];
}

/// One member of a `Principal` object with its values.
struct PrincipalMember {
  PrincipalKind kind = PrincipalKind::Aws;  ///< AWS, Service, Federated, CanonicalUser
  bool is_list = false;                     ///< written as an array
  std::span<const Text> values;             ///< in the author's order
};

/// `Principal` or `NotPrincipal` (G-43 to G-54).
struct PrincipalElement {
  bool present = false;                      ///< whether the element is there
  bool negated = false;                      ///< NotPrincipal
  bool everyone = false;                     ///< the string `"*"`
  Position position;                         ///< of the value
  std::span<const PrincipalMember> members;  ///< in the author's order
};

/// `Action`, `NotAction`, `Resource` or `NotResource`: a list of patterns.
struct PatternList {
  bool present = false;          ///< whether the element is there
  bool negated = false;          ///< NotAction, NotResource
  bool is_list = false;          ///< written as an array
  Position position;             ///< of the value
  std::span<const Text> values;  ///< in the author's order
};

/// The JSON type of a condition value (G-60).
enum class ConditionValueKind : std::uint8_t { String, Number, Boolean };

/// One value of a condition key; `text` keeps the JSON spelling of numbers and booleans (G-60).
struct ConditionValue {
  std::string_view text;                                 ///< as written, decoded
  Position position;                                     ///< of its first byte
  ConditionValueKind kind = ConditionValueKind::String;  ///< how JSON has it
};

/// One `{operator: {key: values}}` test.
struct ConditionTest {
  ConditionOperator op = ConditionOperator::StringEquals;  ///< without quantifier and suffix
  SetQuantifier quantifier = SetQuantifier::None;          ///< the prefix (C-40)
  bool if_exists = false;                                  ///< the suffix `IfExists` (C-22)
  bool is_list = false;                                    ///< the values were written as an array
  std::uint32_t group = 0;                 ///< tests of one operator object share a number
  Text operator_text;                      ///< as written
  Text key;                                ///< as written
  std::span<const ConditionValue> values;  ///< in the author's order
};

/// One statement. `begin` is the position of `{`, `end` that of the byte after `}`.
struct Statement {
  bool has_sid = false;                       ///< whether Sid is there
  Text sid;                                   ///< valid with `has_sid`
  Effect effect = Effect::Deny;               ///< Allow or Deny
  PrincipalElement principal;                 ///< Principal or NotPrincipal
  PatternList action;                         ///< Action or NotAction
  PatternList resource;                       ///< Resource or NotResource
  bool has_condition = false;                 ///< whether Condition is there
  Position condition_position;                ///< of the element
  std::span<const ConditionTest> conditions;  ///< all tests, which are ANDed (C-3)
  Position begin;                             ///< of the statement's `{`
  Position end;                               ///< of the byte after its `}`
};

/// A parsed, valid document of one kind. It owns its decoded strings and its lists: all
/// `std::string_view` and `std::span` members point into it, and moving keeps them valid. Not
/// copyable.
/// Thread-safety: const access from any number of threads.
class PolicyDocument {
 public:
  PolicyDocument() = default;
  /// Moves.
  PolicyDocument(PolicyDocument&&) noexcept = default;
  PolicyDocument& operator=(PolicyDocument&&) noexcept = default;  ///< Moves.
  PolicyDocument(const PolicyDocument&) = delete;
  PolicyDocument& operator=(const PolicyDocument&) = delete;

  /// The kind that it was parsed as.
  [[nodiscard]] PolicyType type() const noexcept { return type_; }
  /// Of the policy language.
  [[nodiscard]] PolicyVersion version() const noexcept { return version_; }
  /// Whether `${...}` is a variable in this document (G-14).
  [[nodiscard]] bool has_variables() const noexcept { return version_ == PolicyVersion::V2012; }
  /// Whether Id is there.
  [[nodiscard]] bool has_id() const noexcept { return has_id_; }
  /// Valid with `has_id`.
  [[nodiscard]] const Text& id() const noexcept WRIT_LIFETIME_BOUND { return id_; }
  /// Whether `Statement` was written as an array (G-9).
  [[nodiscard]] bool statement_is_list() const noexcept { return statement_is_list_; }
  /// In the author's order.
  [[nodiscard]] const std::vector<Statement>& statements() const noexcept WRIT_LIFETIME_BOUND {
    return statements_;
  }

 private:
  friend class PolicyReader;  // the only one who fills a document: impl/parse-inl.h

  std::vector<char> strings_;  // decoded, among other text; never grows once views exist
  detail::DocumentArena lists_;
  PolicyType type_ = PolicyType::IdentityBased;
  PolicyVersion version_ = PolicyVersion::Absent;
  bool has_id_ = false;
  bool statement_is_list_ = true;
  Text id_;
  std::vector<Statement> statements_;
};

}  // namespace writ::inline v0
