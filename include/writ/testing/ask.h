// As: requests in a few words, for unit tests of policies. Opt-in; needs no test framework.
//
//     As("arn:aws:iam::111122223333:user/Alice").Does("s3:GetObject").On("arn:aws:s3:::b/k")
//         .With("aws:SourceIp", "203.0.113.7")
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/request.h"
#include "writ/result.h"

namespace writ::inline v0 {

/// A request as a test writes it down. Owns its strings, so that tables of them can be kept;
/// copyable. Nothing is checked before `ask` makes the request. Thread-safety: const access from
/// any number of threads.
class Asked {
 public:
  /// How a principal is named.
  enum class Form : unsigned char { Arn, Service, Federated };

  /// A question of that principal; see the functions below.
  Asked(Form form, std::string_view principal) : form_(form), principal_(principal) {}

  /// The action: `s3:GetObject`.
  Asked& Does(std::string_view action) { return put(action_, action); }
  /// The resource's ARN; `*`, which is what is asked without it.
  Asked& On(std::string_view resource) { return put(resource_, resource); }
  /// The account that owns the resource, for ARNs that name none (E-80).
  Asked& OwnedBy(std::string_view account) { return put(owner_, account); }
  /// For a session of a role: the role's ARN with its path (P-22).
  Asked& OfRole(std::string_view role_arn) { return put(role_arn_, role_arn); }
  /// A condition key with one value.
  Asked& With(std::string_view key, std::string_view value) {
    keys_.push_back({std::string(key), {std::string(value)}, false});
    return *this;
  }
  /// A multi-valued condition key (C-13), perhaps without values.
  Asked& WithList(std::string_view key, std::initializer_list<std::string_view> values) {
    keys_.push_back({std::string(key), {values.begin(), values.end()}, true});
    return *this;
  }

  /// Makes the request and returns `use(request)`, or the error of what is no request
  /// (`InvalidRequest`: P-1, M-14, M-32). The request lives as long as the call.
  template <class Use>
  auto ask(Use&& use) const -> Result<decltype(use(std::declval<const Request&>()))> {
    Result<Caller> caller = form_ == Form::Arn       ? Caller::from_arn(principal_)
                            : form_ == Form::Service ? Caller::service(principal_)
                                                     : Caller::federated(principal_);
    if (caller && !role_arn_.empty()) caller = caller->with_role_arn(role_arn_);
    if (!caller) return std::move(caller).error();
    RequestBuilder builder(*caller, ActionName(action_), resource_);
    if (!owner_.empty()) builder.resource_account(owner_);
    std::vector<std::vector<std::string_view>> lists(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const Key& key = keys_[i];
      if (key.multivalued) {
        lists[i].assign(key.values.begin(), key.values.end());
        builder.set_list(key.name, lists[i]);
      } else {
        builder.set(key.name, key.values.front());
      }
    }
    const Result<Request> request = builder.build();
    if (!request) return request.error();
    return use(*request);
  }

  /// `arn:… does s3:GetObject on arn:… with aws:SourceIp=203.0.113.7`
  [[nodiscard]] std::string to_string() const {
    std::string text = principal_ + " does " + action_ + " on " + resource_;
    const char* between = " with ";
    for (const Key& key : keys_) {
      text += between + key.name + '=';
      between = ", ";
      if (!key.multivalued) {
        text += key.values.front();
        continue;
      }
      text += '[';
      for (const std::string& value : key.values) {
        if (text.back() != '[') text += ", ";
        text += value;
      }
      text += ']';
    }
    return text;
  }

 private:
  struct Key {
    std::string name;
    std::vector<std::string> values;
    bool multivalued;
  };

  Asked& put(std::string& place, std::string_view text) {
    place = text;
    return *this;
  }

  Form form_;
  std::string principal_;
  std::string role_arn_;
  std::string action_;
  std::string resource_ = "*";
  std::string owner_;
  std::vector<Key> keys_;
};

/// Begins a request of a user, role, session, root or federated user by its ARN; `*` is a caller
/// without credentials.
[[nodiscard]] inline Asked As(std::string_view arn) { return {Asked::Form::Arn, arn}; }
/// Of a service principal: `sns.amazonaws.com`.
[[nodiscard]] inline Asked AsService(std::string_view name) { return {Asked::Form::Service, name}; }
/// Of a SAML or web identity provider.
[[nodiscard]] inline Asked AsFederated(std::string_view provider) {
  return {Asked::Form::Federated, provider};
}

}  // namespace writ::inline v0
