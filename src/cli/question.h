// Question: one authorization question with its policies as text, as case files and flags give it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "writ/decision.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/impl/json_tree.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/request.h"

namespace writ::cli {

/// A policy document as text.
struct QuestionDocument {
  std::string name;  ///< what messages and explanations call it
  std::string_view text;
  std::size_t offset = 0;  ///< of the text in the file it is part of
};

/// The policies of one kind, of organization policies those of one level. A layer that is listed is
/// present, and without documents allows nothing (E-1).
struct QuestionLayer {
  PolicyType type = PolicyType::IdentityBased;
  std::uint32_t level = 0;
  std::vector<QuestionDocument> documents;
};

struct QuestionKey {
  std::string_view name;
  bool multivalued = false;
  std::string_view single;
  std::vector<std::string_view> values;
};

enum class CallerForm : unsigned char { Anonymous, Arn, Service, Federated, CanonicalUser };

/// One question. Borrows all texts.
struct Question {
  CallerForm caller_form = CallerForm::Anonymous;
  std::string_view caller;
  std::optional<std::string_view> role_arn;
  std::optional<std::string_view> issuer;
  std::string_view action;
  std::string_view resource = "*";
  std::optional<std::string_view> resource_account;
  std::optional<bool> resource_policy_required;
  std::vector<QuestionKey> context;
  std::vector<QuestionLayer> layers;
};

/// Whether the resource's policy is a role's trust policy: the action starts with `sts:` in any
/// letter case, and the resource is an ARN of service `iam` whose last field starts with `role/`.
[[nodiscard]] bool asks_for_role(std::string_view action, std::string_view resource);

/// Whether two kinds make one layer: a trust policy is a role's resource-based policy.
[[nodiscard]] bool is_same_layer(PolicyType a, PolicyType b) noexcept;

/// The request of a question, with these keys instead of its own. Borrows both.
[[nodiscard]] Result<Request> make_request(const Question& question,
                                           const std::vector<QuestionKey>& context);

/// A mistake in a question: of one of its documents, or (without one) of the request itself.
struct QuestionError {
  PolicyError error;
  const QuestionDocument* document = nullptr;
};

struct QuestionOptions {
  /// Documents are members of a larger JSON text (G-2).
  bool embedded_documents = false;
};

/// A question ready to be asked. Borrows the texts of the question; movable.
class PreparedQuestion {
 public:
  /// Parses and compiles the documents and makes the request. The first document that is refused,
  /// or else the invalid request, is the error.
  [[nodiscard]] static Result<PreparedQuestion, QuestionError> make(
      const Question& question, const QuestionOptions& options = {});

  [[nodiscard]] Decision evaluate() const noexcept { return writ::evaluate(request_, applied_); }
  [[nodiscard]] Explanation explain() const { return writ::explain(request_, applied_); }
  [[nodiscard]] const Request& request() const noexcept { return request_; }
  [[nodiscard]] const AppliedPolicies& applied() const noexcept { return applied_; }

  struct Located {
    const QuestionDocument* document = nullptr;
    const PolicyDocument* parsed = nullptr;
    const Statement* statement = nullptr;
  };
  /// The statement that an id names, with null pointers when there is none. Valid as long as both
  /// questions are.
  [[nodiscard]] Located locate(const Question& question, const StatementId& id) const noexcept;

 private:
  PreparedQuestion() = default;

  std::vector<std::vector<PolicyDocument>> documents_;  // by layer of the question
  std::vector<PolicySet> sets_;                         // one a layer
  std::vector<PolicyLayer> service_control_;
  std::vector<PolicyLayer> resource_control_;
  AppliedPolicies applied_;  // views of the vectors above, which keep their memory when moved
  Request request_;
};

/// Reads a context object: key -> string, or array of strings for a multi-valued key. Views into
/// the tree. Errors have code `code`.
[[nodiscard]] std::optional<PolicyError> read_context(const detail::JsonTree& tree,
                                                      const detail::JsonNode& object,
                                                      ErrorCode code,
                                                      std::vector<QuestionKey>& context);

}  // namespace writ::cli
