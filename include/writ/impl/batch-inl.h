// Not API, may change in any release. Batches: the walk of decide.h with a memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "writ/batch.h"
#include "writ/impl/decide.h"
#include "writ/impl/request_checks.h"

namespace writ::inline v0 {
namespace detail {

/// A request whose action or resource is replaced again and again.
class BatchRequest {
 public:
  explicit BatchRequest(const RequestFacts& facts) noexcept : facts_(facts) {}

  [[nodiscard]] const RequestFacts& facts() const noexcept { return facts_; }
  void set_action(const ActionName& action) noexcept { facts_.know_action(action); }
  void set_resource(const ResourceFacts& resource) noexcept {
    facts_.resource_ = resource;
    facts_.know_resource();
    facts_.know_grants();
  }
  /// E-61 does not depend on the action: the resource is neither a role nor a key, or the request
  /// was told.
  [[nodiscard]] bool grants_are_the_same_for_all_actions() const noexcept {
    return facts_.policy_override_ >= 0 ||
           (!facts_.resource_.is_iam_role && !facts_.resource_.is_kms_key);
  }

 private:
  RequestFacts facts_;
};

/// What is remembered of one program: condition terms, and what its classes have answered for the
/// request's caller, resource and context. Two classes that share a place push each other out.
class ProgramMemo {
 public:
  static constexpr unsigned kPlaces = 16;

  TermMemo terms;

  /// Begins to remember a program, asked by sinks of one type.
  template <class Sink>
  void begin(const Program& program) noexcept {
    if (program_ == &program && type_ == Sink::kType) return;
    program_ = &program;
    type_ = Sink::kType;
    known_ = 0;
    terms = TermMemo();
  }
  template <class Sink>
  [[nodiscard]] bool find(Ref ref, Sink& answer) const noexcept {
    const unsigned place = place_of(ref);
    if ((known_ >> place & 1U) == 0 || refs_[place] != ref) return false;
    std::memcpy(&answer, answers_[place], sizeof answer);
    return true;
  }
  template <class Sink>
  void keep(Ref ref, const Sink& answer) noexcept {
    static_assert(std::is_trivially_copyable_v<Sink> && sizeof answer <= kAnswerBytes);
    const unsigned place = place_of(ref);
    known_ |= 1U << place;
    refs_[place] = ref;
    std::memcpy(answers_[place], &answer, sizeof answer);
  }

 private:
  static constexpr std::size_t kAnswerBytes = sizeof(GrantSink);
  [[nodiscard]] static unsigned place_of(Ref ref) noexcept { return (ref ^ (ref >> 5U)) % kPlaces; }

  const Program* program_ = nullptr;
  SinkType type_ = SinkType::First;
  std::uint32_t known_ = 0;
  Ref refs_[kPlaces];  // valid where known_ says so, as the answers
  alignas(8) std::byte answers_[kPlaces][kAnswerBytes];
};

/// Asks classes once: for many actions on one resource.
class ActionsScan {
 public:
  explicit ActionsScan(BatchRequest& request) noexcept
      : request_(request), keys_(request.facts()) {}

  /// The layers are asked in the same order for each action.
  void begin(const ActionName& action) noexcept {
    action_ = &action;
    next_ = 0;
  }
  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    ProgramMemo& memo = memos_[next_++ % kPrograms];
    memo.begin<Sink>(program);
    // E-82: a provider's entry matches for every action but one.
    const bool odd_action =
        keys_.request.caller_kind() == CallerKind::Federated && is_plain_assume_role(keys_.request);
    visit_classes(program, *action_, keys_.request, [&](Ref ref) noexcept {
      const auto& node = *reinterpret_cast<const ClassNode*>(program.node(ref));
      // A boundary of more than 64 documents asks several times; NotAction depends on the action.
      const bool action_dependent = class_head::ActionDependent::get(node.head) != 0;
      if (action_dependent || odd_action || !sink.can_be_merged()) {
        if (action_dependent) request_.set_action(*action_);
        scan_class(program, node, keys_, boundary_present, memo.terms, sink);
        return;
      }
      Sink answer = sink.empty_copy();
      if (!memo.find(ref, answer)) {
        scan_class(program, node, keys_, boundary_present, memo.terms, answer);
        memo.keep(ref, answer);
      }
      sink.merge(answer);
    });
  }

 private:
  static constexpr std::size_t kPrograms = 8;

  BatchRequest& request_;
  RequestKeys keys_;
  const ActionName* action_ = nullptr;
  std::size_t next_ = 0;
  std::array<ProgramMemo, kPrograms> memos_;
};

/// Looks actions up once and remembers condition terms: for one action on many resources.
class ResourcesScan {
 public:
  explicit ResourcesScan(const RequestFacts& request) noexcept : keys_(request) {}

  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    Known& known = known_[next_++ % kPrograms];
    if (known.program != &program) learn(program, known);
    const auto ask = [&](Ref ref) noexcept {
      const auto& node = *reinterpret_cast<const ClassNode*>(program.node(ref));
      scan_class(program, node, keys_, boundary_present, known.terms, sink);
    };
    if (known.count > kClasses) {
      visit_classes(program, keys_.request.action(), keys_.request, ask);
      return;
    }
    for (std::uint32_t i = 0; i < known.count; ++i) ask(known.classes[i]);
  }
  /// The layers are asked in the same order for each resource.
  void begin() noexcept { next_ = 0; }

 private:
  static constexpr std::size_t kPrograms = 8;
  static constexpr std::uint32_t kClasses = 8;
  struct Known {
    const Program* program = nullptr;
    std::uint32_t count = 0;  ///< more than kClasses: not listed
    std::array<Ref, kClasses> classes;
    TermMemo terms;
  };

  void learn(const Program& program, Known& known) noexcept {
    known.program = &program;
    known.count = 0;
    known.terms = TermMemo();
    visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
      if (known.count < kClasses) known.classes[known.count] = ref;
      ++known.count;
    });
  }

  RequestKeys keys_;
  std::array<Known, kPrograms> known_;
  std::size_t next_ = 0;
};

}  // namespace detail

WRIT_FUNC Result<ActionList> ActionList::make(std::span<const ActionName> actions) {
  ActionList list;
  for (const ActionName& action : actions) {
    if (!detail::is_action(action.text())) return detail::action_error(action.text());
    list.actions_.push_back(action);
  }
  return list;
}

WRIT_FUNC Result<ResourceList> ResourceList::make(std::span<const std::string_view> resources) {
  ResourceList list;
  for (const std::string_view resource : resources) {
    detail::ResourceFacts facts;
    if (!facts.read(resource)) return detail::resource_error(resource);
    list.resources_.push_back(facts);
  }
  return list;
}

WRIT_FUNC void evaluate_many(std::span<const Request> requests, const AppliedPolicies& policies,
                             std::span<Decision> decisions,
                             const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= requests.size());
  const std::size_t count = std::min(requests.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) {
    // The next request's lines are on their way while this one is decided.
    if (i + 1 < count) {
      __builtin_prefetch(&requests[i + 1]);
      __builtin_prefetch(requests[i + 1].resource().data());
    }
    detail::IndexScan scan(requests[i].facts());
    decisions[i] = detail::decide(requests[i].facts(), policies, options, scan);
  }
}

WRIT_FUNC void evaluate_actions(const Request& request, const ActionList& actions,
                                const AppliedPolicies& policies, std::span<Decision> decisions,
                                const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= actions.size());
  detail::BatchRequest batch(request.facts());
  detail::ActionsScan scan(batch);
  const std::size_t count = std::min(actions.size(), decisions.size());
  // Where identity-based policies decide alone, they do so for every action (decide.h).
  const bool identity_alone = batch.grants_are_the_same_for_all_actions() &&
                              batch.facts().identity_may_decide() &&
                              detail::only_identity(policies);
  for (std::size_t i = 0; i < count; ++i) {
    const ActionName& action = actions.actions()[i];
    scan.begin(action);
    if (identity_alone) {
      decisions[i] = detail::decide_by_identity(policies, scan);
    } else {
      batch.set_action(action);
      decisions[i] = detail::decide(batch.facts(), policies, options, scan);
    }
  }
}

WRIT_FUNC void evaluate_resources(const Request& request, const ResourceList& resources,
                                  const AppliedPolicies& policies, std::span<Decision> decisions,
                                  const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= resources.size());
  detail::BatchRequest batch(request.facts());
  detail::ResourcesScan scan(batch.facts());
  const std::size_t count = std::min(resources.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) {
    batch.set_resource(resources.facts()[i]);
    scan.begin();
    decisions[i] = detail::decide(batch.facts(), policies, options, scan);
  }
}

}  // namespace writ::inline v0
