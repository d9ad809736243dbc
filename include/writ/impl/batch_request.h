// Not API, may change in any release. The request of a batch, whose action or resource changes.
#pragma once

#include "writ/hash.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

/// Whether what follows from a resource for a caller is the same for another one: the fields before
/// the last one are, and neither is of the kinds that know_grants tells apart.
[[nodiscard]] inline bool only_the_tail_differs(const ResourceFacts& a,
                                                const ResourceFacts& b) noexcept {
  return a.colons == b.colons && !a.is_star() &&
         equal_bytes(a.text.data(), b.text.data(), a.colons[4]) && !a.is_iam_role &&
         !b.is_iam_role && !a.is_kms_key && !b.is_kms_key;
}

/// A request whose action or resource is replaced again and again.
class BatchRequest {
 public:
  explicit BatchRequest(const RequestFacts& facts) noexcept : facts_(facts) {}

  [[nodiscard]] const RequestFacts& facts() const noexcept { return facts_; }
  void set_action(const ActionName& action) noexcept {
    facts_.action_ = action;
    // Of other resources nothing depends on the action.
    if (facts_.resource_.is_iam_role || facts_.resource_.is_kms_key) facts_.know_grants();
  }
  /// `resource` outlives the batch; those of a list come in their order, from the first.
  void set_resource(const ResourceFacts& resource) noexcept {
    facts_.resource_ = resource;
    if (resource.is_like_the_last) return;
    facts_.know_resource();
    facts_.know_grants();
  }
  /// E-61 does not depend on the action: the resource is neither a role nor a key, or the request
  /// was told.
  [[nodiscard]] static bool grants_are_the_same_for_all_actions(
      const RequestFacts& facts) noexcept {
    return facts.policy_override_ >= 0 ||
           (!facts.resource_.is_iam_role && !facts.resource_.is_kms_key);
  }

 private:
  RequestFacts facts_;
};

}  // namespace detail
}  // namespace writ::inline v0
