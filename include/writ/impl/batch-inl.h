// Not API, may change in any release. Batches: the walk of decide.h with a memory.
#pragma once

#include <algorithm>
#include <array>

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
    facts_.know_action(ActionName(facts_.action_));
  }

 private:
  RequestFacts facts_;
};

/// What a class has answered for the request's caller, resource and context. Two classes that share
/// a place push each other out.
template <class Sink>
class ClassMemo {
 public:
  /// The place of a class; `known` says whether it holds its answer.
  [[nodiscard]] Sink& place(const Program& program, Ref ref, bool& known) noexcept {
    const std::size_t at = (ref ^ (ref >> 6U)) % kPlaces;
    const std::uint64_t bit = 1ULL << at;
    known = (used_ & bit) != 0 && keys_[at].program == &program && keys_[at].ref == ref;
    used_ |= bit;
    keys_[at] = {&program, ref};
    return sinks_[at];
  }

 private:
  static constexpr std::size_t kPlaces = 64;
  struct Key {
    const Program* program;
    Ref ref;
  };

  std::uint64_t used_ = 0;
  std::array<Key, kPlaces> keys_;  // valid where used_ says so
  std::array<Sink, kPlaces> sinks_;
};

/// Asks classes once: for many actions on one resource.
class ActionsScan {
 public:
  explicit ActionsScan(const RequestFacts& request) noexcept : keys_(request) {}

  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    TermMemo terms;
    // E-82: a provider's entry matches for every action but one.
    const bool odd_action =
        keys_.request.caller_kind() == CallerKind::Federated && is_plain_assume_role(keys_.request);
    visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
      const auto& node = *reinterpret_cast<const ClassNode*>(program.node(ref));
      // A boundary of more than 64 documents asks several times; NotAction depends on the action.
      if (odd_action || class_head::ActionDependent::get(node.head) != 0 || !sink.can_be_merged()) {
        scan_class(program, node, keys_, boundary_present, terms, sink);
        return;
      }
      bool known = false;
      Sink& answer = memo(sink).place(program, ref, known);
      if (!known) {
        answer = sink.empty_copy();
        scan_class(program, node, keys_, boundary_present, terms, answer);
      }
      sink.merge(answer);
    });
  }

 private:
  [[nodiscard]] ClassMemo<FirstSink>& memo(const FirstSink&) noexcept { return first_; }
  [[nodiscard]] ClassMemo<GrantSink>& memo(const GrantSink&) noexcept { return grant_; }
  [[nodiscard]] ClassMemo<BoundarySink>& memo(const BoundarySink&) noexcept { return boundary_; }

  RequestKeys keys_;
  ClassMemo<FirstSink> first_;
  ClassMemo<GrantSink> grant_;
  ClassMemo<BoundarySink> boundary_;
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
  detail::ActionsScan scan(batch.facts());
  const std::size_t count = std::min(actions.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) {
    batch.set_action(actions.actions()[i]);
    decisions[i] = detail::decide(batch.facts(), policies, options, scan);
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
