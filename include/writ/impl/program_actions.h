// Not API, may change in any release. The actions that a program dispatches, as text: for people.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "writ/impl/program.h"

namespace writ::inline v0::detail {

using ListedAction = std::pair<std::string, Ref>;

/// A wildcard action as it was written, in lower case, with the class of the statements behind it.
[[nodiscard]] inline ListedAction listed_general(const Program& program,
                                                 const GeneralAction& entry) {
  const PatternNode pattern = program.pattern(entry.pattern);
  std::string action;
  for (Word i = 0; i < pattern.atom_count(); ++i) {
    const Atom& atom = pattern.atoms()[i];
    if (atom.kind() == Atom::Kind::Star) action += '*';
    if (atom.kind() == Atom::Kind::AnyOne) action.append(atom.value(), '?');
    if (atom.kind() == Atom::Kind::Literal) action += pattern.text().substr(atom.at, atom.value());
  }
  if (pattern.atom_count() == 0) action = std::string(pattern.text()) + '*';
  return {std::move(action), entry.action_class};
}

/// All actions and their classes. Sorted, because the place in a hash table says nothing to people.
[[nodiscard]] inline std::vector<ListedAction> listed_actions(const Program& program) {
  std::vector<ListedAction> actions;
  if (program.header().star_class != kNoNode) {
    actions.emplace_back("*", program.header().star_class);
  }
  for (const ActionSlot& slot : program.section<ActionSlot>(Section::ActionSlots)) {
    for (Ref ref = slot.action; ref != kNoNode; ref = ActionNode{program.node(ref)}.next()) {
      const ActionNode action{program.node(ref)};
      actions.emplace_back(std::string(action.text()), action.action_class());
    }
  }
  std::vector<Ref> services;
  for (const Ref slot : program.section<Ref>(Section::Services)) {
    for (Ref ref = slot; ref != kNoNode; ref = ServiceNode{program.node(ref)}.next()) {
      services.push_back(ref);
    }
  }
  for (const Ref ref : services) {
    const ServiceNode service{program.node(ref)};
    const std::string name(service.name());
    if (service.any_class() != kNoNode) actions.emplace_back(name + ":*", service.any_class());
    for (Word i = 0; i < service.prefix_count(); ++i) {
      const ActionPrefix& prefix = service.prefixes()[i];
      actions.emplace_back(
          fmt::format("{}:{}*", name, text_at(service.words + prefix.text, prefix.size)),
          prefix.action_class);
    }
    for (Word i = 0; i < service.general_count(); ++i) {
      actions.push_back(listed_general(program, service.generals()[i]));
    }
  }
  if (program.header().any_service_actions != kNoNode) {
    const Word* node = program.node(program.header().any_service_actions);
    for (Word i = 0; i < CountBits::get(node[0]); ++i) {
      actions.push_back(
          listed_general(program, reinterpret_cast<const GeneralAction*>(node + 1)[i]));
    }
  }
  std::sort(actions.begin(), actions.end());
  return actions;
}

}  // namespace writ::inline v0::detail
