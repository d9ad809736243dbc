// Not API, may change in any release. Bodies of ProgramBuilder: from the words of a document to
// nodes and records. Documents are valid here: parse_policy has refused all others.
#pragma once

#include <algorithm>

#include "writ/impl/program_builder.h"

namespace writ::inline v0 {
namespace detail {

template <class List>
[[nodiscard]] std::uint32_t size32(const List& list) noexcept {
  return static_cast<std::uint32_t>(list.size());
}

inline StringRef ProgramBuilder::intern(std::string_view text) {
  if (text.empty()) return {};
  // Records are offsets; equal texts have equal sizes, so comparing needs no size.
  const std::uint64_t hash = hash_bytes(text, string_ids_.seed());
  const std::uint32_t offset = size32(strings);
  const std::uint32_t found = string_ids_.find_or_add(hash, offset, [&](std::uint32_t other) {
    return strings.size() - other >= text.size() &&
           std::memcmp(strings.data() + other, text.data(), text.size()) == 0;
  });
  if (found != InternTable::kAbsent) return {found, size32(text)};
  strings.insert(strings.end(), text.begin(), text.end());
  return {offset, size32(text)};
}

inline StringRef ProgramBuilder::append(std::string_view text) {
  const StringRef ref{size32(strings), size32(text)};
  strings.insert(strings.end(), text.begin(), text.end());
  return ref;
}

inline StringRef ProgramBuilder::index_text_of(std::string_view text) {
  const StringRef ref{size32(index_texts), size32(text)};
  index_texts.insert(index_texts.end(), text.begin(), text.end());
  return ref;
}

inline Ref ProgramBuilder::variable(const PatternPiece& piece) {
  std::uint64_t hash = hash_folded(piece.text, variable_ids_.seed());
  hash = hash_combine(hash_bytes(piece.default_text, hash), piece.has_default ? 1 : 0);
  const std::uint32_t found =
      variable_ids_.find_or_add(hash, size32(variables_), [&](std::uint32_t other) {
        const VariableNode node{code.node(variables_[other])};
        return equals_folded(node.key(), piece.text) && node.has_default() == piece.has_default &&
               node.default_text() == piece.default_text;
      });
  if (found != InternTable::kAbsent) return variables_[found];
  const bool never_resolves = piece.text.find(':') == std::string_view::npos;
  const Ref ref =
      code.begin(NodeTag::Variable, variable_head::HasDefault::put(piece.has_default ? 1 : 0) |
                                        variable_head::NeverResolves::put(never_resolves ? 1 : 0));
  code.put(piece.text.size());
  code.put(piece.default_text.size());
  code.put64(hash_folded(piece.text));
  code.put_text(piece.text);
  code.put_text(piece.default_text);
  variables_.push_back(ref);
  return ref;
}

inline void ProgramBuilder::append_pieces(PatternDraft& out, std::string_view text,
                                          bool variables_active, bool wildcards, bool no_colon) {
  PatternPieces pieces(text, variables_active);
  PatternPiece piece;
  while (pieces.next(piece)) {
    switch (piece.kind) {
      case PatternPiece::Kind::Text:
        wildcards ? out.add_wildcards(piece.text) : out.add_literal(piece.text);
        break;
      case PatternPiece::Kind::Character:
        out.add_literal(piece.text);
        break;
      case PatternPiece::Kind::Variable:
        out.add_variable(variable(piece), no_colon);
        break;
    }
  }
}

inline Ref ProgramBuilder::write_pattern(const PatternDraft& draft, PatternKind kind) {
  const std::size_t atoms = kind <= PatternKind::Prefix ? 0 : draft.atoms().size();
  overflowed_ |= atoms > pattern_head::Atoms::kMax;
  const Ref ref = code.begin(NodeTag::Pattern,
                             pattern_head::Kind::put(static_cast<Word>(kind)) |
                                 pattern_head::HasVariables::put(draft.has_variables() ? 1 : 0) |
                                 pattern_head::Atoms::put(static_cast<Word>(atoms)));
  code.put(draft.texts().size());
  for (std::size_t i = 0; i < atoms; ++i) code.put_record(draft.atoms()[i]);
  code.put_text(draft.texts());
  return ref;
}

inline Ref ProgramBuilder::write_literal_pattern(PatternKind kind, std::string_view literal) {
  const Ref ref = code.begin(NodeTag::Pattern, pattern_head::Kind::put(static_cast<Word>(kind)));
  code.put(literal.size());
  code.put_text(literal);
  return ref;
}

inline Ref ProgramBuilder::action_node(std::string_view folded_text) {
  const std::uint64_t hash = hash_bytes(folded_text, action_node_ids_.seed());
  const std::uint32_t indexed_id = indexed_action(folded_text);
  const std::uint32_t found = action_node_ids_.find_or_add(
      hash, size32(action_nodes_),
      [&](std::uint32_t other) { return action_node_keys_[other] == indexed_id; });
  if (found != InternTable::kAbsent) return action_nodes_[found];
  PatternDraft draft;
  draft.add_wildcards(folded_text);
  action_node_keys_.push_back(indexed_id);
  action_nodes_.push_back(write_pattern(draft, draft.simplest_kind()));
  return action_nodes_.back();
}

// M-25. Fields are compiled one by one: a star at the end of one of the first five may run over
// colons; other wildcards there may not, and make the pattern Segmented.
inline std::uint32_t ProgramBuilder::resource_pattern(std::string_view text, bool variables_active,
                                                      bool negated) {
  const auto mode =
      static_cast<std::uint8_t>(variables_active && has_variable(text) ? (negated ? 2 : 1) : 0);
  const std::uint64_t hash = hash_bytes(text, pattern_ids_.seed() + mode);
  const std::uint32_t found =
      pattern_ids_.find_or_add(hash, size32(patterns), [&](std::uint32_t other) {
        return pattern_keys_[other].second == mode && view(patterns[other].text) == text;
      });
  if (found != InternTable::kAbsent) return found;
  const StringRef written = append(text);
  pattern_keys_.emplace_back(written, mode);

  PatternShape shape;
  PatternDraft pattern;
  if (text == "*") {
    patterns.push_back({kWrittenPattern | static_cast<Ref>(PatternKind::Any), written});
    shapes.push_back(shape);
    return size32(patterns) - 1;
  }
  ArnFields arn = split_arn(text, variables_active);
  for (; arn.count < 6; ++arn.count) arn.field[arn.count] = "*";  // G-35

  bool segmented = false;
  bool never_resolves = false;
  int first_crossing = 6;
  int last_crossing = 0;
  std::array<PatternDraft, 6> fields;
  for (int i = 0; i < 6; ++i) {
    const std::string_view field = arn.field[static_cast<std::size_t>(i)];
    PatternDraft& out = fields[static_cast<std::size_t>(i)];
    append_pieces(out, field, variables_active, true, i == 3 || i == 4);
    if (i == 5) break;
    const auto& atoms = out.atoms();
    for (std::size_t k = 0; k < atoms.size(); ++k) {
      const bool last = k + 1 == atoms.size();
      const Atom::Kind kind = atoms[k].kind();
      if (kind == Atom::Kind::AnyOne || (kind == Atom::Kind::Star && !last)) segmented = true;
      if (kind == Atom::Kind::Variable && negated) never_resolves = true;  // G-37
      if (kind == Atom::Kind::Star && last) {
        first_crossing = first_crossing == 6 ? i : first_crossing;
        last_crossing = i;
      }
    }
    if (i > 0 && out.is_literal()) {
      shape.fields[static_cast<std::size_t>(i - 1)] = hash_bytes(out.texts());
    }
  }
  shape.crossing = first_crossing < 6;
  for (int i = 1; i < 5; ++i) {
    if (!fields[static_cast<std::size_t>(i)].is_literal()) continue;
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(i - 1));
    // Fields between two stars that may run over colons have no fixed place.
    if (i < first_crossing) {
      shape.left_fields = static_cast<std::uint8_t>(shape.left_fields | bit);
    } else if (i > last_crossing) {
      shape.right_fields = static_cast<std::uint8_t>(shape.right_fields | bit);
    }
  }
  const PatternDraft& tail = fields[5];
  if (!tail.atoms().empty() && tail.atoms()[0].kind() == Atom::Kind::Literal) {
    shape.tail = index_text_of(tail.text(tail.atoms()[0]));
  }
  shape.exact = tail.is_literal();
  if (!shape.exact && tail.atoms().back().kind() == Atom::Kind::Literal) {
    const std::string_view last = tail.text(tail.atoms().back());
    const std::size_t ending = ending_of(last);
    shape.has_ending = ending != std::string_view::npos;
    if (shape.has_ending) shape.ending = index_text_of(last.substr(ending));
  }

  for (std::size_t i = 0; i < 6; ++i) {
    if (i > 0) segmented ? pattern.add_mark(Atom::Kind::Separator) : pattern.add_literal(":");
    const auto& atoms = fields[i].atoms();
    if (segmented && i < 5 && !atoms.empty() && atoms.back().kind() == Atom::Kind::Star) {
      fields[i].remove_last();
      pattern.append(fields[i]);
      pattern.add_mark(Atom::Kind::CrossStar);
    } else {
      pattern.append(fields[i]);
    }
  }
  PatternKind kind = segmented ? PatternKind::Segmented : pattern.simplest_kind();
  if (pattern.has_variables() && !segmented) kind = PatternKind::General;
  // Leaves hold the literal themselves; it is the text as written unless that has escapes (V-5).
  const std::size_t star = kind == PatternKind::Prefix ? 1 : 0;
  if (kind <= PatternKind::Prefix && text.substr(0, text.size() - star) == pattern.texts()) {
    patterns.push_back({kWrittenPattern | static_cast<Ref>(kind), written});
  } else {
    const Ref node = write_pattern(pattern, kind);
    if (never_resolves) code[node] |= pattern_head::NeverResolves::put(1);
    patterns.push_back({node, written});
  }
  shapes.push_back(shape);
  return size32(patterns) - 1;
}

inline Ref ProgramBuilder::hot_resource_node(std::uint32_t pattern) {
  PatternRecord& record = patterns[pattern];
  if ((record.node & kWrittenPattern) == 0) return record.node;
  const auto kind = static_cast<PatternKind>(record.node & ~kWrittenPattern);
  const std::string_view written = view(record.text);
  record.node = write_literal_pattern(
      kind, kind == PatternKind::Any
                ? std::string_view()
                : written.substr(0, written.size() - (kind == PatternKind::Prefix ? 1 : 0)));
  return record.node;
}

inline Ref ProgramBuilder::value_pattern(std::string_view text, ConditionOperator op,
                                         bool variables_active) {
  const bool wildcards = takes_wildcards(op);
  const bool arn = value_type(op) == ValueType::Arn;
  const auto mode = static_cast<std::uint8_t>((arn ? 4 : (wildcards ? 2 : 0)) |
                                              (variables_active && has_variable(text) ? 1 : 0));
  const std::uint64_t hash = hash_bytes(text, value_pattern_ids_.seed() + mode);
  const std::uint32_t found =
      value_pattern_ids_.find_or_add(hash, size32(value_patterns_), [&](std::uint32_t other) {
        return value_pattern_keys_[other].second == mode &&
               view(value_pattern_keys_[other].first) == text;
      });
  if (found != InternTable::kAbsent) return value_patterns_[found];
  value_pattern_keys_.emplace_back(intern(text), mode);
  PatternDraft pattern;
  PatternKind kind = PatternKind::Arn;
  if (!arn || text == "*") {
    append_pieces(pattern, text, variables_active, wildcards, false);
    kind = pattern.has_variables() ? PatternKind::General : pattern.simplest_kind();
  } else {
    const ArnFields fields = split_arn(text, variables_active);
    for (std::size_t i = 0; i < fields.count; ++i) {
      if (i > 0) pattern.add_mark(Atom::Kind::Separator);
      append_pieces(pattern, fields.field[i], variables_active, true, false);
    }
  }
  value_patterns_.push_back(write_pattern(pattern, kind));
  return value_patterns_.back();
}

inline std::uint32_t ProgramBuilder::indexed_action(std::string_view folded_text) {
  const std::uint64_t hash = hash_bytes(folded_text, indexed_action_ids_.seed());
  const std::uint32_t found = indexed_action_ids_.find_or_add(
      hash, size32(indexed_actions),
      [&](std::uint32_t other) { return index_text(indexed_actions[other].text) == folded_text; });
  if (found != InternTable::kAbsent) return found;
  using Kind = IndexedAction::Kind;
  IndexedAction action;
  action.text = index_text_of(folded_text);
  action.hash = hash_bytes(folded_text);
  const std::size_t colon = folded_text.find(':');
  const std::size_t wildcard = find_wildcard(folded_text);
  action.service_size =
      static_cast<std::uint32_t>(colon == std::string_view::npos ? folded_text.size() : colon);
  if (folded_text == "*") {
    action.kind = Kind::Everything;
  } else if (wildcard == std::string_view::npos) {
    action.kind = Kind::Exact;
  } else if (wildcard < action.service_size) {
    action.kind = Kind::AnyService;
  } else if (wildcard + 1 != folded_text.size() || folded_text.back() != '*') {
    action.kind = Kind::General;
  } else {
    action.kind = wildcard == colon + 1 ? Kind::Service : Kind::Prefix;
  }
  indexed_actions.push_back(action);
  return size32(indexed_actions) - 1;
}

inline std::uint32_t ProgramBuilder::action(std::string_view text) {
  const std::uint64_t hash = hash_bytes(text, action_ids_.seed());
  const std::uint32_t found = action_ids_.find_or_add(
      hash, size32(actions),
      [&](std::uint32_t other) { return view(actions[other].text) == text; });
  if (found != InternTable::kAbsent) return found;
  ActionRecord record;
  record.text = append(text);  // distinct already
  folded_.assign(text);
  for (char& c : folded_) c = fold_ascii(c);
  const std::uint32_t indexed_id = indexed_action(folded_);
  switch (indexed_actions[indexed_id].kind) {
    case IndexedAction::Kind::Exact:
      break;
    case IndexedAction::Kind::General:
    case IndexedAction::Kind::AnyService:
      record.pattern = action_node(folded_);
      break;
    case IndexedAction::Kind::Everything:
      record.pattern = kWrittenPattern | static_cast<Ref>(PatternKind::Any);
      break;
    case IndexedAction::Kind::Service:
    case IndexedAction::Kind::Prefix:
      record.pattern = kWrittenPattern | static_cast<Ref>(PatternKind::Prefix);
      break;
  }
  actions.push_back(record);
  action_index_.push_back(indexed_id);
  return size32(actions) - 1;
}

inline Ref ProgramBuilder::refs_node(std::vector<Ref> refs, NodeTag tag) {
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  overflowed_ |= refs.size() > CountBits::kMax;
  const Ref ref = code.begin(tag, CountBits::put(size32(refs)));
  for (const Ref entry : refs) code.put(entry);
  return ref;
}

// A statement of many resources and many terms would be as long as their product; and a term that a
// statement has twice is evaluated once.
inline Ref ProgramBuilder::shared_terms(const StatementRecord& record) {
  if (record.conditions.count <= kOwnTerms) return kNoNode;
  std::vector<Ref> refs;
  for (std::uint32_t i = 0; i < record.conditions.count; ++i) {
    refs.push_back(terms[condition_refs[record.conditions.begin + i]].node);
  }
  return refs_node(std::move(refs), NodeTag::Terms);
}

inline void ProgramBuilder::draft_leaf(const StatementRecord& record, const IndexedStatement& facts,
                                       std::uint32_t statement_in_document, std::uint32_t pattern,
                                       Ref pattern_list) {
  ResourceTest test = ResourceTest::Any;
  Word resource = 0;
  std::string_view literal;
  if (pattern != kNone) {
    const PatternRecord& compiled = patterns[pattern];
    test = ResourceTest::Pattern;
    resource = compiled.node;
    if ((compiled.node & kWrittenPattern) != 0) {
      // Never Any: such a statement has one leaf that passes all resources.
      const bool exact = (compiled.node & ~kWrittenPattern) == static_cast<Ref>(PatternKind::Exact);
      test = exact ? ResourceTest::Exact : ResourceTest::Prefix;
      literal = view(compiled.text);
      if (!exact) literal.remove_suffix(1);
      resource = size32(literal);
    }
  } else if (pattern_list != kNoNode) {
    test = record.not_resource != 0 ? ResourceTest::NoneOf : ResourceTest::AnyOf;
    resource = pattern_list;
  }
  const bool shares = facts.terms != kNoNode;
  const std::uint32_t term_words = shares ? 1 : record.conditions.count;
  overflowed_ |= term_words > leaf_head::Conditions::kMax;
  CodeWriter& draft = leaf_drafts;
  const Ref begin = draft.begin(NodeTag::Leaf,
                                leaf_head::Deny::put(record.effect == Effect::Deny ? 1 : 0) |
                                    leaf_head::Resource::put(static_cast<Word>(test)) |
                                    leaf_head::NotAction::put(facts.not_action != kNoNode ? 1 : 0) |
                                    leaf_head::HasPrincipal::put(record.has_principal) |
                                    leaf_head::NotPrincipal::put(record.not_principal) |
                                    leaf_head::SharedTerms::put(shares ? 1 : 0) |
                                    leaf_head::Conditions::put(term_words));
  draft.put(record.document);
  draft.put(statement_in_document);
  if (test != ResourceTest::Any) draft.put(resource);
  if (record.has_principal != 0) draft.put(record.principals);
  if (facts.not_action != kNoNode) draft.put(facts.not_action);
  if (shares) draft.put(facts.terms);
  for (std::uint32_t i = 0; !shares && i < term_words; ++i) {
    draft.put(terms[condition_refs[record.conditions.begin + i]].node);
  }
  draft.put_text(literal);
  leaves.push_back({begin, static_cast<std::uint32_t>(draft.size() - begin), pattern, kNoNode});
}

inline Ref ProgramBuilder::leaf_node(std::uint32_t leaf) {
  LeafRecord& record = leaves[leaf];
  if (record.node == kNoNode) record.node = code.put_node(leaf_words(leaf));
  return record.node;
}

inline void ProgramBuilder::draft_leaves(const StatementRecord& record, IndexedStatement& facts,
                                         std::uint32_t statement_in_document) {
  facts.leaves.begin = size32(leaves);
  if (record.any_resource != 0) {
    draft_leaf(record, facts, statement_in_document, kNone, kNoNode);
  } else if (record.not_resource != 0) {
    std::vector<Ref> refs;
    for (std::uint32_t i = 0; i < record.resources.count; ++i) {
      refs.push_back(hot_resource_node(resource_refs[record.resources.begin + i]));
    }
    draft_leaf(record, facts, statement_in_document, kNone, refs_node(std::move(refs)));
  } else {
    for (std::uint32_t i = 0; i < record.resources.count; ++i) {
      draft_leaf(record, facts, statement_in_document, resource_refs[record.resources.begin + i],
                 kNoNode);
    }
  }
  facts.leaves.count = size32(leaves) - facts.leaves.begin;
  for (std::uint32_t i = 0; i < facts.leaves.count; ++i) {
    const std::uint32_t pattern = leaves[facts.leaves.begin + i].pattern;
    facts.cost += 1 + (pattern == kNone ? 0 : shapes[pattern].tail.size / kPostingBytes);
  }
}

inline std::uint32_t ProgramBuilder::whole_leaf(std::uint32_t statement) {
  const StatementRecord& record = statements[statement];
  std::vector<Ref> refs;
  for (std::uint32_t i = 0; i < record.resources.count; ++i) {
    refs.push_back(hot_resource_node(resource_refs[record.resources.begin + i]));
  }
  const std::uint32_t first = documents[record.document].statements.begin;
  draft_leaf(record, indexed[statement], statement - first, kNone, refs_node(std::move(refs)));
  return size32(leaves) - 1;
}

inline void ProgramBuilder::reserve(std::size_t action_count, std::size_t resource_count,
                                    std::size_t value_count) {
  action_refs.reserve(action_count);
  resource_refs.reserve(resource_count);
  listings.reserve(action_count);
  // As much as an average document takes: an action's text is 20 bytes, a resource's 40.
  code.reserve(
      std::min<std::size_t>(action_count * 16 + resource_count * 24 + value_count * 8, 1U << 20U));
  leaf_drafts.reserve(std::min<std::size_t>(resource_count * 16, 1U << 20U));
  strings.reserve(
      std::min<std::size_t>(action_count * 24 + resource_count * 40 + value_count * 16, 1U << 20U));
  index_texts.reserve(std::min<std::size_t>(action_count * 24, 1U << 20U));
  actions.reserve(std::min<std::size_t>(action_count, 4096));
  indexed_actions.reserve(std::min<std::size_t>(action_count, 4096));
  action_index_.reserve(std::min<std::size_t>(action_count, 4096));
  action_ids_.reserve(action_count);
  indexed_action_ids_.reserve(action_count);
  pattern_ids_.reserve(resource_count);
  string_ids_.reserve(resource_count + value_count);
}

inline void ProgramBuilder::add_document(std::string_view name, const PolicyDocument& document) {
  const auto document_index = size32(documents);
  documents.push_back({intern(name), {size32(statements), size32(document.statements())}});
  const bool variables_active = document.has_variables();
  std::uint32_t statement_in_document = 0;
  for (const Statement& statement : document.statements()) {
    // Sections have 31 bits (ProgramWriter::fits).
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;
    overflowed_ |= std::max({code.size(), leaf_drafts.size(), strings.size()}) > kMost;
    if (overflowed_) return;
    StatementRecord record;
    IndexedStatement facts;
    const std::uint32_t index = size32(statements);
    record.document = document_index;
    record.effect = statement.effect;

    record.actions.begin = size32(action_refs);
    record.not_action = statement.action.negated ? 1 : 0;
    std::vector<Ref> not_actions;
    for (const Text& text : statement.action.values) {
      count_listed(text.value);
      const std::uint32_t id = action(text.value);
      action_refs.push_back(id);
      if (record.not_action != 0) {
        folded_.assign(index_text(indexed_actions[action_index_[id]].text));
        not_actions.push_back(action_node(folded_));
        continue;
      }
      IndexedAction& listed = indexed_actions[action_index_[id]];
      if (listed.last_statement != index) listings.emplace_back(action_index_[id], index);
      listed.last_statement = index;
    }
    record.actions.count = size32(action_refs) - record.actions.begin;
    if (record.not_action != 0) facts.not_action = refs_node(std::move(not_actions));

    record.not_resource = statement.resource.negated ? 1 : 0;
    record.any_resource = statement.resource.present ? 0 : 1;  // G-41, M-31
    record.resources.begin = size32(resource_refs);
    for (const Text& text : statement.resource.values) {
      count_listed(text.value);
      resource_refs.push_back(
          resource_pattern(text.value, variables_active, statement.resource.negated));
      if (text.value == "*" && !statement.resource.negated) record.any_resource = 1;
    }
    record.resources.count = size32(resource_refs) - record.resources.begin;

    record.has_principal = statement.principal.present ? 1 : 0;
    record.not_principal = statement.principal.negated ? 1 : 0;
    if (statement.principal.present) {
      record.principals = principals_node(statement.principal, facts);
    }

    record.conditions.begin = size32(condition_refs);
    for (const ConditionTest& test : statement.conditions) {
      condition_refs.push_back(term(test, statement.effect, variables_active));
      condition_sources.push_back(
          {intern(test.operator_text.value), intern(test.key.value), test.key.position});
    }
    record.conditions.count = size32(condition_refs) - record.conditions.begin;
    facts.terms = shared_terms(record);
    draft_leaves(record, facts, statement_in_document++);
    statements.push_back(record);
    indexed.push_back(facts);
    sources.push_back({intern(statement.sid.value), statement.begin, statement.end,
                       statement.principal.position, statement.action.position,
                       statement.resource.position});
  }
}

}  // namespace detail
}  // namespace writ::inline v0

#include "writ/impl/term_builder-inl.h"
