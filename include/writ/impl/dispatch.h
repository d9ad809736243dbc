// Not API, may change in any release. The walk from a request to the statements that may apply.
//
// The tables are described in index_builder.h. Everything found here is a candidate: it lists the
// action for certain, its resource pattern is still to be matched.
#pragma once

#include <array>

#include "writ/impl/index_builder.h"
#include "writ/impl/pattern_match.h"
#include "writ/impl/principal.h"
#include "writ/impl/program.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

/// What dispatch needs to know of a request, computed once for all sets of an evaluation.
struct RequestKeys {
  explicit RequestKeys(const Request& asked) noexcept : request(asked) {
    if (request.resource_is_star()) return;
    for (int i = 0; i < 4; ++i) {
      fields[static_cast<std::size_t>(i)] = hash_bytes(request.resource_field(i + 1));
    }
  }
  [[nodiscard]] const std::array<std::uint64_t, 6>& principals() noexcept {
    if (!has_principals) {
      principal_keys = dispatch_keys(request);
      has_principals = true;
    }
    return principal_keys;
  }

  const Request& request;
  std::array<std::uint64_t, 4> fields = {};  ///< hashes of ARN fields 2 to 5
  std::array<std::uint64_t, 6> principal_keys = {};
  bool has_principals = false;
};

/// Calls `visit(const Posting&)` for a list and what stands behind its principal switch. All lists
/// of equal key are visited, so that no hash collision can hide a statement.
template <class Visit>
inline void visit_bucket(const Program& program, std::uint64_t key, Visit&& visit) noexcept {
  const std::span<const Bucket> buckets = program.section<Bucket>(Section::Buckets);
  if (buckets.empty()) return;
  const std::size_t mask = buckets.size() - 1;
  for (std::size_t at = key >> 1U & mask; buckets[at].list != kNone; at = (at + 1) & mask) {
    if (buckets[at].key == key) visit(buckets[at].list);
  }
}

template <class Visit>
inline void visit_list(const Program& program, std::uint32_t id, std::uint64_t key,
                       RequestKeys& keys, Visit&& visit) noexcept {
  const auto& list = program.at<PostingList>(Section::PostingLists, id);
  for (const Posting& posting : program.range<Posting>(Section::Postings, list.postings)) {
    visit(posting);
  }
  if (list.has_principal_switch == 0) return;
  for (const std::uint64_t principal : keys.principals()) {
    if (principal == 0) continue;
    visit_bucket(program, hash_combine(key, principal) | 1U, [&](std::uint32_t branch) {
      const auto& members = program.at<PostingList>(Section::PostingLists, branch);
      for (const Posting& posting : program.range<Posting>(Section::Postings, members.postings)) {
        visit(posting);
      }
    });
  }
}

/// The candidates of one group for one placing of the last field: `tail` and, counted back from it,
/// the fields before (their hashes in `right`).
template <class Visit>
inline void visit_group_at(const Program& program, const GroupRecord& group, RequestKeys& keys,
                           const std::array<std::uint64_t, 4>& right, std::string_view tail,
                           Visit&& visit) noexcept {
  std::uint64_t base = group.seed;
  for (std::size_t i = 0; i < 4; ++i) {
    if ((group.left_fields >> i & 1U) != 0) {
      base = hash_combine(base, keys.fields[i]);
    } else if ((group.right_fields >> i & 1U) != 0) {
      base = hash_combine(base, right[i]);
    }
  }
  const auto probe = [&](std::string_view beginning) {
    const std::uint64_t key = bucket_key(base, beginning);
    visit_bucket(program, key,
                 [&](std::uint32_t list) { visit_list(program, list, key, keys, visit); });
  };
  if (group.exact != 0) {
    probe(tail);
    return;
  }
  for (const std::uint32_t length : program.range<std::uint32_t>(Section::Lengths, group.lengths)) {
    if (length > tail.size()) break;
    probe(tail.substr(0, length));
  }
}

/// All candidates below a root. A request for `*` is matched by the pattern `*` alone (M-22), which
/// no group holds.
template <class Visit>
inline void visit_root(const Program& program, const IndexRoot& root, RequestKeys& keys,
                       Visit&& visit) noexcept {
  if (root.flat != kNone) visit_list(program, root.flat, root.flat_key, keys, visit);
  if (root.groups.count == 0 || keys.request.resource_is_star()) return;
  const std::string_view tail = keys.request.resource_field(5);
  for (const GroupRecord& group : program.range<GroupRecord>(Section::Groups, root.groups)) {
    visit_group_at(program, group, keys, keys.fields, tail, visit);
    if (group.crossing == 0 || !keys.request.has_extra_colons()) continue;
    // A star before the last field may run over colons (M-25): the pattern's last field may begin
    // behind any later colon, and the fields counted back from there shift with it.
    std::array<std::uint64_t, 4> right = keys.fields;
    std::string_view rest = tail;
    for (std::size_t colon = rest.find(':'); colon != std::string_view::npos;
         colon = rest.find(':')) {
      right = {right[1], right[2], right[3], hash_bytes(rest.substr(0, colon))};
      rest.remove_prefix(colon + 1);
      visit_group_at(program, group, keys, right, rest, visit);
    }
  }
}

/// Calls `visit(const ActionClass&)` for every class whose statements list the request's action.
template <class Visit>
inline void visit_classes(const Program& program, const Request& request, Visit&& visit) noexcept {
  const ActionName& action = request.action();
  const ProgramHeader& header = program.header();
  const auto visit_class = [&](std::uint32_t id) {
    visit(program.at<ActionClass>(Section::ActionClasses, id));
  };
  if (header.star_class != kNone) visit_class(header.star_class);

  const auto actions = program.section<ActionSlot>(Section::ActionSlots);
  if (!actions.empty()) {
    const std::size_t mask = actions.size() - 1;
    for (std::size_t at = action.hash() & mask; actions[at].action_class != kNone;
         at = (at + 1) & mask) {
      if (actions[at].hash == action.hash() &&
          equals_folded(program.string(actions[at].text), action.text())) {
        visit_class(actions[at].action_class);
        break;
      }
    }
  }

  const auto services = program.section<ServiceSlot>(Section::ServiceSlots);
  const Bindings bindings{program, request, false, true};
  const auto visit_patterns = [&](Range range) {
    for (const ActionPattern& entry :
         program.range<ActionPattern>(Section::ActionPatterns, range)) {
      const auto& pattern = program.at<PatternRecord>(Section::Patterns, entry.pattern);
      if (match_pattern(bindings, pattern, action.text()) == Match::Yes) {
        visit_class(entry.action_class);
      }
    }
  };
  if (!services.empty()) {
    const std::size_t mask = services.size() - 1;
    for (std::size_t at = action.service_hash() & mask; services[at].used != 0;
         at = (at + 1) & mask) {
      const ServiceSlot& slot = services[at];
      if (slot.hash != action.service_hash() ||
          !equals_folded(program.string(slot.text), action.service())) {
        continue;
      }
      if (slot.any_class != kNone) visit_class(slot.any_class);
      if (slot.prefixes.count != 0) {
        const std::string_view name = action.text().substr(action.service().size() + 1);
        const auto prefixes = program.range<ActionPrefix>(Section::ActionPrefixes, slot.prefixes);
        const auto above = std::upper_bound(
            prefixes.begin(), prefixes.end(), name,
            [&program](std::string_view text, const ActionPrefix& entry) {
              const std::string_view prefix = program.string(entry.text);
              return std::lexicographical_compare(
                  text.begin(), text.end(), prefix.begin(), prefix.end(), [](char a, char b) {
                    return static_cast<unsigned char>(fold_ascii(a)) <
                           static_cast<unsigned char>(fold_ascii(b));
                  });
            });
        std::uint32_t entry =
            above == prefixes.begin()
                ? kNone
                : slot.prefixes.begin + static_cast<std::uint32_t>(above - prefixes.begin()) - 1;
        while (entry != kNone) {
          const auto& prefix = program.at<ActionPrefix>(Section::ActionPrefixes, entry);
          const std::string_view text = program.string(prefix.text);
          if (name.size() >= text.size() && equals_folded(name.substr(0, text.size()), text)) {
            visit_class(prefix.action_class);
          }
          entry = prefix.parent;
        }
      }
      visit_patterns(slot.patterns);
      break;
    }
  }
  visit_patterns(header.patterns_any_service);
}

}  // namespace detail
}  // namespace writ::inline v0
