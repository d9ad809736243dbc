// Not API, may change in any release. Menus, search and news: filtering what the host holds by what
// the caller may see (R-HOME, R-MENU, R-SRCH, R-NEWS).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "writ/portal/impl/engine.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline bool contains_folded(std::string_view text, std::string_view part) {
  return lower(text).find(lower(part)) != std::string::npos;
}

inline constexpr std::size_t kListed = 5;  ///< R-SRCH-2

}  // namespace detail

WRIT_FUNC Answer Portal::list_menu(Session session, std::span<const MenuItem> items) const {
  detail::Gate gate(*this, session, false);
  if (!gate.open()) return std::move(gate.answer);
  for (const MenuItem& item : items) {
    Answer row;
    PermissionTarget target;
    target.kind = "menu";
    target.id = item.id;
    if (!gate.may("portal:OpenMenuItem", target, row)) continue;
    Item listed;
    listed.values = {{"id", std::string(item.id)},
                     {"menu", std::string(item.menu)},
                     {"item", std::string(item.item)}};
    gate.answer.items.push_back(std::move(listed));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::search(Session session, const SearchQuery& query,
                                std::span<const SearchRecord> candidates) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:Search")) return std::move(gate.answer);
  if (query.text.empty()) return gate.refuse(Code::InvalidInput, "a text is missing");
  std::map<std::string_view, std::size_t> found;
  std::vector<std::string_view> more;
  for (const SearchRecord& record : candidates) {
    // R-SRCH-1: these two are never in it.
    if (record.type == "fundRequest" || record.type == "analyticsDashboard") continue;
    const bool wanted =
        (query.types.empty() || std::ranges::find(query.types, record.type) != query.types.end()) &&
        (query.all.empty() || query.all == record.type);
    if (!wanted || !detail::contains_folded(record.title, query.text)) continue;
    PermissionTarget target;
    target.kind = record.resource_kind;
    target.id = record.id;
    target.owner = record.owner;
    Answer row;
    if (!gate.may(ActionName(record.action), target, row)) continue;  // R-SRCH-3
    const std::size_t count = ++found[record.type];
    if (count > detail::kListed && query.all.empty()) {
      if (count == detail::kListed + 1) more.push_back(record.type);
      continue;
    }
    Item listed;
    listed.values = {{"type", std::string(record.type)},
                     {"id", std::string(record.id)},
                     {"title", std::string(record.title)}};
    gate.answer.items.push_back(std::move(listed));
  }
  // One table for each type, in the order in which the types were found first.
  std::ranges::stable_sort(gate.answer.items, {}, [&](const Item& item) {
    const std::string_view type = item.get("type");
    return std::ranges::find(candidates, type, &SearchRecord::type) - candidates.begin();
  });
  gate.answer.result.values = {{"viewAll", fmt::format("{}", fmt::join(more, ","))}};
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::read_news(Session session, const NewsQuery& query,
                                   std::span<const NewsEntry> entries, std::int64_t now) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ReadNews")) return std::move(gate.answer);
  constexpr std::int64_t kSixMonths = std::int64_t{183} * 24 * 3600;
  std::vector<const NewsEntry*> listed;
  for (const NewsEntry& entry : entries) {
    const bool current = entry.event || (entry.time <= now && now - entry.time <= kSixMonths);
    const bool wanted = (query.tag.empty() || query.tag == entry.tag) &&
                        (query.text.empty() || detail::contains_folded(entry.title, query.text));
    if (current && wanted) listed.push_back(&entry);
  }
  std::ranges::stable_sort(listed, {}, [](const NewsEntry* entry) { return !entry->pinned; });
  for (const NewsEntry* entry : listed) {
    Item item;
    item.values = {{"id", std::string(entry->id)},
                   {"title", std::string(entry->title)},
                   {"tag", std::string(entry->tag)}};
    gate.answer.items.push_back(std::move(item));
  }
  return std::move(gate.answer);
}

}  // namespace portal
}  // namespace writ::inline v0
