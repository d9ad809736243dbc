#include "cli/replay_decider.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "writ/hash.h"

namespace writ::cli {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{48} << 20U;
/// So many unknown atoms are tried in all combinations; of more only the extremes.
constexpr std::size_t kMaxAtoms = 6;
/// So many resources with policies are tried for one that the log does not name.
constexpr std::size_t kMaxResources = 64;

constexpr unsigned bit(bool before, bool after) {
  return 1U << ((before ? 2U : 0U) + (after ? 1U : 0U));
}
constexpr unsigned kBothDenied = bit(false, false);
constexpr unsigned kBothAllowed = bit(true, true);
constexpr unsigned kDeniedThenAllowed = bit(false, true);
constexpr unsigned kAllowedThenDenied = bit(true, false);

// The most a caller can hope for, and the least.
Assumed permissive(const void*, std::uint32_t, bool helps) {
  return helps ? Assumed::True : Assumed::False;
}
Assumed restrictive(const void*, std::uint32_t, bool helps) {
  return helps ? Assumed::False : Assumed::True;
}

struct Combination {
  const std::vector<std::uint32_t>* atoms;
  unsigned bits;
};
// Atoms that are not in the combination stand in statements that apply in no case.
Assumed combined(const void* context, std::uint32_t atom, bool) {
  const auto& combination = *static_cast<const Combination*>(context);
  const auto found = std::ranges::lower_bound(*combination.atoms, atom);
  if (found == combination.atoms->end() || *found != atom) return Assumed::False;
  const auto place = static_cast<unsigned>(found - combination.atoms->begin());
  return (combination.bits >> place & 1U) != 0 ? Assumed::True : Assumed::False;
}

Change change_of(unsigned pairs) {
  if (pairs == kBothAllowed) return Change::StillAllowed;
  if (pairs == kBothDenied) return Change::StillDenied;
  if (pairs == kAllowedThenDenied) return Change::WouldBeDenied;
  if (pairs == kDeniedThenAllowed) return Change::WouldBeAllowed;
  if ((pairs & (kAllowedThenDenied | kDeniedThenAllowed)) == 0) return Change::SameEitherWay;
  return Change::Depends;
}

bool alters(Change change) {
  return change == Change::WouldBeDenied || change == Change::WouldBeAllowed ||
         change == Change::Depends;
}

// Adds a name to a list that is written `a, b`.
void add_name(std::string& list, std::string_view name) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    if (std::string_view(list).substr(at, end - at) == name) return;
    at = end + 2;
  }
  if (!list.empty()) list += ", ";
  list += name;
}

// Joins the answers to two questions of which nobody knows which was asked: `open` is what the log
// leaves open. One that the log contradicts was not.
void join(ReplayAnswer& all, const ReplayAnswer& one, std::string_view open) {
  if (one.skip != Skip::None) return;
  if (all.old_contradicts != one.old_contradicts) {
    if (all.old_contradicts) all = one;
    return;
  }
  if (all.change == one.change && all.change != Change::Depends) return;
  if (!alters(all.change) && !alters(one.change)) {
    all.change = Change::SameEitherWay;
    return;
  }
  if (!alters(all.change)) {
    all.before = one.before;
    all.after = one.after;
  }
  const bool differ = all.change != one.change;
  all.change = Change::Depends;
  for (std::size_t at = 0; at < one.keys.size();) {
    const std::size_t end = std::min(one.keys.find(", ", at), one.keys.size());
    add_name(all.keys, std::string_view(one.keys).substr(at, end - at));
    at = end + 2;
  }
  if (differ) add_name(all.keys, open);
}

}  // namespace

std::string_view to_string(Change change) noexcept {
  constexpr std::array<std::string_view, kChangeCount> kNames = {
      "stillAllowed", "stillDenied", "sameEitherWay", "wouldBeDenied", "wouldBeAllowed", "depends"};
  return kNames[static_cast<std::size_t>(change)];
}

// Everything that an answer can depend on, as bytes.
void ReplayDecider::write_question(const ReplayedEvent& event, const ReplayedRequest& asked) {
  question_.clear();
  const auto add = [this](std::string_view text) {
    // The size first, so that no two questions are written alike.
    const std::size_t size = text.size();
    question_.append(reinterpret_cast<const char*>(&size), sizeof size);
    question_ += text;
  };
  const Caller& caller = event.caller;
  question_ += static_cast<char>(caller.kind());
  question_ += static_cast<char>((caller.is_service_linked() ? 1 : 0) + (event.complete ? 2 : 0) +
                                 (asked.resource_known ? 4 : 0) + (event.aws_managed_key ? 8 : 0) +
                                 (event.policy_required ? *event.policy_required ? 32 : 16 : 0));
  question_ += static_cast<char>(event.evidence);
  for (const std::string_view text :
       {caller.id(), caller.role_arn(), caller.issuer(), caller.canonical_id(),
        std::string_view(asked.action), std::string_view(asked.other_action),
        std::string_view(asked.resource), std::string_view(asked.resource_account)}) {
    add(text);
  }
  const std::vector<std::string>& names = table_.keys();
  for (const ReplayedKey& key : event.keys) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!equals_folded(names[i], key.name)) continue;
      question_.append(reinterpret_cast<const char*>(&i), sizeof i);
      question_ += key.absent ? '-' : key.multivalued ? '*' : '=';
      if (!key.multivalued) add(key.single);
      for (const std::string_view value : key.values) add(value);
      break;
    }
  }
}

const ReplayAnswer& ReplayDecider::decide(const ReplayedEvent& event,
                                          const ReplayedRequest& asked) {
  write_question(event, asked);
  const auto found = memory_.find(question_);
  if (found != memory_.end()) return found->second;
  ReplayAnswer made = answer_for_actions(event, asked);
  const std::size_t bytes = question_.size() + made.keys.size() + made.before.size() +
                            made.after.size() + sizeof(ReplayAnswer) + 64;
  if (memory_bytes_ + bytes > kMemoryBytes) {
    memory_.clear();
    memory_bytes_ = 0;
  }
  memory_bytes_ += bytes;
  return memory_.emplace(question_, std::move(made)).first->second;
}

ReplayAnswer ReplayDecider::answer_for_actions(const ReplayedEvent& event,
                                               const ReplayedRequest& asked) {
  ReplayAnswer all = answer_for_resources(event, asked);
  if (asked.other_action.empty()) return all;
  ReplayedRequest other = asked;
  other.action = asked.other_action;
  join(all, answer_for_resources(event, other), "ACTION");
  return all;
}

// A resource that the log does not name may be one with a policy of its own.
ReplayAnswer ReplayDecider::answer_for_resources(const ReplayedEvent& event,
                                                 const ReplayedRequest& asked) {
  ReplayAnswer all = answer(event, asked);
  if (asked.resource_known || all.skip != Skip::None) return all;
  std::vector<std::string_view> resources = sides_[0]->resources_with_policies(asked.action);
  const std::vector<std::string_view> others = sides_[1]->resources_with_policies(asked.action);
  resources.insert(resources.end(), others.begin(), others.end());
  std::ranges::sort(resources);
  resources.erase(std::unique(resources.begin(), resources.end()), resources.end());
  if (resources.size() > kMaxResources) {
    all.change = Change::Depends;
    all.old_contradicts = false;
    add_name(all.keys, "RESOURCE");
    return all;
  }
  ReplayedRequest one = asked;
  for (const std::string_view resource : resources) {
    one.resource = resource;
    join(all, answer(event, one), "RESOURCE");
  }
  return all;
}

ReplayAnswer ReplayDecider::answer(const ReplayedEvent& event, const ReplayedRequest& asked) {
  ReplayAnswer answer;
  std::array<ReplaySubject, 2> subjects;
  bool known_to_somebody = false;
  for (std::size_t side = 0; side < 2; ++side) {
    std::optional<ReplaySubject> subject = sides_[side]->subject(event, asked);
    if (!subject) {
      answer.skip = Skip::InvalidRequest;
      return answer;
    }
    known_to_somebody = known_to_somebody || subject->caller_known;
    subjects[side] = std::move(*subject);
  }
  if (!known_to_somebody) {
    answer.skip = Skip::UnknownCaller;
    return answer;
  }
  Outlook outlook = look(subjects);
  // What the log says of the outcome holds under the old policies, if they can say so at all.
  const Pairs before_allowed = kBothAllowed | kAllowedThenDenied;
  const Pairs before_denied = kBothDenied | kDeniedThenAllowed;
  const Pairs told = event.evidence == Evidence::Allowed  ? before_allowed
                     : event.evidence == Evidence::Denied ? before_denied
                                                          : before_allowed | before_denied;
  if ((outlook.pairs & told) != 0) {
    outlook.pairs &= told;
  } else {
    answer.old_contradicts = true;
  }
  answer.change = change_of(outlook.pairs);
  std::array<std::string*, 2> texts = {&answer.before, &answer.after};
  for (std::size_t side = 0; side < 2; ++side) {
    if (answer.change == Change::StillAllowed || answer.change == Change::StillDenied) break;
    if (!outlook.decisions[side]) continue;
    *texts[side] = sides_[side]->because(subjects[side], *outlook.decisions[side]);
  }
  if (answer.change == Change::Depends) {
    for (const std::string& key : outlook.keys) {
      if (!answer.keys.empty()) answer.keys += ", ";
      answer.keys += key;
    }
  }
  return answer;
}

ReplayDecider::Outlook ReplayDecider::look(const std::array<ReplaySubject, 2>& subjects) {
  Outlook outlook;
  if (!sides_[0]->has_unknown(subjects[0]) && !sides_[1]->has_unknown(subjects[1])) {
    for (std::size_t side = 0; side < 2; ++side) {
      outlook.decisions[side] = evaluate(subjects[side].request, subjects[side].applied);
    }
    outlook.pairs = bit(outlook.decisions[0]->is_allowed(), outlook.decisions[1]->is_allowed());
    return outlook;
  }
  // First the extremes: where the best and the worst case agree, nothing depends on anything.
  std::array<std::array<std::optional<Decision>, 2>, 2> extremes;  // by side: worst, best
  bool agree = true;
  bool compiled = true;
  for (std::size_t side = 0; side < 2; ++side) {
    extremes[side] = {sides_[side]->decide(subjects[side], nullptr, restrictive),
                      sides_[side]->decide(subjects[side], nullptr, permissive)};
    compiled = compiled && extremes[side][0] && extremes[side][1];
    if (!compiled) break;
    agree = agree && extremes[side][0]->is_allowed() == extremes[side][1]->is_allowed();
  }
  if (compiled && agree) {
    for (std::size_t side = 0; side < 2; ++side) {
      // An allowed answer's statement is certain in the worst case, a denied one's in the best.
      const bool allowed = extremes[side][0]->is_allowed();
      outlook.decisions[side] = extremes[side][allowed ? 0 : 1];
    }
    outlook.pairs = bit(outlook.decisions[0]->is_allowed(), outlook.decisions[1]->is_allowed());
    return outlook;
  }
  std::vector<std::uint32_t> atoms = sides_[0]->relevant_atoms(subjects[0]);
  const std::vector<std::uint32_t> others = sides_[1]->relevant_atoms(subjects[1]);
  atoms.insert(atoms.end(), others.begin(), others.end());
  std::ranges::sort(atoms);
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  if (compiled && !atoms.empty() && atoms.size() <= kMaxAtoms) {
    outlook = look_at_all(subjects, atoms);
    if (outlook.pairs != 0) return outlook;
  }
  for (std::uint32_t atom = 0; atoms.empty() && atom < table_.atoms().size(); ++atom) {
    const bool unknown =
        sides_[0]->is_unknown(atom, subjects[0]) || sides_[1]->is_unknown(atom, subjects[1]);
    if (unknown) name_keys(subjects, atom, outlook.keys);
  }
  for (const std::uint32_t atom : atoms) name_keys(subjects, atom, outlook.keys);
  for (const std::size_t before : {0U, 1U}) {
    for (const std::size_t after : {0U, 1U}) {
      const bool known = compiled;
      const bool before_allowed = known ? extremes[0][before]->is_allowed() : before == 1;
      const bool after_allowed = known ? extremes[1][after]->is_allowed() : after == 1;
      outlook.pairs |= bit(before_allowed, after_allowed);
    }
  }
  return outlook;
}

// All combinations of what the unknown atoms may be. Some may be impossible together, so an answer
// may be called uncertain that is certain, never the other way round.
ReplayDecider::Outlook ReplayDecider::look_at_all(const std::array<ReplaySubject, 2>& subjects,
                                                  const std::vector<std::uint32_t>& atoms) {
  Outlook outlook;
  const unsigned count = 1U << atoms.size();
  std::vector<Pairs> by_bits(count);
  std::array<std::optional<Decision>, 2> allowed;
  std::array<std::optional<Decision>, 2> denied;
  for (unsigned bits = 0; bits < count; ++bits) {
    const Combination combination = {&atoms, bits};
    std::array<bool, 2> is_allowed = {};
    for (std::size_t side = 0; side < 2; ++side) {
      const auto decision = sides_[side]->decide(subjects[side], &combination, combined);
      if (!decision) return {};
      is_allowed[side] = decision->is_allowed();
      auto& example = is_allowed[side] ? allowed[side] : denied[side];
      // A statement that denies tells more than that none allows.
      const bool better =
          !example || (!example->statement.exists() && decision->statement.exists());
      if (better) example = decision;
    }
    by_bits[bits] = bit(is_allowed[0], is_allowed[1]);
    outlook.pairs |= by_bits[bits];
  }
  // The example that a reader wants: how it is allowed now, and how it would be denied.
  outlook.decisions[0] = allowed[0] ? allowed[0] : denied[0];
  outlook.decisions[1] = denied[1] && (outlook.pairs & kAllowedThenDenied) != 0 ? denied[1]
                         : allowed[1]                                           ? allowed[1]
                                                                                : denied[1];
  if ((outlook.pairs & kAllowedThenDenied) == 0 && denied[0] &&
      (outlook.pairs & kDeniedThenAllowed) != 0) {
    outlook.decisions[0] = denied[0];
  }
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    for (unsigned bits = 0; bits < count; ++bits) {
      if (by_bits[bits] == by_bits[bits ^ (1U << i)]) continue;
      name_keys(subjects, atoms[i], outlook.keys);
      break;
    }
  }
  return outlook;
}

void ReplayDecider::name_keys(const std::array<ReplaySubject, 2>& subjects, std::uint32_t atom,
                              std::vector<std::string>& keys) const {
  const auto add = [&keys](std::string_view key) {
    if (std::ranges::find(keys, key) == keys.end()) keys.emplace_back(key);
  };
  const AtomTable::Atom& asked = table_.atoms()[atom];
  for (const std::uint32_t key : asked.keys) {
    const bool unknown = std::ranges::any_of(subjects, [key](const ReplaySubject& subject) {
      return subject.states[key] == KeyState::Unknown;
    });
    if (unknown) add(table_.keys()[key]);
  }
  if (asked.needs_resource && !subjects[0].resource_known) add("RESOURCE");
  std::ranges::sort(keys);
}

}  // namespace writ::cli
