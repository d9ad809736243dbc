// Records that stay with the host and that queries are asked over: menus, search, news.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "writ/config.h"

namespace writ::inline v0 {
namespace portal {

/// An item of a menu: what to print; who may open it is in the policies (R-MENU-1).
struct MenuItem {
  std::string_view id;    ///< the last part of its ARN
  std::string_view menu;  ///< it stands in
  std::string_view item;  ///< its name for people
};

/// A record that may be found. It is listed only if the engine allows `action` on it (R-SRCH-3).
struct SearchRecord {
  std::string_view type;           ///< of the record
  std::string_view id;             ///< of the record
  std::string_view title;          ///< what is searched
  std::string_view action;         ///< e.g. `portal:ManageAceRecord`
  std::string_view resource_kind;  ///< e.g. `opportunity`; empty: the partner account itself
  std::string_view owner;          ///< partnerUserId; empty for none
};

/// A search (R-SRCH).
struct SearchQuery {
  std::string_view text;                    ///< what is looked for
  std::span<const std::string_view> types;  ///< only these; none for all
  std::string_view all;                     ///< the type of which all are listed (R-SRCH-2)
};

/// One entry of the feeds (R-NEWS-1).
struct NewsEntry {
  std::string_view id;     ///< of the entry
  std::string_view title;  ///< what is searched
  std::string_view tag;    ///< of events: `in person`, `virtual`, `both`
  std::int64_t time = 0;   ///< seconds since 1970
  bool event = false;      ///< an event, not a piece of news
  bool pinned = false;     ///< stays on top
};

/// Which news are asked for (R-NEWS).
struct NewsQuery {
  std::string_view text;  ///< looked for in titles; empty: all
  std::string_view tag;   ///< empty for all
};

}  // namespace portal
}  // namespace writ::inline v0
