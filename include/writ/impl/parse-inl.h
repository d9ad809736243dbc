// Not API, may change in any release. parse_policy, and the upper half of PolicyReader: the text as
// a whole, the members of the document, the list of statements (G-1 to G-19).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "writ/impl/condition_grammar-inl.h"
#include "writ/impl/grammar-inl.h"
#include "writ/impl/policy_reader.h"
#include "writ/impl/principal_grammar-inl.h"
#include "writ/impl/statement_reader-inl.h"
#include "writ/parse.h"

namespace writ::inline v0 {

WRIT_FUNC Result<PolicyDocument> parse_policy(std::string_view text, PolicyType type,
                                              const ParseOptions& options) {
  Result<detail::JsonTree> tree = detail::JsonTree::parse(text, detail::json_options(options));
  if (!tree) return std::move(tree).error();
  PolicyReader reader(std::move(tree).value(), type, options, PolicyReader::Mode::StopAtFirst);
  reader.read();
  if (!reader.refusals().empty()) return reader.refusals().front();
  return reader.take_document();
}

WRIT_FUNC void PolicyReader::refuse(ErrorCode code, std::string_view rule, const Node& node,
                                    std::string message, At at) {
  if (done()) return;
  PolicyError error;
  error.code = code;
  error.rule = rule;
  error.position = at == At::Name ? node.name_position : node.begin;
  error.json_pointer = tree_.pointer(node);
  error.message = std::move(message);
  refusals_.push_back(std::move(error));
  limit_reached_ = code == ErrorCode::LimitExceeded;
}

WRIT_FUNC void PolicyReader::refuse_more_values(const Node& node) {
  refuse(ErrorCode::LimitExceeded, "G-11", node,
         fmt::format("the document has more than {} values: split it or raise the limit",
                     options_.max_values));
}

WRIT_FUNC void PolicyReader::count_wildcards(std::string_view pattern, const Node& node) {
  const auto count =
      std::count_if(pattern.begin(), pattern.end(), [](char c) { return c == '*' || c == '?'; });
  if (static_cast<std::size_t>(count) <= options_.max_wildcards_per_pattern) return;
  refuse(ErrorCode::LimitExceeded, "G-11", node,
         fmt::format("the pattern has more than {} wildcards: simplify it or raise the limit",
                     options_.max_wildcards_per_pattern));
}

WRIT_FUNC bool PolicyReader::is_kind(std::initializer_list<PolicyType> types) const noexcept {
  return std::find(types.begin(), types.end(), type_) != types.end();
}

WRIT_FUNC PolicyDocument PolicyReader::take_document() {
  document_.strings_ = tree_.take_arena();
  return std::move(document_);
}

WRIT_FUNC void PolicyReader::read() {
  document_.type_ = type_;
  // Most nodes of a policy are values.
  document_.lists_ = detail::DocumentArena(tree_.size() * sizeof(Text));
  const Node& root = tree_.root();
  if (root.kind != detail::JsonKind::Object) {
    refuse(ErrorCode::JsonSyntaxError, "G-1", root, "a policy document is one JSON object");
    return;
  }
  check_duplicates();
  check_characters();
  const Node* version = nullptr;
  const Node* id = nullptr;
  const Node* statements = nullptr;
  for (const Node* node = tree_.first_child(root); node != nullptr && !done();
       node = tree_.next(*node)) {
    const Node** slot = node->name == "Version"     ? &version
                        : node->name == "Id"        ? &id
                        : node->name == "Statement" ? &statements
                                                    : nullptr;
    if (slot == nullptr) {
      refuse(
          ErrorCode::InvalidPolicyElement, "G-6", *node,
          fmt::format("unknown element {}: a policy document has `Version`, `Id` and `Statement`",
                      detail::quoted(node->name)),
          At::Name);
    } else if (*slot == nullptr) {
      *slot = node;
    }
  }
  if (done()) return;
  check_version(version);
  if (id != nullptr) {
    document_.has_id_ = id->kind == detail::JsonKind::String;
    document_.id_ = {id->text, id->begin};
    if (!document_.has_id_) {
      refuse(ErrorCode::DataTypeMismatch, "G-16", *id, "write `Id` as a string");
    }
  }
  if (done()) return;
  read_statements(root, statements);
}

WRIT_FUNC void PolicyReader::check_duplicates() {
  for (const detail::JsonDuplicate& duplicate : tree_.duplicates()) {
    if (done()) return;
    const Node& node = tree_.node(duplicate.node);
    refuse(ErrorCode::DuplicateMember, "G-3", node,
           fmt::format("the member {} occurs twice in one object: keep one of them",
                       detail::quoted(node.name)),
           At::Name);
  }
}

WRIT_FUNC void PolicyReader::check_characters() {
  if (!is_kind({PolicyType::IdentityBased, PolicyType::PermissionsBoundary, PolicyType::Session,
                PolicyType::RoleTrust})) {
    return;
  }
  if (tree_.is_plain()) return;
  const auto is_unsupported = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte > 0xc3;
  };
  const auto has_unsupported = [&is_unsupported](std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_unsupported);
  };
  constexpr std::string_view kMessage =
      "remove the characters that IAM does not accept from {}: it takes U+0009, U+000A, U+000D and "
      "U+0020 to U+00FF";
  for (std::uint32_t i = 0; i < tree_.size() && !done(); ++i) {
    const Node& node = tree_.node(i);
    if (has_unsupported(node.name)) {
      refuse(ErrorCode::UnsupportedCharacter, "G-2", node,
             fmt::format(kMessage, detail::quoted(node.name)), At::Name);
    }
    if (has_unsupported(node.text)) {
      refuse(ErrorCode::UnsupportedCharacter, "G-2", node,
             fmt::format(kMessage, detail::quoted(node.text)));
    }
  }
}

WRIT_FUNC void PolicyReader::check_version(const Node* version) {
  const bool guardrail = is_kind({PolicyType::ServiceControl, PolicyType::ResourceControl});
  if (version == nullptr) {
    if (guardrail) check_version_of_guardrail();
    return;
  }
  if (version->kind == detail::JsonKind::String && version->text == "2012-10-17") {
    document_.version_ = PolicyVersion::V2012;
    return;
  }
  if (version->kind != detail::JsonKind::String || version->text != "2008-10-17") {
    refuse(ErrorCode::InvalidVersion, "G-12", *version,
           "write `Version` as the string `2012-10-17` or `2008-10-17`");
    return;
  }
  document_.version_ = PolicyVersion::V2008;
  if (guardrail) {
    refuse(ErrorCode::InvalidVersion, "G-15", *version,
           "write `Version` as `2012-10-17`: control policies take no other");
  }
}

// G-15: without a version the variable would be plain text and the guardrail silently never match.
WRIT_FUNC void PolicyReader::check_version_of_guardrail() {
  for (std::uint32_t i = 0; i < tree_.size(); ++i) {
    const Node& node = tree_.node(i);
    const bool in_name = detail::has_variable(node.name);
    if (!in_name && !detail::has_variable(node.text)) continue;
    refuse(ErrorCode::MissingVersion, "G-15", node,
           "add `\"Version\": \"2012-10-17\"`: without it `${...}` is plain text",
           in_name ? At::Name : At::Value);
    return;
  }
}

WRIT_FUNC void PolicyReader::read_statements(const Node& root, const Node* statements) {
  if (statements == nullptr) {
    refuse(ErrorCode::MissingStatement, "G-17", root, "add a `Statement`: there is none");
    return;
  }
  const bool is_list = statements->kind == detail::JsonKind::Array;
  document_.statement_is_list_ = is_list;
  if (!is_list && statements->kind != detail::JsonKind::Object) {
    refuse(ErrorCode::DataTypeMismatch, "G-17", *statements,
           "write `Statement` as an object or an array of objects");
    return;
  }
  if (!is_list) {
    read_statement(*statements);
    return;
  }
  if (statements->child_count == 0) {
    refuse(ErrorCode::MissingStatement, "G-17", *statements,
           "put a statement into `Statement`: its array is empty");
    return;
  }
  if (statements->child_count > options_.max_statements) {
    refuse(ErrorCode::LimitExceeded, "G-11", *statements,
           fmt::format("the document has more than {} statements: split it or raise the limit",
                       options_.max_statements));
    return;
  }
  document_.statements_.reserve(statements->child_count);
  named_.reserve(statements->child_count);
  for (const Node* node = tree_.first_child(*statements); node != nullptr && !done();
       node = tree_.next(*node)) {
    if (node->kind == detail::JsonKind::Object) {
      read_statement(*node);
    } else {
      refuse(ErrorCode::DataTypeMismatch, "G-17", *node, "write each statement as an object");
    }
  }
  check_unique_sids();
}

WRIT_FUNC void PolicyReader::check_unique_sids() {
  if (done() || !is_kind({PolicyType::IdentityBased, PolicyType::PermissionsBoundary,
                          PolicyType::Session, PolicyType::RoleTrust})) {
    return;
  }
  // Equal Sids come together, in text order; the first of them is left alone.
  std::sort(named_.begin(), named_.end(), [](const NamedStatement& a, const NamedStatement& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int order = a.node->text.compare(b.node->text);
    return order != 0 ? order < 0 : a.node < b.node;
  });
  std::vector<const Node*> repeated;
  for (std::size_t i = 1; i < named_.size(); ++i) {
    if (named_[i].hash == named_[i - 1].hash && named_[i].node->text == named_[i - 1].node->text) {
      repeated.push_back(named_[i].node);
    }
  }
  std::sort(repeated.begin(), repeated.end(),
            [](const Node* a, const Node* b) { return a->begin.offset < b->begin.offset; });
  for (const Node* node : repeated) {
    if (done()) return;
    refuse(ErrorCode::UniqueSidsRequired, "G-19", *node,
           fmt::format("give the statement another `Sid` than {}: it is taken",
                       detail::quoted(node->text)));
  }
}

}  // namespace writ::inline v0
