// Random accounts: their files, and the same said to the reference evaluator, put together apart
// from the library's loading.
#pragma once

#include <string>
#include <vector>

#include "differential/random.h"
#include "reference/case.h"

namespace writ::account_test {

struct RandomPrincipal {
  std::string arn;
  bool is_role = false;
  reference::Texts identity;
  std::optional<reference::Texts> boundary;
  std::vector<reference::ContextEntry> keys;  ///< that the account knows
  std::string trust;                          ///< of a role
};

struct RandomResource {
  std::string arn;  ///< that is asked for
  std::optional<std::string> policy;
};

struct RandomAccount {
  std::string exported;
  std::string organization;  ///< empty: there is none
  std::string resources;
  std::vector<std::string> actions;
  std::vector<RandomPrincipal> principals;
  std::vector<RandomResource> asked;  ///< resources, roles among them
  std::vector<reference::Texts> scp;
  std::vector<reference::Texts> rcp;
  std::string account = "111122223333";
};

[[nodiscard]] RandomAccount random_account(differential::Random& random);

/// Keys that policies ask for and the account does not know, and a value for one of them.
[[nodiscard]] const std::vector<std::string>& unknown_keys();
[[nodiscard]] std::string random_value(differential::Random& random, const std::string& key);

/// An export of so many roles, groups and managed policies, each with what real ones have.
[[nodiscard]] std::string large_export(std::size_t roles, std::size_t groups, std::size_t policies);

}  // namespace writ::account_test
