// Not API, may change in any release. Bodies of CodeVerifier: what leads to leaves. Here an image
// could make work: each node is led to by one place, and no list has anything twice.
#pragma once

#include "writ/impl/code_verifier.h"

namespace writ::inline v0 {
namespace detail {

// dispatch.h, visit_target and visit_leaves.
inline std::size_t CodeVerifier::list_size(std::size_t at) noexcept {
  const std::size_t count = list_head::Count::get(words_[at]);
  const std::size_t first = list_head::HasSwitch::get(words_[at]) != 0 ? 3 : 1;
  if (first + count > words_.size() - at)
    return fail(at, "a list reaches beyond the end of the code");
  for (std::size_t i = 0; i < count; ++i) {
    if (!is(NodeTag::Leaf, words_[at + first + i])) {
      return fail(at + first + i, "a list refers to no leaf");
    }
  }
  const std::size_t repeated = find_repeated(at + first, count, 1);
  if (repeated != count) return fail(at + first + repeated, "a list has a leaf twice");
  return first + count;
}

inline std::size_t CodeVerifier::find_repeated(std::size_t at, std::size_t count,
                                               std::size_t step) noexcept {
  std::size_t found = 0;
  while (found < count && is_first_use(words_[at + found * step])) ++found;
  for (std::size_t i = 0; i < found; ++i) {
    const Ref ref = words_[at + i * step];
    bitmap(kNoted)[ref / 64] &= ~(std::uint64_t{1} << (ref % 64));
  }
  return found;
}

// dispatch.h, visit_groups: each group and each cut is a look-up, which may lead to a list.
inline std::size_t CodeVerifier::groups_size(std::size_t at) noexcept {
  constexpr std::size_t kHeadWords = sizeof(GroupHead) / sizeof(Word);
  std::size_t place = at + 1;
  Word least_shape = 0;
  if (CountBits::get(words_[at]) > (words_.size() - place) / kHeadWords) {
    return fail(at, "groups reach beyond the end of the code");
  }
  for (Word left = CountBits::get(words_[at]); left != 0; --left) {
    if (kHeadWords > words_.size() - place) {
      return fail(at, "groups reach beyond the end of the code");
    }
    const Word group = words_[place];
    const Word shape = GroupHead::Shape::get(group);
    if (shape < least_shape) return fail(place, "the shapes of groups are not in order");
    least_shape = shape + 1;
    const std::size_t cuts = GroupHead::CutCount::get(group);
    place += kHeadWords;
    if (cuts > words_.size() - place) return fail(at, "groups reach beyond the end of the code");
    if (!cuts_are_good(place, group)) return 0;
    place += cuts;
  }
  return place - at;
}

inline bool CodeVerifier::cuts_are_good(std::size_t at, Word group) noexcept {
  const Word count = GroupHead::CutCount::get(group);
  const bool crossing = GroupHead::Crossing::get(group) != 0;
  if (count > kCutLimit) return fail(at, "a group has too many cuts") != 0;
  for (std::size_t place = at; place < at + count; ++place) {
    const Word value = Cut::value(words_[place]);
    switch (Cut::kind(words_[place])) {
      case Cut::Kind::Segments:
        // RequestFacts::segment_hash and segments_size count from 1.
        if (value == 0) return fail(place, "a cut is behind no segment") != 0;
        if (value > kSegmentLimit) return fail(place, "a cut is behind too many segments") != 0;
        break;
      case Cut::Kind::Length:
        // find_placed_keys reads as much behind each colon of a request.
        if (crossing && value > kOpenBytes) {
          return fail(place, "a cut of a group whose stars run over colons is too long") != 0;
        }
        break;
      case Cut::Kind::Ending:
        break;
      default:
        return fail(place, "a cut is of no kind") != 0;
    }
    for (std::size_t before = at; before < place; ++before) {
      if (words_[before] == words_[place]) return fail(place, "a group has a cut twice") != 0;
    }
  }
  return true;
}

// decide.h, IndexScan::scan; dispatch.h, visit_root.
inline std::size_t CodeVerifier::class_size(std::size_t at) noexcept {
  const auto& node = *reinterpret_cast<const ClassNode*>(&words_[at]);
  if (!is_target(node.deny_flat) || !is_target(node.allow_flat)) {
    return fail(at, "a class refers to no leaf and no list");
  }
  if (!is_or_none(NodeTag::Groups, node.deny_groups) ||
      !is_or_none(NodeTag::Groups, node.allow_groups)) {
    return fail(at, "a class refers to no groups");
  }
  // Tags of buckets hold the number: what one class leads to, no other does.
  const Word number = class_head::Number::get(node.head);
  if (number != class_count_) return fail(at, "the classes are not numbered in order");
  ++class_count_;
  if (!is_first_use_of(node.deny_flat) || !is_first_use_of(node.allow_flat)) {
    return fail(at, "a class refers to a list that is in use");
  }
  if (!groups_are_of(node.deny_groups, number, true) ||
      !groups_are_of(node.allow_groups, number, false)) {
    return fail(at, "a class refers to groups of another class");
  }
  return sizeof(ClassNode) / sizeof(Word);
}

/// Seeds follow from the salt: nobody can choose them so that the keys of several groups are one.
inline bool CodeVerifier::groups_are_of(Ref groups, Word number, bool is_deny) noexcept {
  if (groups == kNoNode) return true;
  const std::uint64_t side = side_seed(salt_, number, is_deny);
  const Word* node = &words_[groups];
  const auto* group = reinterpret_cast<const GroupHead*>(node + 1);
  for (Word left = CountBits::get(node[0]); left != 0; --left, group = &group->next()) {
    if (group->seed() != group_seed(side, GroupHead::Shape::get(group->bits))) return false;
  }
  return true;
}

inline bool CodeVerifier::generals_are_good(std::size_t at, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    // dispatch.h, visit_generals; dump-inl.h, add_general, reads the atoms of all but fields.
    if (!is_pattern(words_[at + 2 * i], PatternKind::General)) {
      return fail(at + 2 * i, "an action refers to no pattern") != 0;
    }
    if (!is(NodeTag::Class, words_[at + 2 * i + 1])) {
      return fail(at + 2 * i + 1, "an action has no class") != 0;
    }
    // visit_generals asks classes that stand side by side once.
    if (i > 0 && words_[at + 2 * i + 1] < words_[at + 2 * i - 1]) {
      return fail(at + 2 * i + 1, "the classes of actions are not in order") != 0;
    }
  }
  const std::size_t repeated = find_repeated(at, count, 2);
  return repeated == count || fail(at + 2 * repeated, "an action is listed twice") != 0;
}

// dispatch.h, visit_wildcard_classes and find_prefix.
inline std::size_t CodeVerifier::service_size(std::size_t at) noexcept {
  const ServiceNode service{&words_[at]};
  const std::size_t left = words_.size() - at;
  const std::size_t prefixes = service.prefix_count();
  const std::size_t generals = service.general_count();
  constexpr std::size_t kPrefixWords = sizeof(ActionPrefix) / sizeof(Word);
  std::size_t size = ServiceNode::kFixedWords + words_of(std::size_t{service.name_size()}) +
                     kPrefixWords * prefixes + 2 * generals;
  if (size > left) return fail(at, "a service reaches beyond the end of the code");
  if (!is_or_none(NodeTag::Class, service.any_class())) {
    return fail(at + 2, "a service has no class");
  }
  if (service.next() != kNoNode &&
      !(is(NodeTag::Service, service.next()) && is_first_use(service.next()))) {
    return fail(at + 5, "a service is followed by none of its own");
  }
  for (std::size_t i = 0; i < prefixes; ++i) {
    const ActionPrefix& prefix = service.prefixes()[i];
    // Texts lie behind each other, behind everything else.
    if (prefix.text != size) return fail(at, "the text of a prefix is not in its place");
    size += words_of(std::size_t{prefix.size});
    if (size > left) return fail(at, "the text of a prefix lies outside its service");
    // 1 + an entry that stands before this one: chains end.
    if (prefix.parent > i) return fail(at, "a prefix has a parent that is not before it");
    if (!is(NodeTag::Class, prefix.action_class)) return fail(at, "a prefix has no class");
    if (!prefix_is_good(at, service, i)) return 0;
  }
  const auto first_general =
      static_cast<std::size_t>(reinterpret_cast<const Word*>(service.generals()) - words_.data());
  return generals_are_good(first_general, generals) ? size : 0;
}

/// find_prefix looks for a prefix by its text, and visit_service follows the parents of what it
/// finds: each is shorter, and leads to another class. Cost: O(length).
inline bool CodeVerifier::prefix_is_good(std::size_t at, const ServiceNode& service,
                                         std::size_t index) noexcept {
  const ActionPrefix* prefixes = service.prefixes();
  const auto text_of = [&](const ActionPrefix& prefix) {
    return text_at(service.words + prefix.text, prefix.size);
  };
  const ActionPrefix& prefix = prefixes[index];
  const std::string_view text = text_of(prefix);
  if (index > 0 && text <= text_of(prefixes[index - 1])) {
    return fail(at, "the prefixes of a service are not in order") != 0;
  }
  if (prefix.parent == 0) return true;
  const std::string_view parent = text_of(prefixes[prefix.parent - 1]);
  if (text.substr(0, parent.size()) != parent) {
    return fail(at, "a prefix does not begin with its parent") != 0;
  }
  for (Word above = prefix.parent; above != 0; above = prefixes[above - 1].parent) {
    if (prefixes[above - 1].action_class == prefix.action_class) {
      return fail(at, "a prefix leads where its parent does") != 0;
    }
  }
  return true;
}

// Program::bucket: pilots of all groups, and as many buckets as are counted. Pilots lead somewhere
// whatever they are.
inline std::size_t CodeVerifier::table_size(std::size_t at) noexcept {
  const TableNode table{&words_[at]};
  const Word bucket_words = table.bucket_words();
  const Word count = table.bucket_count();
  if (table.group_count() == 0 || count == 0) return fail(at, "a table is empty");
  const std::size_t left = words_.size() - at;
  const auto first = static_cast<std::size_t>(table.buckets() - table.words);
  if (bucket_words < TableNode::kLeastBucket) return fail(at, "a table's buckets are too small");
  // TableNode::tag_of shifts by as much.
  if (table.key_bits() < TableNode::kLeastKeyBits || table.key_bits() > TableNode::kMostKeyBits) {
    return fail(at, "the tags of a table are of no possible size");
  }
  if (first > left || count > (left - first) / bucket_words) {
    return fail(at, "a table reaches beyond the end of the code");
  }
  std::size_t bucket = at + first;
  for (Word i = 0; i < count; ++i, bucket += bucket_words) {
    if (!bucket_is_good(bucket, bucket_words)) return 0;
  }
  return bucket - at;
}

// dispatch.h, leaf_of.
inline bool CodeVerifier::bucket_is_good(std::size_t at, Word bucket_words) noexcept {
  const Bucket bucket{&words_[at]};
  const std::size_t inside = at + Bucket::kHeadWords;
  const auto bad = [&](const char* what) { return fail(at, what) != 0; };
  switch (bucket.kind()) {
    case Bucket::Kind::Free:
      for (Word i = 0; i < bucket_words; ++i) {
        if (bucket.words[i] != 0) return bad("a free bucket is not empty");
      }
      return true;
    case Bucket::Kind::Elsewhere:
      if (bucket.target() == 0 || !is_target(bucket.target())) {
        return bad("the table of resources refers to no leaf and no list");
      }
      return is_first_use_of(bucket.target()) ||
             bad("the table of resources refers to a list that is in use");
    case Bucket::Kind::Leaf: {
      if (bucket_words < Bucket::kHeadWords + 3 ||
          TagBits::get(words_[inside]) != static_cast<Word>(NodeTag::Leaf)) {
        return bad("a bucket holds no leaf");
      }
      const std::size_t size = leaf_size(inside);
      if (size == 0) return false;
      if (size > bucket_words - Bucket::kHeadWords) {
        return bad("a leaf reaches beyond the end of its bucket");
      }
      mark(NodeTag::Leaf, inside);
      return true;
    }
  }
  return bad("a bucket is of an unknown kind");
}

}  // namespace detail
}  // namespace writ::inline v0
