// A small world: the few actions, resources and callers that one batch of policies and requests is
// made of, so that nearly everything nearly matches.
#pragma once

#include <string>
#include <vector>

#include "differential/random.h"
#include "reference/case.h"

namespace writ::differential {

struct World {
  bool trust = false;  // requests ask STS for roles; the resource's policy is a trust policy
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::vector<reference::Question> callers;  // only who calls is filled in
};

/// `size` is the number of actions and resources, about.
[[nodiscard]] World make_world(Random& random, std::size_t size);

/// Every kind of caller, and everything a principal element can name.
[[nodiscard]] const std::vector<reference::Question>& all_callers();
[[nodiscard]] const std::vector<std::string>& aws_principals();
[[nodiscard]] const std::vector<std::string>& service_principals();
[[nodiscard]] const std::vector<std::string>& providers();
[[nodiscard]] const std::vector<std::string>& canonical_ids();

/// Condition keys, and values of the type that a key usually has.
enum class ValueKind { Text, Number, Date, Bool, Binary, Ip, Arn };
[[nodiscard]] const std::vector<std::string>& condition_keys();
[[nodiscard]] ValueKind usual_kind(const std::string& key);
/// As a request gives it: now and then of no type at all.
[[nodiscard]] std::string request_value(Random& random, const World& world, ValueKind kind);
/// As a policy asks for it: nearly always of its type.
[[nodiscard]] std::string policy_value(Random& random, const World& world, ValueKind kind);

/// `text` with some letters in the other case.
[[nodiscard]] std::string flip_case(Random& random, std::string text);
/// `text` with pieces replaced by wildcards, or one character off. Leaves the first `keep` alone.
[[nodiscard]] std::string wildcardize(Random& random, std::string text, std::size_t keep = 0);
/// One character changed, added or dropped after the first `keep`.
[[nodiscard]] std::string misspell(Random& random, std::string text, std::size_t keep = 0);
/// A variable: mostly one of the condition keys.
[[nodiscard]] std::string variable(Random& random);

}  // namespace writ::differential
