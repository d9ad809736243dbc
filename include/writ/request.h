// Request: who asks to do what on which resource, in which context.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "writ/config.h"
#include "writ/hash.h"
#include "writ/result.h"

namespace writ::inline v0 {

class Request;
class RequestBuilder;

/// An action with its hash. `constexpr ActionName kGetObject("s3:GetObject");` costs nothing at run
/// time; equal to any spelling of the same letters (M-10). Borrows the text. Whether the text is an
/// action at all is checked when a request is made (M-14).
class ActionName {
 public:
  constexpr ActionName() noexcept = default;
  /// Hashes the name. O(size).
  constexpr ActionName(std::string_view text) noexcept  // NOLINT: implicit, it is a name
      : text_(text), hash_(hash_folded(text)) {
    const std::size_t colon = detail::find_byte(text, ':');
    service_size_ = colon == text.size() ? 0 : static_cast<std::uint32_t>(colon);
    service_hash_ = detail::hash_words<true>(text.substr(0, service_size_), 0, text.size());
    if (text.size() > kFoldedBytes) return;
    is_folded_ = true;
    detail::fold_bytes(text, folded_.data());
  }
  /// Likewise.
  constexpr ActionName(const char* text) noexcept : ActionName(std::string_view(text)) {}  // NOLINT
  /// Likewise; borrows.
  ActionName(const std::string& text) noexcept : ActionName(std::string_view(text)) {}  // NOLINT

  /// As given.
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  /// What stands before the colon; empty without one.
  [[nodiscard]] constexpr std::string_view service() const noexcept {
    return text_.substr(0, service_size_);
  }
  /// Of the folded text.
  [[nodiscard]] constexpr std::uint64_t hash() const noexcept { return hash_; }
  /// Of the folded service.
  [[nodiscard]] constexpr std::uint64_t service_hash() const noexcept { return service_hash_; }

  /// The text in lower case, or nothing where it is too long to be kept so.
  [[nodiscard]] constexpr std::string_view folded() const noexcept {
    return is_folded_ ? std::string_view(folded_.data(), text_.size()) : std::string_view();
  }
  /// Whether the service is `folded`, a text without upper-case letters.
  [[nodiscard]] constexpr bool service_is(std::string_view folded) const noexcept {
    if (folded.size() != service_size_) return false;
    return is_folded_ ? detail::equal_bytes(folded.data(), folded_.data(), folded.size())
                      : equals_folded(folded, service());
  }
  /// Whether the action is `folded`, a text without upper-case letters.
  [[nodiscard]] constexpr bool is(std::string_view folded) const noexcept {
    if (folded.size() != text_.size()) return false;
    return is_folded_ ? detail::equal_bytes(folded.data(), folded_.data(), folded.size())
                      : equals_folded(folded, text_);
  }

 private:
  /// Longer names are folded when they are compared. Whole words.
  static constexpr std::size_t kFoldedBytes = 56;

  std::string_view text_;
  std::uint64_t hash_ = 0;
  std::uint64_t service_hash_ = 0;
  std::uint32_t service_size_ = 0;
  bool is_folded_ = false;
  std::array<char, kFoldedBytes> folded_ = {};
};

/// A condition key with its hash; letter case does not matter (C-10). Borrows the text.
class ConditionKey {
 public:
  constexpr ConditionKey() noexcept = default;
  /// Hashes the name. O(size).
  constexpr ConditionKey(std::string_view name) noexcept  // NOLINT: implicit, it is a name
      : name_(name), hash_(hash_folded(name)) {}
  /// Likewise.
  constexpr ConditionKey(const char* name) noexcept  // NOLINT
      : ConditionKey(std::string_view(name)) {}
  /// Likewise; borrows.
  ConditionKey(const std::string& name) noexcept  // NOLINT
      : ConditionKey(std::string_view(name)) {}

  /// For whoever keeps the hash: `hash` must be `hash_folded(name)`.
  [[nodiscard]] static constexpr ConditionKey from_hash(std::string_view name,
                                                        std::uint64_t hash) noexcept {
    ConditionKey key;
    key.name_ = name;
    key.hash_ = hash;
    return key;
  }

  /// As given.
  [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }
  /// Of the folded name.
  [[nodiscard]] constexpr std::uint64_t hash() const noexcept { return hash_; }

 private:
  std::string_view name_;
  std::uint64_t hash_ = 0;
};

/// The kinds of caller (P-1).
enum class CallerKind : unsigned char {
  Anonymous,
  Root,
  User,
  RoleSession,
  Role,           ///< an unnamed session of a role whose ARN is known (P-2)
  FederatedUser,  ///< GetFederationToken
  Service,
  Federated,      ///< AssumeRoleWithSAML, AssumeRoleWithWebIdentity
  CanonicalUser,  ///< an account known by its canonical id only (P-30)
};

/// Who calls. Made once and used for many requests; borrows its strings; trivially copyable.
/// Errors of the factories are `ErrorCode::InvalidRequest` with rule P-1.
class Caller {
 public:
  /// A caller without credentials.
  constexpr Caller() noexcept = default;
  /// A caller without credentials.
  [[nodiscard]] static Caller anonymous() noexcept { return {}; }
  /// A root, user, role, assumed-role or federated-user ARN, or `*` for an anonymous caller.
  [[nodiscard]] static Result<Caller> from_arn(std::string_view arn);
  /// A service principal such as `sns.amazonaws.com`.
  [[nodiscard]] static Result<Caller> service(std::string_view name);
  /// A SAML or web identity provider.
  [[nodiscard]] static Result<Caller> federated(std::string_view provider);
  /// The 64 hexadecimal digits of an account's canonical id.
  [[nodiscard]] static Result<Caller> canonical_user(std::string_view id);

  /// For a role session: the ARN of its role, with its path (P-22). Its account and its name must
  /// be those of the session.
  [[nodiscard]] Result<Caller> with_role_arn(std::string_view role_arn) const;
  /// For a federated user: the ARN of the user, or root, that issued the session (E-44, P-21).
  [[nodiscard]] Result<Caller> with_issuer(std::string_view issuer_arn) const;
  /// The canonical id of the caller's account, if it is known (P-30).
  [[nodiscard]] Result<Caller> with_canonical_id(std::string_view id) const;
  /// For a role session whose role ARN is not known: it is a session of a service-linked role
  /// (E-34).
  [[nodiscard]] Caller as_service_linked() const noexcept;

  /// Which of the kinds it is.
  [[nodiscard]] CallerKind kind() const noexcept { return kind_; }
  /// The ARN, service principal, provider or canonical id; empty when anonymous.
  [[nodiscard]] std::string_view id() const noexcept { return id_; }
  /// `aws`, `aws-cn` and so on; empty for callers without an ARN.
  [[nodiscard]] std::string_view partition() const noexcept { return partition_; }
  /// Twelve digits, or empty for callers without an account.
  [[nodiscard]] std::string_view account() const noexcept { return account_; }
  /// The user's name, the role's name for sessions, the federated user's name; without path.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Empty when not known.
  [[nodiscard]] std::string_view role_arn() const noexcept { return role_arn_; }
  /// Of a federated user; empty when not known.
  [[nodiscard]] std::string_view issuer() const noexcept { return issuer_; }
  /// Whether the issuer is the root user (E-44).
  [[nodiscard]] bool issued_by_root() const noexcept { return issued_by_root_; }
  /// Of the account; empty when not known (P-30).
  [[nodiscard]] std::string_view canonical_id() const noexcept { return canonical_id_; }
  /// Whether it is a session of a service-linked role (E-34).
  [[nodiscard]] bool is_service_linked() const noexcept { return service_linked_; }
  /// Whether it belongs to an account.
  [[nodiscard]] bool has_account() const noexcept { return !account_.empty(); }

 private:
  std::string_view id_;
  std::string_view partition_;
  std::string_view account_;
  std::string_view name_;
  std::string_view role_arn_;
  std::string_view issuer_;
  std::string_view canonical_id_;
  CallerKind kind_ = CallerKind::Anonymous;
  bool issued_by_root_ = false;
  bool service_linked_ = false;
};

/// One condition key of a request with its value or values (C-13).
struct ContextEntry {
  ConditionKey key;                          ///< the name, with its hash
  std::string_view single;                   ///< the value of a single-valued key
  std::span<const std::string_view> values;  ///< the values of a multi-valued key
  bool multivalued = false;                  ///< which of the two counts
  bool collided = false;  ///< the request holds this key twice, letter case aside (C-12)

  /// Number of values.
  [[nodiscard]] std::size_t size() const noexcept { return multivalued ? values.size() : 1; }
  /// The value of that index, below `size()`.
  [[nodiscard]] std::string_view value(std::size_t i) const noexcept {
    return multivalued ? values[i] : single;
  }
};

namespace detail {

/// The beginnings of an ARN's last field that a request is looked up by: behind its first
/// delimiters (`/` or `:`), and the whole.
inline constexpr std::size_t kKnownSegments = 3;

/// Whether the ending of an ARN's last field has been looked for.
enum class EndingState : std::uint8_t { Unknown, None, Hashed };

/// A resource, and what follows from it alone.
struct ResourceFacts {
  /// Reads `*` or an ARN; false when the text is neither (M-32).
  [[nodiscard]] bool read(std::string_view resource) noexcept;
  /// Looks for the ending; the resource has been read. Worth it where many sets or batches ask.
  void know_ending() noexcept;

  [[nodiscard]] bool is_star() const noexcept { return colons[0] == 0; }
  [[nodiscard]] std::string_view field(int index) const noexcept {
    if (is_star()) return {};
    const std::size_t begin = index == 0 ? 0 : colons[static_cast<std::size_t>(index) - 1] + 1U;
    const std::size_t end = index == 5 ? text.size() : colons[static_cast<std::size_t>(index)];
    return text.substr(begin, end - begin);
  }

  std::string_view text;
  std::uint64_t all_fields_hash = 0;
  std::uint64_t tail_hash = 0;
  std::array<std::uint64_t, kKnownSegments> segment_hashes = {};
  std::array<std::uint32_t, 5> colons = {};
  std::uint8_t known_segments = 0;
  bool extra_colons = false;
  bool is_kms_key = false;
  bool is_iam_role = false;
  EndingState ending = EndingState::Unknown;
  /// In a list: for every caller the same follows from it as from the one before it.
  bool is_like_the_last = false;
  std::uint64_t ending_hash = 0;  ///< of the last segment, when `ending` says so
  std::array<std::uint64_t, 4> field_hashes = {};
};

/// What evaluation reads of a request: its parts, and what follows from them, worked out once. The
/// entries belong to the Request.
class alignas(64) RequestFacts {
 public:
  [[nodiscard]] const Caller& caller() const noexcept { return caller_; }
  [[nodiscard]] const ActionName& action() const noexcept { return action_; }
  [[nodiscard]] std::string_view resource() const noexcept { return resource_.text; }
  [[nodiscard]] bool resource_is_star() const noexcept { return resource_.is_star(); }
  [[nodiscard]] std::string_view resource_field(int index) const noexcept {
    return resource_.field(index);
  }
  [[nodiscard]] bool has_extra_colons() const noexcept { return resource_.extra_colons; }
  [[nodiscard]] std::string_view resource_owner() const noexcept { return owner_; }
  [[nodiscard]] bool resource_policy_required() const noexcept { return policy_required_; }
  [[nodiscard]] bool is_role_trust() const noexcept { return role_trust_; }
  [[nodiscard]] bool resource_is_aws_managed_key() const noexcept { return aws_managed_key_; }
  [[nodiscard]] const ContextEntry* find(std::uint64_t key_hash,
                                         std::string_view key) const noexcept;
  /// The same for a key in lower case.
  [[nodiscard]] const ContextEntry* find_folded(std::uint64_t key_hash,
                                                std::string_view key) const noexcept;

  [[nodiscard]] CallerKind caller_kind() const noexcept { return caller_kind_; }
  /// E-44: a federated user whose session root has issued.
  [[nodiscard]] bool issued_by_root() const noexcept { return issued_by_root_; }
  /// E-20: whether service control policies bind the caller.
  [[nodiscard]] bool service_control_binds() const noexcept { return service_control_binds_; }
  /// The caller is a user or a role of the resource's account, and the resource needs no policy of
  /// its own: where there are no policies but identity-based ones, those decide alone.
  [[nodiscard]] bool identity_may_decide() const noexcept { return identity_may_decide_; }
  /// The caller's account owns the resource.
  [[nodiscard]] bool is_same_account() const noexcept { return same_account_; }
  /// E-75: the caller's account is in another partition than the resource.
  [[nodiscard]] bool partitions_differ() const noexcept { return partitions_differ_; }

  /// Hashes of fields 1 to 4 of the ARN.
  [[nodiscard]] const std::array<std::uint64_t, 4>& field_hashes() const noexcept {
    return resource_.field_hashes;
  }
  /// All four in one.
  [[nodiscard]] std::uint64_t all_fields_hash() const noexcept { return resource_.all_fields_hash; }
  /// Hash of the last field; of its first `n` segments (1 to kKnownSegments), valid when there are
  /// as many.
  [[nodiscard]] std::uint64_t tail_hash() const noexcept { return resource_.tail_hash; }
  [[nodiscard]] std::uint64_t segment_hash(std::size_t n) const noexcept {
    return resource_.segment_hashes[n - 1];
  }
  /// The last segment: whether its hash, ending_hash(), has been worked out.
  [[nodiscard]] EndingState ending() const noexcept { return resource_.ending; }
  [[nodiscard]] std::uint64_t ending_hash() const noexcept { return resource_.ending_hash; }
  /// Segments that end with a delimiter, up to kKnownSegments.
  [[nodiscard]] std::size_t known_segments() const noexcept { return resource_.known_segments; }

 private:
  friend class writ::v0::Request;
  friend class BatchRequest;

  /// What follows from the resource for this caller; the resource has been read.
  void know_resource() noexcept;
  /// What follows from the action, the resource known (E-61).
  void know_action(const ActionName& action) noexcept;
  /// What follows from both.
  void know_grants() noexcept;

  // What every decision reads comes first.
  ActionName action_;
  const ContextEntry* entries_ = nullptr;
  const std::uint64_t* key_hashes_ = nullptr;
  std::uint32_t entry_count_ = 0;
  CallerKind caller_kind_ = CallerKind::Anonymous;
  bool same_account_ = false;
  bool partitions_differ_ = false;
  bool policy_required_ = false;
  bool identity_may_decide_ = false;
  bool service_control_binds_ = false;
  bool issued_by_root_ = false;
  bool role_trust_ = false;
  ResourceFacts resource_;
  bool aws_managed_key_ = false;
  signed char policy_override_ = -1;  ///< what the builder was told of E-61; -1: nothing
  std::string_view owner_;
  std::string_view fallback_owner_;  ///< E-80: of resources whose ARN names no account
  Caller caller_;
};

/// The context of a request: the first entries in place, where there are more all of them apart.
/// Places that are not in use stay uninitialized, and are not copied: a request is as dear as the
/// keys it has.
class ContextEntries {
 public:
  static constexpr std::uint32_t kInline = 16;

  ContextEntries() noexcept {}  // NOLINT: `= default` would be deleted, or zero the bytes
  ContextEntries(const ContextEntries& other);
  ContextEntries(ContextEntries&& other) noexcept;
  ContextEntries& operator=(const ContextEntries& other);
  ContextEntries& operator=(ContextEntries&& other) noexcept;
  ~ContextEntries() = default;

  void add(const ContextEntry& entry) {
    if (count_ >= kInline) return spill(entry);
    ::new (inline_bytes_ + count_ * sizeof(ContextEntry)) ContextEntry(entry);
    ::new (inline_hash_bytes_ + count_ * sizeof(std::uint64_t)) std::uint64_t(entry.key.hash());
    ++count_;
  }
  /// C-12: finds the keys that are equal under folding, and sorts those that have spilled.
  void seal();

  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  [[nodiscard]] const ContextEntry* data() const noexcept {
    return count_ > kInline ? spilled_.data() : inline_entries();
  }
  /// Of the keys, in the same order; once sealed.
  [[nodiscard]] const std::uint64_t* hashes() const noexcept {
    return count_ > kInline ? spilled_hashes_.data()
                            : reinterpret_cast<const std::uint64_t*>(inline_hash_bytes_);
  }

 private:
  void spill(const ContextEntry& entry);
  void copy_inline(const ContextEntries& other) noexcept {
    if (count_ > kInline) return;
    std::memcpy(inline_bytes_, other.inline_bytes_, count_ * sizeof(ContextEntry));
    std::memcpy(inline_hash_bytes_, other.inline_hash_bytes_, count_ * sizeof(std::uint64_t));
  }
  [[nodiscard]] const ContextEntry* inline_entries() const noexcept {
    return reinterpret_cast<const ContextEntry*>(inline_bytes_);
  }

  static_assert(std::is_trivially_copyable_v<ContextEntry>);
  std::uint32_t count_ = 0;
  alignas(std::uint64_t) std::byte inline_hash_bytes_[kInline * sizeof(std::uint64_t)];
  alignas(ContextEntry) std::byte inline_bytes_[kInline * sizeof(ContextEntry)];
  // More than kInline entries: all of them, sorted by hash once sealed.
  std::vector<ContextEntry> spilled_;
  std::vector<std::uint64_t> spilled_hashes_;
};

/// Lets only a RequestBuilder make a request in the place of a result.
class RequestPass {
  friend class writ::v0::RequestBuilder;
  RequestPass() = default;
};

}  // namespace detail

/// One authorization question. Made by a RequestBuilder, then immutable. Borrows every string and
/// list it was given: they must outlive the calls that use it, not more. Copyable.
/// Thread-safety: const access from any number of threads.
class Request {
 public:
  /// Asks for nothing and is denied everything (D-10): a place to put a request later.
  Request() noexcept = default;
  /// Copies; borrows the same strings.
  Request(const Request& other);
  /// Moves; borrows the same strings. The other asks for nothing from then on (D-10).
  Request(Request&& other) noexcept;
  Request& operator=(const Request& other);      ///< Copies; borrows the same strings.
  Request& operator=(Request&& other) noexcept;  ///< Moves, as the constructor does.
  ~Request() = default;

  /// Who asks.
  [[nodiscard]] const Caller& caller() const noexcept WRIT_LIFETIME_BOUND {
    return facts_.caller();
  }
  /// What is to be done.
  [[nodiscard]] const ActionName& action() const noexcept WRIT_LIFETIME_BOUND {
    return facts_.action();
  }
  /// The ARN, or `*`.
  [[nodiscard]] std::string_view resource() const noexcept { return facts_.resource(); }
  /// Whether the resource is `*`.
  [[nodiscard]] bool resource_is_star() const noexcept { return facts_.resource_is_star(); }
  /// Fields 0 to 5 of the ARN: `arn`, partition, service, region, account, resource. Empty for `*`.
  [[nodiscard]] std::string_view resource_field(int index) const noexcept {
    return facts_.resource_field(index);
  }
  /// Whether the resource field holds further colons.
  [[nodiscard]] bool has_extra_colons() const noexcept { return facts_.has_extra_colons(); }
  /// The account that owns the resource (E-80); empty when nobody is known to.
  [[nodiscard]] std::string_view resource_owner() const noexcept { return facts_.resource_owner(); }
  /// E-61: only the resource's own policy can allow.
  [[nodiscard]] bool resource_policy_required() const noexcept {
    return facts_.resource_policy_required();
  }
  /// The request asks for a role through STS, so the resource's policy is its trust policy.
  [[nodiscard]] bool is_role_trust() const noexcept { return facts_.is_role_trust(); }
  /// Whether the builder was told so (E-30).
  [[nodiscard]] bool resource_is_aws_managed_key() const noexcept {
    return facts_.resource_is_aws_managed_key();
  }

  /// The key's entry, or null when the request does not have it. O(keys) up to 16 of them, then
  /// O(log keys).
  [[nodiscard]] const ContextEntry* find(const ConditionKey& key) const noexcept
      WRIT_LIFETIME_BOUND {
    return facts_.find(key.hash(), key.name());
  }
  /// The entries, in no particular order.
  [[nodiscard]] std::span<const ContextEntry> context() const noexcept WRIT_LIFETIME_BOUND {
    return {facts_.entries_, facts_.entry_count_};
  }

  /// Not API: what evaluation reads.
  [[nodiscard]] const detail::RequestFacts& facts() const noexcept WRIT_LIFETIME_BOUND {
    return facts_;
  }
  /// Not API: what RequestBuilder::build() does.
  Request(detail::RequestPass pass, const RequestBuilder& builder,
          const detail::ResourceFacts& resource);

 private:
  void point_to_own_entries() noexcept;
  void ask_nothing() noexcept;

  detail::RequestFacts facts_;
  detail::ContextEntries entries_;
};

/// Collects the parts of a request and checks them once.
///
///     RequestBuilder builder(caller, "s3:GetObject", object_arn);
///     builder.set("aws:SourceIp", peer_address);
///     Result<Request> request = builder.build();
///
/// Up to 16 condition keys need no allocation. Thread-safety: one thread at a time.
class RequestBuilder {
 public:
  /// `resource` is an ARN or `*`.
  RequestBuilder(const Caller& caller, const ActionName& action, std::string_view resource = "*")
      : caller_(caller), action_(action), resource_(resource) {}

  /// Sets a single-valued key. Setting a key a second time, letter case aside, makes every test of
  /// it indeterminate (C-12).
  RequestBuilder& set(ConditionKey key, std::string_view value);
  /// Sets a multi-valued key, possibly without values. Which keys are multi-valued is a property of
  /// the key, not of the number of values: see standard_keys.h.
  RequestBuilder& set_list(ConditionKey key, std::span<const std::string_view> values);
  /// The account that owns the resource when its ARN names none (E-80): twelve digits.
  RequestBuilder& resource_account(std::string_view account) {
    resource_account_ = account;
    return *this;
  }
  /// Overrides what E-61 derives from action and ARN.
  RequestBuilder& resource_policy_required(bool required) {
    policy_override_ = required ? 1 : 0;
    return *this;
  }
  /// The resource is a KMS key that AWS manages: resource control policies do not apply (E-30).
  RequestBuilder& aws_managed_key() {
    aws_managed_key_ = true;
    return *this;
  }

  /// The request, or `ErrorCode::InvalidRequest`: the action is no action (M-14), the resource
  /// neither `*` nor an ARN of six fields (M-32), an account not twelve digits (P-1, E-80). The
  /// builder can be used again afterwards.
  [[nodiscard]] Result<Request> build() const;

 private:
  friend class Request;

  Caller caller_;
  ActionName action_;
  std::string_view resource_;
  std::string_view resource_account_;
  signed char policy_override_ = -1;  ///< E-61; -1: nothing was said
  bool aws_managed_key_ = false;
  detail::ContextEntries entries_;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/request-inl.h"
#endif
