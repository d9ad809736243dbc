// Not API, may change in any release. IndexBuilder: from statements to dispatch.
//
// An action leads to the classes of statements that list it: one class for its exact spelling, one
// for each distinct wildcard pattern that covers it. Statements that list the same actions share a
// class, so a statement with a thousand actions is indexed once. A class leads to its statements by
// resource: patterns are grouped by which ARN fields are literal (GroupHead), and each group is
// looked up by those fields and the beginning of the last one, cut in a few ways (cut_chooser.h).
// What a look-up returns is a superset: the leaf decides. Lists that many principals share branch
// once more, by principal. resource_table.h lays out what all look-ups lead to.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "writ/impl/cut_chooser.h"
#include "writ/impl/index_keys.h"
#include "writ/impl/program_builder.h"
#include "writ/impl/resource_table.h"
#include "writ/impl/slot_table.h"

namespace writ::inline v0 {
namespace detail {

/// How many statements a list holds before it branches by principal.
inline constexpr std::size_t kPrincipalLimit = 8;

class IndexBuilder {
 public:
  explicit IndexBuilder(ProgramBuilder& program) noexcept
      : program_(program), class_ids_(program.seed()), table_(program) {}

  void build();
  [[nodiscard]] std::uint64_t salt() const noexcept { return salt_; }

  std::vector<ActionSlot> actions;
  std::vector<Ref> services;
  Ref star_class = kNoNode;
  Ref any_service_actions = kNoNode;
  Ref table = kNoNode;
  std::uint64_t table_factor = 1;
  std::uint64_t slot_factor = kNoFactor;
  bool has_deny = false;
  bool is_complete = true;  ///< the tables hold all keys

 private:
  using StatementList = std::span<const std::uint32_t>;
  /// A leaf on its way into a list.
  struct Candidate {
    std::uint32_t statement;
    std::uint32_t leaf;
    std::uint32_t pattern;
  };
  struct Entry {
    std::uint64_t key;
    std::uint32_t class_side;
    std::uint32_t leaf;  ///< in the order of statements
  };
  struct Root {
    Target flat = 0;
    Ref groups = kNoNode;
  };

  [[nodiscard]] Ref class_of(StatementList statements);
  [[nodiscard]] Root root_of(StatementList statements, std::uint64_t seed);
  [[nodiscard]] Ref write_groups(std::vector<Candidate>& members, std::uint64_t seed);
  [[nodiscard]] Posting add_list(const Candidate* members, std::size_t count, std::uint64_t key);
  [[nodiscard]] Posting write_list(const std::vector<std::uint32_t>& leaves, bool has_switch,
                                   std::uint64_t key);
  /// Takes from the budget, or leaves it and says no.
  [[nodiscard]] bool spend(std::uint64_t postings) noexcept {
    if (postings > budget_) return false;
    budget_ -= postings;
    return true;
  }
  void index_actions();
  static void sort_by_class(std::vector<GeneralAction>& entries);
  static void drop_covered(std::vector<std::pair<std::string, Ref>>& prefixes);
  [[nodiscard]] Ref write_action(std::uint32_t id, Ref next);
  [[nodiscard]] Ref write_service(std::span<const std::uint32_t> ids, Ref next);
  /// Exact actions, and wildcards of one service each; sorts the wildcards.
  void write_slots(const std::vector<std::uint32_t>& exact, std::vector<std::uint32_t>& wildcards);
  [[nodiscard]] std::string_view service_of(std::uint32_t id) const noexcept {
    const IndexedAction& action = program_.indexed_actions[id];
    return program_.index_text(action.text).substr(0, action.service_size);
  }
  [[nodiscard]] auto by_text() const noexcept {
    return [this](std::uint32_t a, std::uint32_t b) {
      return program_.index_text(program_.indexed_actions[a].text) <
             program_.index_text(program_.indexed_actions[b].text);
    };
  }
  void list_statements();
  [[nodiscard]] StatementList list_of(const IndexedAction& action) const noexcept {
    return StatementList(lists_).subspan(action.statements.begin, action.statements.count);
  }
  void finish_table();

  ProgramBuilder& program_;
  /// Postings still allowed. A statement is posted once for each of its classes, resources and
  /// principals, which hostile documents can make cubic, and each posting hashes the resource's
  /// text. The budget follows from the bytes of what the documents list, about sixteen postings for
  /// an average action or resource; beyond it candidates are listed plainly, and the tests that
  /// dispatch would have saved are made at evaluation. So memory and time are linear.
  std::uint64_t budget_ = 0;
  /// Of all texts: whoever knows a part of the documents cannot choose hashes.
  std::uint64_t salt_ = 0;
  std::uint32_t class_side_ = 0;  ///< that lists are made for
  InternTable class_ids_;
  std::vector<std::pair<StatementList, Ref>> classes_;
  std::vector<std::uint32_t> lists_;  ///< statements, by action
  std::vector<std::uint32_t> everything_;
  std::vector<std::uint32_t> whole_leaves_;  ///< by statement, kNone where there is none
  std::vector<Entry> entries_;
  ResourceTable table_;
  // Scratch, kept for its memory.
  std::vector<std::uint32_t> deny_;
  std::vector<std::uint32_t> allow_;
  std::vector<Candidate> flat_;
  std::vector<Candidate> dispatched_;
  std::vector<std::uint32_t> direct_;
};

inline void IndexBuilder::build() {
  for (const StatementRecord& statement : program_.statements) {
    has_deny |= statement.effect == Effect::Deny;
  }
  budget_ = 64 + program_.listed_bytes / 2 + 16 * program_.statements.size();
  salt_ = hash_bytes({program_.strings.data(), program_.strings.size()});
  index_actions();
  if (is_complete) finish_table();
}

inline Ref IndexBuilder::class_of(StatementList statements) {
  std::uint64_t hash = class_ids_.seed();
  for (const std::uint32_t index : statements) hash = hash_combine(hash, index);
  const auto number = static_cast<std::uint32_t>(classes_.size());
  const std::uint32_t found = class_ids_.find_or_add(hash, number, [&](std::uint32_t other) {
    const StatementList list = classes_[other].first;
    return std::equal(list.begin(), list.end(), statements.begin(), statements.end());
  });
  if (found != InternTable::kAbsent) return classes_[found].second;
  classes_.emplace_back(statements, kNoNode);
  deny_.clear();
  allow_.clear();
  bool action_dependent = false;
  for (const std::uint32_t index : statements) {
    (program_.statements[index].effect == Effect::Deny ? deny_ : allow_).push_back(index);
    action_dependent |= program_.statements[index].not_action != 0;
  }
  const Word head =
      class_head::ActionDependent::put(action_dependent ? 1 : 0) | class_head::Number::put(number);
  // root_of uses all scratch but these two lists.
  class_side_ = class_head::side(head, true);
  const Root deny_root = root_of(deny_, side_seed(salt_, number, true));
  class_side_ = class_head::side(head, false);
  const Root allow_root = root_of(allow_, side_seed(salt_, number, false));
  const Ref ref = program_.code.begin(NodeTag::Class, head);
  program_.code.put(deny_root.flat);
  program_.code.put(deny_root.groups);
  program_.code.put(allow_root.flat);
  program_.code.put(allow_root.groups);
  classes_[number].second = ref;
  return ref;
}

inline IndexBuilder::Root IndexBuilder::root_of(StatementList statements, std::uint64_t seed) {
  Root root;
  if (statements.empty()) return root;
  std::uint64_t wanted = 0;
  for (const std::uint32_t index : statements) wanted += program_.indexed[index].cost;
  const bool affordable = spend(wanted);
  std::vector<Candidate>& flat = flat_;
  std::vector<Candidate>& dispatched = dispatched_;
  flat.clear();
  dispatched.clear();
  for (const std::uint32_t index : statements) {
    const Range range = program_.indexed[index].leaves;
    if (!affordable && range.count > 1) {
      whole_leaves_.resize(program_.statements.size(), kNone);
      std::uint32_t& leaf = whole_leaves_[index];
      if (leaf == kNone) leaf = program_.whole_leaf(index);
      flat.push_back({index, leaf, kNone});
      continue;
    }
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const std::uint32_t leaf = range.begin + i;
      const std::uint32_t pattern = program_.leaves[leaf].pattern;
      const bool plain = pattern == kNone || !affordable;
      (plain ? flat : dispatched).push_back({index, leaf, pattern});
    }
  }
  if (dispatched.size() <= kFlatLimit && !dispatched.empty()) {
    flat.insert(flat.end(), dispatched.begin(), dispatched.end());
    std::stable_sort(flat.begin(), flat.end(), [](const Candidate& a, const Candidate& b) {
      return a.statement < b.statement;
    });
    dispatched.clear();
  }
  if (!flat.empty()) {
    root.flat = table_.target_of(add_list(flat.data(), flat.size(), seed));
  }
  if (!dispatched.empty()) root.groups = write_groups(dispatched, seed);
  return root;
}

inline Ref IndexBuilder::write_groups(std::vector<Candidate>& members, std::uint64_t seed) {
  const auto shape_id = [this](const Candidate& candidate) {
    const PatternShape& shape = program_.shapes[candidate.pattern];
    return GroupHead::Left::put(shape.left_fields) | GroupHead::Right::put(shape.right_fields) |
           GroupHead::Crossing::put(shape.crossing ? 1 : 0);
  };
  std::map<Word, std::vector<Candidate>> shapes;
  for (const Candidate& candidate : members) shapes[shape_id(candidate)].push_back(candidate);
  std::vector<Word> words;
  for (const auto& [id, group] : shapes) {
    const std::uint64_t first = group_seed(seed, id);
    const bool crossing = GroupHead::Crossing::get(id) != 0;
    CutChooser chooser(crossing ? kOpenBytes : std::string_view::npos);
    bool has_exact = false;
    for (const Candidate& candidate : group) {
      const PatternShape& shape = program_.shapes[candidate.pattern];
      has_exact |= shape.exact;
      if (shape.exact) continue;
      const std::string_view tail = program_.index_text(shape.tail);
      if (shape.has_ending) {
        chooser.add(tail, program_.index_text(shape.ending));
      } else {
        chooser.add(tail);
      }
    }
    const std::vector<Word>& cuts = chooser.choose();
    words.push_back(GroupHead::Shape::put(id) | GroupHead::HasExact::put(has_exact ? 1 : 0) |
                    GroupHead::CutCount::put(static_cast<Word>(cuts.size())));
    words.push_back(static_cast<Word>(first));
    words.push_back(static_cast<Word>(first >> 32U));
    words.insert(words.end(), cuts.begin(), cuts.end());
    std::size_t prefix = 0;
    for (const Candidate& candidate : group) {
      const PatternShape& shape = program_.shapes[candidate.pattern];
      std::uint64_t base = first;
      for (std::size_t i = 0; i < 4 && shape.left_fields != 0xf; ++i) {
        if (((shape.left_fields | shape.right_fields) >> i & 1U) != 0) {
          base = hash_combine(base, shape.fields[i]);
        }
      }
      if (shape.left_fields == 0xf) base ^= hash_fields(shape.fields);
      const std::string_view tail = program_.index_text(shape.tail);
      const Word cut = shape.exact ? kWholeTail : chooser.cut_of(prefix++);
      const std::string_view part = shape.exact ? tail
                                    : Cut::kind(cut) == Cut::Kind::Ending
                                        ? program_.index_text(shape.ending)
                                        : cut_text(tail, cut);
      const std::uint64_t hash = shape.exact && crossing ? hash_open_tail(part) : hash_bytes(part);
      entries_.push_back({bucket_key(base, cut, hash), class_side_, candidate.leaf});
    }
  }
  const Ref ref =
      program_.code.begin(NodeTag::Groups, CountBits::put(static_cast<Word>(shapes.size())));
  for (const Word word : words) program_.code.put(word);
  return ref;
}

inline Posting IndexBuilder::write_list(const std::vector<std::uint32_t>& leaves, bool has_switch,
                                        std::uint64_t key) {
  if (!has_switch && leaves.size() == 1) return {leaves[0], 0};
  for (const std::uint32_t leaf : leaves) static_cast<void>(program_.leaf_node(leaf));
  const Ref ref = program_.code.begin(NodeTag::List,
                                      list_head::HasSwitch::put(has_switch ? 1 : 0) |
                                          list_head::Count::put(static_cast<Word>(leaves.size())));
  if (has_switch) program_.code.put64(key);
  for (const std::uint32_t leaf : leaves) program_.code.put(program_.leaf_node(leaf));
  return {kNone, list_target(ref)};
}

inline Posting IndexBuilder::add_list(const Candidate* members, std::size_t count,
                                      std::uint64_t key) {
  std::vector<std::uint32_t>& direct = direct_;
  direct.clear();
  std::uint64_t wanted = 0;
  if (count > kPrincipalLimit) {
    for (std::size_t i = 0; i < count; ++i) {
      wanted += program_.indexed[members[i].statement].principal_keys.count;
    }
  }
  if (wanted == 0 || !spend(wanted)) {
    for (std::size_t i = 0; i < count; ++i) direct.push_back(members[i].leaf);
    return write_list(direct, false, 0);
  }
  std::map<std::uint64_t, std::vector<std::uint32_t>> by_principal;
  for (std::size_t i = 0; i < count; ++i) {
    const IndexedStatement& facts = program_.indexed[members[i].statement];
    if (!facts.plain_principals) {
      direct.push_back(members[i].leaf);
      continue;
    }
    for (std::uint32_t k = 0; k < facts.principal_keys.count; ++k) {
      const std::uint64_t principal = program_.principal_keys[facts.principal_keys.begin + k];
      std::vector<std::uint32_t>& list = by_principal[hash_combine(key, principal)];
      if (list.empty() || list.back() != members[i].leaf) list.push_back(members[i].leaf);
    }
  }
  for (const auto& [branch_key, leaves] : by_principal) {
    table_.add(branch_key, class_side_, write_list(leaves, false, 0));
  }
  return write_list(direct, !by_principal.empty(), key);
}

/// Makes the lists of statements by action: a counting sort.
inline void IndexBuilder::list_statements() {
  std::vector<IndexedAction>& all = program_.indexed_actions;
  for (const auto& [action, statement] : program_.listings) ++all[action].statements.count;
  std::uint32_t at = 0;
  for (IndexedAction& action : all) {
    action.statements.begin = at;
    at += std::exchange(action.statements.count, 0);
  }
  lists_.resize(at);
  for (const auto& [action, statement] : program_.listings) {
    Range& range = all[action].statements;
    lists_[range.begin + range.count++] = statement;
  }
}

inline void IndexBuilder::index_actions() {
  using Kind = IndexedAction::Kind;
  list_statements();
  // In alphabetical order: actions of one service stand side by side.
  std::vector<std::uint32_t> exact_ids;
  std::vector<std::uint32_t> wildcards;
  std::vector<std::uint32_t> any_service;
  const auto count = static_cast<std::uint32_t>(program_.indexed_actions.size());
  for (std::uint32_t id = 0; id < count; ++id) {
    const IndexedAction& action = program_.indexed_actions[id];
    if (action.statements.count == 0) continue;  // of NotAction alone
    if (action.kind == Kind::Everything) {
      const StatementList list = list_of(action);
      everything_.assign(list.begin(), list.end());
    } else {
      (action.kind == Kind::Exact        ? exact_ids
       : action.kind == Kind::AnyService ? any_service
                                         : wildcards)
          .push_back(id);
    }
  }
  const std::size_t stars = everything_.size();
  for (std::uint32_t i = 0; i < program_.statements.size(); ++i) {
    if (program_.statements[i].not_action != 0) everything_.push_back(i);
  }
  std::inplace_merge(everything_.begin(), everything_.begin() + static_cast<std::ptrdiff_t>(stars),
                     everything_.end());
  if (!everything_.empty()) star_class = class_of(everything_);

  write_slots(exact_ids, wildcards);
  if (!any_service.empty()) {
    std::sort(any_service.begin(), any_service.end(), by_text());
    std::vector<GeneralAction> entries;
    for (const std::uint32_t id : any_service) {
      const std::string text(program_.index_text(program_.indexed_actions[id].text));
      const Ref action_class = class_of(list_of(program_.indexed_actions[id]));
      entries.push_back({program_.action_node(text), action_class});
    }
    sort_by_class(entries);
    any_service_actions =
        program_.code.begin(NodeTag::Generals, CountBits::put(static_cast<Word>(entries.size())));
    for (const GeneralAction& entry : entries) program_.code.put_record(entry);
  }
}

inline void IndexBuilder::write_slots(const std::vector<std::uint32_t>& exact,
                                      std::vector<std::uint32_t>& wildcards) {
  std::sort(wildcards.begin(), wildcards.end(), by_text());
  std::vector<std::span<const std::uint32_t>> of_service;
  for (std::size_t i = 0; i < wildcards.size();) {
    std::size_t end = i;
    while (end < wildcards.size() && service_of(wildcards[end]) == service_of(wildcards[i])) ++end;
    of_service.emplace_back(wildcards.data() + i, end - i);
    i = end;
  }
  std::vector<std::uint64_t> action_hashes;
  action_hashes.reserve(exact.size());
  for (const std::uint32_t id : exact) action_hashes.push_back(program_.indexed_actions[id].hash);
  std::vector<std::uint64_t> service_hashes;
  for (const auto& ids : of_service) service_hashes.push_back(hash_bytes(service_of(ids[0])));
  SlotTable action_slots(std::move(action_hashes), (exact.size() * 4 + 2) / 3);
  SlotTable service_slots(std::move(service_hashes), of_service.size() * 2);
  is_complete =
      place_both(action_slots, service_slots, hash_combine(salt_, 0x736c6f7473ULL), slot_factor);
  if (!is_complete) return;

  // Exact actions stay in the order of their statements, as their classes.
  std::vector<Ref> nodes;
  const auto next_of = [&nodes](const SlotTable& slots) {
    const std::uint32_t before = slots.before(nodes.size());
    return before == SlotTable::kFree ? kNoNode : nodes[before];
  };
  nodes.reserve(exact.size());
  for (const std::uint32_t id : exact) nodes.push_back(write_action(id, next_of(action_slots)));
  for (const std::uint32_t i : action_slots.slots()) {
    actions.push_back(i == SlotTable::kFree
                          ? ActionSlot()
                          : ActionSlot{ActionSlot::tag_of(action_slots.hash(i)), nodes[i]});
  }
  nodes.clear();
  for (const auto& ids : of_service) nodes.push_back(write_service(ids, next_of(service_slots)));
  for (const std::uint32_t i : service_slots.slots()) {
    services.push_back(i == SlotTable::kFree ? kNoNode : nodes[i]);
  }
}

/// Those of one class side by side, where visit_generals takes them for one.
inline void IndexBuilder::sort_by_class(std::vector<GeneralAction>& entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const GeneralAction& a, const GeneralAction& b) {
                     return a.action_class < b.action_class;
                   });
}

/// Leaves out of sorted prefixes what a shorter one leads to the same class.
inline void IndexBuilder::drop_covered(std::vector<std::pair<std::string, Ref>>& prefixes) {
  std::vector<std::size_t> open;  // those kept that begin the next one
  std::size_t kept = 0;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    const std::string& text = prefixes[i].first;
    const Ref action_class = prefixes[i].second;  // clang 14 captures no structured binding
    while (!open.empty() && !text.starts_with(prefixes[open.back()].first)) open.pop_back();
    if (std::any_of(open.begin(), open.end(),
                    [&](std::size_t k) { return prefixes[k].second == action_class; })) {
      continue;
    }
    if (kept != i) prefixes[kept] = std::move(prefixes[i]);
    open.push_back(kept++);
  }
  prefixes.resize(kept);
}

inline Ref IndexBuilder::write_action(std::uint32_t id, Ref next) {
  const IndexedAction& action = program_.indexed_actions[id];
  const Ref action_class = class_of(list_of(action));
  const Ref node =
      program_.code.begin(NodeTag::Action, action_head::HasNext::put(next == kNoNode ? 0 : 1) |
                                               action_head::Size::put(action.text.size));
  program_.code.put(action_class);
  program_.code.put_text(program_.index_text(action.text));
  if (next != kNoNode) program_.code.put(next);
  return node;
}

inline Ref IndexBuilder::write_service(std::span<const std::uint32_t> ids, Ref next) {
  using Kind = IndexedAction::Kind;
  CodeWriter& code = program_.code;
  const std::string name(service_of(ids[0]));
  Ref any_class = kNoNode;
  std::vector<GeneralAction> generals;
  std::vector<std::pair<std::string, Ref>> prefixes;  // sorted, as ids are
  for (const std::uint32_t id : ids) {
    const IndexedAction& action = program_.indexed_actions[id];
    const Ref action_class = class_of(list_of(action));
    const std::string text(program_.index_text(action.text).substr(name.size() + 1));
    switch (action.kind) {
      case Kind::Service:
        any_class = action_class;
        break;
      case Kind::Prefix:
        prefixes.emplace_back(text.substr(0, text.size() - 1), action_class);
        break;
      case Kind::General:
      case Kind::Exact:
      case Kind::Everything:
      case Kind::AnyService:
        generals.push_back({program_.action_node(name + ":" + text), action_class});
        break;
    }
  }
  sort_by_class(generals);
  // `*` sorts before letters, so a prefix may stand behind one that it begins.
  std::sort(prefixes.begin(), prefixes.end());
  drop_covered(prefixes);
  const Ref service = code.begin(NodeTag::Service, CountBits::put(static_cast<Word>(name.size())));
  code.put(static_cast<Word>(hash_bytes(name)));
  code.put(any_class);
  code.put(prefixes.size());
  code.put(generals.size());
  code.put(next);
  code.put_text(name);
  const std::size_t first_prefix = code.size();
  // The entries that begin the next one form a stack.
  std::vector<Word> open;
  std::size_t text_at = first_prefix + prefixes.size() * (sizeof(ActionPrefix) / sizeof(Word)) +
                        generals.size() * (sizeof(GeneralAction) / sizeof(Word));
  for (Word i = 0; i < prefixes.size(); ++i) {
    const std::string& text = prefixes[i].first;
    while (!open.empty()) {
      const std::string& begin = prefixes[open.back()].first;
      if (text.compare(0, begin.size(), begin) == 0) break;
      open.pop_back();
    }
    ActionPrefix entry;
    const std::uint64_t key = name_key(text);
    entry.key_low = static_cast<Word>(key);
    entry.key_high = static_cast<Word>(key >> 32U);
    entry.size = static_cast<Word>(text.size());
    entry.text = static_cast<Word>(text_at - service);
    entry.action_class = prefixes[i].second;
    entry.parent = open.empty() ? 0 : 1 + open.back();
    code.put_record(entry);
    text_at += words_of(text.size());
    open.push_back(i);
  }
  for (const GeneralAction& entry : generals) code.put_record(entry);
  for (const auto& [text, action_class] : prefixes) code.put_text(text);
  return service;
}

inline void IndexBuilder::finish_table() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    if (a.key != b.key) return a.key < b.key;
    if (a.class_side != b.class_side) return a.class_side < b.class_side;
    return a.leaf < b.leaf;
  });
  table_.reserve(entries_.size());
  std::vector<Candidate> members;
  for (std::size_t i = 0; i < entries_.size();) {
    const std::uint64_t key = entries_[i].key;
    class_side_ = entries_[i].class_side;
    members.clear();
    for (; i < entries_.size() && entries_[i].key == key && entries_[i].class_side == class_side_;
         ++i) {
      const std::uint32_t leaf = entries_[i].leaf;
      members.push_back({program_.statement_of(leaf), leaf, kNone});
    }
    table_.add(key, class_side_, add_list(members.data(), members.size(), key));
  }
  std::vector<Entry>().swap(entries_);
  table = table_.write(2 * classes_.size(), salt_);
  is_complete = !table_.failed();
  table_factor = table_.factor();
  program_.leaf_drafts = CodeWriter();  // all are where they belong
}

}  // namespace detail
}  // namespace writ::inline v0
