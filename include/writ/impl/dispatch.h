// Not API, may change in any release. The walk from a request to the statements that may apply.
//
// The tables are described in index_builder.h, their layout in code.h. Everything found here is a
// candidate: it lists the action for certain, its resource is still to be matched.
#pragma once

#include <array>

#include "writ/impl/index_keys.h"
#include "writ/impl/pattern_match.h"
#include "writ/impl/principal.h"
#include "writ/impl/program.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

/// What dispatch works out of a request when it needs it, once for all sets of an evaluation.
struct RequestKeys {
  explicit RequestKeys(const RequestFacts& asked) noexcept : request(asked) {}

  [[nodiscard]] const std::array<std::uint64_t, 6>& principals() noexcept {
    if (!has_principals) {
      principal_keys = dispatch_keys(request);
      has_principals = true;
    }
    return principal_keys;
  }

  const RequestFacts& request;
  /// The class and the effect whose statements are looked for (class_head::side).
  Word class_side = 0;
  std::array<std::uint64_t, 6> principal_keys;  ///< valid when has_principals
  bool has_principals = false;
};

/// The leaf that a bucket leads to; none when that is a list.
[[nodiscard]] WRIT_ALWAYS_INLINE const Word* leaf_of(const Program& program,
                                                     Bucket bucket) noexcept {
  if (bucket.kind() == Bucket::Kind::Leaf) return bucket.leaf().words;
  return is_list(bucket.target()) ? nullptr : program.node(node_of(bucket.target()));
}

/// Calls `visit(LeafNode)` for the leaves of a list, in the order of statements, until it says
/// false.
template <class Visit>
inline void visit_leaves(const Program& program, const Word* leaves, Word count,
                         const Visit& visit) noexcept {
  for (Word i = 0; i < count; ++i) {
    if (!visit(program.leaf(leaves[i]))) return;
  }
}

/// The same of a list node, of its switch too.
template <class Visit>
[[gnu::noinline]] void visit_list(const Program& program, Ref ref, RequestKeys& keys,
                                  const Visit& visit) noexcept {
  const Word* list = program.node(ref);
  const Word count = list_head::Count::get(list[0]);
  const bool has_switch = list_head::HasSwitch::get(list[0]) != 0;
  visit_leaves(program, list + (has_switch ? 3 : 1), count, visit);
  if (!has_switch) return;
  const std::uint64_t list_key = load64(list + 1);
  for (const std::uint64_t principal : keys.principals()) {
    if (principal == 0) continue;
    const std::uint64_t key = hash_combine(list_key, principal);
    const Bucket branch = program.bucket(key);
    if (!branch.is_of(program.tag_of(key, keys.class_side))) continue;
    if (const Word* leaf = leaf_of(program, branch); leaf != nullptr) {
      static_cast<void>(visit(LeafNode{leaf}));
      continue;
    }
    // Branches do not branch.
    const Word* members = program.node(node_of(branch.target()));
    if (list_head::HasSwitch::get(members[0]) != 0) continue;
    visit_leaves(program, members + 1, list_head::Count::get(members[0]), visit);
  }
}

template <class Visit>
WRIT_ALWAYS_INLINE void visit_target(const Program& program, Target target, RequestKeys& keys,
                                     const Visit& visit) noexcept {
  if (target == 0) return;
  if (is_list(target)) return visit_list(program, node_of(target), keys, visit);
  static_cast<void>(visit(program.leaf(node_of(target))));
}

/// The candidates under a key.
template <class Visit>
WRIT_ALWAYS_INLINE void visit_key(const Program& program, std::uint64_t key, RequestKeys& keys,
                                  const Visit& visit) noexcept {
  const Bucket bucket = program.bucket(key);
  if (!bucket.is_of(program.tag_of(key, keys.class_side))) return;
  const Word* leaf = leaf_of(program, bucket);
  if (leaf == nullptr) return visit_list(program, node_of(bucket.target()), keys, visit);
  static_cast<void>(visit(LeafNode{leaf}));
}

/// The hash of what a cut keeps of a last field; false when it keeps nothing.
[[nodiscard]] inline bool hash_cut(Word cut, std::string_view tail, std::uint64_t& hash) noexcept {
  const Word value = Cut::value(cut);
  std::size_t begin = 0;
  std::size_t end = tail.size();
  if (Cut::kind(cut) == Cut::Kind::Length) {
    if (value > tail.size()) return false;
    end = value;
  } else if (Cut::kind(cut) == Cut::Kind::Ending) {
    begin = ending_of(tail);
  } else {
    end = segments_size(tail, value);
  }
  if (begin == std::string_view::npos || end == std::string_view::npos) return false;
  hash = hash_bytes(tail.substr(begin, end - begin));
  return true;
}

/// The hash of what a cut keeps of the request's own last field; false when it keeps nothing.
[[nodiscard]] WRIT_ALWAYS_INLINE bool hash_own_cut(Word cut, const RequestFacts& request,
                                                   std::uint64_t& hash) noexcept {
  const Word value = Cut::value(cut);
  if (Cut::kind(cut) == Cut::Kind::Segments && value - 1 < kKnownSegments) {
    if (value > request.known_segments()) return false;
    hash = request.segment_hash(value);
    return true;
  }
  if (Cut::kind(cut) == Cut::Kind::Ending && request.ending() != EndingState::Unknown) {
    hash = request.ending_hash();
    return request.ending() == EndingState::Hashed;
  }
  return hash_cut(cut, request.resource_field(5), hash);
}

/// A group's seed and its literal fields in one hash: those before its first open field as the
/// request has them, those behind its last one as they are counted back (`right`).
[[nodiscard]] inline std::uint64_t group_base(const GroupHead& group, const RequestFacts& request,
                                              const std::array<std::uint64_t, 4>& right) noexcept {
  std::uint64_t base = group.seed();
  const Word left_fields = GroupHead::Left::get(group.bits);
  const Word right_fields = GroupHead::Right::get(group.bits);
  if (left_fields == 0xf) return base ^ request.all_fields_hash();
  for (std::size_t i = 0; i < 4; ++i) {
    if ((left_fields >> i & 1U) != 0) {
      base = hash_combine(base, request.field_hashes()[i]);
    } else if ((right_fields >> i & 1U) != 0) {
      base = hash_combine(base, right[i]);
    }
  }
  return base;
}

/// Keys that are in the table, each once, in ascending order: the least of those above the ones
/// before, as many as there is room for. How often a key is found does not count.
class FoundKeys {
 public:
  /// Begins with the least, or goes on behind those that were found.
  void begin() noexcept {
    if (count_ != 0) least_ = keys_[count_ - 1] + 1;
    count_ = 0;
    has_more_ = false;
  }
  void add(std::uint64_t key) noexcept {
    if (key < least_) return;
    std::size_t at = count_;
    while (at > 0 && keys_[at - 1] > key) --at;
    if (at > 0 && keys_[at - 1] == key) return;
    if (count_ == kPlaces) {
      has_more_ = true;
      if (at == kPlaces) return;
      --count_;
    }
    for (std::size_t i = count_++; i > at; --i) keys_[i] = keys_[i - 1];
    keys_[at] = key;
  }
  /// Whether there was no room for some.
  [[nodiscard]] bool has_more() const noexcept { return has_more_; }
  [[nodiscard]] const std::uint64_t* keys() const noexcept { return keys_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  static constexpr std::size_t kPlaces = 32;
  std::uint64_t least_ = 0;
  std::size_t count_ = 0;
  bool has_more_ = false;
  std::uint64_t keys_[kPlaces];  // valid up to count_
};

/// The keys under which a group holds something for the later placings of the last field. A star
/// before it may run over colons (M-25): it may begin behind each colon of the request's last
/// field, and the fields counted back from there shift with it. A placing reads at most
/// kOpenBytes for each length and each exact tail, and a byte is read for few placings' segments:
/// all together linear in the length of the request.
[[gnu::noinline]] inline void find_placed_keys(const Program& program, const GroupHead& group,
                                               const RequestKeys& keys, FoundKeys& found) noexcept {
  const RequestFacts& request = keys.request;
  const std::string_view tail = request.resource_field(5);
  const bool has_exact = GroupHead::HasExact::get(group.bits) != 0;
  const Word* const cuts = group.cuts();
  const Word cut_count = group.cut_count();
  // The ending is the same for all placings that a delimiter stands behind.
  std::size_t ending = 0;
  std::uint64_t ending_hash = 0;
  for (Word i = 0; i < cut_count; ++i) {
    if (Cut::kind(cuts[i]) != Cut::Kind::Ending) continue;
    ending = ending_of(tail);
    ending_hash = hash_bytes(tail.substr(ending));
  }
  std::array<std::uint64_t, 4> right = request.field_hashes();
  std::size_t begin = 0;
  for (std::size_t colon = tail.find(':'); colon != std::string_view::npos;
       colon = tail.find(':', begin)) {
    right = {right[1], right[2], right[3], hash_bytes(tail.substr(begin, colon - begin))};
    begin = colon + 1;
    const std::string_view rest = tail.substr(begin);
    const std::uint64_t base = group_base(group, request, right);
    const auto probe = [&](Word cut, std::uint64_t hash) noexcept {
      const std::uint64_t key = bucket_key(base, cut, hash);
      if (program.bucket(key).is_of(program.tag_of(key, keys.class_side))) found.add(key);
    };
    if (has_exact) probe(kWholeTail, hash_open_tail(rest));
    for (Word i = 0; i < cut_count; ++i) {
      std::uint64_t hash = ending_hash;
      if (Cut::kind(cuts[i]) == Cut::Kind::Ending ? begin < ending
                                                  : hash_cut(cuts[i], rest, hash)) {
        probe(cuts[i], hash);
      }
    }
  }
}

/// The candidates of a group whose first five fields are not all literal.
template <class Visit>
[[gnu::noinline]] void visit_open_group(const Program& program, const GroupHead& group,
                                        RequestKeys& keys, const Visit& visit) noexcept {
  const RequestFacts& request = keys.request;
  const std::string_view tail = request.resource_field(5);
  const bool crossing = GroupHead::Crossing::get(group.bits) != 0;
  const std::uint64_t base = group_base(group, request, request.field_hashes());
  if (GroupHead::HasExact::get(group.bits) != 0) {
    const bool whole = !crossing || tail.size() <= kOpenBytes;
    const std::uint64_t hash = whole ? request.tail_hash() : hash_open_tail(tail);
    visit_key(program, bucket_key(base, kWholeTail, hash), keys, visit);
  }
  const Word* cuts = group.cuts();
  for (Word i = 0; i < group.cut_count(); ++i) {
    std::uint64_t hash = 0;
    if (hash_own_cut(cuts[i], request, hash)) {
      visit_key(program, bucket_key(base, cuts[i], hash), keys, visit);
    }
  }
  if (!crossing || !request.has_extra_colons()) return;
  // What lies under a key is tested once, however many placings lead to it: a test may read all of
  // the resource.
  FoundKeys found;
  do {
    found.begin();
    find_placed_keys(program, group, keys, found);
    for (std::size_t i = 0; i < found.count(); ++i) {
      visit_key(program, found.keys()[i], keys, visit);
    }
  } while (found.has_more());
}

/// The candidates of groups. A request for `*` is matched by the pattern `*` alone (M-22), which no
/// group holds.
template <class Visit>
WRIT_ALWAYS_INLINE void visit_groups(const Program& program, Ref groups, RequestKeys& keys,
                                     const Visit& visit) noexcept {
  const RequestFacts& request = keys.request;
  if (groups == kNoNode || request.resource_is_star()) return;
  constexpr Word kLiteral = GroupHead::Left::put(GroupHead::Left::kMax);
  constexpr Word kForm = kLiteral | GroupHead::Crossing::put(1);
  const Word* node = program.node(groups);
  const auto* group = reinterpret_cast<const GroupHead*>(node + 1);
  for (Word left = CountBits::get(node[0]); left != 0; --left, group = &group->next()) {
    if ((group->bits & kForm) != kLiteral) {
      visit_open_group(program, *group, keys, visit);
      continue;
    }
    // All fields are literal, as of most: they have one hash, and one look-up stands here, which
    // the compiler takes in whole.
    const std::uint64_t base = group->seed() ^ request.all_fields_hash();
    const Word* cut = group->cuts();
    const Word* end = cut + group->cut_count();
    for (bool exact = GroupHead::HasExact::get(group->bits) != 0; exact || cut != end;) {
      std::uint64_t hash = request.tail_hash();
      Word what = kWholeTail;
      if (exact) {
        exact = false;
      } else {
        what = *cut++;
        if (!hash_own_cut(what, request, hash)) continue;
      }
      visit_key(program, bucket_key(base, what, hash), keys, visit);
    }
  }
}

/// All candidates of one effect of the class in `keys`.
template <class Visit>
WRIT_ALWAYS_INLINE void visit_root(const Program& program, Target flat, Ref groups,
                                   RequestKeys& keys, const Visit& visit) noexcept {
  visit_target(program, flat, keys, visit);
  visit_groups(program, groups, keys, visit);
}

/// The greatest prefix entry not above a name, as 1 + its index; 0 when all are above.
[[nodiscard]] inline Word find_prefix(const ServiceNode& service, std::string_view name) noexcept {
  const std::uint64_t key = name_key(name);
  const ActionPrefix* prefixes = service.prefixes();
  Word begin = 0;
  Word end = service.prefix_count();
  while (begin < end) {
    const Word middle = begin + (end - begin) / 2;
    const ActionPrefix& entry = prefixes[middle];
    bool above = entry.key() > key;
    if (entry.key() == key && entry.size > 8) {
      const std::string_view text = text_at(service.words + entry.text, entry.size);
      const std::string_view rest = name.size() > 8 ? name.substr(8) : std::string_view();
      above = std::lexicographical_compare(
          rest.begin(), rest.end(), text.begin() + 8, text.end(), [](char a, char b) {
            return static_cast<unsigned char>(fold_ascii(a)) < static_cast<unsigned char>(b);
          });
    }
    if (above) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return begin;
}

/// The node of an action's service, or kNoNode: no wildcard action belongs to it alone.
[[nodiscard]] inline Ref find_service(const Program& program, const ActionName& action) noexcept {
  if (!program.has_services()) return kNoNode;
  const Ref* services = program.services();
  const std::uint32_t mask = program.service_mask();
  const auto hash = static_cast<Word>(action.service_hash());
  for (std::uint32_t at = program.service_slot(action.service_hash()); services[at] != kNoNode;
       at = (at + 1) & mask) {
    for (Ref ref = services[at]; ref != kNoNode;) {
      const ServiceNode service{program.node(ref)};
      if (service.hash() != hash) break;
      if (action.service_is(service.name())) return ref;
      ref = service.next();
    }
  }
  return kNoNode;
}

/// Calls `visit(Ref)` for the classes of general patterns that cover an action.
template <class Visit>
inline void visit_generals(const Program& program, const ActionName& action,
                           const RequestFacts& request, const GeneralAction* entries, Word count,
                           const Visit& visit) noexcept {
  // Patterns of one class stand side by side; it is asked once.
  Ref visited = kNoNode;
  for (Word i = 0; i < count; ++i) {
    if (entries[i].action_class == visited) continue;
    if (match_action_node(program, request, action, entries[i].pattern)) {
      visited = entries[i].action_class;
      visit(visited);
    }
  }
}

/// The same for a service's wildcards but `service:*`.
template <class Visit>
inline void visit_service(const Program& program, const ServiceNode& service,
                          const ActionName& action, const RequestFacts& request,
                          const Visit& visit) noexcept {
  if (service.prefix_count() != 0) {
    const std::string_view name = action.text().substr(action.service().size() + 1);
    for (Word entry = find_prefix(service, name); entry != 0;) {
      const ActionPrefix& prefix = service.prefixes()[entry - 1];
      const std::string_view text = text_at(service.words + prefix.text, prefix.size);
      if (name.size() >= text.size() && equals_prefolded(text, name.substr(0, text.size()))) {
        visit(prefix.action_class);
      }
      entry = prefix.parent;
    }
  }
  visit_generals(program, action, request, service.generals(), service.general_count(), visit);
}

/// The same for patterns with wildcards in the service.
template <class Visit>
inline void visit_any_service(const Program& program, const ActionName& action,
                              const RequestFacts& request, const Visit& visit) noexcept {
  const Ref any_service = program.header().any_service_actions;
  if (any_service == kNoNode) return;
  const Word* node = program.node(any_service);
  visit_generals(program, action, request, reinterpret_cast<const GeneralAction*>(node + 1),
                 CountBits::get(node[0]), visit);
}

/// Calls `visit(Ref)` for the classes of wildcard actions that cover the request's action: those of
/// its service, and those with wildcards in the service.
template <class Visit>
inline void visit_wildcard_classes(const Program& program, const ActionName& action,
                                   const RequestFacts& request, const Visit& visit) noexcept {
  const Ref found = find_service(program, action);
  if (found != kNoNode) {
    const ServiceNode service{program.node(found)};
    if (service.any_class() != kNoNode) visit(service.any_class());
    visit_service(program, service, action, request, visit);
  }
  visit_any_service(program, action, request, visit);
}

[[nodiscard]] WRIT_ALWAYS_INLINE bool is_action(const ActionNode& node,
                                                const ActionName& action) noexcept {
  const std::string_view text = node.text();
  const std::string_view folded = action.folded();
  return folded.empty()
             ? action.is(text)
             : folded.size() == text.size() && equal_found(folded.data(), text.data(), text.size());
}

/// The class of an action among those behind one of the same hash, or kNoNode.
[[nodiscard, gnu::noinline, gnu::cold]] inline Ref find_chained_class(
    const Program& program, ActionNode node, const ActionName& action) noexcept {
  while (node.has_next()) {
    node = {program.node(node.next())};
    if (is_action(node, action)) return node.action_class();
  }
  return kNoNode;
}

/// The class of an action's exact spelling, or kNoNode.
[[nodiscard]] WRIT_ALWAYS_INLINE Ref find_exact_class(const Program& program,
                                                      const ActionName& action) noexcept {
  const ActionSlot* slots = program.actions();
  const std::uint32_t mask = program.action_mask();
  const Word tag = ActionSlot::tag_of(action.hash());
  for (std::uint32_t at = program.action_slot(action.hash()); slots[at].action != kNoNode;
       at = (at + 1) & mask) {
    if (slots[at].tag != tag) continue;
    const ActionNode node{program.node(slots[at].action)};
    if (is_action(node, action)) return node.action_class();
    if (!node.has_next()) continue;  // a tag is half of a hash
    const Ref chained = find_chained_class(program, node, action);
    if (chained != kNoNode) return chained;
  }
  return kNoNode;
}

/// Calls `visit(Ref)` for every class whose statements list the request's action.
template <class Visit>
WRIT_ALWAYS_INLINE void visit_classes(const Program& program, const ActionName& action,
                                      const RequestFacts& request, const Visit& visit) noexcept {
  const Ref exact = find_exact_class(program, action);
  if (exact != kNoNode) visit(exact);
  if (!program.has_wildcard_actions()) return;
  const Ref star = program.header().star_class;
  if (star != kNoNode) visit(star);
  visit_wildcard_classes(program, action, request, visit);
}

}  // namespace detail
}  // namespace writ::inline v0
