// Not API, may change in any release. IndexBuilder: from statements to dispatch tables.
//
// An action leads to the classes of statements that list it: one class for its exact spelling, one
// for each distinct wildcard pattern that covers it. Statements that list the same actions share a
// class, so a statement with a thousand actions is indexed once. A class leads to its statements by
// resource: patterns are grouped by which ARN fields are literal (GroupRecord), and each group is a
// hash table over those fields and the literal beginning of the last one, for a few chosen lengths
// of that beginning. What a look-up returns is a superset: the pattern itself decides. Lists that
// many principals share branch once more, by principal.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "writ/impl/program_builder.h"

namespace writ::inline v0 {
namespace detail {

/// How many candidates are simply tried one after the other.
inline constexpr std::size_t kFlatLimit = 4;
/// How many statements a list holds before it branches by principal.
inline constexpr std::size_t kPrincipalLimit = 8;
/// How many lengths of literal beginnings a group distinguishes.
inline constexpr std::size_t kLengthLimit = 8;

class IndexBuilder {
 public:
  explicit IndexBuilder(ProgramBuilder& program) noexcept : program_(program) {}

  void build();

  std::vector<ActionSlot> action_slots;
  std::vector<ServiceSlot> service_slots;
  std::vector<ActionPrefix> action_prefixes;
  std::vector<ActionPattern> action_patterns;
  std::vector<ActionClass> classes;
  std::vector<GroupRecord> groups;
  std::vector<std::uint32_t> lengths;
  std::vector<Bucket> buckets;
  std::vector<PostingList> lists;
  std::vector<Posting> postings;
  std::uint32_t star_class = kNone;
  Range patterns_any_service;
  bool has_deny = false;

 private:
  using StatementList = std::vector<std::uint32_t>;
  struct Entry {
    std::uint64_t key;
    Posting posting;
  };

  [[nodiscard]] std::uint32_t class_of(const StatementList& statements);
  [[nodiscard]] IndexRoot root_of(const StatementList& statements, std::uint64_t seed);
  void add_group(const std::vector<Posting>& members, std::uint64_t seed);
  void add_entry(std::uint64_t key, Posting posting) { entries_.push_back({key, posting}); }
  [[nodiscard]] std::uint32_t add_list(std::vector<Posting> list, std::uint64_t key);
  [[nodiscard]] bool has_plain_principals(std::uint32_t statement) const;
  /// Takes from the budget, or leaves it and says no.
  [[nodiscard]] bool spend(std::uint64_t postings) noexcept {
    if (postings > budget_) return false;
    budget_ -= postings;
    return true;
  }
  void index_actions();
  void index_wildcard_actions(const std::map<std::string, StatementList>& patterns);
  void finish_buckets();

  ProgramBuilder& program_;
  /// Postings still allowed. A statement is posted once for each of its classes, resources and
  /// principals, which hostile documents can make cubic; beyond the budget candidates are listed
  /// plainly, and the tests that dispatch would have saved are made at evaluation.
  std::uint64_t budget_ = 0;
  std::map<StatementList, std::uint32_t> class_ids_;
  std::vector<Entry> entries_;
  std::vector<Bucket> pending_;
};

/// A power of two with room to spare.
[[nodiscard]] inline std::size_t table_size(std::size_t count) noexcept {
  std::size_t size = 1;
  while (size < count * 2) size *= 2;
  return count == 0 ? 0 : size;
}

inline void IndexBuilder::build() {
  for (const StatementRecord& statement : program_.statements) {
    has_deny |= statement.effect == Effect::Deny;
  }
  budget_ = 64 + 16ULL * (program_.action_refs.size() + program_.resource_refs.size() +
                          program_.principals.size() + program_.statements.size());
  index_actions();
  finish_buckets();
}

inline std::uint32_t IndexBuilder::class_of(const StatementList& statements) {
  const auto [place, fresh] =
      class_ids_.emplace(statements, static_cast<std::uint32_t>(classes.size()));
  if (!fresh) return place->second;
  StatementList deny;
  StatementList allow;
  for (const std::uint32_t index : statements) {
    (program_.statements[index].effect == Effect::Deny ? deny : allow).push_back(index);
  }
  const std::uint64_t seed = hash_combine(classes.size(), 0x636c617373ULL);
  classes.emplace_back();
  const std::uint32_t id = place->second;
  const IndexRoot deny_root = root_of(deny, hash_combine(seed, 1));
  const IndexRoot allow_root = root_of(allow, hash_combine(seed, 2));
  classes[id] = {deny_root, allow_root};
  return id;
}

inline IndexRoot IndexBuilder::root_of(const StatementList& statements, std::uint64_t seed) {
  IndexRoot root;
  root.flat_key = seed;
  std::vector<Posting> flat;
  std::vector<Posting> dispatched;
  std::uint64_t wanted = 0;
  for (const std::uint32_t index : statements) wanted += program_.statements[index].resources.count;
  const bool affordable = spend(wanted);
  for (const std::uint32_t index : statements) {
    const StatementRecord& statement = program_.statements[index];
    if (!affordable || statement.any_resource != 0 || statement.not_resource != 0) {
      flat.push_back({index, kNone});
      continue;
    }
    for (std::uint32_t i = 0; i < statement.resources.count; ++i) {
      const std::uint32_t pattern = program_.resource_refs[statement.resources.begin + i];
      dispatched.push_back({index, pattern});
    }
  }
  if (dispatched.size() <= kFlatLimit) {
    flat.insert(flat.end(), dispatched.begin(), dispatched.end());
    dispatched.clear();
  }
  if (!flat.empty()) root.flat = add_list(std::move(flat), seed);

  // Group the rest by shape.
  std::map<std::uint32_t, std::vector<Posting>> shapes;
  for (const Posting& posting : dispatched) {
    const PatternShape& shape = program_.shapes[posting.pattern];
    const std::uint32_t id = shape.left_fields |
                             (static_cast<std::uint32_t>(shape.right_fields) << 8U) |
                             (shape.crossing ? 0x10000U : 0U) | (shape.exact ? 0x20000U : 0U);
    shapes[id].push_back(posting);
  }
  root.groups.begin = static_cast<std::uint32_t>(groups.size());
  root.groups.count = static_cast<std::uint32_t>(shapes.size());
  for (const auto& [id, members] : shapes) add_group(members, hash_combine(seed, id + 1));
  return root;
}

/// What a bucket is found by: the group, its literal fields, and the beginning of the last field.
[[nodiscard]] inline std::uint64_t bucket_key(std::uint64_t group_and_fields,
                                              std::string_view tail) noexcept {
  return hash_bytes(tail, group_and_fields) | 1U;
}

inline void IndexBuilder::add_group(const std::vector<Posting>& members, std::uint64_t seed) {
  const PatternShape& first = program_.shapes[members.front().pattern];
  GroupRecord group;
  group.seed = seed;
  group.left_fields = first.left_fields;
  group.right_fields = first.right_fields;
  group.crossing = first.crossing ? 1 : 0;
  group.exact = first.exact ? 1 : 0;
  std::vector<std::uint32_t> sizes;
  if (!first.exact) {
    for (const Posting& posting : members) {
      sizes.push_back(static_cast<std::uint32_t>(program_.shapes[posting.pattern].tail.size()));
    }
    std::sort(sizes.begin(), sizes.end());
    const std::vector<std::uint32_t> all = sizes;
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    if (sizes.size() > kLengthLimit) {
      // Shorten beginnings to a few lengths, chosen so that each serves as many patterns.
      std::vector<std::uint32_t> chosen;
      for (std::size_t i = 0; i < kLengthLimit; ++i) {
        chosen.push_back(all[i * all.size() / kLengthLimit]);
      }
      chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
      // Where one length is most of them, that choice leaves places: the next most frequent lengths
      // take them, else all rarer ones would share the few buckets of a shorter length.
      std::vector<std::pair<std::size_t, std::uint32_t>> others;
      for (const std::uint32_t size : sizes) {
        if (std::binary_search(chosen.begin(), chosen.end(), size)) continue;
        const auto [begin, end] = std::equal_range(all.begin(), all.end(), size);
        others.emplace_back(static_cast<std::size_t>(end - begin), size);
      }
      std::sort(others.rbegin(), others.rend());
      for (const auto& [count, size] : others) {
        if (chosen.size() == kLengthLimit || count <= kFlatLimit) break;
        chosen.push_back(size);
      }
      std::sort(chosen.begin(), chosen.end());
      sizes = chosen;
    }
    group.lengths = {static_cast<std::uint32_t>(lengths.size()),
                     static_cast<std::uint32_t>(sizes.size())};
    lengths.insert(lengths.end(), sizes.begin(), sizes.end());
  }
  groups.push_back(group);
  for (const Posting& posting : members) {
    const PatternShape& shape = program_.shapes[posting.pattern];
    std::uint64_t key = seed;
    for (std::size_t i = 0; i < 4; ++i) {
      if (((group.left_fields | group.right_fields) >> i & 1U) != 0) {
        key = hash_combine(key, hash_bytes(shape.fields[i]));
      }
    }
    std::string_view tail = shape.tail;
    if (!shape.exact) {
      const auto above = std::upper_bound(sizes.begin(), sizes.end(), tail.size());
      tail = tail.substr(0, *(above - 1));
    }
    add_entry(bucket_key(key, tail), posting);
  }
}

inline bool IndexBuilder::has_plain_principals(std::uint32_t index) const {
  const StatementRecord& statement = program_.statements[index];
  if (statement.has_principal == 0 || statement.not_principal != 0) return false;
  for (std::uint32_t i = 0; i < statement.principals.count; ++i) {
    const PrincipalRecord& entry = program_.principals[statement.principals.begin + i];
    if (entry.dispatch_key == 0 && entry.kind != PrincipalEntryKind::Nobody) return false;
  }
  return true;
}

inline std::uint32_t IndexBuilder::add_list(std::vector<Posting> list, std::uint64_t key) {
  std::vector<Posting> direct;
  std::map<std::uint64_t, std::vector<Posting>> by_principal;
  std::uint64_t wanted = 0;
  for (const Posting& posting : list) {
    wanted += program_.statements[posting.statement].principals.count;
  }
  if (list.size() > kPrincipalLimit && wanted != 0 && spend(wanted)) {
    for (const Posting& posting : list) {
      if (!has_plain_principals(posting.statement)) {
        direct.push_back(posting);
        continue;
      }
      const StatementRecord& statement = program_.statements[posting.statement];
      for (std::uint32_t i = 0; i < statement.principals.count; ++i) {
        const PrincipalRecord& entry = program_.principals[statement.principals.begin + i];
        if (entry.dispatch_key != 0) {
          by_principal[hash_combine(key, entry.dispatch_key) | 1U].push_back(posting);
        }
      }
    }
  } else {
    direct = std::move(list);
  }
  PostingList record;
  record.postings = {static_cast<std::uint32_t>(postings.size()),
                     static_cast<std::uint32_t>(direct.size())};
  record.has_principal_switch = by_principal.empty() ? 0 : 1;
  postings.insert(postings.end(), direct.begin(), direct.end());
  lists.push_back(record);
  const auto id = static_cast<std::uint32_t>(lists.size() - 1);
  for (const auto& [principal_key, members] : by_principal) {
    PostingList branch;
    branch.postings = {static_cast<std::uint32_t>(postings.size()),
                       static_cast<std::uint32_t>(members.size())};
    postings.insert(postings.end(), members.begin(), members.end());
    pending_.push_back({principal_key, static_cast<std::uint32_t>(lists.size()), 0});
    lists.push_back(branch);
  }
  return id;
}

inline void IndexBuilder::index_actions() {
  // Which statements list which action, exactly or by pattern.
  std::map<std::string, StatementList> exact;
  std::map<std::string, StatementList> patterns;
  StatementList everything;
  for (std::uint32_t index = 0; index < program_.statements.size(); ++index) {
    const StatementRecord& statement = program_.statements[index];
    if (statement.not_action != 0) {
      everything.push_back(index);
      continue;
    }
    for (std::uint32_t i = 0; i < statement.actions.count; ++i) {
      const ActionRecord& action =
          program_.actions[program_.action_refs[statement.actions.begin + i]];
      const std::string text = folded(program_.view(action.text));
      StatementList& list = text == "*"               ? everything
                            : action.pattern == kNone ? exact[text]
                                                      : patterns[text];
      if (list.empty() || list.back() != index) list.push_back(index);
    }
  }
  if (!everything.empty()) star_class = class_of(everything);
  action_slots.resize(table_size(exact.size()));
  for (const auto& [text, statements] : exact) {
    const std::uint64_t hash = hash_bytes(text);
    std::size_t at = hash & (action_slots.size() - 1);
    while (action_slots[at].action_class != kNone) at = (at + 1) & (action_slots.size() - 1);
    action_slots[at] = {hash, program_.intern(text), class_of(statements), 0};
  }
  index_wildcard_actions(patterns);
}

inline void IndexBuilder::index_wildcard_actions(
    const std::map<std::string, StatementList>& patterns) {
  // By service; patterns with wildcards in the service come last, for all services.
  struct Service {
    std::uint32_t any_class = kNone;
    std::vector<ActionPrefix> prefixes;
    std::vector<ActionPattern> general;
  };
  std::map<std::string, Service> services;
  std::vector<ActionPattern> any_service;
  for (const auto& [text, statements] : patterns) {
    const std::uint32_t action_class = class_of(statements);
    const std::size_t colon = text.find(':');
    const std::string service = text.substr(0, colon);
    const std::string name = text.substr(colon + 1);
    const bool only_final_star = name.find_first_of("*?") == name.size() - 1 && name.back() == '*';
    if (service.find_first_of("*?") != std::string::npos) {
      any_service.push_back({program_.action_pattern(text), action_class});
    } else if (name == "*") {
      services[service].any_class = action_class;
    } else if (only_final_star) {
      const StringRef prefix = program_.intern(name.substr(0, name.size() - 1));
      services[service].prefixes.push_back({prefix, action_class, kNone});
    } else {
      services[service].general.push_back({program_.action_pattern(text), action_class});
    }
  }
  service_slots.resize(table_size(services.size()));
  for (auto& [name, service] : services) {
    ServiceSlot slot;
    slot.hash = hash_bytes(name);
    slot.text = program_.intern(name);
    slot.any_class = service.any_class;
    slot.used = 1;
    const auto base = static_cast<std::uint32_t>(action_prefixes.size());
    std::sort(service.prefixes.begin(), service.prefixes.end(),
              [this](const ActionPrefix& a, const ActionPrefix& b) {
                return program_.view(a.text) < program_.view(b.text);
              });
    // The entries that begin the next one form a stack.
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < service.prefixes.size(); ++i) {
      ActionPrefix& prefix = service.prefixes[i];
      const std::string_view text = program_.view(prefix.text);
      while (!open.empty()) {
        const std::string_view begin = program_.view(service.prefixes[open.back()].text);
        if (text.substr(0, begin.size()) == begin) break;
        open.pop_back();
      }
      if (!open.empty()) prefix.parent = base + open.back();
      open.push_back(i);
    }
    slot.prefixes = {base, static_cast<std::uint32_t>(service.prefixes.size())};
    action_prefixes.insert(action_prefixes.end(), service.prefixes.begin(), service.prefixes.end());
    slot.patterns = {static_cast<std::uint32_t>(action_patterns.size()),
                     static_cast<std::uint32_t>(service.general.size())};
    action_patterns.insert(action_patterns.end(), service.general.begin(), service.general.end());
    std::size_t at = slot.hash & (service_slots.size() - 1);
    while (service_slots[at].used != 0) at = (at + 1) & (service_slots.size() - 1);
    service_slots[at] = slot;
  }
  patterns_any_service = {static_cast<std::uint32_t>(action_patterns.size()),
                          static_cast<std::uint32_t>(any_service.size())};
  action_patterns.insert(action_patterns.end(), any_service.begin(), any_service.end());
}

inline void IndexBuilder::finish_buckets() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.key < b.key; });
  for (std::size_t i = 0; i < entries_.size();) {
    std::size_t end = i;
    std::vector<Posting> members;
    for (; end < entries_.size() && entries_[end].key == entries_[i].key; ++end) {
      members.push_back(entries_[end].posting);
    }
    pending_.push_back({entries_[i].key, 0, 0});
    const std::size_t place = pending_.size() - 1;
    pending_[place].list = add_list(std::move(members), entries_[i].key);
    i = end;
  }
  buckets.resize(table_size(pending_.size()));
  for (const Bucket& bucket : pending_) {
    std::size_t at = bucket.key >> 1U & (buckets.size() - 1);
    while (buckets[at].list != kNone) at = (at + 1) & (buckets.size() - 1);
    buckets[at] = bucket;
  }
}

}  // namespace detail
}  // namespace writ::inline v0
