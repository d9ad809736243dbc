// Any bytes as the files of an account: an export, after a NUL an organization, after another the
// resources. Every error has a file, and a position or a reason to have none; what loads answers.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.h"
#include "writ/account.h"
#include "writ/account_bounds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::string_view texts = input;
  writ::AccountFiles files;
  const std::size_t first = texts.find('\0');
  files.exports.push_back({"account.json", texts.substr(0, first)});
  if (first != std::string_view::npos) {
    const std::string_view rest = texts.substr(first + 1);
    const std::size_t second = rest.find('\0');
    files.organization = {"organization.json", rest.substr(0, second)};
    if (second != std::string_view::npos) {
      files.resources = {"resources.json", rest.substr(second + 1)};
    }
  }
  const writ::Result<writ::Account, writ::AccountErrors> account =
      writ::Account::load(files, {.max_errors = 50});
  if (!account) {
    require(!account.error().empty(), "a refused account has an error", input);
    for (const writ::DocumentError& error : account.error()) {
      require(error.document.ends_with(".json"), "an error names its file", input);
      require(error.error.position.line != 0 || error.error.code == writ::ErrorCode::LimitExceeded,
              "an error has a position", error.to_string());
    }
    return 0;
  }
  const writ::Result<writ::AccountBounds> bounds = writ::AccountBounds::make(*account, {});
  require(bounds.has_value(), "what loads has bounds", input);
  for (const writ::AccountPrincipal& principal : account->principals()) {
    require(account->find_principal(principal.arn) == &principal, "principals are found", input);
    const writ::Result<writ::Caller> caller = account->caller(principal.arn);
    require(caller.has_value(), "principals can call", input);
    for (const std::string_view resource :
         {std::string_view("arn:aws:s3:::b/k"), std::string_view(principal.arn)}) {
      writ::RequestBuilder builder(*caller, "sts:AssumeRole", resource);
      const std::vector<writ::AccountKey> keys =
          account->set_keys(builder, *caller, &principal, resource);
      const writ::Result<writ::Request> request = builder.build();
      require(request.has_value(), "requests can be made", input);
      const writ::AccountPolicies policies = account->policies(&principal, *request);
      const writ::Decision decision = writ::evaluate(*request, policies.applied);
      require(!decision.statement.exists() || policies.find(decision.statement) != nullptr,
              "the deciding policy is found", input);
      // The bounds enclose the decision of the request as it is.
      const writ::BoundedPolicies bounded = bounds->bound(policies);
      const bool least = writ::evaluate(*request, bounded.least).is_allowed();
      const bool most = writ::evaluate(*request, bounded.most).is_allowed();
      require((!least || decision.is_allowed()) && (!decision.is_allowed() || most),
              "bounds enclose the decision", input);
    }
  }
  return 0;
}
