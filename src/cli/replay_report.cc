#include "cli/replay_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "cli/json_output.h"

namespace writ::cli {

void ReplayReport::add(const ReplayedEvent& event, const ReplayedRequest& asked,
                       const ReplayAnswer& answer, const LogPlace& place) {
  ++requests_;
  if (answer.old_contradicts) ++contradicted_;
  ++counts_[static_cast<std::size_t>(answer.change)];
  const bool is_grouped = answer.change == Change::WouldBeDenied ||
                          answer.change == Change::WouldBeAllowed ||
                          answer.change == Change::Depends;
  if (!is_grouped) return;
  name_.clear();
  name_ += static_cast<char>(answer.change);
  for (const std::string_view part :
       {std::string_view(event.principal), std::string_view(asked.action),
        std::string_view(answer.keys), std::string_view(answer.before),
        std::string_view(answer.after)}) {
    name_.append(part).push_back('\0');
  }
  const auto found = groups_by_name_.find(name_);
  Group* group = nullptr;
  if (found != groups_by_name_.end()) {
    group = &groups_[found->second];
  } else if (groups_.size() == kMaxGroups) {
    ++ungrouped_;
    return;
  } else {
    groups_by_name_.emplace(name_, groups_.size());
    group = &groups_.emplace_back();
    group->change = answer.change;
    group->principal = event.principal;
    group->action = asked.action;
    group->keys = answer.keys;
    group->before = answer.before;
    group->after = answer.after;
    if (asked.resource_known) group->resource = asked.resource;
    group->file = place.file;
    group->line = place.line;
  }
  ++group->count;
  if (event.time.empty()) return;
  if (group->first.empty() || event.time < group->first) group->first = event.time;
  if (event.time > group->last) group->last = event.time;
}

void ReplayReport::add_mistake(ReplayMistake mistake) {
  ++mistake_count_;
  if (mistakes_.size() < kMaxMistakes) mistakes_.push_back(std::move(mistake));
}

void ReplayReport::sort_groups() {
  groups_by_name_.clear();
  std::ranges::sort(groups_, [](const Group& a, const Group& b) {
    const auto key = [](const Group& group) {
      return std::tie(group.principal, group.action, group.keys, group.after, group.before);
    };
    return a.count != b.count ? a.count > b.count : key(a) < key(b);
  });
}

void ReplayReport::print_groups(Console& console, Change change, std::string_view title,
                                std::size_t limit) {
  if (count(change) == 0) return;
  const Colour colour = change == Change::WouldBeDenied    ? Colour::Red
                        : change == Change::WouldBeAllowed ? Colour::Yellow
                                                           : Colour::Bold;
  console.print("{}\n", console.paint(colour, fmt::format("{}: {}", title, count(change))));
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (const Group& group : groups_) {
    if (group.change != change) continue;
    if (limit != 0 && shown == limit) {
      ++left_out;
      continue;
    }
    ++shown;
    console.print("{:>10}  {}  {}\n", group.count, as_utf8(group.principal), as_utf8(group.action));
    const auto line = [&console](std::string_view name, std::string_view text) {
      if (!text.empty()) console.print("{:12}{}: {}\n", "", name, as_utf8(text));
    };
    if (change == Change::Depends) line("depends on", group.keys);
    line("old", group.before);
    line("new", group.after);
    if (!group.first.empty()) {
      line("when", group.first == group.last ? group.first
                                             : fmt::format("{} to {}", group.first, group.last));
    }
    line("first", fmt::format("{}{}{}:{}", group.resource, group.resource.empty() ? "" : " at ",
                              group.file, group.line));
  }
  if (left_out > 0) console.print("{:>10}  groups more: --limit 0 shows all\n", left_out);
  console.write("\n");
}

void ReplayReport::print_summary(Console& console) const {
  console.print(
      "{} events, {} requests: {} would be denied, {} would be allowed, {} depend on what the log "
      "does not tell\n",
      events_, requests_, count(Change::WouldBeDenied), count(Change::WouldBeAllowed),
      count(Change::Depends));
  console.print("unchanged: {} still allowed, {} still denied, {} the same either way\n",
                count(Change::StillAllowed), count(Change::StillDenied),
                count(Change::SameEitherWay));
  for (std::size_t i = 0; i < kSkipCount; ++i) {
    if (skipped_[i] == 0) continue;
    console.print("not asked: {} ({})\n", skipped_[i], to_string(static_cast<Skip>(i)));
  }
  if (contradicted_ > 0) {
    console.print(
        "{} requests came out otherwise in the log than the old policies decide: they are not all "
        "that was in force\n",
        contradicted_);
  }
  if (sampled_ > 0) console.print("{} lines are of a sample: counts are of lines\n", sampled_);
  if (lost_ > 0) console.print("the log itself says that it lost {} decisions\n", lost_);
  if (ungrouped_ > 0) {
    console.print("{} requests are in no group: there are more than {}\n", ungrouped_, kMaxGroups);
  }
  if (mistake_count_ > 0) console.print("{} mistakes: see standard error\n", mistake_count_);
}

void ReplayReport::print_text(Console& console, std::size_t limit) {
  sort_groups();
  print_groups(console, Change::WouldBeDenied, "would be denied", limit);
  print_groups(console, Change::WouldBeAllowed, "would be allowed", limit);
  print_groups(console, Change::Depends, "depends on what the log does not tell", limit);
  print_summary(console);
}

void ReplayReport::print_json(Console& console) {
  sort_groups();
  JsonLine json;
  json.begin_object();
  json.member("events", events_);
  json.member("requests", requests_);
  for (std::size_t i = 0; i < kChangeCount; ++i) {
    json.member(to_string(static_cast<Change>(i)), counts_[i]);
  }
  json.member("contradicted", contradicted_);
  json.member("sampledLines", sampled_);
  json.member("lostDecisions", lost_);
  json.member("ungrouped", ungrouped_);
  json.key("notAsked");
  json.begin_array();
  for (std::size_t i = 0; i < kSkipCount; ++i) {
    if (skipped_[i] == 0) continue;
    json.begin_object();
    json.member("why", to_string(static_cast<Skip>(i)));
    json.member("count", skipped_[i]);
    json.end_object();
  }
  json.end_array();
  json.key("groups");
  json.begin_array();
  for (const Group& group : groups_) {
    json.begin_object();
    json.member("change", to_string(group.change));
    json.member("principal", group.principal);
    json.member("action", group.action);
    json.member("count", group.count);
    json.member("first", group.first);
    json.member("last", group.last);
    if (!group.keys.empty()) json.member("dependsOn", group.keys);
    if (!group.before.empty()) json.member("old", group.before);
    if (!group.after.empty()) json.member("new", group.after);
    if (!group.resource.empty()) json.member("resource", group.resource);
    json.member("file", group.file);
    json.member("line", group.line);
    json.end_object();
  }
  json.end_array();
  json.member("mistakes", mistake_count_);
  json.key("mistakeList");
  json.begin_array();
  for (const ReplayMistake& mistake : mistakes_) {
    json.begin_object();
    json.member("file", mistake.file);
    json.member("line", mistake.line);
    json.member("column", mistake.column);
    json.member("offset", mistake.offset);
    json.member("message", mistake.message);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  console.print("{}\n", json.text());
}

}  // namespace writ::cli
