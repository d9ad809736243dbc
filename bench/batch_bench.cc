// Batches against single calls on requests that exist: twenty actions on one resource, as a menu
// asks; one action on twenty resources, as a list page does; twenty requests that have nothing to
// do with each other.
#include <algorithm>
#include <map>

#include "questions.h"
#include "random.h"
#include "session.h"
#include "writ/batch.h"

namespace writ::bench {
namespace {

constexpr std::size_t kTogether = 20;
constexpr std::size_t kBatches = 512;

// Batches made ready: the lists, and a request for each of their decisions.
struct Batches {
  std::vector<Request> bases;
  std::vector<ActionList> actions;
  std::vector<ResourceList> resources;
  std::vector<Request> singles;  // kTogether for each batch
};

std::string_view service_of(std::string_view action) { return action.substr(0, action.find(':')); }

// The caller, the context and the owner are those of question `i`.
Request request_of(const Questions& questions, std::size_t i, std::string_view action,
                   std::string_view resource) {
  const PlainRequest& plain = questions.plain(i);
  const Result<Caller> caller = Caller::from_arn(plain.principal);
  if (!caller) give_up(plain.principal, caller.error().to_string());
  RequestBuilder builder(*caller, action, resource);
  if (!plain.owner.empty()) builder.resource_account(plain.owner);
  if (questions.applied(i).resource_policy == nullptr) builder.resource_policy_required(false);
  for (const PlainEntry& entry : plain.context) {
    if (entry.multivalued) {
      builder.set_list(entry.key, entry.values);
    } else {
      builder.set(entry.key, entry.single);
    }
  }
  Result<Request> request = builder.build();
  if (!request) give_up(resource, request.error().to_string());
  return *std::move(request);
}

// Twenty different texts, or all there are, again from the first when there are fewer.
std::vector<std::string_view> draw(const std::vector<std::string_view>& all, Random& random) {
  std::vector<std::string_view> list = all;
  random.shuffle(list);
  for (std::size_t i = 0; list.size() < kTogether; ++i) list.push_back(list[i]);
  list.resize(kTogether);
  return list;
}

enum class Kind { Actions, Resources, Many };

Batches make_batches(const Questions& questions, Kind kind) {
  // What belongs to one service, so that the questions are such as somebody asks together.
  std::map<std::string_view, std::vector<std::string_view>> by_service;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const PlainRequest& plain = questions.plain(i);
    by_service[service_of(plain.action)].push_back(kind == Kind::Actions ? plain.action
                                                                         : plain.resource);
  }
  for (auto& [service, list] : by_service) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  Batches batches;
  batches.singles.reserve(kBatches * kTogether);
  Random random(kBatches);
  for (std::size_t i = 0; i < kBatches; ++i) {
    if (kind == Kind::Many) {
      for (std::size_t j = 0; j < kTogether; ++j) {
        batches.singles.push_back(questions.request((i * kTogether + j) % questions.size()));
      }
      continue;
    }
    const PlainRequest& plain = questions.plain(i);
    batches.bases.push_back(questions.request(i));
    const std::vector<std::string_view> texts = draw(by_service[service_of(plain.action)], random);
    for (const std::string_view text : texts) {
      batches.singles.push_back(kind == Kind::Actions
                                    ? request_of(questions, i, text, plain.resource)
                                    : request_of(questions, i, plain.action, text));
    }
    if (kind == Kind::Actions) {
      const std::vector<ActionName> names(texts.begin(), texts.end());
      batches.actions.push_back(*ActionList::make(names));
    } else {
      batches.resources.push_back(*ResourceList::make(texts));
    }
  }
  return batches;
}

void run_batches(Session& session, const std::string& variant, const Workload& work, Kind kind) {
  if (!session.wants_variant(variant)) return;
  const CompiledPolicies policies(work);
  const Questions questions(work, policies);
  const AppliedPolicies& applied = questions.applied(0);
  const Batches batches = make_batches(questions, kind);
  std::vector<Decision> decisions(kTogether);
  const auto singles_of = [&](std::size_t i) {
    return std::span(batches.singles).subspan(i * kTogether, kTogether);
  };
  const auto together = [&](std::size_t i) {
    switch (kind) {
      case Kind::Actions:
        evaluate_actions(batches.bases[i], batches.actions[i], applied, decisions);
        break;
      case Kind::Resources:
        evaluate_resources(batches.bases[i], batches.resources[i], applied, decisions);
        break;
      case Kind::Many:
        evaluate_many(singles_of(i), applied, decisions);
        break;
    }
    return decisions.back().outcome;
  };
  const auto one_by_one = [&](std::size_t i) {
    for (std::size_t j = 0; j < kTogether; ++j) {
      decisions[j] = evaluate(batches.singles[i * kTogether + j], applied);
    }
    return decisions.back().outcome;
  };

  // The same answers, about half of them allowed or fewer, before any time counts.
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < kBatches; ++i) {
    one_by_one(i);
    const std::vector<Decision> expected = decisions;
    together(i);
    if (decisions != expected) give_up(variant, "a batch decides otherwise than single calls");
    for (const Decision& decision : decisions) allowed += decision.is_allowed() ? 1 : 0;
  }

  const auto touch_batch = [&](std::size_t i) {
    for (const Request& request : singles_of(i)) touch(&request, sizeof(Request));
    if (kind != Kind::Many) touch(&batches.bases[i], sizeof(Request));
  };
  // In turn, a few times; the medians of the pairs' ratios count.
  Series batched;
  Series single;
  std::vector<double> speedups;
  const int rounds = session.options().smoke ? 1 : 5;
  for (int round = 0; round < rounds; ++round) {
    single = measure(kBatches, session.loop(), touch_batch, one_by_one);
    batched = measure(kBatches, session.loop(), touch_batch, together);
    speedups.push_back(single.mean_ns / batched.mean_ns);
  }
  const auto add = [&](const char* subject, const Series& series) {
    constexpr auto kEach = static_cast<double>(kTogether);
    Row row;
    row.family = "batch";
    row.variant = variant;
    row.subject = subject;
    row.n = work.statements;
    row.requests = kBatches * kTogether;
    row.runs = series.runs;
    row.p50_ns = series.percentile(0.5) / kEach;
    row.p99_ns = series.percentile(0.99) / kEach;
    row.mean_ns = series.mean_ns / kEach;
    row.allocations = series.allocations / kEach;
    row.more = {{"together", kEach},
                {"allowed_share",
                 static_cast<double>(allowed) / static_cast<double>(kBatches * kTogether)}};
    if (series.mean_ns > 0) row.more.emplace_back("decisions_per_second", 1e9 / row.mean_ns);
    return row;
  };
  Row row = add("writ", batched);
  row.more.emplace_back("speedup", Series::percentile_of(speedups, 0.5));
  session.add(std::move(row));
  session.add(add("writ one by one", single));
}

// Twenty actions in one statement, with a condition; every second resource lies under its pattern.
Workload one_statement() {
  Workload work;
  work.family = "batch";
  work.variant = "one_statement";
  work.statements = 1;
  std::vector<std::string> actions;
  for (const char* verb : {"Get", "Put", "List", "Delete", "Restore"}) {
    for (const char* noun : {"Object", "ObjectAcl", "ObjectTagging", "ObjectVersion"}) {
      actions.push_back("s3:" + std::string(verb) + noun);
    }
  }
  work.policies.push_back(
      {"objects", PolicyType::IdentityBased, 0,
       document({R"({"Effect":"Allow","Action":[)" + quoted_list(actions) +
                 R"(],"Resource":"arn:aws:s3:::media/home/*",)"
                 R"("Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}})"})});
  work.apply_all();
  Random random(1);
  for (std::size_t i = 0; i < kRequests; ++i) {
    RequestText request;
    request.principal = "arn:aws:iam::111122223333:user/Alice";
    request.action = actions[i % actions.size()];
    request.resource = std::string("arn:aws:s3:::media/") + (i % 2 == 0 ? "home/" : "else/") +
                       random.word(4, 16) + ".dat";
    request.context.push_back({"aws:PrincipalTag/team", {"red"}, false});
    request.owner = "111122223333";
    work.requests.push_back(std::move(request));
  }
  return work;
}

void batch_family(Session& session) {
  run_batches(session, "actions_on_resource", managed(), Kind::Actions);
  run_batches(session, "actions_of_one_statement", one_statement(), Kind::Actions);
  run_batches(session, "resources", managed(), Kind::Resources);
  run_batches(session, "many", managed(), Kind::Many);
}

const Registration registration("batch", 95, batch_family);

}  // namespace
}  // namespace writ::bench
