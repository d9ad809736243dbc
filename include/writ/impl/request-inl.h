// Not API, may change in any release. Checking callers and requests once, so that evaluation need
// not.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/impl/index_keys.h"
#include "writ/impl/request_checks.h"
#include "writ/request.h"

namespace writ::inline v0 {
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

/// Among more than a few entries, which are sorted by hash. Apart, so that the other case is short.
template <class SameName>
[[nodiscard, gnu::noinline]] inline const ContextEntry* find_sorted_entry(
    const ContextEntry* entries, const std::uint64_t* hashes, std::uint32_t count,
    std::uint64_t hash, const SameName& same_name) noexcept {
  const std::uint64_t* at = std::lower_bound(hashes, hashes + count, hash);
  for (; at != hashes + count && *at == hash; ++at) {
    const ContextEntry& entry = entries[at - hashes];
    if (same_name(entry.key.name())) return &entry;
  }
  return nullptr;
}

template <class SameName>
[[nodiscard]] inline const ContextEntry* find_entry(const ContextEntry* entries,
                                                    const std::uint64_t* hashes,
                                                    std::uint32_t count, std::uint64_t hash,
                                                    const SameName& same_name) noexcept {
  if (count > ContextEntries::kInline) {
    return find_sorted_entry(entries, hashes, count, hash, same_name);
  }
  for (const ContextEntry* entry = entries; count != 0; --count, ++entry, ++hashes) {
    if (*hashes == hash && same_name(entry->key.name())) return entry;
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
  know_grants();
}

WRIT_FUNC void RequestFacts::know_grants() noexcept {
  role_trust_ = resource_.is_iam_role && equals_folded(action_.service(), "sts");
  policy_required_ = policy_override_ < 0
                         ? (resource_.is_kms_key && equals_folded(action_.service(), "kms")) ||
                               (role_trust_ && asks_for_role(action_))
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
  same_account_ = caller_.has_account() && are_equal(caller_.account(), owner_);
  partitions_differ_ = caller_.has_account() && !resource_.is_star() &&
                       !are_equal(resource_.field(1), caller_.partition());
}

WRIT_FUNC bool ResourceFacts::read(std::string_view resource) noexcept {
  text = resource;
  colons = {};
  known_segments = 0;
  extra_colons = is_kms_key = is_iam_role = is_like_the_last = false;
  ending = EndingState::Unknown;
  if (text == "*") return true;
  if (!are_equal(text.substr(0, 4), "arn:") || text.size() > 0xffffffffULL) return false;
  std::size_t found = 0;
  for (std::size_t at = 0; at < text.size() && found < colons.size(); at += 8) {
    std::uint64_t hits = bytes_equal_to(word_at(text, at), ':');
    for (; hits != 0 && found < colons.size(); hits &= hits - 1) {
      colons[found++] =
          static_cast<std::uint32_t>(at + static_cast<std::size_t>(__builtin_ctzll(hits)) / 8);
    }
  }
  if (found < colons.size()) {
    colons = {};
    return false;
  }
  const auto hash_of = [this](std::string_view part) {
    return hash_words<false>(part, 0,
                             static_cast<std::size_t>(text.data() + text.size() - part.data()));
  };
  for (int i = 0; i < 4; ++i) field_hashes[static_cast<std::size_t>(i)] = hash_of(field(i + 1));
  all_fields_hash = hash_fields(field_hashes);
  const std::string_view tail = field(5);
  tail_hash = hash_of(tail);
  std::uint64_t tail_colons = 0;
  for (std::size_t at = 0; at < tail.size(); at += 8) {
    const std::uint64_t word = word_at(tail, at);
    const std::uint64_t colon_hits = bytes_equal_to(word, ':');
    tail_colons |= colon_hits;
    std::uint64_t hits = colon_hits | bytes_equal_to(word, '/');
    for (; hits != 0 && known_segments < kKnownSegments; hits &= hits - 1) {
      const std::size_t end = at + static_cast<std::size_t>(__builtin_ctzll(hits)) / 8 + 1;
      segment_hashes[known_segments++] = hash_of(tail.substr(0, end));
    }
  }
  extra_colons = tail_colons != 0;
  const std::string_view service = field(2);
  is_iam_role = are_equal(service, "iam") && are_equal(tail.substr(0, 5), "role/");
  is_kms_key = are_equal(service, "kms") && are_equal(tail.substr(0, 4), "key/");
  return true;
}

WRIT_FUNC void ResourceFacts::know_ending() noexcept {
  const std::string_view tail = field(5);
  const std::size_t begin = ending_of(tail);
  ending = begin == std::string_view::npos ? EndingState::None : EndingState::Hashed;
  if (ending == EndingState::Hashed) ending_hash = hash_bytes(tail.substr(begin));
}

}  // namespace detail

namespace detail {

WRIT_FUNC ContextEntries::ContextEntries(const ContextEntries& other)
    : count_(other.count_), spilled_(other.spilled_), spilled_hashes_(other.spilled_hashes_) {
  copy_inline(other);
}

WRIT_FUNC ContextEntries::ContextEntries(ContextEntries&& other) noexcept
    : count_(other.count_),
      spilled_(std::move(other.spilled_)),
      spilled_hashes_(std::move(other.spilled_hashes_)) {
  copy_inline(other);
  if (count_ > kInline) other.count_ = 0;
}

WRIT_FUNC ContextEntries& ContextEntries::operator=(const ContextEntries& other) {
  if (this == &other) return *this;
  spilled_ = other.spilled_;
  spilled_hashes_ = other.spilled_hashes_;
  count_ = other.count_;
  copy_inline(other);
  return *this;
}

WRIT_FUNC ContextEntries& ContextEntries::operator=(ContextEntries&& other) noexcept {
  if (this == &other) return *this;
  spilled_ = std::move(other.spilled_);
  spilled_hashes_ = std::move(other.spilled_hashes_);
  count_ = other.count_;
  copy_inline(other);
  if (count_ > kInline) other.count_ = 0;
  return *this;
}

WRIT_FUNC void ContextEntries::spill(const ContextEntry& entry) {
  if (count_ == kInline) spilled_.assign(inline_entries(), inline_entries() + kInline);
  spilled_.push_back(entry);
  ++count_;
}

[[nodiscard]] inline bool are_equal_keys(const ContextEntry& a, const ContextEntry& b) noexcept {
  return a.key.hash() == b.key.hash() && equals_folded(a.key.name(), b.key.name());
}

WRIT_FUNC void ContextEntries::seal() {
  if (count_ <= kInline) {
    auto* entries = reinterpret_cast<ContextEntry*>(inline_bytes_);
    for (std::uint32_t i = 1; i < count_; ++i) {
      for (std::uint32_t j = 0; j < i; ++j) {
        if (are_equal_keys(entries[i], entries[j]))
          entries[i].collided = entries[j].collided = true;
      }
    }
    return;
  }
  std::sort(spilled_.begin(), spilled_.end(), [](const ContextEntry& a, const ContextEntry& b) {
    if (a.key.hash() != b.key.hash()) return a.key.hash() < b.key.hash();
    return std::lexicographical_compare(
        a.key.name().begin(), a.key.name().end(), b.key.name().begin(), b.key.name().end(),
        [](char x, char y) { return fold_ascii(x) < fold_ascii(y); });
  });
  for (std::size_t i = 1; i < spilled_.size(); ++i) {
    ContextEntry& a = spilled_[i - 1];
    ContextEntry& b = spilled_[i];
    if (are_equal_keys(a, b)) a.collided = b.collided = true;
  }
  spilled_hashes_.clear();
  spilled_hashes_.reserve(spilled_.size());
  for (const ContextEntry& entry : spilled_) spilled_hashes_.push_back(entry.key.hash());
}

}  // namespace detail

WRIT_FUNC void Request::point_to_own_entries() noexcept {
  facts_.entries_ = entries_.data();
  facts_.key_hashes_ = entries_.hashes();
  facts_.entry_count_ = entries_.size();
}

WRIT_FUNC Request::Request(detail::RequestPass /*pass*/, const RequestBuilder& builder,
                           const detail::ResourceFacts& resource)
    : entries_(builder.entries_) {
  facts_.caller_ = builder.caller_;
  facts_.resource_ = resource;
  facts_.aws_managed_key_ = builder.aws_managed_key_;
  facts_.policy_override_ = builder.policy_override_;
  // E-80: the ARN's account, else what the caller of this library says, else the caller's account.
  facts_.fallback_owner_ =
      builder.resource_account_.empty() ? builder.caller_.account() : builder.resource_account_;
  facts_.know_resource();
  facts_.know_action(builder.action_);
  entries_.seal();
  point_to_own_entries();
}

WRIT_FUNC Request::Request(const Request& other) : facts_(other.facts_), entries_(other.entries_) {
  point_to_own_entries();
}

// With its context gone a request is no question: a Deny on the context would not apply.
WRIT_FUNC void Request::ask_nothing() noexcept {
  entries_ = detail::ContextEntries();
  facts_ = Request().facts_;
  point_to_own_entries();
}

WRIT_FUNC Request::Request(Request&& other) noexcept
    : facts_(other.facts_), entries_(std::move(other.entries_)) {
  point_to_own_entries();
  other.ask_nothing();
}

WRIT_FUNC Request& Request::operator=(const Request& other) {
  if (this == &other) return *this;
  entries_ = other.entries_;
  facts_ = other.facts_;
  point_to_own_entries();
  return *this;
}

WRIT_FUNC Request& Request::operator=(Request&& other) noexcept {
  if (this == &other) return *this;
  entries_ = std::move(other.entries_);
  facts_ = other.facts_;
  point_to_own_entries();
  other.ask_nothing();
  return *this;
}

WRIT_FUNC RequestBuilder& RequestBuilder::set(ConditionKey key, std::string_view value) {
  ContextEntry entry;
  entry.key = key;
  entry.single = value;
  entries_.add(entry);
  return *this;
}

WRIT_FUNC RequestBuilder& RequestBuilder::set_list(ConditionKey key,
                                                   std::span<const std::string_view> values) {
  ContextEntry entry;
  entry.key = key;
  entry.values = values;
  entry.multivalued = true;
  entries_.add(entry);
  return *this;
}

WRIT_FUNC Result<Request> RequestBuilder::build() const {
  if (!detail::is_action(action_.text())) return detail::action_error(action_.text());
  detail::ResourceFacts resource;
  if (!resource.read(resource_)) return detail::resource_error(resource_);
  if (!resource_account_.empty() && !detail::is_account_id(resource_account_)) {
    return detail::request_error(
        "E-80", fmt::format("the resource's account `{}` is not 12 digits", resource_account_));
  }
  // In its place at once: a request is too large to be passed along.
  return Result<Request>(std::in_place, detail::RequestPass(), *this, resource);
}

}  // namespace writ::inline v0
