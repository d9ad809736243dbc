// Not API, may change in any release. Checking callers and requests once, so that evaluation need
// not.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/impl/index_keys.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline bool is_account_id(std::string_view text) noexcept {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Q-23 characters of user, role and session names.
[[nodiscard]] inline bool is_iam_name(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '=' || c == ',' || c == '.' || c == '@' || c == '_' || c == '-';
  });
}

[[nodiscard]] inline bool is_partition(std::string_view text) noexcept {
  return text == "aws" || (text.size() > 4 && text.substr(0, 4) == "aws-");
}

/// `[path/]name` behind `user/` or `role/`: any visible ASCII, the last component a name.
[[nodiscard]] inline bool is_path_and_name(std::string_view text) noexcept {
  const std::size_t slash = text.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
  return is_iam_name(name) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

[[nodiscard]] inline PolicyError request_error(std::string_view rule, std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidRequest;
  error.rule = rule;
  error.message = std::move(message);
  return error;
}

/// M-14
[[nodiscard]] inline PolicyError action_error(std::string_view action) {
  return request_error(
      "M-14",
      fmt::format("the action `{}` is not of the form `service:Name`, without wildcards", action));
}
/// M-32
[[nodiscard]] inline PolicyError resource_error(std::string_view resource) {
  return request_error("M-32", fmt::format("the resource `{}` is neither `*` nor an ARN of six "
                                           "fields (arn:partition:service:region:account:resource)",
                                           resource.substr(0, 2048)));
}

/// The parts of an IAM or STS principal ARN.
struct PrincipalArn {
  std::string_view partition;
  std::string_view service;
  std::string_view account;
  std::string_view resource;
};

[[nodiscard]] inline bool split_principal_arn(std::string_view arn, PrincipalArn& parts) noexcept {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return false;
    field = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  parts = {fields[1], fields[2], fields[4], arn};
  return fields[0] == "arn" && is_partition(fields[1]) && fields[3].empty() &&
         is_account_id(fields[4]);
}

[[nodiscard]] inline bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// E-34: the role's path says that a service owns it.
[[nodiscard]] inline bool is_service_linked_role(std::string_view role_arn) noexcept {
  PrincipalArn parts;
  return split_principal_arn(role_arn, parts) &&
         take_prefix(parts.resource, "role/aws-service-role/");
}

/// G-25, M-14: `prefix:name` without wildcards.
[[nodiscard]] inline bool is_action(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && !(c == '_' && i > colon) && i != colon) return false;
  }
  return true;
}

/// E-61: the STS calls that ask for a role.
[[nodiscard]] inline bool asks_for_role(const ActionName& action) noexcept {
  if (!equals_folded(action.service(), "sts")) return false;
  const std::string_view name = action.text().substr(4);
  constexpr std::string_view kAssumeRole = "assumerole";
  return equals_folded(name.substr(0, kAssumeRole.size()), kAssumeRole) ||
         equals_folded(name, "tagsession") || equals_folded(name, "setsourceidentity");
}

}  // namespace detail

WRIT_FUNC Result<Caller> Caller::from_arn(std::string_view arn) {
  if (arn == "*") return Caller();
  const auto refuse = [arn] {
    return detail::request_error(
        "P-1", fmt::format("the principal `{}` is none of: a root, user, role, assumed-role or "
                           "federated-user ARN with a 12-digit account, or `*`",
                           arn));
  };
  detail::PrincipalArn parts;
  if (!detail::split_principal_arn(arn, parts)) return refuse();
  Caller caller;
  caller.id_ = arn;
  caller.partition_ = parts.partition;
  caller.account_ = parts.account;
  std::string_view rest = parts.resource;
  if (parts.service == "iam") {
    if (rest == "root") {
      caller.kind_ = CallerKind::Root;
      return caller;
    }
    if (detail::take_prefix(rest, "user/")) {
      caller.kind_ = CallerKind::User;
    } else if (detail::take_prefix(rest, "role/")) {
      caller.kind_ = CallerKind::Role;
      caller.role_arn_ = arn;
      caller.service_linked_ = detail::is_service_linked_role(arn);
    } else {
      return refuse();
    }
    if (!detail::is_path_and_name(rest)) return refuse();
    caller.name_ = rest.substr(rest.rfind('/') + 1);
    return caller;
  }
  if (parts.service != "sts") return refuse();
  if (detail::take_prefix(rest, "federated-user/")) {
    caller.kind_ = CallerKind::FederatedUser;
    caller.name_ = rest;
    if (!detail::is_iam_name(rest)) return refuse();
    return caller;
  }
  if (!detail::take_prefix(rest, "assumed-role/")) return refuse();
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return refuse();
  caller.kind_ = CallerKind::RoleSession;
  caller.name_ = rest.substr(0, slash);
  if (!detail::is_iam_name(caller.name_) || !detail::is_iam_name(rest.substr(slash + 1))) {
    return refuse();
  }
  return caller;
}

WRIT_FUNC Result<Caller> Caller::service(std::string_view name) {
  const bool valid = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
  if (!valid) {
    return detail::request_error("P-1",
                                 fmt::format("`{}` is no service principal; write a name such as "
                                             "`sns.amazonaws.com`",
                                             name));
  }
  Caller caller;
  caller.kind_ = CallerKind::Service;
  caller.id_ = name;
  return caller;
}

WRIT_FUNC Result<Caller> Caller::federated(std::string_view provider) {
  if (provider.empty() || provider == "*") {
    return detail::request_error(
        "P-1", "a federated principal needs the name or ARN of its identity provider");
  }
  Caller caller;
  caller.kind_ = CallerKind::Federated;
  caller.id_ = provider;
  return caller;
}

WRIT_FUNC Result<Caller> Caller::canonical_user(std::string_view id) {
  Caller caller;
  caller.kind_ = CallerKind::CanonicalUser;
  caller.id_ = id;
  return caller.with_canonical_id(id);
}

WRIT_FUNC Result<Caller> Caller::with_role_arn(std::string_view role_arn) const {
  detail::PrincipalArn parts;
  const bool valid = detail::split_principal_arn(role_arn, parts) && parts.service == "iam" &&
                     detail::take_prefix(parts.resource, "role/") &&
                     detail::is_path_and_name(parts.resource);
  const bool fits = valid && (kind_ == CallerKind::RoleSession || kind_ == CallerKind::Role) &&
                    parts.partition == partition_ && parts.account == account_ &&
                    parts.resource.substr(parts.resource.rfind('/') + 1) == name_ &&
                    (kind_ != CallerKind::Role || role_arn == id_);
  if (!fits) {
    return detail::request_error(
        "P-22", fmt::format("`{}` is not the ARN of the role of the session `{}`", role_arn, id_));
  }
  Caller caller = *this;
  caller.role_arn_ = role_arn;
  caller.service_linked_ = service_linked_ || detail::is_service_linked_role(role_arn);
  return caller;
}

WRIT_FUNC Result<Caller> Caller::with_issuer(std::string_view issuer_arn) const {
  detail::PrincipalArn parts;
  bool fits = kind_ == CallerKind::FederatedUser &&
              detail::split_principal_arn(issuer_arn, parts) && parts.service == "iam" &&
              parts.partition == partition_ && parts.account == account_;
  const bool root = fits && parts.resource == "root";
  fits = fits && (root || (detail::take_prefix(parts.resource, "user/") &&
                           detail::is_path_and_name(parts.resource)));
  if (!fits) {
    return detail::request_error(
        "E-44",
        fmt::format("`{}` cannot have issued the session of `{}`: the issuer of a federated "
                    "user is a user, or root, of the same account",
                    issuer_arn, id_));
  }
  Caller caller = *this;
  caller.issuer_ = issuer_arn;
  caller.issued_by_root_ = root;
  return caller;
}

WRIT_FUNC Result<Caller> Caller::with_canonical_id(std::string_view id) const {
  const bool valid =
      id.size() == 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      });
  if (!valid) {
    return detail::request_error(
        "P-30", fmt::format("`{}` is no canonical id: it has 64 hexadecimal digits", id));
  }
  Caller caller = *this;
  caller.canonical_id_ = id;
  return caller;
}

WRIT_FUNC Caller Caller::as_service_linked() const noexcept {
  Caller caller = *this;
  caller.service_linked_ = kind_ == CallerKind::RoleSession || kind_ == CallerKind::Role;
  return caller;
}

namespace detail {

template <class SameName>
[[nodiscard]] inline const ContextEntry* find_entry(const ContextEntry* entries,
                                                    const std::uint64_t* hashes,
                                                    std::uint32_t count, std::uint64_t hash,
                                                    const SameName& same_name) noexcept {
  std::size_t i = 0;
  if (count > 16)
    i = static_cast<std::size_t>(std::lower_bound(hashes, hashes + count, hash) - hashes);
  for (; i < count; ++i) {
    if (hashes[i] == hash && same_name(entries[i].key.name())) return &entries[i];
    if (count > 16 && hashes[i] != hash) break;  // they are sorted
  }
  return nullptr;
}

WRIT_FUNC const ContextEntry* RequestFacts::find(std::uint64_t key_hash,
                                                 std::string_view key) const noexcept {
  return find_entry(entries_, key_hashes_, entry_count_, key_hash,
                    [key](std::string_view name) { return equals_folded(key, name); });
}

WRIT_FUNC const ContextEntry* RequestFacts::find_folded(std::uint64_t key_hash,
                                                        std::string_view key) const noexcept {
  return find_entry(entries_, key_hashes_, entry_count_, key_hash,
                    [key](std::string_view name) { return equals_prefolded(key, name); });
}

WRIT_FUNC void RequestFacts::know_action(const ActionName& action) noexcept {
  action_ = action;
  role_trust_ = resource_.is_iam_role && equals_folded(action.service(), "sts");
  policy_required_ = policy_override_ < 0
                         ? (resource_.is_kms_key && equals_folded(action.service(), "kms")) ||
                               (role_trust_ && asks_for_role(action))
                         : policy_override_ != 0;
  identity_may_decide_ = (caller_kind_ == CallerKind::User || caller_kind_ == CallerKind::Role ||
                          caller_kind_ == CallerKind::RoleSession) &&
                         same_account_ && !partitions_differ_ && !policy_required_;
}

WRIT_FUNC void RequestFacts::know_resource() noexcept {
  const std::string_view arn_account = resource_.field(4);
  owner_ = is_account_id(arn_account) ? arn_account : fallback_owner_;
  caller_kind_ = caller_.kind();
  issued_by_root_ = caller_.issued_by_root();
  service_control_binds_ = caller_.has_account() && !caller_.is_service_linked();
  same_account_ = caller_.has_account() && caller_.account() == owner_;
  partitions_differ_ =
      caller_.has_account() && !resource_.is_star() && resource_.field(1) != caller_.partition();
}

WRIT_FUNC bool ResourceFacts::read(std::string_view resource) noexcept {
  text = resource;
  colons = {};
  known_segments = 0;
  extra_colons = is_kms_key = is_iam_role = false;
  if (text == "*") return true;
  if (text.substr(0, 4) != "arn:" || text.size() > 0xffffffffULL) return false;
  std::size_t at = 0;
  for (std::uint32_t& colon : colons) {
    at = text.find(':', at);
    if (at == std::string_view::npos) return false;
    colon = static_cast<std::uint32_t>(at++);
  }
  for (int i = 0; i < 4; ++i) {
    field_hashes[static_cast<std::size_t>(i)] = hash_bytes(field(i + 1));
  }
  all_fields_hash = hash_fields(field_hashes);
  const std::string_view tail = field(5);
  extra_colons = tail.find(':') != std::string_view::npos;
  tail_hash = hash_bytes(tail);
  for (at = 0; at < tail.size() && known_segments < kKnownSegments; ++at) {
    if (tail[at] != '/' && tail[at] != ':') continue;
    segment_hashes[known_segments++] = hash_bytes(tail.substr(0, at + 1));
  }
  const std::string_view service = field(2);
  is_iam_role = service == "iam" && tail.substr(0, 5) == "role/";
  is_kms_key = service == "kms" && tail.substr(0, 4) == "key/";
  return true;
}

}  // namespace detail

WRIT_FUNC void Request::point_to_own_entries() noexcept {
  const bool spilled = !spilled_.empty();
  facts_.entries_ = spilled ? spilled_.data() : inline_.data();
  facts_.key_hashes_ = spilled ? spilled_hashes_.data() : inline_hashes_.data();
}

WRIT_FUNC void Request::take_entries(const Request& other) {
  if (other.spilled_.empty()) {
    std::copy_n(other.inline_hashes_.begin(), other.facts_.entry_count_, inline_hashes_.begin());
    std::copy_n(other.inline_.begin(), other.facts_.entry_count_, inline_.begin());
  }
  point_to_own_entries();
}

WRIT_FUNC Request::Request(const Request& other)
    : facts_(other.facts_), spilled_(other.spilled_), spilled_hashes_(other.spilled_hashes_) {
  take_entries(other);
}

WRIT_FUNC Request::Request(Request&& other) noexcept
    : facts_(other.facts_),
      spilled_(std::move(other.spilled_)),
      spilled_hashes_(std::move(other.spilled_hashes_)) {
  if (spilled_.empty()) {
    take_entries(other);
  } else {
    point_to_own_entries();
    other.facts_.entry_count_ = 0;
    other.point_to_own_entries();
  }
}

WRIT_FUNC Request& Request::operator=(const Request& other) {
  if (this == &other) return *this;
  spilled_ = other.spilled_;
  spilled_hashes_ = other.spilled_hashes_;
  facts_ = other.facts_;
  take_entries(other);
  return *this;
}

WRIT_FUNC Request& Request::operator=(Request&& other) noexcept {
  if (this == &other) return *this;
  const bool spilled = !other.spilled_.empty();
  spilled_ = std::move(other.spilled_);
  spilled_hashes_ = std::move(other.spilled_hashes_);
  facts_ = other.facts_;
  if (!spilled) {
    take_entries(other);
  } else {
    point_to_own_entries();
    other.facts_.entry_count_ = 0;
    other.spilled_.clear();
    other.point_to_own_entries();
  }
  return *this;
}

WRIT_FUNC void RequestBuilder::add(const ContextEntry& entry) {
  Request& request = request_;
  const std::uint32_t count = request.facts_.entry_count_++;
  if (count < Request::kInlineKeys) {
    request.inline_[count] = entry;
    request.inline_hashes_[count] = entry.key.hash();
    return;
  }
  if (count == Request::kInlineKeys) {
    request.spilled_.assign(request.inline_.begin(), request.inline_.end());
  }
  request.spilled_.push_back(entry);
}

WRIT_FUNC RequestBuilder& RequestBuilder::set(ConditionKey key, std::string_view value) {
  ContextEntry entry;
  entry.key = key;
  entry.single = value;
  add(entry);
  return *this;
}

WRIT_FUNC RequestBuilder& RequestBuilder::set_list(ConditionKey key,
                                                   std::span<const std::string_view> values) {
  ContextEntry entry;
  entry.key = key;
  entry.values = values;
  entry.multivalued = true;
  add(entry);
  return *this;
}

WRIT_FUNC Result<Request> RequestBuilder::build() const {
  if (!detail::is_action(request_.facts_.action_.text())) {
    return detail::action_error(request_.facts_.action_.text());
  }
  Request request = request_;
  detail::RequestFacts& facts = request.facts_;
  if (!facts.resource_.read(facts.resource_.text)) {
    return detail::resource_error(facts.resource_.text);
  }

  // E-80: the ARN's account, else what the caller of this library says, else the caller's account.
  if (!resource_account_.empty() && !detail::is_account_id(resource_account_)) {
    return detail::request_error(
        "E-80", fmt::format("the resource's account `{}` is not 12 digits", resource_account_));
  }
  facts.fallback_owner_ = resource_account_.empty() ? facts.caller_.account() : resource_account_;
  facts.know_resource();
  facts.know_action(facts.action_);

  // C-12: keys that are equal under folding collide.
  if (request.spilled_.empty()) {
    for (std::uint32_t i = 0; i < facts.entry_count_; ++i) {
      for (std::uint32_t j = i + 1; j < facts.entry_count_; ++j) {
        ContextEntry& a = request.inline_[i];
        ContextEntry& b = request.inline_[j];
        if (a.key.hash() == b.key.hash() && equals_folded(a.key.name(), b.key.name())) {
          a.collided = b.collided = true;
        }
      }
    }
    return request;
  }
  auto& entries = request.spilled_;
  std::sort(entries.begin(), entries.end(), [](const ContextEntry& a, const ContextEntry& b) {
    if (a.key.hash() != b.key.hash()) return a.key.hash() < b.key.hash();
    return std::lexicographical_compare(
        a.key.name().begin(), a.key.name().end(), b.key.name().begin(), b.key.name().end(),
        [](char x, char y) { return fold_ascii(x) < fold_ascii(y); });
  });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    ContextEntry& a = entries[i - 1];
    ContextEntry& b = entries[i];
    if (a.key.hash() == b.key.hash() && equals_folded(a.key.name(), b.key.name())) {
      a.collided = b.collided = true;
    }
  }
  request.spilled_hashes_.reserve(entries.size());
  for (const ContextEntry& entry : entries) request.spilled_hashes_.push_back(entry.key.hash());
  request.point_to_own_entries();
  return request;
}

}  // namespace writ::inline v0
