#include "draw.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "questions.h"

namespace writ::bench {

namespace {

ContextText* find(RequestText& request, std::string_view key) {
  for (ContextText& entry : request.context) {
    if (equals_folded(entry.key, key)) return &entry;
  }
  return nullptr;
}

void set(RequestText& request, std::string_view key, std::vector<std::string> values,
         bool multivalued) {
  ContextText* entry = find(request, key);
  if (entry == nullptr) entry = &request.context.emplace_back();
  *entry = {std::string(key), std::move(values), multivalued};
}

// A text that the pattern matches.
std::string spelled(std::string_view pattern, bool wildcards, Random& random,
                    RequestText& request) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i).starts_with("${")) {
      const std::size_t end = pattern.find('}', i);
      const std::string_view key = pattern.substr(i + 2, end - i - 2);
      const ContextText* entry = find(request, key);
      if (entry != nullptr) text += entry->values.front();
      i = end;
    } else if (wildcards && pattern[i] == '*') {
      text += random.word(1, 8);
    } else if (wildcards && pattern[i] == '?') {
      text += random.word(1, 1);
    } else {
      text += pattern[i];
    }
  }
  return text;
}

// The resource of a request has values where patterns have stars.
std::string spelled_arn(std::string_view pattern, Random& random, RequestText& request) {
  if (pattern == "*") return "*";
  std::string text;
  for (int field = 0; field < 5; ++field) {
    const std::size_t colon = pattern.find(':');
    std::string_view part = pattern.substr(0, colon);
    if (part.find('*') != std::string_view::npos) {
      part = field == 1 ? "aws" : field == 3 ? "eu-west-1" : "111122223333";
    }
    text += part;
    text += ':';
    pattern.remove_prefix(colon == std::string_view::npos ? pattern.size() : colon + 1);
  }
  return text + spelled(pattern, true, random, request);
}

void meet(const ConditionTest& test, Random& random, RequestText& request) {
  if (test.values.empty()) return;
  const std::string_view key = test.key.value;
  const std::string_view value = random.pick(test.values).text;
  if (test.op == ConditionOperator::Null) {
    if (value == "false") {
      if (find(request, key) == nullptr) set(request, key, {"present"}, false);
    } else {
      std::erase_if(request.context,
                    [key](const ContextText& entry) { return equals_folded(entry.key, key); });
    }
    return;
  }
  if (is_negated(test.op)) return;
  std::string text = spelled(value, takes_wildcards(test.op), random, request);
  if (value_type(test.op) == ValueType::Ip) text = text.substr(0, text.find('/'));
  if (value_type(test.op) == ValueType::Date) return;
  set(request, key, {text}, test.quantifier != SetQuantifier::None);
}

void spoil(Random& random, RequestText& request) {
  switch (random.below(4)) {
    case 0:
      request.action += "X";
      break;
    case 1:
      if (request.resource != "*") {
        const std::size_t at = request.resource.rfind(':') + 1;
        request.resource.insert(at, random.word(1, 3));
      }
      break;
    case 2:
      if (request.resource != "*") {
        request.resource =
            request.resource.substr(0, request.resource.find_last_of("/:") + 1) + random.word(2, 6);
      }
      break;
    default:
      if (!request.context.empty()) {
        ContextText& entry = request.context[random.below(request.context.size())];
        if (entry.values.front().find_first_of("0123456789") == std::string::npos) {
          entry.values.front() += "x";
        }
      }
  }
}

std::string identity(const RequestText& request) {
  std::string text = request.principal + '\n' + request.action + '\n' + request.resource;
  for (const ContextText& entry : request.context) {
    text += '\n' + entry.key;
    for (const std::string& value : entry.values) text += '=' + value;
  }
  return text;
}

}  // namespace

void aim_at(const PolicyDocument& document, Random& random, RequestText& request) {
  const Statement& statement = random.pick(document.statements());
  // Tests first: variables of the patterns take their values from the context.
  for (const ConditionTest& test : statement.conditions) meet(test, random, request);
  if (!statement.action.negated) {
    const std::string_view pattern = random.pick(statement.action.values).value;
    if (pattern != "*") {
      // The name of a known action stays where the pattern leaves it open.
      const std::size_t star = pattern.find('*');
      const std::string noun = request.action.substr(request.action.find(':') + 1);
      if (pattern.ends_with(":*")) {
        request.action = std::string(pattern.substr(0, star)) + noun;
      } else {
        request.action = spelled(pattern, true, random, request);
      }
    }
  }
  if (statement.resource.present && !statement.resource.negated) {
    const std::string_view pattern = random.pick(statement.resource.values).value;
    if (pattern != "*") request.resource = spelled_arn(pattern, random, request);
  }
  if (random.per_mille(300)) spoil(random, request);
}

void fill_balanced(Workload& work, Random& random,
                   const std::function<RequestText(Random&)>& make) {
  const CompiledPolicies policies(work);
  std::unordered_set<std::string> seen;
  std::vector<RequestText> chosen;
  std::vector<RequestText> spare;
  std::size_t allowed = 0;
  std::size_t others = 0;
  for (int batch = 0; batch < 40 && chosen.size() < kRequests; ++batch) {
    work.requests.clear();
    for (std::size_t i = 0; i < kRequests; ++i) {
      RequestText request = make(random);
      if (seen.insert(identity(request)).second) work.requests.push_back(std::move(request));
    }
    const Questions questions(work, policies);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      std::size_t& count = questions.evaluate(i).is_allowed() ? allowed : others;
      if (count < kRequests / 2) {
        ++count;
        chosen.push_back(std::move(work.requests[i]));
      } else if (spare.size() < kRequests) {
        spare.push_back(std::move(work.requests[i]));
      }
    }
  }
  for (std::size_t i = 0; chosen.size() < kRequests && i < spare.size(); ++i) {
    chosen.push_back(std::move(spare[i]));
  }
  random.shuffle(chosen);
  work.requests = std::move(chosen);
}

}  // namespace writ::bench
