// One change to a good image for each check of the verifier, and the words by which that check, and
// no other, refuses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "image/surgeon.h"

namespace writ::test {
namespace {

using detail::Atom;
using detail::Bucket;
using detail::PatternKind;
using detail::PatternNode;
using detail::TermNode;
using detail::TermValue;

struct Damage {
  const char* says;  ///< what the error says
  std::function<void(Surgeon&)> make;
  std::size_t entry = 0;  ///< of sample_entries
};

/// The first atom of a kind in any pattern of a kind.
Word* atom(Surgeon& image, PatternKind pattern_kind, Atom::Kind kind) {
  Word* found = nullptr;
  static_cast<void>(image.node(NodeTag::Pattern, [&](const Word* words) {
    const PatternNode pattern{words};
    if (pattern.kind() != pattern_kind) return false;
    for (Word i = 0; i < pattern.atom_count() && found == nullptr; ++i) {
      if (pattern.atoms()[i].kind() == kind) found = image.code() + image.ref(words) + 2 + 2 * i;
    }
    return found != nullptr;
  }));
  return found;
}

void set_kind(Word* atom, Atom::Kind kind) { *atom = (*atom & ~Word{7}) | static_cast<Word>(kind); }

Word* service(Surgeon& image, const std::function<bool(detail::ServiceNode)>& wanted) {
  return image.node(NodeTag::Service,
                    [&](const Word* words) { return wanted(detail::ServiceNode{words}); });
}
bool has_prefixes(detail::ServiceNode node) { return node.prefix_count() > 1; }
detail::ActionPrefix* prefix(Surgeon& image, std::size_t index) {
  Word* node = service(image, has_prefixes);
  const detail::ServiceNode view{node};
  return reinterpret_cast<detail::ActionPrefix*>(
             node + (reinterpret_cast<const Word*>(view.prefixes()) - node)) +
         index;
}
char* prefix_text(Surgeon& image, std::size_t index) {
  return reinterpret_cast<char*>(service(image, has_prefixes) + prefix(image, index)->text);
}
Word* leaf(Surgeon& image, detail::ResourceTest test) {
  return image.node(NodeTag::Leaf, [test](const Word* words) {
    return detail::LeafNode{words}.resource_test() == test;
  });
}
/// The first word of a group of which `wanted` holds.
Word* group(Surgeon& image, const std::function<bool(Word)>& wanted) {
  const detail::GroupHead* found = nullptr;
  const Word* node = image.node(NodeTag::Groups, [&](const Word* words) {
    const auto* one = reinterpret_cast<const detail::GroupHead*>(words + 1);
    for (Word left = detail::CountBits::get(*words); left != 0; --left, one = &one->next()) {
      if (wanted(one->bits)) found = one;
      if (found != nullptr) return true;
    }
    return false;
  });
  return image.code() + image.ref(node) + (reinterpret_cast<const Word*>(found) - node);
}
bool has_cuts(Word group) { return detail::GroupHead::CutCount::get(group) > 1; }
bool crosses(Word group) { return has_cuts(group) && detail::GroupHead::Crossing::get(group) != 0; }
constexpr std::size_t kGroupWords = sizeof(detail::GroupHead) / sizeof(Word);

bool has_literal(detail::LeafNode leaf) {
  return leaf.resource_test() == detail::ResourceTest::Exact ||
         leaf.resource_test() == detail::ResourceTest::Prefix;
}
/// The first bucket of a kind; of leaves, one whose resource is a literal.
Word* bucket(Surgeon& image, Bucket::Kind kind) {
  Word* table = image.node(NodeTag::Table);
  const detail::TableNode node{table};
  for (Word i = 0; i < node.bucket_count(); ++i) {
    Word* found = table + (node.buckets() - table) + std::size_t{i} * node.bucket_words();
    if (Bucket{found}.kind() != kind) continue;
    if (kind != Bucket::Kind::Leaf || has_literal(Bucket{found}.leaf())) return found;
  }
  ADD_FAILURE() << "the sample has no such bucket";
  return table;
}
/// Of a leaf whose resource is a literal.
Word& literal_size(Word* leaf) {
  EXPECT_LE(detail::LeafNode{leaf}.resource_test(), detail::ResourceTest::Prefix);
  return leaf[3];
}
template <class Record>
Record& first(Surgeon& image, Section id) {
  return image.section<Record>(id)[0];
}

constexpr Word kFar = 0x0fffffffU;

// NOLINTBEGIN: one line a check
const std::vector<Damage>& damages() {
  using enum ConditionOperator;
  static const std::vector<Damage> list = {
      // Header and sections.
      {"does not begin as one", [](Surgeon& i) { i.header().magic ^= 1; }},
      {"of another version", [](Surgeon& i) { i.header().version += 1; }},
      {"policies are of an unknown kind",
       [](Surgeon& i) { i.header().type = static_cast<PolicyType>(8); }},
      {"of another kind than it says", [](Surgeon& i) { i.header().type = PolicyType::Session; }},
      {"a flag is not 0 or 1", [](Surgeon& i) { i.header().has_deny = 2; }},
      {"a section does not begin where", [](Surgeon& i) { i.entry(Section::Code).offset += 8; }},
      {"a section reaches beyond",
       [](Surgeon& i) { i.entry(Section::Strings).count += 1U << 20U; }},
      {"a section reaches beyond", [](Surgeon& i) { i.entry(Section::Strings).count = ~0ULL; }},
      {"longer than its sections", [](Surgeon& i) { i.entry(Section::Strings).count -= 8; }},
      // Documents.
      {"the number of documents", [](Surgeon& i) { i.header().document_count += 1; }},
      {"name lies outside the texts",
       [](Surgeon& i) { first<detail::DocumentRecord>(i, Section::Documents).name.size = kFar; }},
      {"statements are not behind those",
       [](Surgeon& i) {
         first<detail::DocumentRecord>(i, Section::Documents).statements.begin = 1;
       }},
      {"statements that do not exist",
       [](Surgeon& i) {
         first<detail::DocumentRecord>(i, Section::Documents).statements.count += 1;
       }},
      {"a statement is of no document",
       [](Surgeon& i) {
         first<detail::DocumentRecord>(i, Section::Documents).statements.count -= 1;
       }},
      {"a statement is of another document",
       [](Surgeon& i) { first<detail::StatementRecord>(i, Section::Statements).document = 1; }},
      // Code.
      {"does not begin with an empty word", [](Surgeon& i) { i.code()[0] = 1; }},
      {"unknown tag", [](Surgeon& i) { *i.node(NodeTag::Class) |= 15; }},
      {"padding of the code is not zero",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Leaf);
         *n &= ~Word{15};
         *n |= 16;
       }},
      {"a node reaches beyond the end", [](Surgeon& i) { i.node(NodeTag::Variable)[1] = kFar; }},
      {"a list of patterns refers to something else",
       [](Surgeon& i) { i.node(NodeTag::Patterns)[1] += 1; }},
      {"a list of patterns is not in order",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Patterns,
                          [](const Word* w) { return detail::CountBits::get(w[0]) > 1; });
         n[2] = n[1];
       }},
      {"an action has no class", [](Surgeon& i) { i.node(NodeTag::Action)[1] += 1; }},
      {"an action reaches beyond",
       [](Surgeon& i) { *i.node(NodeTag::Action) |= detail::action_head::Size::put(kFar); }},
      // Patterns.
      {"a pattern reaches beyond", [](Surgeon& i) { i.pattern(PatternKind::General)[1] = kFar; }},
      {"a pattern is of an unknown kind",
       [](Surgeon& i) { *i.pattern(PatternKind::General) |= 7 << 4; }},
      {"without wildcards inside has atoms",
       [](Surgeon& i) {
         Word* n = i.pattern(PatternKind::General);
         *n = (*n & ~Word{7 << 4}) | (1 << 4);
       }},
      {"a literal of a pattern lies outside",
       [](Surgeon& i) { atom(i, PatternKind::General, Atom::Kind::Literal)[1] += 1000; }},
      {"more `?` than any text",
       [](Surgeon& i) { *atom(i, PatternKind::General, Atom::Kind::AnyOne) |= 0x7ffffff8U; }},
      {"refers to no variable",
       [](Surgeon& i) { atom(i, PatternKind::General, Atom::Kind::Variable)[1] += 1; }},
      {"without fields has a separator",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::General, Atom::Kind::Star), Atom::Kind::Separator);
       }},
      {"a star over fields is not at the end",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::General, Atom::Kind::Star), Atom::Kind::CrossStar);
       }},
      {"a star over fields is not at the end",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::Segmented, Atom::Kind::Literal), Atom::Kind::Separator);
         set_kind(atom(i, PatternKind::Segmented, Atom::Kind::Star), Atom::Kind::CrossStar);
       }},
      {"an atom of a pattern is of an unknown kind",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::General, Atom::Kind::Star), static_cast<Atom::Kind>(7));
       }},
      {"has not six fields",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::Segmented, Atom::Kind::Separator), Atom::Kind::Star);
       }},
      {"has not six fields",
       [](Surgeon& i) {
         set_kind(atom(i, PatternKind::Arn, Atom::Kind::Separator), Atom::Kind::Star);
       }},
      {"rightly whether it has variables",
       [](Surgeon& i) {
         *i.node(NodeTag::Pattern, [](const Word* w) { return PatternNode{w}.has_variables(); }) &=
             ~(Word{1} << 7);
       }},
      // Conditions.
      {"an unknown operator", [](Surgeon& i) { *i.term(IpAddress) |= 63 << 4; }},
      {"an unknown quantifier", [](Surgeon& i) { *i.term(IpAddress) |= 3 << 10; }},
      {"a condition reaches beyond", [](Surgeon& i) { i.term(IpAddress)[2] = kFar; }},
      {"a condition reaches beyond",
       [](Surgeon& i) {
         Word* n = i.term(StringLike);
         n[1] = kFar;
         *n |= 1 << 14;
       }},
      {"no strings are looked up", [](Surgeon& i) { *i.term(BinaryEquals) |= 1 << 14; }},
      {"looked up is no text", [](Surgeon& i) { *i.value(i.term(StringEquals)) |= 1; }},
      {"a table of values refers to none",
       [](Surgeon& i) {
         Word* n = i.term(StringEquals);
         n[TermNode{n}.sorted_values() - n + 1] += 1;
       }},
      {"a table of values refers to none",
       [](Surgeon& i) {
         Word* n = i.term(StringEquals);
         n[TermNode{n}.sorted_values() - n + 1] = kFar;
       }},
      {"a table of values is not in order",
       [](Surgeon& i) {
         Word* n = i.term(StringEquals);
         n[TermNode{n}.sorted_values() - n] = 0xffffffffU;
       }},
      {"a value is of an unknown kind", [](Surgeon& i) { *i.value(i.term(IpAddress)) |= 7; }},
      {"a value reaches beyond", [](Surgeon& i) { *i.value(i.term(BinaryEquals)) |= 0x7ffffff8U; }},
      {"not of its operator's type", [](Surgeon& i) { i.value(i.term(StringLike))[1] += 1; }},
      {"not of its operator's type", [](Surgeon& i) { *i.term(StringLike) += 22 << 4; }},
      {"not of its operator's type",
       [](Surgeon& i) { i.value(i.term(ArnLike))[1] = i.ref(i.pattern(PatternKind::Segmented)); }},
      {"not of its operator's type",
       [](Surgeon& i) {
         Word* v = i.value(i.term(NumericLessThan));
         *v = (*v & ~Word{7}) | static_cast<Word>(TermValue::Kind::Number);
       }},
      {"not of its operator's type",
       [](Surgeon& i) { *i.value(i.term(Bool)) = static_cast<Word>(TermValue::Kind::Text); }},
      {"not of its operator's type", [](Surgeon& i) { *i.value(i.term(IpAddress)) |= 64 << 3; }},
      {"not of its operator's type", [](Surgeon& i) { *i.value(i.term(IpAddress)) |= 0x200 << 3; }},
      {"not of its operator's type",
       [](Surgeon& i) { *i.value(i.term(Null)) = static_cast<Word>(TermValue::Kind::Text); }},
      // Principals.
      {"principals reach beyond", [](Surgeon& i) { i.node(NodeTag::Principals)[2] = 0x7fffffffU; },
       1},
      {"a principal is of an unknown kind", [](Surgeon& i) { i.node(NodeTag::Principals)[1] = 14; },
       1},
      {"a part of a principal lies outside",
       [](Surgeon& i) { i.node(NodeTag::Principals)[4] += 1000; }, 1},
      {"a part of a principal lies outside",
       [](Surgeon& i) { i.node(NodeTag::Principals)[3] = 0xffffffffU; }, 1},
      // Leaves and dispatch.
      {"an unknown resource test", [](Surgeon& i) { *i.node(NodeTag::Leaf) |= 7 << 5; }},
      {"a leaf reaches beyond", [](Surgeon& i) { *i.node(NodeTag::Leaf) |= 0xfffff000U; }},
      {"a leaf is of no statement", [](Surgeon& i) { i.node(NodeTag::Leaf)[1] = 1; }},
      {"a leaf is of no statement", [](Surgeon& i) { i.node(NodeTag::Leaf)[2] = 1000; }},
      {"no pattern of a resource",
       [](Surgeon& i) { leaf(i, detail::ResourceTest::Pattern)[3] += 1; }},
      {"no pattern of a resource",
       [](Surgeon& i) {
         leaf(i, detail::ResourceTest::Pattern)[3] = i.ref(i.pattern(PatternKind::Arn));
       }},
      {"no list of patterns", [](Surgeon& i) { leaf(i, detail::ResourceTest::NoneOf)[3] += 1; }},
      {"refers to no principals", [](Surgeon& i) { leaf(i, detail::ResourceTest::Prefix)[4] += 1; },
       1},
      {"no patterns of actions", [](Surgeon& i) { leaf(i, detail::ResourceTest::NoneOf)[4] += 1; }},
      {"a leaf refers to no condition",
       [](Surgeon& i) { leaf(i, detail::ResourceTest::Any)[3] += 1; }},
      {"a leaf refers to no list of conditions",
       [](Surgeon& i) { leaf(i, detail::ResourceTest::Pattern)[4] += 1; }},
      {"a leaf refers to no list of conditions",
       [](Surgeon& i) {
         *leaf(i, detail::ResourceTest::Pattern) += detail::leaf_head::Conditions::put(1);
       }},
      {"a leaf refers to no list of conditions",
       [](Surgeon& i) {
         *leaf(i, detail::ResourceTest::Pattern) -= detail::leaf_head::Conditions::put(1);
       }},
      {"a list of conditions refers to something else",
       [](Surgeon& i) { i.node(NodeTag::Terms)[1] += 1; }},
      {"a list of conditions is not in order",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Terms);
         n[2] = n[1];
       }},
      {"a leaf has too many conditions",
       [](Surgeon& i) {
         *leaf(i, detail::ResourceTest::Any) +=
             detail::leaf_head::Conditions::put(detail::kOwnTerms);
       }},
      {"a node reaches beyond the end",
       [](Surgeon& i) { *i.node(NodeTag::Terms) |= detail::CountBits::put(kFar); }},
      {"a list reaches beyond", [](Surgeon& i) { *i.node(NodeTag::List) |= 0xffffffe0U; }, 1},
      {"a list refers to no leaf",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::List,
                          [](const Word* w) { return detail::list_head::HasSwitch::get(*w) == 0; });
         n[1] += 1;
       }},
      {"a list has a leaf twice",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::List, [](const Word* w) {
           return detail::list_head::HasSwitch::get(*w) == 0 &&
                  detail::list_head::Count::get(*w) > 1;
         });
         n[2] = n[1];
       }},
      {"groups reach beyond", [](Surgeon& i) { *i.node(NodeTag::Groups) |= 0xfffffff0U; }},
      {"the shapes of groups are not in order",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Groups,
                          [](const Word* w) { return detail::CountBits::get(w[0]) > 1; });
         n[1] |= detail::GroupHead::Shape::put(detail::GroupHead::Shape::kMax);
       }},
      {"a group has too many cuts",
       [](Surgeon& i) {
         Word* n = group(i, has_cuts);
         *n &= ~detail::GroupHead::CutCount::put(detail::GroupHead::CutCount::kMax);
         *n |= detail::GroupHead::CutCount::put(detail::kCutLimit + 1);
       }},
      {"a group has a cut twice",
       [](Surgeon& i) {
         Word* n = group(i, has_cuts) + kGroupWords;
         n[1] = n[0];
       }},
      {"behind too many segments",
       [](Surgeon& i) {
         group(i, has_cuts)[kGroupWords] = detail::Cut::make(detail::Cut::Kind::Segments, 7);
       }},
      {"whose stars run over colons is too long",
       [](Surgeon& i) {
         group(i, crosses)[kGroupWords] =
             detail::Cut::make(detail::Cut::Kind::Length, detail::kOpenBytes + 1);
       }},
      {"groups reach beyond", [](Surgeon& i) { i.node(NodeTag::Groups)[1] |= 0xffff0000U; }},
      {"behind no segment",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Groups, [](const Word* w) {
           return detail::GroupHead::CutCount::get(w[1]) != 0;
         });
         n[4] = 0;
       }},
      {"a cut is of no kind",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Groups, [](const Word* w) {
           return detail::GroupHead::CutCount::get(w[1]) != 0;
         });
         n[4] = 3;
       }},
      {"no leaf and no list", [](Surgeon& i) { i.node(NodeTag::Class)[3] += 2; }},
      {"a class refers to no groups", [](Surgeon& i) { i.node(NodeTag::Class)[4] += 1; }},
      {"the classes are not numbered in order",
       [](Surgeon& i) {
         i.node(NodeTag::Class)[0] += detail::class_head::Number::put(1);
       }},
      {"a class refers to a list that is in use",
       [](Surgeon& i) {
         Word* n =
             i.node(NodeTag::Class, [](const Word* w) { return detail::is_list(w[3]); });
         n[1] = n[3];
       }},
      {"a class refers to groups of another class",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Class, [](const Word* w) { return w[4] != detail::kNoNode; });
         n[2] = n[4];
       }},
      {"a class refers to groups of another class", [](Surgeon& i) { i.header().salt += 1; }},
      {"the classes of actions are not in order",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Generals);
         std::swap(n[2], n[4]);
       }},
      {"an action is listed twice",
       [](Surgeon& i) {
         Word* n = i.node(NodeTag::Generals);
         n[3] = n[1];
       }},
      {"an action refers to no pattern", [](Surgeon& i) { i.node(NodeTag::Generals)[1] += 1; }},
      {"an action refers to no pattern",
       [](Surgeon& i) { i.node(NodeTag::Generals)[1] = i.ref(i.pattern(PatternKind::Segmented)); }},
      {"an action has no class", [](Surgeon& i) { i.node(NodeTag::Generals)[2] += 1; }},
      {"a service reaches beyond", [](Surgeon& i) { i.node(NodeTag::Service)[4] = kFar; }},
      {"a service has no class",
       [](Surgeon& i) {
         service(i, [](detail::ServiceNode n) { return n.any_class() != 0; })[2] += 1;
       }},
      {"text of a prefix is not in its place", [](Surgeon& i) { prefix(i, 0)->text += 1; }},
      {"text of a prefix lies outside", [](Surgeon& i) { prefix(i, 0)->size = kFar; }},
      {"parent that is not before it", [](Surgeon& i) { prefix(i, 1)->parent = 2; }},
      {"a prefix has no class", [](Surgeon& i) { prefix(i, 0)->action_class += 1; }},
      {"the prefixes of a service are not in order",
       [](Surgeon& i) { prefix_text(i, 0)[0] = 'z'; }},
      {"a prefix does not begin with its parent",
       [](Surgeon& i) { prefix_text(i, 0)[0] = 'a'; }},
      {"a prefix leads where its parent does",
       [](Surgeon& i) { prefix(i, 1)->action_class = prefix(i, 0)->action_class; }},
      // Tables.
      {"does not say that it denies", [](Surgeon& i) { i.header().has_deny = 0; }},
      {"`*` has no class", [](Surgeon& i) { i.header().star_class += 1; }},
      {"are no such node", [](Surgeon& i) { i.header().any_service_actions += 1; }},
      {"table of actions refers to none",
       [](Surgeon& i) {
         for (auto& slot : i.section<detail::ActionSlot>(Section::ActionSlots))
           slot.action += slot.action != 0 ? 1 : 0;
       }},
      {"has no free slot",
       [](Surgeon& i) {
         for (auto& slot : i.section<detail::ActionSlot>(Section::ActionSlots))
           slot.action = i.ref(i.node(NodeTag::Action));
       }},
      {"table's size is no power of two",
       [](Surgeon& i) {
         // Eight slots less one; the bytes left over go to padding.
         auto& slots = i.entry(Section::ActionSlots);
         auto& services = i.entry(Section::Services);
         slots.count -= 1;
         services.offset -= sizeof(detail::ActionSlot);
         services.count += 2;
       }},
      {"table of services refers to none",
       [](Surgeon& i) {
         for (Ref& ref : i.section<Ref>(Section::Services)) ref += ref != 0 ? 1 : 0;
       }},
      {"has no free slot",
       [](Surgeon& i) {
         for (Ref& ref : i.section<Ref>(Section::Services)) ref = i.ref(i.node(NodeTag::Service));
       }},
      {"resources have no table", [](Surgeon& i) { i.header().table += 1; }},
      {"the tags of a table are not of its classes",
       [](Surgeon& i) { *i.node(NodeTag::Table) -= detail::TableNode::KeyBits::put(1); }},
      {"a table is empty", [](Surgeon& i) { i.node(NodeTag::Table)[1] = 0; }},
      {"a table is empty", [](Surgeon& i) { i.node(NodeTag::Table)[2] = 0; }},
      {"a table reaches beyond", [](Surgeon& i) { i.node(NodeTag::Table)[1] = kFar; }},
      {"a table reaches beyond", [](Surgeon& i) { i.node(NodeTag::Table)[2] = kFar; }},
      {"buckets are too small",
       [](Surgeon& i) { *i.node(NodeTag::Table) &= ~detail::TableNode::BucketWords::put(0x7f); }},
      {"tags of a table are of no possible size",
       [](Surgeon& i) { *i.node(NodeTag::Table) |= detail::TableNode::KeyBits::put(31); }},
      {"tags of a table are of no possible size",
       [](Surgeon& i) { *i.node(NodeTag::Table) &= ~detail::TableNode::KeyBits::put(31); }},
      {"a bucket is of an unknown kind", [](Surgeon& i) { *bucket(i, Bucket::Kind::Leaf) |= 3; }},
      {"a free bucket is not empty", [](Surgeon& i) { bucket(i, Bucket::Kind::Free)[1] = 1; }},
      {"table of resources refers to no leaf",
       [](Surgeon& i) { bucket(i, Bucket::Kind::Elsewhere)[1] += 2; }},
      {"table of resources refers to no leaf",
       [](Surgeon& i) { bucket(i, Bucket::Kind::Elsewhere)[1] = 0; }},
      {"table of resources refers to a list that is in use",
       [](Surgeon& i) {
         const Ref list = detail::node_of(i.node(NodeTag::Class, [](const Word* w) {
           return detail::is_list(w[3]);
         })[3]);
         bucket(i, Bucket::Kind::Elsewhere)[1] = detail::list_target(list);
       }},
      {"a bucket holds no leaf",
       [](Surgeon& i) { bucket(i, Bucket::Kind::Leaf)[1] &= ~Word{15}; }},
      {"a leaf reaches beyond the end of its bucket",
       [](Surgeon& i) { literal_size(bucket(i, Bucket::Kind::Leaf) + 1) += 256; }},
      // Records.
      {"a condition has no node",
       [](Surgeon& i) { first<detail::TermRecord>(i, Section::Terms).node += 1; }},
      {"values are not behind those",
       [](Surgeon& i) { first<detail::TermRecord>(i, Section::Terms).values.begin = 1; }},
      {"not as many texts as values",
       [](Surgeon& i) { first<detail::TermRecord>(i, Section::Terms).values.count += 1; }},
      {"a value lies outside the texts",
       [](Surgeon& i) { first<detail::StringRef>(i, Section::ValueTexts).offset = 0xffffffffU; }},
      {"a resource has no pattern",
       [](Surgeon& i) { first<detail::PatternRecord>(i, Section::Patterns).node += 1; }},
      {"a resource has no pattern",
       [](Surgeon& i) {
         first<detail::PatternRecord>(i, Section::Patterns).node =
             detail::kWrittenPattern | static_cast<Ref>(PatternKind::General);
       }},
      {"a resource lies outside the texts",
       [](Surgeon& i) { first<detail::PatternRecord>(i, Section::Patterns).text.size = kFar; }},
      {"an action has no pattern",
       [](Surgeon& i) {
         for (auto& action : i.section<detail::ActionRecord>(Section::Actions))
           action.pattern += action.pattern != 0 ? 1 : 0;
       }},
      {"an action lies outside the texts",
       [](Surgeon& i) { first<detail::ActionRecord>(i, Section::Actions).text.size = kFar; }},
      {"a statement refers to no condition",
       [](Surgeon& i) { first<std::uint32_t>(i, Section::ConditionRefs) = kFar; }},
      {"a statement refers to no action",
       [](Surgeon& i) { first<std::uint32_t>(i, Section::ActionRefs) = kFar; }},
      {"a statement refers to no resource",
       [](Surgeon& i) { first<std::uint32_t>(i, Section::ResourceRefs) = kFar; }},
      {"lists are not behind those",
       [](Surgeon& i) {
         first<detail::StatementRecord>(i, Section::Statements).actions.begin = 1;
       }},
      {"not as many elements as are listed",
       [](Surgeon& i) {
         i.section<detail::StatementRecord>(Section::Statements).back().actions.count += 1;
       }},
      {"an unknown effect",
       [](Surgeon& i) {
         first<detail::StatementRecord>(i, Section::Statements).effect = static_cast<Effect>(2);
       }},
      {"a flag is not 0 or 1",
       [](Surgeon& i) { first<detail::StatementRecord>(i, Section::Statements).any_resource = 2; }},
      {"a statement refers to no principals",
       [](Surgeon& i) {
         first<detail::StatementRecord>(i, Section::Statements).has_principal = 1;
       }},
      {"a statement refers to no principals",
       [](Surgeon& i) {
         first<detail::StatementRecord>(i, Section::Statements).principals =
             i.ref(i.node(NodeTag::Leaf));
       }},
      {"does not say that it denies",
       [](Surgeon&
              i) { first<detail::StatementRecord>(i, Section::Statements).effect = Effect::Deny; },
       2},
      {"a Sid lies outside the texts",
       [](Surgeon&
              i) { first<detail::StatementSource>(i, Section::StatementSources).sid.size = kFar; }},
      {"a condition lies outside the texts",
       [](Surgeon&
              i) { first<detail::ConditionSource>(i, Section::ConditionSources).key.size = kFar; }},
  };
  return list;
}
// NOLINTEND

TEST(ImageVerifierTest, EachDamageIsRefusedByItsOwnCheck) {
  const std::string good = serialize_image(sample_entries()).value();
  ASSERT_TRUE(PolicyImage::from_bytes(good).has_value());
  std::size_t number = 0;
  for (const Damage& damage : damages()) {
    SCOPED_TRACE("damage " + std::to_string(number++) + ": " + damage.says);
    Surgeon image(good, damage.entry);
    damage.make(image);
    const Result<PolicyImage> opened = image.open();
    if (opened) {
      ADD_FAILURE() << "is accepted";
      continue;
    }
    EXPECT_EQ(opened.error().code, ErrorCode::ImageCorrupt);
    EXPECT_THAT(opened.error().message, testing::HasSubstr(damage.says));
  }
}

// The sample has every tag and every kind of pattern, or the list above would have holes.
TEST(ImageVerifierTest, TheSampleHoldsEveryKindOfNode) {
  const std::string good = serialize_image(sample_entries()).value();
  std::set<NodeTag> tags;
  for (const std::size_t entry : {0U, 1U}) {
    Surgeon image(good, entry);
    detail::CodeVerifier verifier(image.section<Word>(Section::Code),
                                  image.section<detail::DocumentRecord>(Section::Documents),
                                  image.header().salt, 1000);
    ASSERT_FALSE(verifier.run());
    for (unsigned tag = 1; tag < detail::kNodeTagCount; ++tag) {
      for (Ref ref = 1; ref < image.section<Word>(Section::Code).size(); ++ref) {
        if (verifier.is(static_cast<NodeTag>(tag), ref)) tags.insert(static_cast<NodeTag>(tag));
      }
    }
  }
  EXPECT_EQ(tags.size(), detail::kNodeTagCount - 1U);
}

}  // namespace
}  // namespace writ::test
