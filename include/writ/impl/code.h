// Not API, may change in any release. Code: the hot part of a program, as nodes in one array of
// 32-bit words.
//
// Whatever a decision reads lies here: actions, candidates (leaves), patterns, condition terms,
// principals, with their texts inside them, so that a node is one or two cache lines and never a
// chain of pointers. Nodes refer to each other by the index of their first word (`Ref`); 0 is no
// node. The first word of every node tells its kind and how to find its end, so a verifier can walk
// the array once from end to end (code_verifier.h). Terms and patterns that several statements
// share are one node, in the order of statements; leaves lie where the index finds them.
//
//   Pattern     head: kind, variables, never_resolves, atoms      size   atoms (2 words each) text
//   Variable    head: has_default, never_resolves   key size, default size, key hash   key, default
//   Term        head: operator, quantifier, flags, memo place   values, key size, key hash   key
//               values: head (kind, size), then text, or a pattern, or an address, or an instant
//   Principals  head: entries      entries (PrincipalEntry and its text)
//   Patterns    head: count        patterns (of NotAction, NotResource), ascending
//   Terms       head: count        terms that all leaves of a statement share, ascending
//   Leaf        head: effect, resource kind, flags, conditions   document   statement
//               [resource] [principals] [not_action]   terms, or a Terms   [literal text]
//   List        head: count, has_switch   [switch key]   leaves, by statement
//   Groups      head: count        groups (GroupHead, and its cuts)
//   Class       head: action_dependent   deny: flat, groups   allow: flat, groups
//   Action      head: has_next, size   class   text   [next of the same hash]
//   Service     head: name size    hash, `service:*`, prefixes, generals, next   name
//               prefixes (ActionPrefix)   generals   prefix texts
//   Generals    head: count        pattern and class, each
//   Table       head: size of a bucket, of a tag's part   buckets   groups   pilots
//               buckets (tag, target or leaf)
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "writ/config.h"
#include "writ/hash.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {

using Word = std::uint32_t;
using Ref = std::uint32_t;

inline constexpr Ref kNoNode = 0;

enum class NodeTag : std::uint8_t {
  Padding,  ///< a word that belongs to no node
  Pattern,
  Variable,
  Term,
  Principals,
  Patterns,
  Leaf,
  List,
  Groups,
  Class,
  Action,
  Service,
  Generals,
  Table,
  Terms,
};
inline constexpr unsigned kNodeTagCount = 15;

/// Bits of a word: `count` of them from `first` on.
template <unsigned First, unsigned Count>
struct Bits {
  static constexpr Word kMax = Count == 32 ? 0xffffffffU : (1U << Count) - 1;
  [[nodiscard]] static constexpr Word get(Word word) noexcept { return (word >> First) & kMax; }
  [[nodiscard]] static constexpr Word put(Word value) noexcept { return (value & kMax) << First; }
};

using TagBits = Bits<0, 4>;
/// What most heads have behind the tag.
using CountBits = Bits<4, 28>;

[[nodiscard]] constexpr Word words_of(std::size_t bytes) noexcept {
  return static_cast<Word>((bytes + 3) / 4);
}
[[nodiscard]] inline std::uint64_t load64(const Word* words) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, words, sizeof value);
  return value;
}
[[nodiscard]] inline std::string_view text_at(const Word* words, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(words), size};
}

// --- Patterns.

enum class PatternKind : std::uint8_t {
  Any,        ///< `*`
  Exact,      ///< no wildcard
  Prefix,     ///< a literal and a final star
  General,    ///< stars that all run over anything
  Segmented,  ///< an ARN with wildcards inside its first five fields (M-25)
  Arn,        ///< an ARN condition value: six fields, each on its own (C-69)
};

namespace pattern_head {
using Kind = Bits<4, 3>;
using HasVariables = Bits<7, 1>;
using NeverResolves = Bits<8, 1>;  ///< G-37: a variable in region or account of NotResource
using Atoms = Bits<12, 20>;
}  // namespace pattern_head

/// A piece of a pattern. Atoms are literals, `?`, variables and stars in text order.
struct Atom {
  enum class Kind : std::uint8_t {
    Literal,    ///< `value` bytes of the pattern's text, from `at`
    AnyOne,     ///< `?`, `value` times
    Star,       ///< any run of any characters
    Variable,   ///< the node `at`; `value` is nonzero when the value must hold no colon
    Separator,  ///< in Segmented and Arn patterns: a colon between two fields
    CrossStar,  ///< in Segmented patterns: `*` at the end of a field, may run over colons (M-25)
  };
  Word head = 0;
  Word at = 0;

  [[nodiscard]] constexpr Kind kind() const noexcept {
    return static_cast<Kind>(Bits<0, 3>::get(head));
  }
  [[nodiscard]] constexpr Word value() const noexcept { return Bits<3, 29>::get(head); }
  [[nodiscard]] static constexpr Atom make(Kind kind, Word value = 0, Word at = 0) noexcept {
    return {Bits<0, 3>::put(static_cast<Word>(kind)) | Bits<3, 29>::put(value), at};
  }
};
static_assert(sizeof(Atom) == 8);

/// Behind the head: the size of the text, the atoms, the text.
struct PatternNode {
  const Word* words;

  [[nodiscard]] PatternKind kind() const noexcept {
    return static_cast<PatternKind>(pattern_head::Kind::get(words[0]));
  }
  [[nodiscard]] bool has_variables() const noexcept {
    return pattern_head::HasVariables::get(words[0]) != 0;
  }
  [[nodiscard]] bool never_resolves() const noexcept {
    return pattern_head::NeverResolves::get(words[0]) != 0;
  }
  [[nodiscard]] Word atom_count() const noexcept { return pattern_head::Atoms::get(words[0]); }
  [[nodiscard]] const Atom* atoms() const noexcept {
    return reinterpret_cast<const Atom*>(words + 2);
  }
  /// Exact and Prefix: the literal; otherwise the texts of the literal atoms.
  [[nodiscard]] std::string_view text() const noexcept {
    return text_at(words + 2 + 2 * atom_count(), words[1]);
  }
};

namespace variable_head {
using HasDefault = Bits<4, 1>;
using NeverResolves = Bits<5, 1>;  ///< V-7: a name without a colon
}  // namespace variable_head

struct VariableNode {
  const Word* words;

  [[nodiscard]] bool has_default() const noexcept {
    return variable_head::HasDefault::get(words[0]) != 0;
  }
  [[nodiscard]] bool never_resolves() const noexcept {
    return variable_head::NeverResolves::get(words[0]) != 0;
  }
  [[nodiscard]] std::uint64_t key_hash() const noexcept { return load64(words + 3); }
  [[nodiscard]] std::string_view key() const noexcept { return text_at(words + 5, words[1]); }
  [[nodiscard]] std::string_view default_text() const noexcept {
    return text_at(words + 5 + words_of(words[1]), words[2]);
  }
};

// --- Condition terms.

namespace term_head {
using Op = Bits<4, 6>;
using Quantifier = Bits<10, 2>;
using IfExists = Bits<12, 1>;
using EmptyIsValue = Bits<13, 1>;  ///< V-11: an empty variable is the empty text in this test
using Sorted = Bits<14, 1>;        ///< a table of value hashes stands before the values
using MemoPlace = Bits<16, 6>;
}  // namespace term_head

/// How many values of a StringEquals are compared one after the other; more are looked up.
inline constexpr std::size_t kSortedValues = 8;

struct TermNode {
  const Word* words;

  [[nodiscard]] ConditionOperator op() const noexcept {
    return static_cast<ConditionOperator>(term_head::Op::get(words[0]));
  }
  [[nodiscard]] SetQuantifier quantifier() const noexcept {
    return static_cast<SetQuantifier>(term_head::Quantifier::get(words[0]));
  }
  [[nodiscard]] bool if_exists() const noexcept { return term_head::IfExists::get(words[0]) != 0; }
  [[nodiscard]] bool empty_is_value() const noexcept {
    return term_head::EmptyIsValue::get(words[0]) != 0;
  }
  /// Values are texts, found through `sorted_values`.
  [[nodiscard]] bool is_sorted() const noexcept { return term_head::Sorted::get(words[0]) != 0; }
  [[nodiscard]] Word memo_place() const noexcept { return term_head::MemoPlace::get(words[0]); }
  [[nodiscard]] Word value_count() const noexcept { return words[1]; }
  [[nodiscard]] std::uint64_t key_hash() const noexcept { return load64(words + 3); }
  /// Folded.
  [[nodiscard]] std::string_view key() const noexcept { return text_at(words + 5, words[2]); }
  /// Pairs of a value's hash (its upper half) and its place, from the node's beginning, by hash.
  [[nodiscard]] const Word* sorted_values() const noexcept {
    return words + 5 + words_of(words[2]);
  }
  [[nodiscard]] const Word* values() const noexcept {
    return sorted_values() + (is_sorted() ? 2 * value_count() : 0);
  }
};

/// One value of a term.
struct TermValue {
  enum class Kind : std::uint8_t {
    Text,     ///< compare with the text as the operator's type says
    Pattern,  ///< match the pattern node
    True,
    False,
    Ip,       ///< an address; `size` holds prefix length and family
    Number,   ///< a text that was a JSON number (C-65)
    Instant,  ///< a date without fraction: seconds since 1970
  };
  using KindBits = Bits<0, 3>;
  using SizeBits = Bits<3, 29>;

  const Word* words;

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(KindBits::get(words[0])); }
  [[nodiscard]] Word size() const noexcept { return SizeBits::get(words[0]); }
  [[nodiscard]] std::string_view text() const noexcept { return text_at(words + 1, size()); }
  [[nodiscard]] Ref pattern() const noexcept { return words[1]; }
  [[nodiscard]] std::int64_t seconds() const noexcept {
    return static_cast<std::int64_t>(load64(words + 1));
  }
  [[nodiscard]] static constexpr Word words_of_kind(Kind kind, Word size) noexcept {
    switch (kind) {
      case Kind::Text:
      case Kind::Number:
        return 1 + words_of(size);
      case Kind::Pattern:
        return 2;
      case Kind::Ip:
        return 5;
      case Kind::Instant:
        return 3;
      case Kind::True:
      case Kind::False:
        break;
    }
    return 1;
  }
  [[nodiscard]] TermValue next() const noexcept { return {words + words_of_kind(kind(), size())}; }
};

// --- Principals.

enum class PrincipalEntryKind : std::uint8_t {
  Everyone,  ///< the string `"*"`
  AwsStar,   ///< `{"AWS": "*"}`
  Account,   ///< twelve digits
  Root,      ///< the account's root ARN: the account, in one partition (P-11)
  User,
  Role,
  RoleSession,
  FederatedUser,
  UserId,  ///< AIDA...
  RoleId,  ///< AROA...
  Service,
  Federated,
  CanonicalUser,
  Nobody,  ///< loads and matches no caller (P-10)
};

/// One entry of a Principal element; its text follows it. Partition, account and name are parts of
/// the text.
struct PrincipalEntry {
  struct Part {
    Word begin = 0;
    Word size = 0;
  };
  Word kind_value = 0;
  Word text_size = 0;
  Part partition_part;
  Part account_part;
  Part name_part;  ///< last path component of a role

  [[nodiscard]] PrincipalEntryKind kind() const noexcept {
    return static_cast<PrincipalEntryKind>(kind_value);
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), text_size};
  }
  [[nodiscard]] std::string_view part(Part place) const noexcept {
    return {reinterpret_cast<const char*>(this + 1) + place.begin, place.size};
  }
  [[nodiscard]] std::string_view partition() const noexcept { return part(partition_part); }
  [[nodiscard]] std::string_view account() const noexcept { return part(account_part); }
  [[nodiscard]] std::string_view name() const noexcept { return part(name_part); }
  [[nodiscard]] const PrincipalEntry& next() const noexcept {
    return *reinterpret_cast<const PrincipalEntry*>(reinterpret_cast<const Word*>(this + 1) +
                                                    words_of(text_size));
  }
};
static_assert(sizeof(PrincipalEntry) == 32 && alignof(PrincipalEntry) == 4);

/// The entries of a Principal element, to be walked through.
struct PrincipalsNode {
  const Word* words;

  struct Iterator {
    const PrincipalEntry* entry;
    Word left;

    [[nodiscard]] const PrincipalEntry& operator*() const noexcept { return *entry; }
    Iterator& operator++() noexcept {
      if (--left != 0) entry = &entry->next();
      return *this;
    }
    [[nodiscard]] bool operator!=(const Iterator& other) const noexcept {
      return left != other.left;
    }
  };
  [[nodiscard]] Iterator begin() const noexcept {
    return {reinterpret_cast<const PrincipalEntry*>(words + 1), CountBits::get(words[0])};
  }
  [[nodiscard]] Iterator end() const noexcept { return {nullptr, 0}; }
};

/// A list of references: of a Patterns or a Terms node.
struct RefsNode {
  const Word* words;

  [[nodiscard]] Word size() const noexcept { return CountBits::get(words[0]); }
  [[nodiscard]] const Ref* begin() const noexcept { return words + 1; }
  [[nodiscard]] const Ref* end() const noexcept { return words + 1 + size(); }
};

// --- Leaves.

/// The resource test of a leaf.
enum class ResourceTest : std::uint8_t {
  Any,      ///< passes
  Exact,    ///< the whole text
  Prefix,   ///< its beginning
  Pattern,  ///< a pattern node
  AnyOf,    ///< one of a Patterns node: a statement whose resources are not dispatched
  NoneOf,   ///< none of a Patterns node: NotResource
};

namespace leaf_head {
using Deny = Bits<4, 1>;
using Resource = Bits<5, 3>;
using NotAction = Bits<8, 1>;
using HasPrincipal = Bits<9, 1>;
using NotPrincipal = Bits<10, 1>;
using SharedTerms = Bits<11, 1>;  ///< one word stands for the terms: a Terms node
using Conditions = Bits<12, 20>;  ///< words of the terms
}  // namespace leaf_head

/// How many terms a leaf holds itself; more of them stand in a Terms node, each once.
inline constexpr Word kOwnTerms = 4;

/// What remains to be tested of a statement once dispatch has found it by one of its resources.
struct LeafNode {
  const Word* words;

  [[nodiscard]] Effect effect() const noexcept {
    return leaf_head::Deny::get(words[0]) != 0 ? Effect::Deny : Effect::Allow;
  }
  [[nodiscard]] ResourceTest resource_test() const noexcept {
    return static_cast<ResourceTest>(leaf_head::Resource::get(words[0]));
  }
  [[nodiscard]] bool has_not_action() const noexcept {
    return leaf_head::NotAction::get(words[0]) != 0;
  }
  [[nodiscard]] bool has_principal() const noexcept {
    return leaf_head::HasPrincipal::get(words[0]) != 0;
  }
  [[nodiscard]] bool not_principal() const noexcept {
    return leaf_head::NotPrincipal::get(words[0]) != 0;
  }
  [[nodiscard]] bool shares_terms() const noexcept {
    return leaf_head::SharedTerms::get(words[0]) != 0;
  }
  /// Terms, or 1 where they are shared.
  [[nodiscard]] Word condition_count() const noexcept {
    return leaf_head::Conditions::get(words[0]);
  }
  /// Document and statement in it, in one number that orders statements.
  [[nodiscard]] std::uint64_t statement() const noexcept {
    return (static_cast<std::uint64_t>(words[1]) << 32U) | words[2];
  }
  [[nodiscard]] const Word* optional_words() const noexcept { return words + 3; }
};

// --- Dispatch.

/// Which part of an ARN's last field a pattern is looked up by.
struct Cut {
  /// Its beginning up to and with the n-th `/` or `:`; its first n bytes; what is behind its last
  /// `/` or `:`.
  enum class Kind : std::uint8_t { Segments, Length, Ending };
  using KindBits = Bits<0, 2>;
  using ValueBits = Bits<2, 30>;

  [[nodiscard]] static constexpr Word make(Kind kind, Word value = 0) noexcept {
    return KindBits::put(static_cast<Word>(kind)) | ValueBits::put(value);
  }
  [[nodiscard]] static constexpr Kind kind(Word cut) noexcept {
    return static_cast<Kind>(KindBits::get(cut));
  }
  [[nodiscard]] static constexpr Word value(Word cut) noexcept { return ValueBits::get(cut); }
};

/// Resource patterns of one shape: which ARN fields are literal, and how they are anchored when a
/// star may run over colons. Followed by its cuts.
struct GroupHead {
  Word bits = 0;
  Word seed_low = 0;
  Word seed_high = 0;

  using Left = Bits<0, 4>;      ///< bit i: field i + 1 is literal, counted from the left
  using Right = Bits<4, 4>;     ///< the same, counted back from the last field
  using Crossing = Bits<8, 1>;  ///< a star in the first five fields may run over colons
  using Shape = Bits<0, 9>;     ///< these three: distinct within a node, in ascending order
  using HasExact = Bits<9, 1>;  ///< there are last fields without wildcards
  using CutCount = Bits<16, 16>;

  [[nodiscard]] std::uint64_t seed() const noexcept {
    return seed_low | (static_cast<std::uint64_t>(seed_high) << 32U);
  }
  [[nodiscard]] Word cut_count() const noexcept { return CutCount::get(bits); }
  [[nodiscard]] const Word* cuts() const noexcept {
    return reinterpret_cast<const Word*>(this + 1);
  }
  [[nodiscard]] const GroupHead& next() const noexcept {
    return *reinterpret_cast<const GroupHead*>(cuts() + cut_count());
  }
};

/// A leaf, or a list of leaves: twice the node's index, and 1 for a list. 0 for neither.
using Target = std::uint32_t;
[[nodiscard]] constexpr Target leaf_target(Ref leaf) noexcept { return leaf * 2; }
[[nodiscard]] constexpr Target list_target(Ref list) noexcept { return list * 2 + 1; }
[[nodiscard]] constexpr bool is_list(Target target) noexcept { return (target & 1U) != 0; }
[[nodiscard]] constexpr Ref node_of(Target target) noexcept { return target / 2; }

namespace list_head {
using HasSwitch = Bits<4, 1>;  ///< more leaves are found by principal
using Count = Bits<5, 27>;
}  // namespace list_head

namespace class_head {
using ActionDependent = Bits<4, 1>;  ///< it holds a NotAction statement
using Number = Bits<5, 27>;          ///< among the classes of the program

/// A number of the statements of one effect of the class: what the table's tags hold in full, so
/// that a look-up leads to leaves of that class and of that effect, whatever the keys are.
[[nodiscard]] constexpr Word side(Word head, bool is_deny) noexcept {
  return 2 * Number::get(head) + (is_deny ? 1 : 0);
}
}  // namespace class_head

/// Statements that list the same actions are one class.
struct ClassNode {
  Word head = 0;
  Target deny_flat = 0;
  Ref deny_groups = kNoNode;
  Target allow_flat = 0;
  Ref allow_groups = kNoNode;
};
static_assert(sizeof(ClassNode) == 20);

/// What a look-up by resource leads to: a leaf or a list elsewhere, or a leaf that lies in the
/// bucket itself, so that a look-up which ends at a statement of its own waits for memory once.
struct Bucket {
  enum class Kind : std::uint8_t { Free, Elsewhere, Leaf };
  using KindBits = Bits<0, 2>;
  using Tag = Bits<2, 30>;  ///< the class's side, and upper bits of the key

  const Word* words;
  static constexpr Word kHeadWords = 1;

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(KindBits::get(words[0])); }
  /// Whether it holds what a side of a class has stored under a key that this tag is of. What else
  /// has the same tag is of the same side.
  [[nodiscard]] bool is_of(Word tag) const noexcept {
    return kind() != Kind::Free && Tag::get(words[0]) == tag;
  }
  /// Of Kind::Elsewhere.
  [[nodiscard]] Target target() const noexcept { return words[kHeadWords]; }
  /// Of Kind::Leaf.
  [[nodiscard]] LeafNode leaf() const noexcept { return {words + kHeadWords}; }
};

/// The hash table by resource: a perfect hash of its keys. A key belongs to a group, the group's
/// pilot tells in which bucket the key is, if it is anywhere. Buckets are of one size, which takes
/// in the leaves of most look-ups. A bucket's tag holds the class in full, since leaves do not test
/// actions, and as much of the key as there is room for.
struct TableNode {
  using Pilot = std::uint16_t;

  const Word* words;
  static constexpr Word kHeadWords = 3;
  static constexpr Word kLeastBucket = Bucket::kHeadWords + 1;
  static constexpr Word kLargestBucket = 64;
  using BucketWords = Bits<4, 7>;
  using KeyBits = Bits<11, 5>;
  static constexpr Word kLeastKeyBits = 3;
  static constexpr Word kMostKeyBits = 30;

  [[nodiscard]] Word bucket_words() const noexcept { return BucketWords::get(words[0]); }
  /// Bits of the key in a tag.
  [[nodiscard]] Word key_bits() const noexcept { return KeyBits::get(words[0]); }
  [[nodiscard]] Word bucket_count() const noexcept { return words[1]; }
  [[nodiscard]] Word group_count() const noexcept { return words[2]; }
  [[nodiscard]] const Pilot* pilots() const noexcept {
    return reinterpret_cast<const Pilot*>(words + kHeadWords);
  }
  [[nodiscard]] const Word* buckets() const noexcept {
    return words + kHeadWords + words_of(std::size_t{group_count()} * sizeof(Pilot));
  }

  /// Bits of the key in a tag, which has the number of one of so many sides of classes in full;
  /// less than kLeastKeyBits where there are too many.
  [[nodiscard]] static constexpr Word key_bits_of(std::uint64_t sides) noexcept {
    const auto side_bits = sides == 0 ? Word{0} : static_cast<Word>(std::bit_width(sides - 1));
    return side_bits > kMostKeyBits ? 0 : kMostKeyBits - side_bits;
  }
  [[nodiscard]] static constexpr Word tag_of(std::uint64_t key, Word class_side,
                                             Word key_bits) noexcept {
    return (class_side << key_bits) | static_cast<Word>(key >> (64U - key_bits));
  }
  /// One of `count`, by the upper bits of a hash.
  [[nodiscard]] static constexpr std::uint64_t one_of(std::uint64_t count,
                                                      std::uint64_t hash) noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(hash) * count) >> 64U);
  }
  /// The bucket that a pilot leads a hash to.
  [[nodiscard]] static constexpr std::uint64_t place_of(std::uint64_t hash, Pilot pilot,
                                                        std::uint64_t buckets) noexcept {
    return one_of(buckets, (hash ^ (pilot * kHashB)) * kHashA);
  }
};

}  // namespace detail
}  // namespace writ::inline v0
