// Not API, may change in any release. What batches ask sets through: the index with a memory.
//
// A statement is tested for its action, its resource, and its caller: principal and conditions. Of
// many actions on one resource the second and third come out the same for all, of one action on
// many resources the first and third. So each set is asked once for what all decisions share, and
// then for what is left. What is remembered lies on the stack, in places of fixed number; what
// finds no place is asked again. E-82 is the one principal test that looks at the action; where it
// could, nothing is remembered.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "writ/impl/decide.h"

namespace writ::inline v0 {
namespace detail {

/// A sink's answer without the sink's type.
class KeptAnswer {
 public:
  template <class Sink>
  void keep(const Sink& answer) noexcept {
    static_assert(std::is_trivially_copyable_v<Sink> && sizeof answer <= sizeof(GrantSink));
    std::memcpy(bytes_, &answer, sizeof answer);
  }
  template <class Sink>
  [[nodiscard]] Sink get() const noexcept {
    Sink answer;
    std::memcpy(&answer, bytes_, sizeof answer);
    return answer;
  }
  template <class Sink>
  void merge_into(Sink& sink) const noexcept {
    sink.merge(get<Sink>());
  }

 private:
  alignas(8) std::byte bytes_[sizeof(GrantSink)];
};

/// A leaf that applies to the caller, but for one test.
struct OpenLeaf {
  Ref leaf;
  std::uint8_t classes;
  std::uint8_t plain = 0;  ///< of PlainPatterns: its resource tests; 0 for none
};

/// A few of them; says when there are more.
class OpenLeaves {
 public:
  void clear() noexcept { count_ = 0; }
  void add(const OpenLeaf& leaf) noexcept {
    if (count_ < kPlaces) leaves_[count_] = leaf;
    ++count_;
  }
  [[nodiscard]] bool has_all() const noexcept { return count_ <= kPlaces; }
  [[nodiscard]] const OpenLeaf* begin() const noexcept { return leaves_; }
  [[nodiscard]] const OpenLeaf* end() const noexcept { return leaves_ + count_; }

 private:
  static constexpr std::uint32_t kPlaces = 16;
  std::uint32_t count_ = 0;
  OpenLeaf leaves_[kPlaces];  // valid up to count_
};

/// Resource patterns of a batch's open leaves as plain texts: those that consist of literals and
/// variables and perhaps a final star. The context, which variables are replaced from, is the same
/// for all resources. So is what all of them begin with: patterns that begin otherwise are left
/// out, and those that end with a star in there match all.
class PlainPatterns {
 public:
  void clear(std::string_view beginning) noexcept {
    used_ = count_ = 0;
    beginning_ = beginning;
  }

  /// What add() says instead of a place.
  static constexpr std::uint8_t kNotPlain = 0;  ///< they are others, or there is no room
  static constexpr std::uint8_t kAll = 0xff;    ///< every resource passes
  static constexpr std::uint8_t kNone = 0xfe;   ///< none does

  /// The resource tests of a leaf in these words, as 1 + the first of them, or one of the above.
  [[nodiscard]] std::uint8_t add(const Program& program, const LeafParts& leaf,
                                 const RequestFacts& request) noexcept {
    const std::uint32_t first = count_;
    const std::uint32_t used = used_;
    const ResourceElement element{leaf.effect, leaf.test == ResourceTest::NoneOf};
    bool plain = false;
    matches_all_ = false;
    if (leaf.test == ResourceTest::Pattern) {
      plain = add_pattern(program, leaf.resource, element, request);
    } else if (leaf.test == ResourceTest::AnyOf || leaf.test == ResourceTest::NoneOf) {
      plain = true;
      for (const Ref ref : RefsNode{program.node(leaf.resource)}) {
        plain = plain && add_pattern(program, ref, element, request);
      }
    }
    if (plain && !matches_all_ && count_ != first && count_ < kPlaces) {
      patterns_[count_++] = {0, 0, Kind::End};
      return static_cast<std::uint8_t>(first + 1);
    }
    const bool any = matches_all_ || count_ != first;
    count_ = first;
    used_ = used;
    if (!plain || (any && !matches_all_)) return kNotPlain;
    return any != element.negated ? kAll : kNone;
  }
  /// Whether one of the patterns from `first` on matches.
  [[nodiscard]] bool match_any(std::uint8_t first, std::string_view text) const noexcept {
    for (const Pattern* pattern = &patterns_[first - 1]; pattern->kind != Kind::End; ++pattern) {
      if (pattern->kind == Kind::Exact ? text.size() != pattern->size
                                       : text.size() < pattern->size) {
        continue;
      }
      const std::size_t known =
          beginning_.size() < pattern->size ? beginning_.size() : pattern->size;
      if (equal_bytes(text.data() + known, texts_ + pattern->begin + known,
                      pattern->size - known)) {
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr std::uint32_t kPlaces = 24;
  static constexpr std::uint32_t kBytes = 512;
  enum class Kind : std::uint8_t { Exact, Prefix, End };
  struct Pattern {
    std::uint16_t begin;
    std::uint16_t size;
    Kind kind;
  };

  [[nodiscard]] bool add_text(std::string_view text) noexcept {
    if (text.size() > kBytes - used_) return false;
    if (!text.empty()) std::memcpy(texts_ + used_, text.data(), text.size());
    used_ += static_cast<std::uint32_t>(text.size());
    return true;
  }
  [[nodiscard]] bool add_pattern(const Program& program, Ref ref, ResourceElement element,
                                 const RequestFacts& request) noexcept {
    const PatternNode pattern = program.pattern(ref);
    const std::uint32_t begin = used_;
    Kind kind = Kind::Exact;
    if (count_ == kPlaces) return false;
    if (pattern.kind() == PatternKind::Exact || pattern.kind() == PatternKind::Prefix) {
      if (!add_text(pattern.text())) return false;
      if (pattern.kind() == PatternKind::Prefix) kind = Kind::Prefix;
    } else if (pattern.kind() == PatternKind::General) {
      Bindings bindings = resource_bindings(program, request, element);
      bindings.texts = pattern.text().data();
      const std::span<const Atom> atoms(pattern.atoms(), pattern.atom_count());
      // What does not resolve decides by itself (V-22).
      if (pattern.never_resolves() || !all_resolve(bindings, atoms)) return false;
      for (std::size_t i = 0; i < atoms.size(); ++i) {
        if (atoms[i].kind() == Atom::Kind::Star && i + 1 == atoms.size()) {
          kind = Kind::Prefix;
        } else if ((atoms[i].kind() != Atom::Kind::Literal &&
                    atoms[i].kind() != Atom::Kind::Variable) ||
                   !add_text(atom_text(bindings, atoms[i]))) {
          return false;
        }
      }
    } else {
      return false;
    }
    // M-22: a request for `*` is covered by `*` alone, and no ARN is that.
    const std::string_view text(texts_ + begin, used_ - begin);
    if (find_byte(text, ':') == text.size()) return false;
    const std::size_t known = std::min(text.size(), beginning_.size());
    if (!equal_bytes(text.data(), beginning_.data(), known)) return true;
    if (kind == Kind::Prefix && known == text.size()) matches_all_ = true;
    patterns_[count_++] = {static_cast<std::uint16_t>(begin),
                           static_cast<std::uint16_t>(used_ - begin), kind};
    return true;
  }

  std::string_view beginning_;  ///< of all resources
  bool matches_all_ = false;
  std::uint32_t used_ = 0;
  std::uint32_t count_ = 0;
  Pattern patterns_[kPlaces];  // valid up to count_
  char texts_[kBytes];         // valid up to used_
};

/// A set, as sinks of one type ask it.
struct AskedSet {
  const Program* program = nullptr;
  SinkType type = SinkType::First;

  template <class Sink>
  [[nodiscard]] bool is(const Program& other) const noexcept {
    return program == &other && type == Sink::kType;
  }
};

[[nodiscard]] inline const ClassNode& class_at(const Program& program, Ref ref) noexcept {
  return *reinterpret_cast<const ClassNode*>(program.node(ref));
}

/// How many sets are remembered of many resources. Layers are asked in the same order for each
/// decision.
inline constexpr std::size_t kRememberedSets = 8;

/// Some of up to 32 actions of a list: a bit for each.
using ActionMask = std::uint32_t;

[[nodiscard]] constexpr bool has_action(ActionMask mask, std::size_t i) noexcept {
  return (mask >> i & 1U) != 0;
}
template <class Visit>
WRIT_ALWAYS_INLINE void each_action(ActionMask mask, const Visit& visit) noexcept {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(__builtin_ctz(mask)));
}

/// Actions that are asked together. Services are numbered from 1; equal numbers are one service.
struct AskedActions {
  const ActionName* actions = nullptr;
  const std::uint32_t* services = nullptr;
  ActionMask mask = 0;
};

/// Many actions on one resource, set by set. Remembers the set asked last.
class ActionsScan {
 public:
  explicit ActionsScan(const RequestFacts& request) noexcept : keys_(request) {}

  /// Calls `take(i, sink)` for each of the actions with what the set says of it. Not where an
  /// answer cannot be merged, nor for callers that E-82 is about.
  template <class Sink, class Take>
  WRIT_ALWAYS_INLINE void scan_each(const Program& program, bool boundary_present,
                                    const Sink& empty, const AskedActions& asked,
                                    const Take& take) noexcept {
    Known& known = known_;
    if (!known.set.is<Sink>(program)) learn(program, boundary_present, empty, known);
    Sink shared = known.shared.get<Sink>();
    for (ActionMask left = asked.mask; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(__builtin_ctz(left));
      const ActionName& action = asked.actions[i];
      if (known.service_number != asked.services[i]) {
        known.service_number = asked.services[i];
        learn_service(program, boundary_present, action, empty, known);
        shared = known.shared.get<Sink>();
      }
      Sink sink = shared;
      const Ref exact = find_exact_class(program, action);
      if (exact != kNoNode) ask_class(program, boundary_present, action, known, exact, sink);
      if (known.asks_more) ask_more(program, boundary_present, action, known, sink);
      take(i, sink);
    }
  }

  /// The same of one action without memory. The request has been given the action.
  template <class Sink>
  void scan_anew(const Program& program, bool boundary_present, Sink& sink) noexcept {
    TermMemo terms;
    visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
      scan_class(program, class_at(program, ref), keys_, boundary_present, terms, sink);
    });
  }

 private:
  static constexpr unsigned kClasses = 16;
  static constexpr unsigned kLeaves = 32;

  /// What has come out of one set. Two classes, or leaves, that share a place push each other out.
  struct Known {
    AskedSet set;
    TermMemo terms;
    OpenLeaves open;     ///< of the star class: their NotAction is still to be asked
    KeptAnswer of_star;  ///< of the star class otherwise
    KeptAnswer shared;   ///< `of_star` and `service:*`
    std::uint32_t service_number = 0;
    Ref service = kNoNode;
    bool asks_more = false;  ///< more than exact actions is left to be asked
    std::uint32_t known_classes = 0;
    std::uint32_t known_leaves = 0;
    Ref classes[kClasses];  // valid where known_classes says so, as the answers
    KeptAnswer class_answers[kClasses];
    Ref leaves[kLeaves];  // valid where known_leaves says so
    std::uint8_t leaf_classes[kLeaves];
  };

  template <class Sink>
  [[gnu::noinline]] void learn(const Program& program, bool boundary_present, Sink answer,
                               Known& known) noexcept {
    known.set = {&program, Sink::kType};
    known.terms.clear();
    known.open.clear();
    known.service_number = 0;
    known.known_classes = known.known_leaves = 0;
    const Ref star = program.header().star_class;
    if (star != kNoNode) {
      visit_class(program, class_at(program, star), keys_, [&](const LeafNode& node) {
        const std::uint8_t classes = ask_leaf(program, boundary_present, known, node);
        if (classes == 0) return true;
        if (node.has_not_action()) {
          known.open.add({program.ref_of(node.words), classes, 0});
        } else if (answer.wants(node.statement(), node.effect())) {
          answer.add(node.statement(), node.effect(), classes);
        }
        return true;
      });
      // All of the class is asked for each action then.
      if (!known.open.has_all()) answer = answer.empty_copy();
    }
    known.of_star.keep(answer);
    known.shared.keep(answer);
  }

  template <class Sink>
  [[gnu::noinline]] void learn_service(const Program& program, bool boundary_present,
                                       const ActionName& action, Sink answer,
                                       Known& known) noexcept {
    known.service = find_service(program, action);
    known.asks_more =
        known.open.begin() != known.open.end() || program.header().any_service_actions != kNoNode;
    known.of_star.merge_into(answer);
    if (known.service != kNoNode) {
      const ServiceNode service{program.node(known.service)};
      known.asks_more |= (service.prefix_count() | service.general_count()) != 0;
      const Ref all = service.any_class();
      if (all != kNoNode) ask_class(program, boundary_present, action, known, all, answer);
    }
    known.shared.keep(answer);
  }

  /// NotAction, and wildcards but `service:*`.
  template <class Sink>
  [[gnu::noinline]] void ask_more(const Program& program, bool boundary_present,
                                  const ActionName& action, Known& known, Sink& sink) noexcept {
    const auto ask = [&](Ref ref) noexcept {
      ask_class(program, boundary_present, action, known, ref, sink);
    };
    if (known.open.has_all()) {
      for (const OpenLeaf& open : known.open) {
        const LeafNode node = program.leaf(open.leaf);
        if (!sink.wants(node.statement(), node.effect())) continue;
        if (match_leaf_action(program, LeafParts(node), keys_.request, action)) {
          sink.add(node.statement(), node.effect(), open.classes);
        }
      }
    } else {
      ask(program.header().star_class);
    }
    if (known.service != kNoNode) {
      visit_service(program, ServiceNode{program.node(known.service)}, action, keys_.request, ask);
    }
    visit_any_service(program, action, keys_.request, ask);
  }

  template <class Sink>
  WRIT_ALWAYS_INLINE void ask_class(const Program& program, bool boundary_present,
                                    const ActionName& action, Known& known, Ref ref,
                                    Sink& sink) noexcept {
    const unsigned place = (ref ^ (ref >> 5U)) % kClasses;
    if ((known.known_classes >> place & 1U) == 0 || known.classes[place] != ref) {
      return ask_unknown_class(program, boundary_present, action, known, ref, sink);
    }
    known.class_answers[place].merge_into(sink);
  }

  template <class Sink>
  [[gnu::noinline]] void ask_unknown_class(const Program& program, bool boundary_present,
                                           const ActionName& action, Known& known, Ref ref,
                                           Sink& sink) noexcept {
    Sink answer = sink.empty_copy();
    const ClassNode& asked = class_at(program, ref);
    visit_class(program, asked, keys_, [&](const LeafNode& node) {
      if (!answer.wants(node.statement(), node.effect())) return !Sink::kFirstOnly;
      const std::uint8_t classes = ask_leaf(program, boundary_present, known, node);
      if (classes == 0) return true;
      if (match_leaf_action(program, LeafParts(node), keys_.request, action)) {
        answer.add(node.statement(), node.effect(), classes);
      }
      return true;
    });
    sink.merge(answer);
    if (class_head::ActionDependent::get(asked.head) != 0) return;
    const unsigned place = (ref ^ (ref >> 5U)) % kClasses;
    known.known_classes |= 1U << place;
    known.classes[place] = ref;
    known.class_answers[place].keep(answer);
  }

  /// Resource and caller: the same leaf is in every class of its statement.
  [[nodiscard]] std::uint8_t ask_leaf(const Program& program, bool boundary_present, Known& known,
                                      const LeafNode& node) noexcept {
    const Ref ref = program.ref_of(node.words);
    const unsigned place = (ref ^ (ref >> 5U)) % kLeaves;
    if ((known.known_leaves >> place & 1U) != 0 && known.leaves[place] == ref) {
      return known.leaf_classes[place];
    }
    const LeafParts leaf(node);
    const std::uint8_t classes =
        match_leaf_resource(program, leaf, keys_.request)
            ? match_leaf_caller(program, leaf, keys_.request, boundary_present, known.terms)
            : std::uint8_t{0};
    known.known_leaves |= 1U << place;
    known.leaves[place] = ref;
    known.leaf_classes[place] = classes;
    return classes;
  }

  RequestKeys keys_;
  Known known_;
};

/// One action on many resources.
class ResourcesScan {
 public:
  /// `beginning`: what all resources begin with.
  ResourcesScan(const RequestFacts& request, std::string_view beginning) noexcept
      : keys_(request), beginning_(beginning) {}

  void begin() noexcept { next_ = 0; }

  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    Known& known = known_[next_++ % kRememberedSets];
    if (!known.set.is<Sink>(program)) learn(program, boundary_present, sink.empty_copy(), known);
    if (!known.has_all || !sink.can_be_merged()) {
      visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
        const ClassNode& node = class_at(program, ref);
        scan_class(program, node, keys_, boundary_present, known.terms, sink);
      });
      return;
    }
    known.shared.merge_into(sink);
    for (const OpenLeaf& open : known.open) {
      const LeafNode node = program.leaf(open.leaf);
      if (!sink.wants(node.statement(), node.effect())) continue;
      const bool matches = open.plain != 0
                               ? known.plain.match_any(open.plain, keys_.request.resource()) !=
                                     (node.resource_test() == ResourceTest::NoneOf)
                               : match_leaf_resource(program, LeafParts(node), keys_.request);
      if (matches) sink.add(node.statement(), node.effect(), open.classes);
    }
    for (std::uint32_t i = 0; i < known.groups_count; ++i) {
      keys_.class_side = known.class_sides[i];
      visit_groups(program, known.groups[i], keys_, [&](const LeafNode& node) {
        if (!sink.wants(node.statement(), node.effect())) return !Sink::kFirstOnly;
        const std::uint8_t classes =
            match_found(program, node, keys_.request, boundary_present, known.terms);
        if (classes != 0) sink.add(node.statement(), node.effect(), classes);
        return true;
      });
    }
  }

 private:
  static constexpr std::uint32_t kGroups = 8;

  struct Known {
    AskedSet set;
    TermMemo terms;
    OpenLeaves open;  ///< their resource is still to be asked
    PlainPatterns plain;
    KeptAnswer shared;  ///< of the statements for every resource
    std::uint32_t groups_count = 0;
    bool has_all = false;
    Ref groups[kGroups];
    Word class_sides[kGroups];
  };

  /// match_leaf of what a group has led to: the resource is no `*`, and many patterns have
  /// wildcards inside.
  [[nodiscard]] static std::uint8_t match_found(const Program& program, const LeafNode& node,
                                                const RequestFacts& request, bool boundary_present,
                                                TermMemo& memo) noexcept {
    if (node.resource_test() != ResourceTest::Pattern || node.has_not_action()) {
      return match_leaf(program, node, request, boundary_present, memo);
    }
    const LeafParts leaf(node);
    const Bindings bindings = resource_bindings(program, request, {leaf.effect, false});
    if (match_pattern(bindings, program.pattern(leaf.resource), request.resource()) != Match::Yes) {
      return 0;
    }
    return match_leaf_caller(program, leaf, request, boundary_present, memo);
  }

  template <class Sink>
  void learn(const Program& program, bool boundary_present, Sink answer, Known& known) noexcept {
    known.set = {&program, Sink::kType};
    known.terms.clear();
    known.open.clear();
    known.plain.clear(beginning_);
    known.groups_count = 0;
    const auto ask = [&](const LeafNode& node) {
      const LeafParts leaf(node);
      if (!match_leaf_action(program, leaf, keys_.request, keys_.request.action())) return true;
      const std::uint8_t classes =
          match_leaf_caller(program, leaf, keys_.request, boundary_present, known.terms);
      if (classes == 0) return true;
      std::uint8_t plain = PlainPatterns::kAll;
      if (leaf.test != ResourceTest::Any) plain = known.plain.add(program, leaf, keys_.request);
      if (plain == PlainPatterns::kNone) return true;
      if (plain != PlainPatterns::kAll) {
        known.open.add({program.ref_of(node.words), classes, plain});
      } else if (answer.wants(node.statement(), node.effect())) {
        answer.add(node.statement(), node.effect(), classes);
      }
      return true;
    };
    const auto keep_groups = [&](Ref groups) {
      if (groups == kNoNode) return;
      if (known.groups_count < kGroups) {
        known.groups[known.groups_count] = groups;
        known.class_sides[known.groups_count] = keys_.class_side;
      }
      ++known.groups_count;
    };
    visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
      const ClassNode& node = class_at(program, ref);
      if (program.header().has_deny != 0) {
        keys_.class_side = class_head::side(node.head, true);
        visit_target(program, node.deny_flat, keys_, ask);
        keep_groups(node.deny_groups);
      }
      keys_.class_side = class_head::side(node.head, false);
      visit_target(program, node.allow_flat, keys_, ask);
      keep_groups(node.allow_groups);
    });
    known.has_all = known.open.has_all() && known.groups_count <= kGroups;
    known.shared.keep(answer);
  }

  RequestKeys keys_;
  std::string_view beginning_;
  std::array<Known, kRememberedSets> known_;
  std::size_t next_ = 0;
};

}  // namespace detail
}  // namespace writ::inline v0
