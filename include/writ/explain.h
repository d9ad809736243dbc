// explain: the same evaluation, traced: why a request is decided as it is, and what would flip it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/error.h"
#include "writ/evaluate.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {

/// The elements of a statement that can fail to match a request.
enum class Element : std::uint8_t { Principal, Action, Resource, Condition };
/// `Principal`, `Action`, `Resource`, `Condition`: without Not, see StatementTrace.
[[nodiscard]] std::string_view to_string(Element element) noexcept;

/// `false`, `indeterminate`, `true`.
[[nodiscard]] std::string_view to_string(Truth truth) noexcept;

/// How one condition test came out.
struct ConditionTrace {
  std::string operator_text;            ///< as written: `ForAnyValue:StringLikeIfExists`
  std::string key;                      ///< as written
  std::vector<std::string> asked;       ///< the policy's values, as written
  bool key_present = false;             ///< whether the request has the key
  bool key_multivalued = false;         ///< whether it has it as a list (C-13)
  bool key_collided = false;            ///< C-12
  std::vector<std::string> given;       ///< the request's values
  std::vector<std::string> unresolved;  ///< variables among the asked values without a value
  Truth result = Truth::False;          ///< of the whole test
  Position position;                    ///< of the key in the policy
};

/// How one statement came out.
struct StatementTrace {
  StatementId id;                       ///< among the policies applied
  std::string policy;                   ///< the document's name
  std::string sid;                      ///< empty when it has none
  Effect effect = Effect::Deny;         ///< of the statement
  Position begin;                       ///< of the statement's `{`
  Position end;                         ///< of the byte after its `}`
  bool applied = false;                 ///< an Indeterminate Deny applies, an Allow does not
  bool principal_matched = true;        ///< true, too, where the kind of policy has no principals
  /// Half a sentence with its rule where the element comes out other than it reads (P-28, P-29,
  /// P-61, P-63, E-82); else empty.
  std::string principal_note;
  bool action_matched = false;          ///< by Action or NotAction
  bool resource_matched = false;        ///< by Resource or NotResource
  Truth condition = Truth::True;        ///< of all tests together
  Position principal_position;          ///< of the element; line 0 when it has none
  Position action_position;             ///< of Action or NotAction
  Position resource_position;           ///< of Resource or NotResource; line 0 when it has none
  std::vector<std::string> actions;     ///< the patterns of the element that was tested
  std::vector<std::string> resources;   ///< likewise
  bool not_principal = false;           ///< the element was NotPrincipal
  bool not_action = false;              ///< the element was NotAction
  bool not_resource = false;            ///< the element was NotResource
  std::vector<std::string> unresolved;  ///< variables in resources without a value
  /// A `${...}` in resources or values is plain text, because the policy's Version is not
  /// `2012-10-17` (G-13, G-14).
  bool literal_variables = false;
  std::vector<ConditionTrace> conditions;  ///< tests of the Condition element

  /// Number of elements that do not match: each condition test counts as one.
  [[nodiscard]] std::uint32_t failed_elements() const noexcept;
};

/// How one layer (of organization policies: one level) came out.
struct LayerTrace {
  PolicyType type = PolicyType::IdentityBased;  ///< of its policies
  std::uint32_t level = 0;                      ///< of organization policies: 0 is the root's
  bool applies = true;                          ///< false: present but exempt, as E-20 and E-30 say
  /// False: no Allow of it is asked for, because the caller has no such policies (E-44, E-50, E-82,
  /// E-90, E-91). A Deny of it counts all the same.
  bool allow_counts = true;
  bool denied = false;                     ///< a Deny of it applies
  bool allowed = false;                    ///< an Allow of it applies
  std::vector<StatementTrace> statements;  ///< in the order of documents and statements
  std::uint32_t unlisted = 0;              ///< statements left out: `max_unrelated_statements`
};

/// One change that a nearest miss consists of.
struct Change {
  /// What is changed.
  enum class Kind : std::uint8_t {
    /// The Deny statement is removed.
    RemoveDeny,
    /// The element of the Allow statement is made to match: Action lists the request's action,
    /// Resource is `*`, one condition test is removed, Principal names the caller itself (its ARN,
    /// a service, a provider, a canonical id; `*` for anonymous callers).
    MatchElement,
    /// The layer has no Allow statement at all and gets one, for all actions and resources, in a
    /// new document when there is none. The resource's policy names the caller in it; a resource
    /// without a policy gets one only where its policy must allow (E-61, E-70, E-90).
    AttachAllow,
  };
  Kind kind = Kind::MatchElement;                ///< what is changed
  PolicyType layer = PolicyType::IdentityBased;  ///< where
  std::uint32_t level = 0;                       ///< of organization policies: 0 is the root's
  /// For AttachAllow it names at most a document: the one of several boundaries (E-42).
  StatementId statement;
  Element element = Element::Action;  ///< for MatchElement
  std::uint32_t condition = 0;        ///< for Element::Condition: index of the test
  std::string text;  ///< one sentence for people; names and values are code spans of CommonMark
};

/// A least set of changes, in number, that turns a denial into an allow. Applied to the policies
/// they do turn it, and no fewer changes of these kinds do. Of sets of one size those that change
/// the caller's own policies come first; of statements that lack as much, those that cover the
/// action, then those that name the caller, then those that cover the resource, then the earlier.
struct NearestMiss {
  /// False when the request is allowed, and for what no policy can allow: E-52, E-75, and a
  /// provider's caller who asks for plain `sts:AssumeRole` (E-82).
  bool possible = false;
  std::vector<Change> changes;  ///< empty when the request is allowed
};

/// How much is listed.
struct ExplainOptions {
  /// Statements whose action does not match are counted, not listed, beyond this number a layer.
  /// The nearest miss looks at all of them.
  std::uint32_t max_unrelated_statements = 64;
};

/// Why a request was decided as it was. Value type; owns its strings.
class Explanation {
 public:
  /// That of `evaluate`.
  [[nodiscard]] const Decision& decision() const noexcept WRIT_LIFETIME_BOUND { return decision_; }
  /// The layers that are present, in the order of the walk.
  [[nodiscard]] const std::vector<LayerTrace>& layers() const noexcept WRIT_LIFETIME_BOUND {
    return layers_;
  }
  /// The trace of the deciding statement, or null.
  [[nodiscard]] const StatementTrace* deciding_statement() const noexcept WRIT_LIFETIME_BOUND;
  /// The least that would have to change.
  [[nodiscard]] const NearestMiss& nearest_miss() const noexcept WRIT_LIFETIME_BOUND {
    return nearest_miss_;
  }
  /// Condition keys and variables that were looked for and not given, each once, sorted. A key that
  /// is given but has no one value, as a list in a variable (V-10), is none of them.
  [[nodiscard]] const std::vector<std::string>& missing_keys() const noexcept WRIT_LIFETIME_BOUND {
    return missing_keys_;
  }
  /// For people: the decision, the statement that made it, what else applied, the nearest miss.
  [[nodiscard]] std::string to_string() const;
  /// For programs: everything, as one JSON object. Members: `decision`, `reason` (the enumerator's
  /// name), `rule`, `message` (the reason as half a sentence), `principal`, `action`, `resource`,
  /// `decidingStatement` (when there is one), `layers` (`layer`, `level`, `applies`, `allowCounts`,
  /// `denied`, `allowed`, `unlisted`, `statements`), `nearestMiss` (`possible`, `changes`) and
  /// `missingKeys`; statements, conditions and changes have the members of their structs in camel
  /// case. Always valid UTF-8: what is none becomes U+FFFD.
  [[nodiscard]] std::string to_json() const;

 private:
  friend class Explainer;

  Decision decision_;
  std::string principal_;
  std::string action_;
  std::string resource_;
  std::vector<LayerTrace> layers_;
  NearestMiss nearest_miss_;
  std::vector<std::string> missing_keys_;
};

/// Explains one request: the decision is that of `evaluate` (the same code, traced).
/// Complexity: O(statements × elements); allocates. Thread-safe.
[[nodiscard]] Explanation explain(const Request& request, const AppliedPolicies& policies,
                                  const EvaluateOptions& options = {},
                                  const ExplainOptions& explain_options = {});

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/explain-inl.h"
#endif
