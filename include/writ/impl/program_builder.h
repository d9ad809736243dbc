// Not API, may change in any release. ProgramBuilder: from the words of documents to the nodes and
// records of a program. Equal patterns, variables, terms and texts become one.
#pragma once

#include <boost/container/small_vector.hpp>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/code_writer.h"
#include "writ/impl/index_keys.h"
#include "writ/impl/intern_table.h"
#include "writ/impl/pattern_draft.h"
#include "writ/impl/principal_keys.h"
#include "writ/impl/program.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"
#include "writ/model/policy_document.h"

namespace writ::inline v0 {
namespace detail {

inline constexpr std::uint32_t kNone = 0xffffffffU;
/// Of a resource's last field, how much is hashed at the cost of one posting (IndexBuilder).
inline constexpr std::uint32_t kPostingBytes = 64;

/// How the index sees a resource pattern: which fields are literal, how the last field begins.
struct PatternShape {
  std::array<std::uint64_t, 4> fields = {};  ///< hashes of the literal fields 1 to 4
  StringRef tail;                            ///< literal beginning of the last field
  StringRef ending;                          ///< its last segment, where has_ending
  std::uint8_t left_fields = 0;
  std::uint8_t right_fields = 0;
  bool crossing = false;
  bool exact = false;       ///< the last field is `tail` and nothing else
  bool has_ending = false;  ///< it ends with a delimiter and a literal
};

/// How the index sees an action as it stands in statements, letter case aside.
struct IndexedAction {
  enum class Kind : std::uint8_t { Everything, Exact, Service, Prefix, General, AnyService };
  Kind kind = Kind::Exact;
  StringRef text;                  ///< folded
  std::uint32_t service_size = 0;  ///< of the text
  std::uint64_t hash = 0;          ///< of the text
  std::uint32_t last_statement = kNone;
  Range statements;  ///< of IndexBuilder's lists, when these are made
};

/// A leaf of a statement, and the pattern it was made for (kNone: it tests all or none). It becomes
/// a node of the code when something refers to it; the index may put it somewhere else.
struct LeafRecord {
  std::uint32_t begin = 0;  ///< of `leaf_drafts`
  std::uint32_t size = 0;   ///< in words
  std::uint32_t pattern = kNone;
  Ref node = kNoNode;
};

/// What the index needs of a statement beside its record.
struct IndexedStatement {
  Range leaves;            ///< of `leaves`
  std::uint64_t cost = 0;  ///< of posting each leaf once
  Range principal_keys;    ///< of `principal_keys`
  Ref not_action = kNoNode;
  Ref terms = kNoNode;  ///< a Terms node, where leaves share one
  /// Every entry can be found by a key, so that a switch by principal may hold the statement.
  bool plain_principals = false;
};

/// The sections while they grow.
class ProgramBuilder {
 public:
  explicit ProgramBuilder(PolicyType type) : type_(type) {}

  /// Makes room for so many mentions of actions, resources and condition values.
  void reserve(std::size_t actions, std::size_t resources, std::size_t values);
  /// Adds one document's statements; they get the next indices.
  void add_document(std::string_view name, const PolicyDocument& document);
  /// A leaf that tests all resources of a statement at once: its index in `leaves`.
  [[nodiscard]] std::uint32_t whole_leaf(std::uint32_t statement);
  /// The node of a leaf.
  [[nodiscard]] Ref leaf_node(std::uint32_t leaf);
  [[nodiscard]] std::span<const Word> leaf_words(std::uint32_t leaf) const noexcept {
    return {leaf_drafts.node(leaves[leaf].begin), leaves[leaf].size};
  }

  [[nodiscard]] std::uint32_t statement_of(std::uint32_t leaf) const noexcept {
    const LeafNode node{leaf_drafts.node(leaves[leaf].begin)};
    return documents[node.words[1]].statements.begin + node.words[2];
  }

  [[nodiscard]] StringRef intern(std::string_view text);
  [[nodiscard]] std::string_view view(StringRef ref) const noexcept {
    return {strings.data() + ref.offset, ref.size};
  }
  [[nodiscard]] std::string_view index_text(StringRef ref) const noexcept {
    return {index_texts.data() + ref.offset, ref.size};
  }
  /// The hot node of an action pattern with wildcards.
  [[nodiscard]] Ref action_node(std::string_view folded_text);
  [[nodiscard]] PolicyType type() const noexcept { return type_; }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Whether a count or a text was too large for its place in a node.
  [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }

  CodeWriter code;
  std::vector<char> strings;
  std::vector<StatementRecord> statements;
  std::vector<StatementSource> sources;
  std::vector<DocumentRecord> documents;
  std::vector<TermRecord> terms;
  std::vector<StringRef> value_texts;
  std::vector<std::uint32_t> condition_refs;
  std::vector<ConditionSource> condition_sources;
  std::vector<PatternRecord> patterns;
  std::vector<ActionRecord> actions;
  std::vector<std::uint32_t> action_refs;
  std::vector<std::uint32_t> resource_refs;

  // Of the index alone.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> listings;  ///< indexed action, statement
  std::vector<char> index_texts;
  std::vector<PatternShape> shapes;  ///< parallel to patterns
  std::vector<IndexedAction> indexed_actions;
  std::vector<IndexedStatement> indexed;
  std::vector<LeafRecord> leaves;
  CodeWriter leaf_drafts;
  std::vector<std::uint64_t> principal_keys;
  /// Of actions, resources and principals as often as they are listed, with what stands around
  /// them.
  std::uint64_t listed_bytes = 0;

 private:
  [[nodiscard]] StringRef append(std::string_view text);
  [[nodiscard]] StringRef index_text_of(std::string_view text);
  [[nodiscard]] Ref variable(const PatternPiece& piece);
  [[nodiscard]] Ref write_pattern(const PatternDraft& draft, PatternKind kind);
  [[nodiscard]] Ref write_literal_pattern(PatternKind kind, std::string_view literal);
  void append_pieces(PatternDraft& out, std::string_view text, bool variables_active,
                     bool wildcards, bool no_colon);
  [[nodiscard]] std::uint32_t resource_pattern(std::string_view text, bool variables_active,
                                               bool negated);
  [[nodiscard]] Ref hot_resource_node(std::uint32_t pattern);
  [[nodiscard]] Ref value_pattern(std::string_view text, ConditionOperator op,
                                  bool variables_active);
  [[nodiscard]] std::uint32_t action(std::string_view text);
  [[nodiscard]] std::uint32_t indexed_action(std::string_view folded_text);
  [[nodiscard]] std::uint32_t term(const ConditionTest& test, Effect effect, bool variables_active);
  void count_listed(std::string_view text) noexcept { listed_bytes += text.size() + 8; }
  void write_value(const ConditionTest& test, const ConditionValue& value, Ref pattern);
  [[nodiscard]] Ref principals_node(const PrincipalElement& element, IndexedStatement& indexed);
  void write_principal(PrincipalKind kind, std::string_view text);
  void draft_leaf(const StatementRecord& record, const IndexedStatement& facts,
                  std::uint32_t statement_in_document, std::uint32_t pattern, Ref pattern_list);
  void draft_leaves(const StatementRecord& record, IndexedStatement& facts,
                    std::uint32_t statement_in_document);
  /// A list of these, each once, in the order in which they are written.
  [[nodiscard]] Ref refs_node(std::vector<Ref> refs, NodeTag tag = NodeTag::Patterns);
  [[nodiscard]] Ref shared_terms(const StatementRecord& record);

  /// Values of a term while it is compared with another.
  struct TermKey {
    std::vector<ConditionValueKind> kinds;
    std::uint8_t flags = 0;
  };

  PolicyType type_;
  bool overflowed_ = false;
  std::uint64_t seed_ = InternTable::fresh_seed(this);
  InternTable string_ids_{seed_};
  InternTable pattern_ids_{seed_};
  InternTable value_pattern_ids_{seed_};
  InternTable action_node_ids_{seed_};
  InternTable action_ids_{seed_};
  InternTable indexed_action_ids_{seed_};
  InternTable term_ids_{seed_};
  InternTable variable_ids_{seed_};
  /// Parallel to the numbers that the tables give.
  std::vector<std::pair<StringRef, std::uint8_t>> pattern_keys_;
  std::vector<std::pair<StringRef, std::uint8_t>> value_pattern_keys_;
  std::vector<Ref> value_patterns_;
  std::vector<std::uint32_t> action_node_keys_;
  std::vector<Ref> action_nodes_;
  std::vector<std::uint32_t> action_index_;  ///< of each action record: its indexed action
  std::vector<Ref> variables_;
  std::vector<TermKey> term_keys_;
  std::string folded_;  // scratch
};

}  // namespace detail
}  // namespace writ::inline v0

#include "writ/impl/program_builder-inl.h"
