// Mapping: which authorization question a proxy's HTTP request stands for.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "question.h"
#include "template.h"
#include "writ/request.h"
#include "writ/result.h"
#include "writ/standard_keys.h"

namespace authz {

/// What the configuration says of paths with one prefix.
struct Route {
  std::string prefix;                                        ///< `/` at both ends
  std::vector<std::pair<std::string, std::string>> actions;  ///< method, action
  Template resource;
  std::string resource_account;  ///< the owner, of resources whose ARN names none (E-80); or empty
};

/// One condition key.
struct ContextRule {
  std::string key;
  Template value;
  bool list = false;  ///< multi-valued: the values are separated by commas
};

/// The texts that a request borrows. They must outlive it; one is used for one request.
struct RequestTexts {
  /// `now` in seconds since 1970.
  explicit RequestTexts(std::int64_t now) : time(now) {}

  writ::RequestTime time;
  std::string path;
  std::string principal;
  std::string resource;
  std::deque<std::string> values;
  std::deque<std::vector<std::string_view>> lists;
};

/// Thread-safety: const access from any number of threads.
struct Mapping {
  std::string method_header = "X-Original-Method";
  std::string uri_header = "X-Original-URI";
  Template principal;
  bool anonymous = false;     ///< callers without a name are asked about as anonymous ones
  std::vector<Route> routes;  ///< the first that fits counts
  std::vector<ContextRule> context;

  /// The question that the headers stand for. Its context has the caller's own keys and the time,
  /// and what `context` says; a key whose header is missing is left out. Everything else that is
  /// missing or doubtful is a refusal.
  [[nodiscard]] writ::Result<writ::Request, Refusal> request(const HttpQuestion& question,
                                                             RequestTexts& texts) const;

 private:
  struct Target {
    const Route* route = nullptr;
    std::string_view action;
  };
  [[nodiscard]] Target target(std::string_view method, std::string_view path) const noexcept;
  [[nodiscard]] writ::Result<writ::Caller, Refusal> caller(const HttpQuestion& question,
                                                           const RequestParts& parts,
                                                           RequestTexts& texts) const;
  [[nodiscard]] bool add_context(const HttpQuestion& question, const RequestParts& parts,
                                 RequestTexts& texts, writ::RequestBuilder& builder) const;
};

}  // namespace authz
