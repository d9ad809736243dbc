#include "questions.h"

#include <cstdio>
#include <cstdlib>
#include <limits>

namespace writ::bench {

void give_up(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "writ_bench: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(2);
}

PolicyDocument parsed(const PolicyText& policy) {
  ParseOptions options;
  options.max_bytes = std::numeric_limits<std::uint32_t>::max();
  Result<PolicyDocument> result = parse_policy(policy.json, policy.type, options);
  if (!result) give_up(policy.name, result.error().to_string());
  return *std::move(result);
}

PolicySet CompiledPolicies::compile(const Workload& work,
                                    const std::vector<std::uint32_t>& policies) {
  std::deque<PolicyDocument> documents;
  PolicySetBuilder builder(work.policies[policies.front()].type);
  for (const std::uint32_t i : policies) {
    documents.push_back(parsed(work.policies[i]));
    builder.attach(work.policies[i].name, documents.back());
  }
  Result<PolicySet> set = builder.build();
  if (!set) give_up(work.family, set.error().to_string());
  size_bytes_ += set->size_bytes();
  statements_ += set->statement_count();
  return *std::move(set);
}

std::span<const PolicySet> CompiledPolicies::sets(const Workload& work,
                                                  const std::vector<std::uint32_t>& policies) {
  if (policies.empty()) return {};
  const auto known = known_sets_.find(policies);
  if (known != known_sets_.end()) return known->second;
  std::vector<PolicySet>& list = sets_.emplace_back();
  if (!work.shared) {
    list.push_back(compile(work, policies));
    return known_sets_[policies] = list;
  }
  for (const std::uint32_t i : policies) {
    if (by_policy_[i].program() == nullptr) by_policy_[i] = compile(work, {i});
    list.push_back(by_policy_[i]);
  }
  return known_sets_[policies] = list;
}

std::span<const PolicyLayer> CompiledPolicies::levels(
    const Workload& work, const std::vector<std::vector<std::uint32_t>>& levels) {
  const auto known = known_levels_.find(levels);
  if (known != known_levels_.end()) return known->second;
  std::vector<PolicyLayer>& list = levels_.emplace_back();
  for (const std::vector<std::uint32_t>& level : levels) list.emplace_back(sets(work, level));
  return known_levels_[levels] = list;
}

CompiledPolicies::CompiledPolicies(const Workload& work) : by_policy_(work.policies.size()) {
  applied_.reserve(work.applied.size());
  for (const AppliedText& text : work.applied) {
    AppliedPolicies applied;
    applied.identity = sets(work, text.identity);
    if (!text.boundary.empty()) applied.boundary = PolicyLayer(sets(work, text.boundary));
    if (!text.service_control.empty()) {
      applied.service_control = levels(work, text.service_control);
    }
    if (text.resource != AppliedText::kNone) {
      if (by_policy_[text.resource].program() == nullptr) {
        by_policy_[text.resource] = compile(work, {text.resource});
      }
      applied.resource_policy = &by_policy_[text.resource];
    }
    applied_.push_back(applied);
  }
}

std::size_t statements_of(const AppliedPolicies& applied) noexcept {
  std::size_t count = 0;
  const auto add = [&count](std::span<const PolicySet> sets) {
    for (const PolicySet& set : sets) count += set.statement_count();
  };
  add(applied.identity);
  add(applied.boundary.sets);
  for (const PolicyLayer& level : applied.service_control) add(level.sets);
  if (applied.resource_policy != nullptr) add({applied.resource_policy, 1});
  return count;
}

double CompiledPolicies::bytes_per_applied() const noexcept {
  std::size_t bytes = applied_.size() * sizeof(AppliedPolicies);
  for (const std::vector<PolicySet>& list : sets_) bytes += list.size() * sizeof(PolicySet);
  for (const std::vector<PolicyLayer>& list : levels_) bytes += list.size() * sizeof(PolicyLayer);
  return static_cast<double>(bytes) / static_cast<double>(applied_.size());
}

namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = fold_ascii(c);
  return lower;
}

// Keys of requests are known to whoever writes a service: they lie apart from a request's strings.
// They live as long as the program.
std::string_view key_name(std::string_view key) {
  static std::deque<std::string> known;
  const std::string lower = in_lower_case(key);
  for (const std::string& name : known) {
    if (name == lower) return name;
  }
  return known.emplace_back(lower);
}

}  // namespace

Questions::Questions(const Workload& work, const CompiledPolicies& policies) {
  std::size_t bytes = 0;
  std::size_t lists = 0;
  std::size_t entries = 0;
  for (const RequestText& text : work.requests) {
    bytes += text.principal.size() + text.action.size() + text.resource.size() + 64;
    bytes += text.owner.size();
    entries += text.context.size();
    for (const ContextText& entry : text.context) {
      lists += entry.values.size();
      for (const std::string& value : entry.values) bytes += value.size();
    }
  }
  // Everything below is viewed, so nothing may grow once it is.
  text_.reserve(bytes);
  lists_.reserve(lists);
  entries_.reserve(entries);
  requests_.reserve(work.requests.size());
  plain_.reserve(work.requests.size());
  callers_.reserve(work.requests.size());
  keys_.reserve(entries);
  const auto store = [this](std::string_view value) {
    const std::size_t begin = text_.size();
    text_.insert(text_.end(), value.begin(), value.end());
    return std::string_view(text_.data() + begin, value.size());
  };
  for (const RequestText& text : work.requests) {
    text_.resize((text_.size() + 63) / 64 * 64);
    const std::size_t begin = text_.size();
    PlainRequest plain;
    plain.principal = store(text.principal);
    plain.action = store(text.action);
    plain.resource = store(text.resource);
    plain.owner = store(text.owner);
    plain.applied = text.applied;
    const std::size_t first_entry = entries_.size();
    for (const ContextText& context : text.context) {
      PlainEntry entry;
      entry.key = key_name(context.key);
      entry.multivalued = context.multivalued;
      const std::size_t first = lists_.size();
      for (const std::string& value : context.values) lists_.push_back(store(value));
      entry.values = std::span(lists_).subspan(first, context.values.size());
      if (!context.multivalued) entry.single = entry.values.front();
      entries_.push_back(entry);
      keys_.emplace_back(entry.key);
    }
    plain.context = std::span(entries_).subspan(first_entry, text.context.size());
    text_range_.emplace_back(begin, text_.size() - begin);

    const Result<Caller> caller = plain.principal.starts_with("arn:")
                                      ? Caller::from_arn(plain.principal)
                                      : Caller::service(plain.principal);
    if (!caller) give_up(text.principal, caller.error().to_string());
    callers_.push_back(*caller);
    plain_.push_back(plain);
    applied_.push_back(&policies.applied(text.applied));
    Result<Request> request = build(plain_.size() - 1);
    if (!request) give_up(text.resource, request.error().to_string());
    requests_.push_back(*std::move(request));
  }
}

Result<Request> Questions::build(std::size_t i) const {
  const PlainRequest& plain = plain_[i];
  RequestBuilder builder(callers_[i], plain.action, plain.resource);
  if (!plain.owner.empty()) builder.resource_account(plain.owner);
  // Where a workload has no resource policies, keys and queues do without as well (E-61).
  if (applied_[i]->resource_policy == nullptr) builder.resource_policy_required(false);
  const ConditionKey* key = keys_.data() + (plain.context.data() - entries_.data());
  for (const PlainEntry& entry : plain.context) {
    if (entry.multivalued) {
      builder.set_list(*key++, entry.values);
    } else {
      builder.set(*key++, entry.single);
    }
  }
  return builder.build();
}

}  // namespace writ::bench
