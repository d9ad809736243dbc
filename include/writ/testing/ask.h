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

/// A request as a test writes it down. Owns its strings, so that tables of them can be kept; what
/// adds to one returns another, so that one can be the beginning of many. Nothing is checked before
/// `ask` makes the request. Thread-safety: const access from any number of threads.
class Asked {
 public:
  /// How a principal is named.
  enum class Form : unsigned char { Arn, Service, Federated };

  /// A question of that principal; see the functions below.
  Asked(Form form, std::string_view principal) : form_(form), principal_(principal) {}

  /// The action: `s3:GetObject`.
  [[nodiscard]] Asked Does(std::string_view action) const { return with(&Asked::action_, action); }
  /// The resource's ARN; `*`, which is what is asked without it.
  [[nodiscard]] Asked On(std::string_view resource) const {
    return with(&Asked::resource_, resource);
  }
  /// The account that owns the resource, for ARNs that name none (E-80).
  [[nodiscard]] Asked OwnedBy(std::string_view account) const {
    return with(&Asked::owner_, account);
  }
  /// For a session of a role: the role's ARN with its path (P-22).
  [[nodiscard]] Asked OfRole(std::string_view role_arn) const {
    return with(&Asked::role_arn_, role_arn);
  }
  /// A condition key with one value.
  [[nodiscard]] Asked With(std::string_view key, std::string_view value) const {
    return with(Key{std::string(key), {std::string(value)}, false});
  }
  /// A multi-valued condition key (C-13), perhaps without values.
  [[nodiscard]] Asked WithList(std::string_view key,
                               std::initializer_list<std::string_view> values) const {
    return with(Key{std::string(key), {values.begin(), values.end()}, true});
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

  [[nodiscard]] Asked with(std::string Asked::*part, std::string_view text) const {
    Asked asked = *this;
    asked.*part = text;
    return asked;
  }
  [[nodiscard]] Asked with(Key key) const {
    Asked asked = *this;
    asked.keys_.push_back(std::move(key));
    return asked;
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
