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
  std::string_view value;
  Position position;
};

/// The member of a `Principal` object that an entry stands in.
enum class PrincipalKind : std::uint8_t { Aws, Federated, Service, CanonicalUser };

[[nodiscard]] constexpr std::string_view to_string(PrincipalKind kind) noexcept {
  constexpr std::string_view kNames[] = {"AWS", "Federated", "Service", "CanonicalUser"};
  return kNames[static_cast<int>(kind)];
}

/// One member of a `Principal` object with its values.
struct PrincipalMember {
  PrincipalKind kind = PrincipalKind::Aws;
  bool is_list = false;  ///< written as an array
  std::span<const Text> values;
};

/// `Principal` or `NotPrincipal` (G-43 to G-54).
struct PrincipalElement {
  bool present = false;
  bool negated = false;   ///< NotPrincipal
  bool everyone = false;  ///< the string `"*"`
  Position position;      ///< of the value
  std::span<const PrincipalMember> members;
};

/// `Action`, `NotAction`, `Resource` or `NotResource`: a list of patterns.
struct PatternList {
  bool present = false;
  bool negated = false;  ///< NotAction, NotResource
  bool is_list = false;  ///< written as an array
  Position position;     ///< of the value
  std::span<const Text> values;
};

enum class ConditionValueKind : std::uint8_t { String, Number, Boolean };

/// One value of a condition key; `text` keeps the JSON spelling of numbers and booleans (G-60).
struct ConditionValue {
  std::string_view text;
  Position position;
  ConditionValueKind kind = ConditionValueKind::String;
};

/// One `{operator: {key: values}}` test.
struct ConditionTest {
  ConditionOperator op = ConditionOperator::StringEquals;
  SetQuantifier quantifier = SetQuantifier::None;
  bool if_exists = false;
  bool is_list = false;     ///< the values were written as an array
  std::uint32_t group = 0;  ///< tests of one operator object share a number
  Text operator_text;       ///< as written
  Text key;                 ///< as written
  std::span<const ConditionValue> values;
};

/// One statement. `begin` is the position of `{`, `end` that of the byte after `}`.
struct Statement {
  bool has_sid = false;
  Text sid;
  Effect effect = Effect::Deny;
  PrincipalElement principal;
  PatternList action;
  PatternList resource;
  bool has_condition = false;
  Position condition_position;
  std::span<const ConditionTest> conditions;
  Position begin;
  Position end;
};

/// A parsed, valid document of one kind. It owns its decoded strings and its lists: all
/// `std::string_view` and `std::span` members point into it, and moving keeps them valid. Not
/// copyable.
/// Thread-safety: const access from any number of threads.
class PolicyDocument {
 public:
  PolicyDocument() = default;
  PolicyDocument(PolicyDocument&&) noexcept = default;
  PolicyDocument& operator=(PolicyDocument&&) noexcept = default;
  PolicyDocument(const PolicyDocument&) = delete;
  PolicyDocument& operator=(const PolicyDocument&) = delete;

  [[nodiscard]] PolicyType type() const noexcept { return type_; }
  [[nodiscard]] PolicyVersion version() const noexcept { return version_; }
  /// Whether `${...}` is a variable in this document (G-14).
  [[nodiscard]] bool has_variables() const noexcept { return version_ == PolicyVersion::V2012; }
  [[nodiscard]] bool has_id() const noexcept { return has_id_; }
  [[nodiscard]] const Text& id() const noexcept WRIT_LIFETIME_BOUND { return id_; }
  /// Whether `Statement` was written as an array (G-9).
  [[nodiscard]] bool statement_is_list() const noexcept { return statement_is_list_; }
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
