// Random policies and requests out of a world.
#pragma once

#include <string>

#include "differential/random.h"
#include "differential/world.h"
#include "reference/case.h"
#include "writ/model/vocabulary.h"

namespace writ::differential {

/// One document as JSON text: valid nearly always, written in varied ways.
[[nodiscard]] std::string make_document(Random& random, const World& world, PolicyType type,
                                        std::size_t statements);

/// Documents for every layer, most of them absent or permissive, so that decisions vary.
[[nodiscard]] reference::PolicyTexts make_policies(Random& random, const World& world,
                                                   std::size_t identity_statements);

/// A request of the world: now and then one that is invalid. Asks for a role through STS if and
/// only if the world is one of trust policies.
[[nodiscard]] reference::Question make_question(Random& random, const World& world);

}  // namespace writ::differential
