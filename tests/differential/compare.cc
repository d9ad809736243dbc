#include "differential/compare.h"

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include "differential/engine.h"
#include "reference/case_reader.h"
#include "reference/evaluator.h"
#include "reference/json.h"

namespace writ::differential {
namespace {

using reference::Case;
using reference::ContextEntry;
using reference::Json;
using reference::PolicyTexts;
using reference::Question;
using reference::Texts;

PolicyType resource_type(const Question& question) {
  return reference::asks_for_role(question) ? PolicyType::RoleTrust : PolicyType::ResourceBased;
}

// Every document with its kind.
template <class Visit>
void each_document(PolicyTexts& texts, PolicyType resource, const Visit& visit) {
  for (std::string& text : texts.identity) visit(text, PolicyType::IdentityBased);
  if (texts.resource_policy) visit(*texts.resource_policy, resource);
  const auto optional_layer = [&](std::optional<Texts>& layer, PolicyType type) {
    if (!layer) return;
    for (std::string& text : *layer) visit(text, type);
  };
  optional_layer(texts.boundary, PolicyType::PermissionsBoundary);
  optional_layer(texts.session, PolicyType::Session);
  optional_layer(texts.endpoint, PolicyType::VpcEndpoint);
  for (Texts& level : texts.scp) {
    for (std::string& text : level) visit(text, PolicyType::ServiceControl);
  }
  for (Texts& level : texts.rcp) {
    for (std::string& text : level) visit(text, PolicyType::ResourceControl);
  }
}

// --- Shrinking ---------------------------------------------------------------------------------

// Tries simpler cases until none of them differs any more.
class Shrinker {
 public:
  explicit Shrinker(Case asked) : best_(std::move(asked)) {}

  Case run() {
    do {
      improved_ = false;
      drop_layers();
      drop_request_parts();
      simplify_documents();
    } while (improved_);
    return best_;
  }

 private:
  bool keep_if_different(const Case& candidate) {
    if (!difference(candidate)) return false;
    best_ = candidate;
    improved_ = true;
    return true;
  }

  // Tries to erase each element of the list that `list_of` finds in a case.
  template <class ListOf>
  void drop_elements(const ListOf& list_of) {
    for (std::size_t i = 0;;) {
      Case candidate = best_;
      auto* list = list_of(candidate);
      if (list == nullptr || i >= list->size()) return;
      list->erase(list->begin() + static_cast<std::ptrdiff_t>(i));
      if (!keep_if_different(candidate)) ++i;
    }
  }

  void drop_layers() {
    const auto drop = [&](auto field) {
      if (!(best_.policies.*field)) return;
      Case candidate = best_;
      (candidate.policies.*field).reset();
      keep_if_different(candidate);
    };
    drop(&PolicyTexts::resource_policy);
    drop(&PolicyTexts::boundary);
    drop(&PolicyTexts::session);
    drop(&PolicyTexts::endpoint);
    drop_elements([](Case& c) { return &c.policies.scp; });
    drop_elements([](Case& c) { return &c.policies.rcp; });
    drop_elements([](Case& c) { return &c.policies.identity; });
    const auto drop_in = [&](std::optional<Texts> PolicyTexts::*field) {
      drop_elements([field](Case& c) {
        auto& layer = c.policies.*field;
        return layer ? &*layer : nullptr;
      });
    };
    drop_in(&PolicyTexts::boundary);
    drop_in(&PolicyTexts::session);
    drop_in(&PolicyTexts::endpoint);
    for (std::size_t i = 0; i < best_.policies.scp.size(); ++i) {
      drop_elements([i](Case& c) { return &c.policies.scp[i]; });
    }
    for (std::size_t i = 0; i < best_.policies.rcp.size(); ++i) {
      drop_elements([i](Case& c) { return &c.policies.rcp[i]; });
    }
  }

  void drop_request_parts() {
    const auto drop = [&](auto field) {
      if (!(best_.question.*field)) return;
      Case candidate = best_;
      (candidate.question.*field).reset();
      keep_if_different(candidate);
    };
    drop(&Question::role_arn);
    drop(&Question::issuer);
    drop(&Question::resource_account);
    drop(&Question::resource_policy_required);
    drop_elements([](Case& c) { return &c.question.context; });
    for (std::size_t i = 0; i < best_.question.context.size(); ++i) {
      drop_elements([i](Case& c) {
        return std::get_if<std::vector<std::string>>(&c.question.context[i].value);
      });
    }
  }

  // Of a long document: halves first, then quarters and so on.
  void drop_statements(std::size_t place) {
    for (std::size_t length = 256; length > 0; length /= 2) {
      for (std::size_t begin = 0;;) {
        Case candidate = best_;
        std::size_t here = 0;
        bool changed = false;
        each_document(candidate.policies, resource_type(candidate.question),
                      [&](std::string& text, PolicyType) {
                        if (here++ == place) changed = drop_range(text, begin, length);
                      });
        if (!changed) break;
        if (!keep_if_different(candidate)) begin += length;
      }
    }
  }
  static bool drop_range(std::string& text, std::size_t begin, std::size_t length) {
    Json json = reference::parse_json(text, 64);
    for (auto& [name, member] : json.members) {
      auto& items = member.items;
      if (name != "Statement" || begin >= items.size() || items.size() == 1) continue;
      const std::size_t end = std::min(items.size(), begin + length);
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin),
                  items.begin() + static_cast<std::ptrdiff_t>(end));
      text = reference::write_json(json);
      return true;
    }
    return false;
  }

  void simplify_documents() {
    // Documents are named by their place in the visit: dropping never happens in here.
    std::size_t count = 0;
    each_document(best_.policies, resource_type(best_.question),
                  [&](std::string&, PolicyType) { ++count; });
    for (std::size_t place = 0; place < count; ++place) {
      drop_statements(place);
      for (std::size_t step = 0;;) {
        Case candidate = best_;
        std::size_t here = 0;
        bool changed = false;
        each_document(candidate.policies, resource_type(candidate.question),
                      [&](std::string& text, PolicyType) {
                        if (here++ == place) changed = simplify(text, step);
                      });
        if (!changed) break;
        if (!keep_if_different(candidate)) ++step;
      }
    }
  }

  // The step-th way to make the document simpler; false when there are no more.
  static bool simplify(std::string& text, std::size_t step) {
    try {
      Json json = reference::parse_json(text, 64);
      if (!simplify(json, step)) return false;
      text = reference::write_json(json);
      return true;
    } catch (const reference::Refused&) {
      return false;
    }
  }
  static bool simplify(Json& json, std::size_t& step) {
    const auto is_this = [&step](std::size_t ways) {
      if (step < ways) return true;
      step -= ways;
      return false;
    };
    if (is_this(json.items.size())) {
      json.items.erase(json.items.begin() + static_cast<std::ptrdiff_t>(step));
      return true;
    }
    if (json.items.size() == 1 && is_this(1)) {
      json = Json(json.items[0]);
      return true;
    }
    if (is_this(json.members.size())) {
      json.members.erase(json.members.begin() + static_cast<std::ptrdiff_t>(step));
      return true;
    }
    if (json.kind == Json::Kind::String && is_this(json.text.size())) {
      json.text.erase(step, 1);
      return true;
    }
    for (Json& item : json.items) {
      if (simplify(item, step)) return true;
    }
    for (auto& [name, member] : json.members) {
      if (simplify(member, step)) return true;
    }
    return false;
  }

  Case best_;
  bool improved_ = false;
};

}  // namespace

std::string describe(const std::optional<Decision>& decision) {
  if (!decision) return "error";
  std::string text = std::string(to_string(decision->outcome)) + " ";
  text += name_of(decision->reason);
  const StatementId& id = decision->statement;
  if (!id.exists()) return text + " no statement";
  return text + " " + std::string(to_string(id.layer)) + " level " + std::to_string(id.level) +
         " document " + std::to_string(id.document) + " statement " + std::to_string(id.statement);
}

std::optional<std::string> difference(const Case& asked) {
  const PolicyType type = resource_type(asked.question);
  std::optional<std::string> found;
  PolicyTexts texts = asked.policies;
  bool refused = false;
  each_document(texts, type, [&](const std::string& text, PolicyType kind) {
    const auto ours = engine_refusal(text, kind);
    const auto theirs = reference::refusal(text, kind);
    if (ours.has_value() != theirs.has_value() && !found) {
      found = "loading as " + std::string(to_string(kind)) +
              "\n  library:   " + ours.value_or("loads") +
              "\n  reference: " + theirs.value_or("loads") + "\n  document:  " + text;
    }
    refused = refused || ours.has_value();
  });
  if (found || refused) return found;

  const auto expected = reference::evaluate(asked);
  for (const Grouping grouping : {Grouping::OneSet, Grouping::SetPerDocument}) {
    const auto engine = Engine::load(asked.policies, type, grouping);
    if (!engine) return "the library loads the documents, but not together";
    const Answer answer = engine->ask(asked.question, true);
    if (answer.evaluated == expected && answer.explained == expected) continue;
    return "library:   " + describe(answer.evaluated) +
           (grouping == Grouping::OneSet ? " (one set)" : " (a set for each document)") +
           "\n  explained: " + describe(answer.explained) + "\n  reference: " + describe(expected);
  }
  return std::nullopt;
}

Case shrink(Case asked) { return Shrinker(std::move(asked)).run(); }

std::string report(const Case& asked) {
  Case small = shrink(asked);
  const auto expected = reference::evaluate(small);
  small.expect = expected ? std::string(to_string(expected->outcome)) : "error";
  return "  " + difference(small).value_or("no difference") + "\n" + reference::write_case(small);
}

}  // namespace writ::differential
