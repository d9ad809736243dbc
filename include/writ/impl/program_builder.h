// Not API, may change in any release. ProgramBuilder: interns the parts of documents (strings,
// patterns, variables, condition terms, principals) into the sections of a program.
#pragma once

#include <boost/container/small_vector.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/fold.h"
#include "writ/impl/principal_keys.h"
#include "writ/impl/program.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"
#include "writ/model/policy_document.h"

namespace writ::inline v0 {
namespace detail {

/// A tree, not a hash table: whoever writes policies could choose texts of equal hash.
using TextMap = std::map<std::string, std::uint32_t, std::less<>>;

/// How the index sees a resource pattern: which fields are literal, how the last field begins.
struct PatternShape {
  std::array<std::string, 4> fields;  ///< texts of the literal fields 2 to 5
  std::string tail;                   ///< literal beginning of the last field
  std::uint8_t left_fields = 0;
  std::uint8_t right_fields = 0;
  bool crossing = false;
  bool exact = false;  ///< the last field is `tail` and nothing else
  bool any = false;    ///< the pattern is `*`
};

/// The sections while they grow.
class ProgramBuilder {
 public:
  explicit ProgramBuilder(PolicyType type) noexcept : type_(type) {}

  /// Adds one document's records; statements get the next indices.
  void add_document(std::string_view name, const PolicyDocument& document);

  std::vector<char> strings;
  std::vector<StatementRecord> statements;
  std::vector<StatementSource> sources;
  std::vector<DocumentRecord> documents;
  std::vector<TermRecord> terms;
  std::vector<ValueRecord> values;
  std::vector<std::uint32_t> condition_refs;
  std::vector<ConditionSource> condition_sources;
  std::vector<PatternRecord> patterns;
  std::vector<PatternShape> shapes;  ///< parallel to patterns; ARN resource patterns only
  std::vector<Atom> atoms;
  std::vector<VariableRecord> variables;
  std::vector<PrincipalRecord> principals;
  std::vector<ActionRecord> actions;
  std::vector<std::uint32_t> action_refs;
  std::vector<std::uint32_t> resource_refs;

  [[nodiscard]] StringRef intern(std::string_view text);
  [[nodiscard]] std::string_view view(StringRef ref) const noexcept {
    return {strings.data() + ref.offset, ref.size};
  }
  /// A folded action pattern with wildcards; its literal beginning goes to shapes[].tail.
  [[nodiscard]] std::uint32_t action_pattern(std::string_view folded_text);
  [[nodiscard]] PolicyType type() const noexcept { return type_; }

 private:
  /// An atom before its literal is interned.
  struct Draft {
    Atom::Kind kind = Atom::Kind::Literal;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::string text;
  };
  using Drafts = boost::container::small_vector<Draft, 8>;

  [[nodiscard]] std::uint32_t add_variable(const PatternPiece& piece);
  void append_text(Drafts& out, std::string_view text, bool wildcards);
  void append_literal(Drafts& out, std::string_view text);
  void append_pieces(Drafts& out, std::string_view text, bool variables_active, bool wildcards,
                     bool no_colon);
  [[nodiscard]] std::uint32_t finish_pattern(const Drafts& pattern, std::string_view text,
                                             PatternKind kind, PatternShape shape = {});
  [[nodiscard]] std::uint32_t resource_pattern(std::string_view text, bool variables_active,
                                               bool negated);
  [[nodiscard]] std::uint32_t value_pattern(std::string_view text, ConditionOperator op,
                                            bool variables_active);
  [[nodiscard]] std::uint32_t action(std::string_view text);
  [[nodiscard]] std::uint32_t term(const ConditionTest& test, Effect effect, bool variables_active);
  [[nodiscard]] ValueRecord value(const ConditionTest& test, const ConditionValue& value,
                                  bool variables_active);
  void add_principals(const PrincipalElement& element);
  [[nodiscard]] PrincipalRecord principal(PrincipalKind kind, std::string_view text);

  PolicyType type_;
  TextMap interned_;
  TextMap pattern_ids_;
  TextMap action_ids_;
  TextMap term_ids_;
  TextMap variable_ids_;
};

}  // namespace detail
}  // namespace writ::inline v0

#include "writ/impl/program_builder-inl.h"
