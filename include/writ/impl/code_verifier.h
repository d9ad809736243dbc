// Not API, may change in any release. CodeVerifier: whether an array of words is a program's code.
//
// The array is decoded once from its beginning to its end, node by node. For each tag a bitmap
// holds where nodes of it begin; a reference is good when the bit of its target is set. Nodes are
// written behind all that they refer to (code_writer.h), so one pass does, and no chain of
// references is a circle. What each check is for is said where it stands: it names the code that
// relies on it.
//
// An image may not multiply work either. What the compiler writes once is there once: lists and
// groups that one place leads to, shapes, cuts, leaves of a list, patterns of a list. So each leaf
// is reached in a few ways for each class that an action leads to, and each class in a few ways.
//
// Nothing here is about truth. That a hash is the hash of its text, that a list is in the order of
// statements, that the index finds what statements say: a program can have all of this wrong and
// still be safe to read.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>

#include "writ/impl/code.h"
#include "writ/impl/image_flaw.h"
#include "writ/impl/index_keys.h"
#include "writ/impl/program.h"

namespace writ::inline v0 {
namespace detail {

class CodeVerifier {
 public:
  /// `documents` are verified, `salt` is the program's. No pattern has as many `?` as
  /// `max_any_one`: each stands in a text that the program keeps.
  CodeVerifier(std::span<const Word> words, std::span<const DocumentRecord> documents,
               std::uint64_t salt, std::uint64_t max_any_one)
      : words_(words), documents_(documents), salt_(salt), max_any_one_(max_any_one) {}
  CodeVerifier(const CodeVerifier&) = delete;
  CodeVerifier& operator=(const CodeVerifier&) = delete;

  /// Decodes all nodes. Cost: O(words), one bit of memory a word and tag in use.
  [[nodiscard]] ImageFlaw run();

  /// Whether a node of the tag begins there. Never for kNoNode.
  [[nodiscard]] bool is(NodeTag tag, std::uint64_t ref) const noexcept {
    if (ref >= words_.size()) return false;
    return (bitmap(tag)[ref / 64] >> (ref % 64) & 1U) != 0;
  }
  /// The same, or none.
  [[nodiscard]] bool is_or_none(NodeTag tag, Ref ref) const noexcept {
    return ref == kNoNode || is(tag, ref);
  }
  /// What dispatch.h's visit_target and leaf_of follow: a leaf, a list, or nothing.
  [[nodiscard]] bool is_target(Target target) const noexcept {
    return target == 0 || is(is_list(target) ? NodeTag::List : NodeTag::Leaf, node_of(target));
  }
  /// A pattern of at most the kind `most`, in the order of PatternKind.
  [[nodiscard]] bool is_pattern(Ref ref, PatternKind most) const noexcept {
    return is(NodeTag::Pattern, ref) && PatternNode{&words_[ref]}.kind() <= most;
  }
  /// How many there are; they are numbered from 0.
  [[nodiscard]] Word class_count() const noexcept { return class_count_; }
  /// Of a verified table.
  [[nodiscard]] Word key_bits(Ref table) const noexcept {
    return TableNode{&words_[table]}.key_bits();
  }
  /// Whether a leaf denies.
  [[nodiscard]] bool denies() const noexcept { return denies_; }
  /// Values of a verified term.
  [[nodiscard]] Word value_count(Ref term) const noexcept {
    return TermNode{&words_[term]}.value_count();
  }

  /// Whether a slot may lead there: to a node of that tag that nothing else leads to, or to none.
  [[nodiscard]] bool is_slot(NodeTag tag, Ref ref) noexcept {
    return ref == kNoNode || (is(tag, ref) && is_first_use(ref));
  }

 private:
  struct Free {
    void operator()(std::uint64_t* memory) const noexcept { std::free(memory); }
  };

  [[nodiscard]] std::uint64_t* bitmap(NodeTag tag) const noexcept {
    return bits_.get() + static_cast<std::size_t>(tag) * bitmap_words_;
  }
  void mark(NodeTag tag, std::size_t ref) noexcept {
    bitmap(tag)[ref / 64] |= std::uint64_t{1} << (ref % 64);
  }
  /// Notes the mistake; the size of no node.
  std::size_t fail(std::size_t word, const char* what) noexcept {
    if (!flaw_) flaw_ = {what, std::uint64_t{word} * sizeof(Word)};
    return 0;
  }
  /// The size of a node that begins at `at`, in words; 0 when it is none.
  [[nodiscard]] std::size_t node_size(std::size_t at, NodeTag tag) noexcept;
  [[nodiscard]] std::size_t refs_size(std::size_t at, const char* what, const char* order,
                                      const auto& is_good) noexcept {
    const std::size_t count = CountBits::get(words_[at]);
    if (count >= words_.size() - at) return fail(at, "a node reaches beyond the end of the code");
    for (std::size_t i = 1; i <= count; ++i) {
      if (!is_good(words_[at + i])) return fail(at + i, what);
      if (i > 1 && words_[at + i] <= words_[at + i - 1]) return fail(at + i, order);
    }
    return 1 + count;
  }
  [[nodiscard]] std::size_t pattern_size(std::size_t at) noexcept;
  [[nodiscard]] bool atoms_are_good(std::size_t at, const PatternNode& pattern) noexcept;
  [[nodiscard]] std::size_t term_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t value_size(std::size_t at, std::size_t end, ValueType type) noexcept;
  [[nodiscard]] std::size_t principals_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t leaf_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t list_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t groups_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t class_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t action_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t service_size(std::size_t at) noexcept;
  [[nodiscard]] std::size_t table_size(std::size_t at) noexcept;
  [[nodiscard]] bool bucket_is_good(std::size_t at, Word bucket_words) noexcept;
  [[nodiscard]] bool generals_are_good(std::size_t at, std::size_t count) noexcept;
  [[nodiscard]] bool cuts_are_good(std::size_t at, Word group) noexcept;
  [[nodiscard]] bool groups_are_of(Ref groups, Word number, bool is_deny) noexcept;
  [[nodiscard]] bool prefix_is_good(std::size_t at, const ServiceNode& service,
                                    std::size_t index) noexcept;
  /// Whether nothing has referred to that node before, which only one place may.
  [[nodiscard]] bool is_first_use(Ref ref) noexcept {
    if (is(kNoted, ref)) return false;
    mark(kNoted, ref);
    return true;
  }
  /// The same of a target: leaves may have several ways to them.
  [[nodiscard]] bool is_first_use_of(Target target) noexcept {
    return !is_list(target) || is_first_use(node_of(target));
  }
  /// The first of `count` verified references, `step` words apart, that one before it is equal to;
  /// none: `count`.
  [[nodiscard]] std::size_t find_repeated(std::size_t at, std::size_t count,
                                          std::size_t step) noexcept;

  /// No node begins with padding, so its bitmap holds what else there is to note of a word: where
  /// values of sorted terms begin, which lists, actions and services are in use, and, for a moment,
  /// which nodes a list refers to.
  static constexpr NodeTag kNoted = NodeTag::Padding;

  std::span<const Word> words_;
  std::span<const DocumentRecord> documents_;
  std::uint64_t salt_;
  std::uint64_t max_any_one_;
  std::unique_ptr<std::uint64_t[], Free> bits_;
  std::size_t bitmap_words_ = 0;
  Word class_count_ = 0;
  bool denies_ = false;
  ImageFlaw flaw_;
};

inline ImageFlaw CodeVerifier::run() {
  bitmap_words_ = words_.size() / 64 + 1;
  // Zeroed by the system, page by page as they are used: most tags are rare.
  bits_.reset(static_cast<std::uint64_t*>(
      std::calloc(bitmap_words_ * kNodeTagCount, sizeof(std::uint64_t))));
  if (bits_ == nullptr) return {"there is not enough memory to verify the code", 0};
  // A reference of 0 is none (kNoNode), so nothing may begin there.
  if (words_.empty() || words_[0] != 0) return {"the code does not begin with an empty word", 0};
  for (std::size_t at = 1; at < words_.size();) {
    const Word tag_word = TagBits::get(words_[at]);
    if (tag_word >= kNodeTagCount) {
      fail(at, "a node of the code has an unknown tag");
      break;
    }
    const auto tag = static_cast<NodeTag>(tag_word);
    if (tag == NodeTag::Padding) {
      if (words_[at] != 0) {
        fail(at, "padding of the code is not zero");
        break;
      }
      ++at;
      continue;
    }
    const std::size_t size = node_size(at, tag);
    if (size == 0) break;
    if (size > words_.size() - at) {
      fail(at, "a node reaches beyond the end of the code");
      break;
    }
    mark(tag, at);
    at += size;
  }
  return flaw_;
}

inline std::size_t CodeVerifier::node_size(std::size_t at, NodeTag tag) noexcept {
  const Word* words = &words_[at];
  const std::size_t left = words_.size() - at;
  const auto too_short = [&] { return fail(at, "a node reaches beyond the end of the code"); };
  switch (tag) {
    case NodeTag::Padding:
      return 1;
    case NodeTag::Pattern:
      return left < 2 ? too_short() : pattern_size(at);
    case NodeTag::Variable:
      // pattern_match.h, resolve: key and default text.
      if (left < 5) return too_short();
      return std::size_t{5} + words_of(words[1]) + words_of(words[2]);
    case NodeTag::Term:
      return left < 5 ? too_short() : term_size(at);
    case NodeTag::Principals:
      return principals_size(at);
    case NodeTag::Patterns:
      // statement_match.h, match_resource_patterns and match_action_patterns.
      return refs_size(at, "a list of patterns refers to something else",
                       "a list of patterns is not in order",
                       [this](Ref ref) { return is_pattern(ref, PatternKind::Segmented); });
    case NodeTag::Terms:
      // statement_match.h, evaluate_list.
      return refs_size(at, "a list of conditions refers to something else",
                       "a list of conditions is not in order",
                       [this](Ref ref) { return is(NodeTag::Term, ref); });
    case NodeTag::Leaf:
      return left < 3 ? too_short() : leaf_size(at);
    case NodeTag::List:
      return list_size(at);
    case NodeTag::Groups:
      return groups_size(at);
    case NodeTag::Class:
      return left < sizeof(ClassNode) / sizeof(Word) ? too_short() : class_size(at);
    case NodeTag::Action:
      return left < 2 ? too_short() : action_size(at);
    case NodeTag::Service:
      return left < ServiceNode::kFixedWords ? too_short() : service_size(at);
    case NodeTag::Generals: {
      const std::size_t count = CountBits::get(words[0]);
      if (count > (left - 1) / 2) return too_short();
      return generals_are_good(at + 1, count) ? 1 + 2 * count : 0;
    }
    case NodeTag::Table:
      return left < TableNode::kHeadWords ? too_short() : table_size(at);
  }
  return 0;
}

// dispatch.h, find_exact_class: a next one, as of services, stands before, so chains end.
inline std::size_t CodeVerifier::action_size(std::size_t at) noexcept {
  const ActionNode action{&words_[at]};
  if (!is(NodeTag::Class, action.action_class())) return fail(at + 1, "an action has no class");
  const std::size_t size =
      std::size_t{2} + words_of(action_head::Size::get(words_[at])) + (action.has_next() ? 1U : 0U);
  if (size > words_.size() - at) return fail(at, "an action reaches beyond the end of the code");
  if (action.has_next() && !(is(NodeTag::Action, action.next()) && is_first_use(action.next()))) {
    return fail(at, "an action is followed by none of its own");
  }
  return size;
}

inline std::size_t CodeVerifier::pattern_size(std::size_t at) noexcept {
  const PatternNode pattern{&words_[at]};
  const std::size_t size =
      2 + 2 * std::size_t{pattern.atom_count()} + words_of(std::size_t{pattern.words[1]});
  if (size > words_.size() - at) return fail(at, "a pattern reaches beyond the end of the code");
  if (pattern.kind() > PatternKind::Arn) return fail(at, "a pattern is of an unknown kind");
  // pattern_match.h, match_pattern: the simple kinds have a text and nothing else.
  if (pattern.kind() <= PatternKind::Prefix) {
    if (pattern.atom_count() != 0 || pattern.has_variables()) {
      return fail(at, "a pattern without wildcards inside has atoms");
    }
    return size;
  }
  return atoms_are_good(at, pattern) ? size : 0;
}

inline bool CodeVerifier::atoms_are_good(std::size_t at, const PatternNode& pattern) noexcept {
  const PatternKind kind = pattern.kind();
  const std::size_t text_size = pattern.words[1];
  std::uint64_t any_ones = 0;
  unsigned separators = 0;
  bool has_variables = false;
  const Word count = pattern.atom_count();
  for (Word i = 0; i < count; ++i) {
    const Atom& atom = pattern.atoms()[i];
    const auto bad = [&](const char* what) { return fail(at + 2 + 2 * i, what) != 0; };
    switch (atom.kind()) {
      case Atom::Kind::Literal:
        // pattern_match.h, atom_text.
        if (std::uint64_t{atom.at} + atom.value() > text_size) {
          return bad("a literal of a pattern lies outside its text");
        }
        break;
      case Atom::Kind::AnyOne:
        // dump-inl.h writes as many characters.
        any_ones += atom.value();
        if (any_ones > max_any_one_) return bad("a pattern has more `?` than any text");
        break;
      case Atom::Kind::Star:
        break;
      case Atom::Kind::Variable:
        // pattern_match.h, resolve.
        if (!is(NodeTag::Variable, atom.at)) return bad("a pattern refers to no variable");
        has_variables = true;
        break;
      case Atom::Kind::Separator:
        // Of other kinds every atom is taken for a text, a `?` or a star (match_piece).
        if (kind == PatternKind::General) return bad("a pattern without fields has a separator");
        ++separators;
        break;
      case Atom::Kind::CrossStar:
        // match_segmented takes it off the end of one of the first five fields, and expects it
        // nowhere else.
        if (kind != PatternKind::Segmented || i + 1 == count ||
            pattern.atoms()[i + 1].kind() != Atom::Kind::Separator) {
          return bad("a star over fields is not at the end of a field");
        }
        break;
      default:
        return bad("an atom of a pattern is of an unknown kind");
    }
  }
  // match_segmented and match_arn_fields step over five separators without looking for the end.
  if (kind != PatternKind::General && separators != 5) {
    return fail(at, "a pattern of an ARN has not six fields") != 0;
  }
  // match_pattern asks whether variables resolve only where the head says that there are some.
  if (has_variables != pattern.has_variables()) {
    return fail(at, "a pattern does not say rightly whether it has variables") != 0;
  }
  return true;
}

inline std::size_t CodeVerifier::term_size(std::size_t at) noexcept {
  const TermNode term{&words_[at]};
  if (term_head::Op::get(term.words[0]) >= static_cast<Word>(kConditionOperatorCount)) {
    return fail(at, "a condition has an unknown operator");
  }
  if (term_head::Quantifier::get(term.words[0]) > static_cast<Word>(SetQuantifier::ForAnyValue)) {
    return fail(at, "a condition has an unknown quantifier");
  }
  const std::size_t end = words_.size();
  const std::size_t count = term.value_count();
  const std::size_t table = at + 5 + words_of(term.words[2]);
  std::size_t place = table + (term.is_sorted() ? 2 * count : 0);
  if (place > end) return fail(at, "a condition reaches beyond the end of the code");
  const ValueType type = value_type(term.op());
  // condition.h, is_among: texts, whatever the operator.
  if (term.is_sorted() && type != ValueType::String) {
    return fail(at, "values that are no strings are looked up");
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (term.is_sorted()) {
      if (place >= end || TermValue{&words_[place]}.kind() != TermValue::Kind::Text) {
        return fail(place, "a value that is looked up is no text");
      }
      mark(kNoted, place);
    }
    const std::size_t size = value_size(place, end, type);
    if (size == 0) return 0;
    place += size;
  }
  // is_among: places are of values of this node; the hashes are in order.
  for (std::size_t i = 0; term.is_sorted() && i < count; ++i) {
    const Word* entry = &words_[table + 2 * i];
    const std::uint64_t target = std::uint64_t{at} + entry[1];
    if (target >= place || !is(kNoted, target) || target < table) {
      return fail(table + 2 * i + 1, "a table of values refers to none");
    }
    if (i > 0 && entry[0] < entry[-2]) {
      return fail(table + 2 * i, "a table of values is not in order");
    }
  }
  return place - at;
}

// condition.h, compare_value and evaluate_null: each type of operator reads some kinds of value,
// and reads every other kind as one of these.
inline std::size_t CodeVerifier::value_size(std::size_t at, std::size_t end,
                                            ValueType type) noexcept {
  using Kind = TermValue::Kind;
  if (at >= end) return fail(at, "a condition reaches beyond the end of the code");
  const TermValue value{&words_[at]};
  const Kind kind = value.kind();
  if (kind > Kind::Instant) return fail(at, "a value is of an unknown kind");
  const std::size_t size = TermValue::words_of_kind(kind, value.size());
  if (size > end - at) return fail(at, "a value reaches beyond the end of the code");
  bool good = false;
  switch (type) {
    case ValueType::String:
      good = kind == Kind::Text ||
             (kind == Kind::Pattern && is_pattern(value.pattern(), PatternKind::General));
      break;
    case ValueType::Arn:
      good = kind == Kind::Pattern && is_pattern(value.pattern(), PatternKind::Arn) &&
             PatternNode{&words_[value.pattern()]}.kind() != PatternKind::Segmented;
      break;
    case ValueType::Numeric:
    case ValueType::Binary:
      good = kind == Kind::Text;
      break;
    case ValueType::Date:
      good = kind == Kind::Text || kind == Kind::Number || kind == Kind::Instant;
      break;
    case ValueType::Bool:
      good = kind == Kind::True || kind == Kind::False ||
             (kind == Kind::Pattern && is_pattern(value.pattern(), PatternKind::General));
      break;
    case ValueType::Ip: {
      // values.h, contains: as many bits of sixteen bytes.
      const Word prefix = value.size() & 0xffU;
      good = kind == Kind::Ip && value.size() < 0x200U &&
             prefix <= ((value.size() & 0x100U) != 0 ? 128U : 32U);
      break;
    }
    case ValueType::Existence:
      good = kind == Kind::True || kind == Kind::False;
      break;
  }
  return good ? size : fail(at, "a value is not of its operator's type");
}

inline std::size_t CodeVerifier::principals_size(std::size_t at) noexcept {
  constexpr std::size_t kEntryWords = sizeof(PrincipalEntry) / sizeof(Word);
  std::size_t place = at + 1;
  for (Word left = CountBits::get(words_[at]); left != 0; --left) {
    if (place > words_.size() || kEntryWords > words_.size() - place) {
      return fail(at, "principals reach beyond the end of the code");
    }
    const auto& entry = *reinterpret_cast<const PrincipalEntry*>(&words_[place]);
    if (entry.kind_value > static_cast<Word>(PrincipalEntryKind::Nobody)) {
      return fail(place, "a principal is of an unknown kind");
    }
    // code.h, PrincipalEntry::part.
    for (const PrincipalEntry::Part part :
         {entry.partition_part, entry.account_part, entry.name_part}) {
      if (std::uint64_t{part.begin} + part.size > entry.text_size) {
        return fail(place, "a part of a principal lies outside its text");
      }
    }
    place += kEntryWords + words_of(std::size_t{entry.text_size});
  }
  return place - at;
}

// statement_match.h, match_leaf: the optional words in their order.
inline std::size_t CodeVerifier::leaf_size(std::size_t at) noexcept {
  const LeafNode leaf{&words_[at]};
  const ResourceTest test = leaf.resource_test();
  if (test > ResourceTest::NoneOf) return fail(at, "a leaf has an unknown resource test");
  std::size_t size = 3 + (test == ResourceTest::Any ? 0U : 1U) + (leaf.has_principal() ? 1U : 0U) +
                     (leaf.has_not_action() ? 1U : 0U) + std::size_t{leaf.condition_count()};
  if (size > words_.size() - at) return fail(at, "a leaf reaches beyond the end of the code");
  // decide.h, BoundarySink and statement_id; dump-inl.h, leaf_text.
  if (leaf.words[1] >= documents_.size() ||
      leaf.words[2] >= documents_[leaf.words[1]].statements.count) {
    return fail(at + 1, "a leaf is of no statement");
  }
  denies_ |= leaf.effect() == Effect::Deny;
  const Word* optional = leaf.optional_words();
  switch (test) {
    case ResourceTest::Any:
      break;
    case ResourceTest::Exact:
    case ResourceTest::Prefix:
      size += words_of(std::size_t{*optional++});
      break;
    case ResourceTest::Pattern:
      if (!is_pattern(*optional++, PatternKind::Segmented)) {
        return fail(at, "a leaf refers to no pattern of a resource");
      }
      break;
    case ResourceTest::AnyOf:
    case ResourceTest::NoneOf:
      if (!is(NodeTag::Patterns, *optional++)) {
        return fail(at, "a leaf refers to no list of patterns");
      }
      break;
  }
  if (leaf.has_principal() && !is(NodeTag::Principals, *optional++)) {
    return fail(at, "a leaf refers to no principals");
  }
  if (leaf.has_not_action() && !is(NodeTag::Patterns, *optional++)) {
    return fail(at, "a leaf refers to no patterns of actions");
  }
  if (leaf.shares_terms()) {
    if (leaf.condition_count() != 1 || !is(NodeTag::Terms, *optional)) {
      return fail(at, "a leaf refers to no list of conditions");
    }
    return size;
  }
  if (leaf.condition_count() > kOwnTerms) return fail(at, "a leaf has too many conditions");
  for (Word i = 0; i < leaf.condition_count(); ++i) {
    if (!is(NodeTag::Term, optional[i])) return fail(at, "a leaf refers to no condition");
  }
  return size;
}

}  // namespace detail
}  // namespace writ::inline v0

#include "writ/impl/index_verifier-inl.h"
