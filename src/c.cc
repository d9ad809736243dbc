// The C interface over the C++ one: what crosses is checked, copied and never thrown.
#include "writ/c.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/impl/utf8.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/request.h"

// NOLINTBEGIN(readability-identifier-naming): names as C has them

struct writ_document {
  std::string name;
  writ::PolicyDocument document;
};

struct writ_policy_set {
  writ::PolicyType type;
  writ::PolicySet set;
};

struct writ_policies {
  writ::PolicyStack stack;
};

namespace {

struct ConditionValues {
  std::string name;
  std::vector<std::string> values;
  bool multivalued = false;
};

// Everything that a request is made of, in strings of its own.
struct RequestParts {
  writ_caller_kind kind = WRIT_CALLER_ANONYMOUS;
  std::string caller;
  std::string action;
  std::string resource;
  std::optional<std::string> role_arn;
  std::optional<std::string> issuer;
  std::optional<std::string> resource_account;
  std::optional<bool> resource_policy_required;
  std::vector<ConditionValues> keys;
};

}  // namespace

struct writ_request_builder {
  RequestParts parts;
  writ_status failed = WRIT_OK;  ///< what a setter could not report
};

// INVARIANT: `request` points into `parts` and `lists`, so this neither changes nor moves.
struct writ_request {
  RequestParts parts;
  std::vector<std::vector<std::string_view>> lists;
  writ::Request request;
};

#define WRIT_TEXT_AS_IS(text) #text
#define WRIT_TEXT(macro) WRIT_TEXT_AS_IS(macro)

namespace {

static_assert(sizeof(writ_error) == 1024 && sizeof(writ_decision) == 24 + 2 * sizeof(void*));

// Cuts at a character: no byte of a sequence that is not copied whole.
template <std::size_t kSize>
void copy_text(std::string_view text, char (&target)[kSize]) noexcept {
  const std::size_t size = writ::detail::cut_at(text, kSize - 1);
  std::copy_n(text.data(), size, target);
  target[size] = '\0';
}

writ_status fail(writ_error* error, writ_status status, std::string_view name,
                 std::string_view message) noexcept {
  if (error != nullptr) {
    *error = writ_error{};
    error->status = status;
    copy_text(name, error->name);
    copy_text(message, error->message);
  }
  return status;
}

writ_status invalid_argument(writ_error* error, std::string_view message) noexcept {
  return fail(error, WRIT_INVALID_ARGUMENT, "INVALID_ARGUMENT", message);
}

writ_status status_of(writ::ErrorCode code) noexcept {
  switch (code) {
    case writ::ErrorCode::LimitExceeded:
      return WRIT_LIMIT_EXCEEDED;
    case writ::ErrorCode::InvalidRequest:
      return WRIT_INVALID_REQUEST;
    default:
      return WRIT_INVALID_POLICY;
  }
}

writ_status fail(writ_error* error, const writ::PolicyError& reason) noexcept {
  const writ_status status =
      fail(error, status_of(reason.code), to_string(reason.code), reason.message);
  if (error != nullptr) {
    error->offset = reason.position.offset;
    error->line = reason.position.line;
    error->column = reason.position.column;
    copy_text(reason.rule, error->rule);
    copy_text(reason.json_pointer, error->json_pointer);
  }
  return status;
}

writ_status out_of_memory(writ_error* error) noexcept {
  return fail(error, WRIT_OUT_OF_MEMORY, "OUT_OF_MEMORY", "there is not enough memory for this");
}

// Runs `body`. What is thrown in there is want of memory.
template <class Body>
writ_status guarded(writ_error* error, Body body) noexcept {
#if defined(__cpp_exceptions)
  try {
    return body();
  } catch (...) {
    return out_of_memory(error);
  }
#else
  static_cast<void>(error);
  return body();
#endif
}

constexpr std::array<writ::PolicyType, 8> kTypes = {
    writ::PolicyType::ServiceControl, writ::PolicyType::ResourceControl,
    writ::PolicyType::ResourceBased,  writ::PolicyType::RoleTrust,
    writ::PolicyType::IdentityBased,  writ::PolicyType::PermissionsBoundary,
    writ::PolicyType::Session,        writ::PolicyType::VpcEndpoint};
static_assert(kTypes.size() == writ::kPolicyTypeCount);

bool read_type(writ_policy_type type, writ::PolicyType& result) noexcept {
  if (type >= kTypes.size()) return false;
  result = kTypes[type];
  return true;
}

std::uint32_t number_of(writ::PolicyType type) noexcept {
  return static_cast<std::uint32_t>(std::ranges::find(kTypes, type) - kTypes.begin());
}

bool is_text(writ_text text) noexcept { return text.data != nullptr || text.size == 0; }

std::string_view view_of(writ_text text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

// Runs a setter, which has nowhere to report to but the builder.
template <class Body>
void set_part(writ_request_builder* builder, bool valid, Body body) noexcept {
  if (builder == nullptr) return;
  writ_status status = WRIT_INVALID_ARGUMENT;
  if (valid) {
    status = guarded(nullptr, [&]() -> writ_status {
      body(builder->parts);
      return WRIT_OK;
    });
  }
  if (builder->failed == WRIT_OK) builder->failed = status;
}

void set_text(writ_request_builder* builder, writ_text text,
              std::optional<std::string> RequestParts::*part) noexcept {
  set_part(builder, is_text(text), [&](RequestParts& parts) { parts.*part = view_of(text); });
}

writ::Result<writ::Caller> make_caller(const RequestParts& parts) {
  writ::Result<writ::Caller> caller = writ::Caller::anonymous();
  switch (parts.kind) {
    case WRIT_CALLER_ANONYMOUS:
      break;
    case WRIT_CALLER_ARN:
      caller = writ::Caller::from_arn(parts.caller);
      break;
    case WRIT_CALLER_SERVICE:
      caller = writ::Caller::service(parts.caller);
      break;
    case WRIT_CALLER_FEDERATED:
      caller = writ::Caller::federated(parts.caller);
      break;
    case WRIT_CALLER_CANONICAL_USER:
      caller = writ::Caller::canonical_user(parts.caller);
      break;
    default:  // the builder takes no other
      std::abort();
  }
  if (caller && parts.role_arn) caller = caller->with_role_arn(*parts.role_arn);
  if (caller && parts.issuer) caller = caller->with_issuer(*parts.issuer);
  return caller;
}

writ_status make_request(writ_request& target, writ_error* error) {
  const RequestParts& parts = target.parts;
  const writ::Result<writ::Caller> caller = make_caller(parts);
  if (!caller) return fail(error, caller.error());
  writ::RequestBuilder builder(*caller, parts.action, parts.resource);
  target.lists.reserve(parts.keys.size());
  for (const ConditionValues& key : parts.keys) {
    if (!key.multivalued) {
      builder.set(key.name, key.values.front());
      continue;
    }
    std::vector<std::string_view>& list = target.lists.emplace_back();
    list.assign(key.values.begin(), key.values.end());
    builder.set_list(key.name, list);
  }
  if (parts.resource_account) {
    // The C++ builder takes the empty text for none; whoever passes one has lost an account.
    if (parts.resource_account->empty()) {
      fail(error, WRIT_INVALID_REQUEST, to_string(writ::ErrorCode::InvalidRequest),
           "the resource's account is empty; leave it out or pass its twelve digits");
      if (error != nullptr) copy_text("E-80", error->rule);
      return WRIT_INVALID_REQUEST;
    }
    builder.resource_account(*parts.resource_account);
  }
  if (parts.resource_policy_required) {
    builder.resource_policy_required(*parts.resource_policy_required);
  }
  writ::Result<writ::Request> request = builder.build();
  if (!request) return fail(error, request.error());
  target.request = std::move(request).value();
  return WRIT_OK;
}

writ_decision decision_of(const writ::Decision& decision) noexcept {
  writ_decision result = {};
  switch (decision.outcome) {
    case writ::Outcome::ImplicitDeny:
      result.outcome = WRIT_IMPLICIT_DENY;
      break;
    case writ::Outcome::ExplicitDeny:
      result.outcome = WRIT_EXPLICIT_DENY;
      break;
    case writ::Outcome::Allowed:
      result.outcome = WRIT_ALLOWED;
      break;
  }
  const writ::StatementId& id = decision.statement;
  result.document = id.document;
  result.statement = id.statement;
  if (id.exists()) {
    result.layer = number_of(id.layer);
    result.level = id.level;
  }
  // Views of literals, which end with a zero byte.
  result.reason = name_of(decision.reason).data();
  result.rule = rule_of(decision.reason).data();
  return result;
}

static_assert(writ::StatementId::kNone == WRIT_NONE);

}  // namespace

extern "C" {

uint32_t writ_c_version(void) { return WRIT_C_VERSION; }

const char* writ_version(void) {
  return WRIT_TEXT(WRIT_VERSION_MAJOR) "." WRIT_TEXT(WRIT_VERSION_MINOR) "." WRIT_TEXT(
      WRIT_VERSION_PATCH);
}

const char* writ_outcome_name(writ_outcome outcome) {
  switch (outcome) {
    case WRIT_EXPLICIT_DENY:
      return "explicitDeny";
    case WRIT_ALLOWED:
      return "allowed";
    default:
      return "implicitDeny";
  }
}

writ_status writ_parse(writ_policy_type type, writ_text name, writ_text text,
                       writ_document** document, writ_error* error) {
  if (document == nullptr) return invalid_argument(error, "`document` is null");
  *document = nullptr;
  writ::PolicyType kind{};
  if (!read_type(type, kind)) return invalid_argument(error, "`type` is no kind of policy");
  if (!is_text(name) || !is_text(text)) {
    return invalid_argument(error, "a text has a size and is null");
  }
  return guarded(error, [&]() -> writ_status {
    writ::Result<writ::PolicyDocument> parsed = writ::parse_policy(view_of(text), kind);
    if (!parsed) return fail(error, parsed.error());
    *document = new writ_document{std::string(view_of(name)), std::move(parsed).value()};
    return WRIT_OK;
  });
}

size_t writ_document_statement_count(const writ_document* document) {
  return document == nullptr ? 0 : document->document.statements().size();
}

void writ_document_free(writ_document* document) { delete document; }

writ_status writ_compile(writ_policy_type type, const writ_document* const* documents, size_t count,
                         writ_policy_set** set, writ_error* error) {
  if (set == nullptr) return invalid_argument(error, "`set` is null");
  *set = nullptr;
  writ::PolicyType kind{};
  if (!read_type(type, kind)) return invalid_argument(error, "`type` is no kind of policy");
  if (documents == nullptr && count != 0) return invalid_argument(error, "`documents` is null");
  const std::span<const writ_document* const> all(documents, count);
  if (std::ranges::find(all, nullptr) != all.end()) {
    return invalid_argument(error, "a document is null");
  }
  return guarded(error, [&]() -> writ_status {
    if (all.empty()) {
      *set = new writ_policy_set{kind, {}};
      return WRIT_OK;
    }
    writ::PolicySetBuilder builder(kind);
    for (const writ_document* document : all) builder.attach(document->name, document->document);
    writ::Result<writ::PolicySet> built = builder.build();
    if (!built) return fail(error, built.error());
    *set = new writ_policy_set{kind, std::move(built).value()};
    return WRIT_OK;
  });
}

void writ_policy_set_free(writ_policy_set* set) { delete set; }

writ_status writ_policies_new(writ_policies** policies, writ_error* error) {
  if (policies == nullptr) return invalid_argument(error, "`policies` is null");
  *policies = new (std::nothrow) writ_policies;
  if (*policies == nullptr) return out_of_memory(error);
  return WRIT_OK;
}

writ_status writ_policies_add(writ_policies* policies, const writ_policy_set* set, uint32_t level,
                              writ_error* error) {
  if (policies == nullptr || set == nullptr) {
    return invalid_argument(error, "`policies` or `set` is null");
  }
  return guarded(error, [&]() -> writ_status {
    // No documents: the layer is there and allows nothing (E-1).
    if (set->set.program() == nullptr) {
      if (level > std::numeric_limits<decltype(writ::StatementId::level)>::max()) {
        return fail(error, WRIT_LIMIT_EXCEEDED, to_string(writ::ErrorCode::LimitExceeded),
                    "an organization has no such level; levels count from 0, the root's");
      }
      policies->stack.make_present(set->type, level);
      return WRIT_OK;
    }
    const writ::Result<bool> added = policies->stack.add(set->set, level);
    if (!added) return fail(error, added.error());
    return WRIT_OK;
  });
}

void writ_policies_free(writ_policies* policies) { delete policies; }

writ_status writ_request_builder_new(writ_caller_kind kind, writ_text caller, writ_text action,
                                     writ_text resource, writ_request_builder** builder,
                                     writ_error* error) {
  if (builder == nullptr) return invalid_argument(error, "`builder` is null");
  *builder = nullptr;
  if (kind > WRIT_CALLER_CANONICAL_USER) {
    return invalid_argument(error, "`kind` is no kind of caller");
  }
  if (!is_text(caller) || !is_text(action) || !is_text(resource)) {
    return invalid_argument(error, "a text has a size and is null");
  }
  return guarded(error, [&]() -> writ_status {
    RequestParts parts;
    parts.kind = kind;
    parts.caller = view_of(caller);
    parts.action = view_of(action);
    parts.resource = view_of(resource);
    *builder = new writ_request_builder{std::move(parts)};
    return WRIT_OK;
  });
}

void writ_request_set(writ_request_builder* builder, writ_text key, writ_text value) {
  set_part(builder, is_text(key) && is_text(value), [&](RequestParts& parts) {
    parts.keys.push_back({std::string(view_of(key)), {std::string(view_of(value))}, false});
  });
}

void writ_request_set_list(writ_request_builder* builder, writ_text key, const writ_text* values,
                           size_t count) {
  const bool valid = is_text(key) && (values != nullptr || count == 0) &&
                     std::ranges::all_of(std::span(values, values == nullptr ? 0 : count), is_text);
  set_part(builder, valid, [&](RequestParts& parts) {
    ConditionValues entry{std::string(view_of(key)), {}, true};
    for (const writ_text& value : std::span(values, count))
      entry.values.emplace_back(view_of(value));
    parts.keys.push_back(std::move(entry));
  });
}

void writ_request_set_role_arn(writ_request_builder* builder, writ_text role_arn) {
  set_text(builder, role_arn, &RequestParts::role_arn);
}

void writ_request_set_issuer(writ_request_builder* builder, writ_text issuer) {
  set_text(builder, issuer, &RequestParts::issuer);
}

void writ_request_set_resource_account(writ_request_builder* builder, writ_text account) {
  set_text(builder, account, &RequestParts::resource_account);
}

void writ_request_set_resource_policy_required(writ_request_builder* builder, int required) {
  set_part(builder, required == 0 || required == 1,
           [&](RequestParts& parts) { parts.resource_policy_required = required != 0; });
}

writ_status writ_request_build(const writ_request_builder* builder, writ_request** request,
                               writ_error* error) {
  if (request == nullptr) return invalid_argument(error, "`request` is null");
  *request = nullptr;
  if (builder == nullptr) return invalid_argument(error, "`builder` is null");
  if (builder->failed == WRIT_OUT_OF_MEMORY) return out_of_memory(error);
  if (builder->failed != WRIT_OK) {
    return invalid_argument(error,
                            "a part was set to what it cannot be: a text that has a size and "
                            "is null, or a flag that is neither 0 nor 1");
  }
  return guarded(error, [&]() -> writ_status {
    auto made = std::make_unique<writ_request>();
    made->parts = builder->parts;
    const writ_status status = make_request(*made, error);
    if (status == WRIT_OK) *request = made.release();
    return status;
  });
}

void writ_request_builder_free(writ_request_builder* builder) { delete builder; }

void writ_request_free(writ_request* request) { delete request; }

writ_outcome writ_evaluate(const writ_policies* policies, const writ_request* request,
                           writ_decision* decision) {
  // A request made by no builder is denied, and says so (D-10).
  writ::Decision answer;
  answer.reason = writ::Reason::NotARequest;
  if (policies != nullptr && request != nullptr) {
    answer = policies->stack.evaluate(request->request);
  }
  const writ_decision result = decision_of(answer);
  if (decision != nullptr) *decision = result;
  return result.outcome;
}

writ_status writ_explain_json(const writ_policies* policies, const writ_request* request,
                              char** json, size_t* size, writ_error* error) {
  if (size != nullptr) *size = 0;
  if (json == nullptr) return invalid_argument(error, "`json` is null");
  *json = nullptr;
  if (policies == nullptr || request == nullptr) {
    return invalid_argument(error, "`policies` or `request` is null");
  }
  return guarded(error, [&]() -> writ_status {
    const std::string text = policies->stack.explain(request->request).to_json();
    auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy == nullptr) return out_of_memory(error);
    std::copy_n(text.c_str(), text.size() + 1, copy);
    *json = copy;
    if (size != nullptr) *size = text.size();
    return WRIT_OK;
  });
}

void writ_string_free(char* string) { std::free(string); }

}  // extern "C"

// NOLINTEND(readability-identifier-naming)
