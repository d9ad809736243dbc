// Not API, may change in any release. Bodies of ProgramBuilder: from the words of a document to
// interned records. Documents are valid here: parse_policy has refused all others.
#pragma once

#include "writ/impl/program_builder.h"

namespace writ::inline v0 {
namespace detail {

inline StringRef ProgramBuilder::intern(std::string_view text) {
  if (text.empty()) return {};
  const auto found = interned_.find(text);
  if (found != interned_.end()) {
    return {found->second, static_cast<std::uint32_t>(text.size())};
  }
  const auto offset = static_cast<std::uint32_t>(strings.size());
  strings.insert(strings.end(), text.begin(), text.end());
  interned_.emplace(std::string(text), offset);
  return {offset, static_cast<std::uint32_t>(text.size())};
}

inline std::uint32_t ProgramBuilder::add_variable(const PatternPiece& piece) {
  // Sizes in front keep texts apart that contain separators themselves.
  std::string id = std::to_string(piece.text.size()) + ':' + folded(piece.text);
  id += piece.has_default ? '\1' : '\0';
  id += piece.default_text;
  const auto [place, fresh] =
      variable_ids_.emplace(id, static_cast<std::uint32_t>(variables.size()));
  if (!fresh) return place->second;
  VariableRecord record;
  record.key = intern(piece.text);
  record.key_hash = hash_folded(piece.text);
  record.default_text = intern(piece.default_text);
  record.has_default = piece.has_default ? 1 : 0;
  record.never_resolves = piece.text.find(':') == std::string_view::npos ? 1 : 0;
  variables.push_back(record);
  return place->second;
}

inline void ProgramBuilder::append_literal(Drafts& out, std::string_view text) {
  if (text.empty()) return;
  if (out.empty() || out.back().kind != Atom::Kind::Literal) out.emplace_back();
  out.back().text += text;
}

inline void ProgramBuilder::append_text(Drafts& out, std::string_view text, bool wildcards) {
  while (!text.empty()) {
    const std::size_t size = wildcards ? text.find_first_of("*?") : std::string_view::npos;
    append_literal(out, text.substr(0, size));
    if (size == std::string_view::npos) return;
    if (text[size] == '*') {
      if (out.empty() || out.back().kind != Atom::Kind::Star) {
        out.push_back({Atom::Kind::Star, 0, 0, {}});
      }
    } else if (!out.empty() && out.back().kind == Atom::Kind::AnyOne) {
      ++out.back().a;
    } else {
      out.push_back({Atom::Kind::AnyOne, 1, 0, {}});
    }
    text.remove_prefix(size + 1);
  }
}

inline void ProgramBuilder::append_pieces(Drafts& out, std::string_view text, bool variables_active,
                                          bool wildcards, bool no_colon) {
  PatternPieces pieces(text, variables_active);
  PatternPiece piece;
  while (pieces.next(piece)) {
    switch (piece.kind) {
      case PatternPiece::Kind::Text:
        append_text(out, piece.text, wildcards);
        break;
      case PatternPiece::Kind::Character:
        append_literal(out, piece.text);
        break;
      case PatternPiece::Kind::Variable:
        out.push_back({Atom::Kind::Variable, add_variable(piece), no_colon ? 1U : 0U, {}});
        break;
    }
  }
}

inline std::uint32_t ProgramBuilder::finish_pattern(const Drafts& pattern, std::string_view text,
                                                    PatternKind kind, PatternShape shape) {
  PatternRecord record;
  record.text = intern(text);
  record.kind = kind;
  for (const Draft& atom : pattern) {
    if (atom.kind == Atom::Kind::Variable) record.has_variables = 1;
  }
  if (kind == PatternKind::General && record.has_variables == 0) {
    // The common shapes need no atoms.
    if (pattern.empty()) {
      record.kind = PatternKind::Exact;
    } else if (pattern.size() == 1 && pattern[0].kind == Atom::Kind::Star) {
      record.kind = PatternKind::Any;
    } else if (pattern[0].kind == Atom::Kind::Literal &&
               (pattern.size() == 1 ||
                (pattern.size() == 2 && pattern[1].kind == Atom::Kind::Star))) {
      record.kind = pattern.size() == 1 ? PatternKind::Exact : PatternKind::Prefix;
      record.literal = intern(pattern[0].text);
    }
  }
  if (record.kind >= PatternKind::General) {
    record.atoms = {static_cast<std::uint32_t>(atoms.size()),
                    static_cast<std::uint32_t>(pattern.size())};
    for (const Draft& draft : pattern) {
      if (draft.kind == Atom::Kind::Literal) {
        const StringRef ref = intern(draft.text);
        atoms.push_back({draft.kind, ref.offset, ref.size});
      } else {
        atoms.push_back({draft.kind, draft.a, draft.b});
      }
    }
  }
  patterns.push_back(record);
  shapes.push_back(std::move(shape));
  return static_cast<std::uint32_t>(patterns.size() - 1);
}

inline std::uint32_t ProgramBuilder::action_pattern(std::string_view folded_text) {
  std::string id = "A";
  id += folded_text;
  const auto [place, fresh] = pattern_ids_.emplace(id, static_cast<std::uint32_t>(patterns.size()));
  if (!fresh) return place->second;
  Drafts pattern;
  append_text(pattern, folded_text, true);
  return finish_pattern(pattern, folded_text, PatternKind::General);
}

// M-25. Fields are compiled one by one: a star at the end of one of the first five may run over
// colons; other wildcards there may not, and make the pattern Segmented.
inline std::uint32_t ProgramBuilder::resource_pattern(std::string_view text, bool variables_active,
                                                      bool negated) {
  std::string id = variables_active ? (negated ? "N" : "V") : "R";
  if (!has_variable(text)) id = "R";
  id += text;
  const auto [place, fresh] = pattern_ids_.emplace(id, static_cast<std::uint32_t>(patterns.size()));
  if (!fresh) return place->second;

  PatternShape shape;
  Drafts pattern;
  if (text == "*") {
    shape.any = true;
    pattern.push_back({Atom::Kind::Star, 0, 0, {}});
    return finish_pattern(pattern, text, PatternKind::General, std::move(shape));
  }
  ArnFields arn = split_arn(text, variables_active);
  for (; arn.count < 6; ++arn.count) arn.field[arn.count] = "*";  // G-35

  bool segmented = false;
  bool never_resolves = false;
  int first_crossing = 6;
  int last_crossing = 0;
  std::array<Drafts, 6> fields;
  for (int i = 0; i < 6; ++i) {
    const std::string_view field = arn.field[static_cast<std::size_t>(i)];
    Drafts& out = fields[static_cast<std::size_t>(i)];
    append_pieces(out, field, variables_active, true, i == 3 || i == 4);
    if (i == 5) break;
    for (std::size_t k = 0; k < out.size(); ++k) {
      const bool last = k + 1 == out.size();
      if (out[k].kind == Atom::Kind::AnyOne || (out[k].kind == Atom::Kind::Star && !last)) {
        segmented = true;
      }
      if (out[k].kind == Atom::Kind::Variable && negated) never_resolves = true;  // G-37
      if (out[k].kind == Atom::Kind::Star && last) {
        first_crossing = first_crossing == 6 ? i : first_crossing;
        last_crossing = i;
      }
    }
    const bool literal = out.empty() || (out.size() == 1 && out[0].kind == Atom::Kind::Literal);
    if (literal && i > 0) shape.fields[static_cast<std::size_t>(i - 1)] = std::string(field);
  }
  shape.crossing = first_crossing < 6;
  for (int i = 1; i < 5; ++i) {
    const Drafts& out = fields[static_cast<std::size_t>(i)];
    const bool literal = out.empty() || (out.size() == 1 && out[0].kind == Atom::Kind::Literal);
    if (!literal) continue;
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(i - 1));
    // Fields between two stars that may run over colons have no fixed place.
    if (i < first_crossing) {
      shape.left_fields = static_cast<std::uint8_t>(shape.left_fields | bit);
    } else if (i > last_crossing) {
      shape.right_fields = static_cast<std::uint8_t>(shape.right_fields | bit);
    }
  }
  const Drafts& tail = fields[5];
  if (!tail.empty() && tail[0].kind == Atom::Kind::Literal) {
    shape.tail = tail[0].text;
  }
  shape.exact = tail.empty() || (tail.size() == 1 && tail[0].kind == Atom::Kind::Literal);

  for (std::size_t i = 0; i < 6; ++i) {
    if (i > 0) {
      if (segmented) {
        pattern.push_back({Atom::Kind::Separator, 0, 0, {}});
      } else {
        append_literal(pattern, ":");
      }
    }
    for (std::size_t k = 0; k < fields[i].size(); ++k) {
      const Draft& atom = fields[i][k];
      if (atom.kind == Atom::Kind::Literal) {
        append_literal(pattern, atom.text);
      } else if (segmented && i < 5 && atom.kind == Atom::Kind::Star && k + 1 == fields[i].size()) {
        pattern.push_back({Atom::Kind::CrossStar, 0, 0, {}});
      } else {
        pattern.push_back(atom);
      }
    }
  }
  const std::uint32_t result = finish_pattern(
      pattern, text, segmented ? PatternKind::Segmented : PatternKind::General, std::move(shape));
  patterns[result].never_resolves = never_resolves ? 1 : 0;
  return result;
}

inline std::uint32_t ProgramBuilder::value_pattern(std::string_view text, ConditionOperator op,
                                                   bool variables_active) {
  const bool wildcards = takes_wildcards(op);
  const bool arn = value_type(op) == ValueType::Arn;
  std::string id = arn ? "F" : (wildcards ? "L" : "E");
  id += variables_active && has_variable(text) ? '\1' : '\0';
  id += text;
  const auto [place, fresh] = pattern_ids_.emplace(id, static_cast<std::uint32_t>(patterns.size()));
  if (!fresh) return place->second;
  Drafts pattern;
  if (!arn || text == "*") {
    append_pieces(pattern, text, variables_active, wildcards, false);
    return finish_pattern(pattern, text, PatternKind::General);
  }
  const ArnFields fields = split_arn(text, variables_active);
  for (std::size_t i = 0; i < fields.count; ++i) {
    if (i > 0) pattern.push_back({Atom::Kind::Separator, 0, 0, {}});
    append_pieces(pattern, fields.field[i], variables_active, true, false);
  }
  return finish_pattern(pattern, text, PatternKind::Arn);
}

inline std::uint32_t ProgramBuilder::action(std::string_view text) {
  const auto [place, fresh] =
      action_ids_.emplace(std::string(text), static_cast<std::uint32_t>(actions.size()));
  if (!fresh) return place->second;
  ActionRecord record;
  record.text = intern(text);
  const std::string key = folded(text);
  if (key.find_first_of("*?") != std::string::npos) {
    record.pattern = action_pattern(key);
  } else {
    record.hash = hash_bytes(key);
  }
  actions.push_back(record);
  return place->second;
}

inline ValueRecord ProgramBuilder::value(const ConditionTest& test, const ConditionValue& value,
                                         bool variables_active) {
  ValueRecord record;
  record.text = intern(value.text);
  if (value.kind == ConditionValueKind::Number) record.kind = ValueRecord::Kind::Number;
  const bool variable = variables_active && takes_variables(test.op) && has_variable(value.text);
  switch (value_type(test.op)) {
    case ValueType::String:
      record.kind = ValueRecord::Kind::Text;
      if (variable ||
          (takes_wildcards(test.op) && value.text.find_first_of("*?") != std::string_view::npos)) {
        record.kind = ValueRecord::Kind::Pattern;
        record.pattern = value_pattern(value.text, test.op, variables_active);
      }
      break;
    case ValueType::Arn:
      record.kind = ValueRecord::Kind::Pattern;
      record.pattern = value_pattern(value.text, test.op, variables_active);
      break;
    case ValueType::Bool:
    case ValueType::Existence:
      if (variable) {
        record.kind = ValueRecord::Kind::Pattern;
        record.pattern = value_pattern(value.text, test.op, variables_active);
      } else {
        record.kind =
            equals_folded(value.text, "true") ? ValueRecord::Kind::True : ValueRecord::Kind::False;
      }
      break;
    case ValueType::Ip: {
      IpRange range;
      static_cast<void>(parse_ip_range(value.text, range));
      record.kind = ValueRecord::Kind::Ip;
      record.address = range.bytes;
      record.pattern = range.prefix | (range.v6 ? 0x100U : 0U);
      break;
    }
    case ValueType::Numeric:
    case ValueType::Date:
    case ValueType::Binary:
      break;
  }
  return record;
}

inline std::uint32_t ProgramBuilder::term(const ConditionTest& test, Effect effect,
                                          bool variables_active) {
  bool has_variables = false;
  for (const ConditionValue& value : test.values) {
    has_variables |= variables_active && takes_variables(test.op) && has_variable(value.text);
  }
  // V-11: whether an empty variable is the empty text depends on effect and polarity.
  const bool empty_is_value = has_variables && (effect == Effect::Deny) != is_negated(test.op);
  std::string id;
  id += static_cast<char>(test.op);
  id += static_cast<char>(test.quantifier);
  id += test.if_exists ? '\1' : '\0';
  id += has_variables ? (empty_is_value ? '\2' : '\1') : '\0';
  id += std::to_string(test.key.value.size());
  id += ':';
  id += folded(test.key.value);
  for (const ConditionValue& value : test.values) {
    id += '\0';
    id += static_cast<char>('0' + static_cast<int>(value.kind));
    id += std::to_string(value.text.size());
    id += ':';
    id += value.text;
  }
  const auto [place, fresh] = term_ids_.emplace(id, static_cast<std::uint32_t>(terms.size()));
  if (!fresh) return place->second;
  TermRecord record;
  record.key = intern(test.key.value);
  record.key_hash = hash_folded(test.key.value);
  record.op = test.op;
  record.quantifier = test.quantifier;
  record.if_exists = test.if_exists ? 1 : 0;
  record.empty_is_value = empty_is_value ? 1 : 0;
  record.values.begin = static_cast<std::uint32_t>(values.size());
  record.values.count = static_cast<std::uint32_t>(test.values.size());
  for (const ConditionValue& item : test.values) {
    values.push_back(value(test, item, variables_active));
  }
  terms.push_back(record);
  return place->second;
}

inline PrincipalRecord ProgramBuilder::principal(PrincipalKind kind, std::string_view text) {
  using Kind = PrincipalEntryKind;
  PrincipalRecord record;
  record.text = intern(text);
  switch (kind) {
    case PrincipalKind::Service:
      record.kind = Kind::Service;
      record.dispatch_key = dispatch_key("service", text);
      return record;
    case PrincipalKind::Federated:
      record.kind = Kind::Federated;
      record.dispatch_key = dispatch_key("federated", text);
      return record;
    case PrincipalKind::CanonicalUser:
      record.kind = Kind::CanonicalUser;
      record.dispatch_key = canonical_dispatch_key(text);
      return record;
    case PrincipalKind::Aws:
      break;
  }
  if (text == "*") {
    record.kind = Kind::AwsStar;
    return record;
  }
  const ArnFields arn = split_arn(text, false);
  if (arn.count < 6) {
    if (text.substr(0, 4) == "AIDA" || text.substr(0, 4) == "AROA") {
      record.kind = text[1] == 'I' ? Kind::UserId : Kind::RoleId;
      record.dispatch_key = dispatch_key("id", text);
    } else {
      record.kind = Kind::Account;
      record.account = record.text;
      record.dispatch_key = dispatch_key("account", text);
    }
    return record;
  }
  record.partition = intern(arn.field[1]);
  record.account = intern(arn.field[4]);
  const std::string_view resource = arn.field[5];
  record.dispatch_key = dispatch_key("arn", text);
  if (arn.field[4] == "cloudfront") {
    record.kind = Kind::Nobody;
  } else if (resource == "root") {
    record.kind = Kind::Root;
    record.dispatch_key = dispatch_key("account", arn.field[4]);
  } else if (resource.substr(0, 5) == "user/") {
    record.kind = Kind::User;
  } else if (resource.substr(0, 5) == "role/") {
    record.kind = Kind::Role;
    record.name = intern(last_component(resource));
    record.dispatch_key = role_dispatch_key(arn.field[4], last_component(resource));
  } else if (resource.substr(0, 13) == "assumed-role/") {
    record.kind = Kind::RoleSession;
  } else if (resource.substr(0, 15) == "federated-user/") {
    record.kind = Kind::FederatedUser;
  }
  return record;
}

inline void ProgramBuilder::add_principals(const PrincipalElement& element) {
  if (element.everyone) {
    PrincipalRecord record;
    record.kind = PrincipalEntryKind::Everyone;
    record.text = intern("*");
    principals.push_back(record);
    return;
  }
  for (const PrincipalMember& member : element.members) {
    for (const Text& entry : member.values) {
      principals.push_back(principal(member.kind, entry.value));
    }
  }
}

inline void ProgramBuilder::add_document(std::string_view name, const PolicyDocument& document) {
  const auto size32 = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  const auto document_index = size32(documents);
  documents.push_back({intern(name), {size32(statements), size32(document.statements())}});
  const bool variables_active = document.has_variables();
  for (const Statement& statement : document.statements()) {
    StatementRecord record;
    record.document = document_index;
    record.effect = statement.effect;

    record.actions.begin = size32(action_refs);
    for (const Text& text : statement.action.values) action_refs.push_back(action(text.value));
    record.actions.count = size32(action_refs) - record.actions.begin;
    record.not_action = statement.action.negated ? 1 : 0;

    record.not_resource = statement.resource.negated ? 1 : 0;
    record.any_resource = statement.resource.present ? 0 : 1;  // G-41, M-31
    record.resources.begin = size32(resource_refs);
    for (const Text& text : statement.resource.values) {
      resource_refs.push_back(
          resource_pattern(text.value, variables_active, statement.resource.negated));
      if (text.value == "*" && !statement.resource.negated) record.any_resource = 1;
    }
    record.resources.count = size32(resource_refs) - record.resources.begin;

    record.has_principal = statement.principal.present ? 1 : 0;
    record.not_principal = statement.principal.negated ? 1 : 0;
    record.principals.begin = size32(principals);
    add_principals(statement.principal);
    record.principals.count = size32(principals) - record.principals.begin;

    record.conditions.begin = size32(condition_refs);
    for (const ConditionTest& test : statement.conditions) {
      condition_refs.push_back(term(test, statement.effect, variables_active));
      condition_sources.push_back(
          {intern(test.operator_text.value), intern(test.key.value), test.key.position});
    }
    record.conditions.count = size32(condition_refs) - record.conditions.begin;
    statements.push_back(record);
    sources.push_back({intern(statement.sid.value), statement.begin, statement.end,
                       statement.principal.position, statement.action.position,
                       statement.resource.position});
  }
}

}  // namespace detail
}  // namespace writ::inline v0
