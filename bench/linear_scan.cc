#include "linear_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "writ/hash.h"

namespace writ::bench {

namespace {

// Characters of a variable's value that would be wildcards, while they stand in a pattern.
constexpr char kLiteralStar = '\x01';
constexpr char kLiteralMark = '\x02';

bool same(char pattern, char c) {
  return pattern == c || pattern == '?' || (pattern == kLiteralStar && c == '*') ||
         (pattern == kLiteralMark && c == '?');
}

// The usual matcher: a star is tried as short as possible and lengthened on a mismatch.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && same(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = fold_ascii(c);
  return lower;
}

bool read_address(std::string_view text, std::uint32_t& address) {
  address = 0;
  for (int i = 0; i < 4; ++i) {
    unsigned part = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc() || part > 255) return false;
    address = address << 8U | part;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i < 3) {
      if (text.empty() || text.front() != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

int digits(std::string_view text, std::size_t begin, std::size_t count) {
  int value = 0;
  for (std::size_t i = begin; i < begin + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

// Seconds since 1970 of `2026-05-01T00:00:00Z`, or of a number of seconds.
double read_date(std::string_view text) {
  if (text.size() != 20 || text[4] != '-') {
    double seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
  }
  const int year = digits(text, 0, 4) - (digits(text, 5, 2) <= 2 ? 1 : 0);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int era = year / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const double days = era * 146097.0 + day_of_era - 719468;
  return days * 86400 + digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60 + digits(text, 17, 2);
}

std::array<std::string_view, 6> arn_fields(std::string_view arn) {
  std::array<std::string_view, 6> fields;
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) break;
    fields[i] = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  fields[5] = arn;
  return fields;
}

}  // namespace

struct LinearScan::Scratch {
  explicit Scratch(const PlainRequest& asked) : request(asked) {
    action_size = std::min(asked.action.size(), action_buffer.size());
    for (std::size_t i = 0; i < action_size; ++i) action_buffer[i] = fold_ascii(asked.action[i]);
  }
  [[nodiscard]] std::string_view action() const { return {action_buffer.data(), action_size}; }
  [[nodiscard]] const PlainEntry* find(std::string_view key) const {
    for (const PlainEntry& entry : request.context) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }

  const PlainRequest& request;
  std::array<char, 160> action_buffer;
  std::size_t action_size = 0;
  std::string_view caller_account;
  std::string_view caller_role;  ///< of a session: `NAME` of its role
};

LinearScan::Pattern LinearScan::compile(std::string_view text, bool wildcards, bool variables,
                                        bool fold) {
  Pattern pattern;
  pattern.text = fold ? folded(text) : std::string(text);
  if (variables && text.find("${") != std::string_view::npos) {
    pattern.kind = Pattern::Kind::Variables;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t begin = std::min(rest.find("${"), rest.size());
      std::string piece(rest.substr(0, begin));
      if (!wildcards) {
        std::replace(piece.begin(), piece.end(), '*', kLiteralStar);
        std::replace(piece.begin(), piece.end(), '?', kLiteralMark);
      }
      if (begin != 0) pattern.pieces.push_back({piece, false});
      rest.remove_prefix(begin);
      if (rest.empty()) break;
      const std::size_t end = rest.find('}');
      pattern.pieces.push_back({folded(rest.substr(2, end - 2)), true});
      rest.remove_prefix(end + 1);
    }
    return pattern;
  }
  const std::size_t wild = text.find_first_of("*?");
  if (!wildcards || wild == std::string_view::npos) return pattern;
  if (text == "*") {
    pattern.kind = Pattern::Kind::Any;
  } else if (wild + 1 == text.size() && text[wild] == '*') {
    pattern.kind = Pattern::Kind::Prefix;
    pattern.text.pop_back();
  } else {
    pattern.kind = Pattern::Kind::Glob;
  }
  return pattern;
}

LinearScan::Value LinearScan::compile_value(ConditionOperator op, std::string_view text,
                                            bool variables) {
  Value value;
  switch (value_type(op)) {
    case ValueType::String: {
      const bool fold = op == ConditionOperator::StringEqualsIgnoreCase ||
                        op == ConditionOperator::StringNotEqualsIgnoreCase;
      value.pattern = compile(text, takes_wildcards(op), variables, fold);
      break;
    }
    case ValueType::Arn: {
      for (const std::string_view field : arn_fields(text)) {
        value.fields.push_back(compile(field, true, variables, false));
      }
      break;
    }
    case ValueType::Numeric:
      std::from_chars(text.data(), text.data() + text.size(), value.number);
      break;
    case ValueType::Date:
      value.number = read_date(text);
      break;
    case ValueType::Bool:
    case ValueType::Existence:
      value.number = equals_folded(text, "true") ? 1 : 0;
      break;
    case ValueType::Ip: {
      const std::size_t slash = text.find('/');
      unsigned bits = 32;
      if (slash != std::string_view::npos) {
        std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
      }
      value.mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
      if (!read_address(text.substr(0, slash), value.address)) {
        give_up("linear scan", "an address that is not of version 4");
      }
      value.address &= value.mask;
      break;
    }
    case ValueType::Binary:
      give_up("linear scan", "BinaryEquals is not among what the workloads use");
  }
  return value;
}

LinearScan::Statement LinearScan::compile(const writ::Statement& statement, bool variables) {
  Statement compiled;
  compiled.not_action = statement.action.negated;
  compiled.not_resource = statement.resource.negated;
  for (const Text& text : statement.action.values) {
    compiled.actions.push_back(compile(text.value, true, false, true));
  }
  for (const Text& text : statement.resource.values) {
    compiled.resources.push_back(compile(text.value, true, variables, false));
  }
  compiled.not_principal = statement.principal.negated;
  if (statement.principal.everyone) compiled.principals.push_back({true, false, ""});
  for (const PrincipalMember& member : statement.principal.members) {
    for (const Text& text : member.values) {
      Principal principal;
      principal.id = std::string(text.value);
      if (text.value == "*") principal.everyone = true;
      const auto fields = arn_fields(text.value);
      if (fields[0] == "arn" && fields[5] == "root") principal.id = std::string(fields[4]);
      principal.whole_account = principal.id.size() == 12 &&
                                principal.id.find_first_not_of("0123456789") == std::string::npos;
      compiled.principals.push_back(std::move(principal));
    }
  }
  for (const ConditionTest& test : statement.conditions) {
    Test made;
    made.op = test.op;
    made.quantifier = test.quantifier;
    made.if_exists = test.if_exists;
    made.key = folded(test.key.value);
    for (const ConditionValue& value : test.values) {
      made.values.push_back(
          compile_value(test.op, value.text, variables && takes_variables(test.op)));
    }
    compiled.conditions.push_back(std::move(made));
  }
  return compiled;
}

LinearScan::LinearScan(const Workload& work) : applied_(work.applied) {
  for (const PolicyText& policy : work.policies) {
    const PolicyDocument text = parsed(policy);
    Document& document = documents_.emplace_back();
    document.type = policy.type;
    for (const writ::Statement& statement : text.statements()) {
      (statement.effect == Effect::Deny ? document.denies : document.allows)
          .push_back(compile(statement, text.has_variables()));
    }
  }
}

bool LinearScan::matches(const Pattern& pattern, std::string_view text, const Scratch& scratch) {
  switch (pattern.kind) {
    case Pattern::Kind::Any:
      return true;
    case Pattern::Kind::Exact:
      return pattern.text == text;
    case Pattern::Kind::Prefix:
      return text.starts_with(pattern.text);
    case Pattern::Kind::Glob:
      return glob(pattern.text, text);
    case Pattern::Kind::Variables:
      break;
  }
  std::array<char, 1024> buffer;
  std::size_t size = 0;
  for (const Pattern::Piece& piece : pattern.pieces) {
    std::string_view part = piece.text;
    if (piece.is_key) {
      const PlainEntry* entry = scratch.find(piece.text);
      if (entry == nullptr || entry->multivalued) return false;
      part = entry->single;
    }
    if (size + part.size() > buffer.size()) return false;
    std::memcpy(buffer.data() + size, part.data(), part.size());
    if (piece.is_key) {
      for (std::size_t i = size; i < size + part.size(); ++i) {
        if (buffer[i] == '*') buffer[i] = kLiteralStar;
        if (buffer[i] == '?') buffer[i] = kLiteralMark;
      }
    }
    size += part.size();
  }
  return glob({buffer.data(), size}, text);
}

bool LinearScan::compare(const Test& test, const Value& value, std::string_view text,
                         const Scratch& scratch) {
  using enum ConditionOperator;
  switch (value_type(test.op)) {
    case ValueType::String:
      if (test.op == StringEqualsIgnoreCase || test.op == StringNotEqualsIgnoreCase) {
        return equals_folded(value.pattern.text, text);
      }
      return matches(value.pattern, text, scratch);
    case ValueType::Arn: {
      const auto fields = arn_fields(text);
      for (std::size_t i = 0; i < 6; ++i) {
        if (!matches(value.fields[i], fields[i], scratch)) return false;
      }
      return true;
    }
    case ValueType::Numeric:
    case ValueType::Date: {
      double number = 0;
      if (value_type(test.op) == ValueType::Date) {
        number = read_date(text);
      } else {
        std::from_chars(text.data(), text.data() + text.size(), number);
      }
      switch (test.op) {
        case NumericLessThan:
        case DateLessThan:
          return number < value.number;
        case NumericLessThanEquals:
        case DateLessThanEquals:
          return number <= value.number;
        case NumericGreaterThan:
        case DateGreaterThan:
          return number > value.number;
        case NumericGreaterThanEquals:
        case DateGreaterThanEquals:
          return number >= value.number;
        default:
          return number == value.number;
      }
    }
    case ValueType::Bool:
      return equals_folded(text, value.number != 0 ? "true" : "false");
    case ValueType::Ip: {
      std::uint32_t address = 0;
      return read_address(text, address) && (address & value.mask) == value.address;
    }
    case ValueType::Binary:
    case ValueType::Existence:
      break;
  }
  return false;
}

bool LinearScan::one_of(const Test& test, std::string_view text, const Scratch& scratch) {
  for (const Value& value : test.values) {
    if (compare(test, value, text, scratch)) return true;
  }
  return false;
}

bool LinearScan::holds(const Test& test, const Scratch& scratch) {
  const PlainEntry* entry = scratch.find(test.key);
  if (test.op == ConditionOperator::Null) return (entry == nullptr) == (test.values[0].number != 0);
  const bool negated = is_negated(test.op);
  switch (test.quantifier) {
    case SetQuantifier::None:
      if (entry == nullptr) return negated || test.if_exists;
      return one_of(test, entry->values.front(), scratch) != negated;
    case SetQuantifier::ForAllValues:
      if (entry == nullptr) return true;
      for (const std::string_view value : entry->values) {
        if (one_of(test, value, scratch) == negated) return false;
      }
      return true;
    case SetQuantifier::ForAnyValue:
      if (entry == nullptr) return test.if_exists;
      for (const std::string_view value : entry->values) {
        if (one_of(test, value, scratch) != negated) return true;
      }
      return false;
  }
  return false;
}

bool LinearScan::applies(const Statement& statement, const Scratch& scratch) {
  bool action = false;
  for (const Pattern& pattern : statement.actions) {
    if (matches(pattern, scratch.action(), scratch)) {
      action = true;
      break;
    }
  }
  if (action == statement.not_action) return false;
  if (!statement.resources.empty()) {
    const bool star = scratch.request.resource == "*";
    bool resource = false;
    for (const Pattern& pattern : statement.resources) {
      if (star ? pattern.kind == Pattern::Kind::Any
               : matches(pattern, scratch.request.resource, scratch)) {
        resource = true;
        break;
      }
    }
    if (resource == statement.not_resource) return false;
  }
  for (const Test& test : statement.conditions) {
    if (!holds(test, scratch)) return false;
  }
  return true;
}

LinearScan::Grant LinearScan::principal(const Statement& statement, const Scratch& scratch) {
  Grant best = Grant::None;
  for (const Principal& principal : statement.principals) {
    if (principal.everyone || principal.id == scratch.request.principal) return Grant::Direct;
    if (principal.whole_account && principal.id == scratch.caller_account) best = Grant::Delegated;
    if (scratch.caller_role.empty() || principal.whole_account) continue;
    const auto fields = arn_fields(principal.id);
    if (fields[4] == scratch.caller_account && fields[5].starts_with("role/") &&
        fields[5].substr(5) == scratch.caller_role) {
      return Grant::Direct;
    }
  }
  return best;
}

bool LinearScan::denied(const std::vector<std::uint32_t>& documents, const Scratch& scratch) const {
  for (const std::uint32_t document : documents) {
    for (const Statement& statement : documents_[document].denies) {
      if (applies(statement, scratch)) return true;
    }
  }
  return false;
}

bool LinearScan::allowed(const std::vector<std::uint32_t>& documents,
                         const Scratch& scratch) const {
  for (const std::uint32_t document : documents) {
    for (const Statement& statement : documents_[document].allows) {
      if (applies(statement, scratch)) return true;
    }
  }
  return false;
}

Outcome LinearScan::evaluate(const PlainRequest& request) const {
  Scratch scratch(request);
  const AppliedText& applied = applied_[request.applied];
  const auto caller = arn_fields(request.principal);
  const bool is_service = caller[0] != "arn";
  if (!is_service) {
    scratch.caller_account = caller[4];
    constexpr std::string_view kSession = "assumed-role/";
    if (caller[5].starts_with(kSession)) {
      scratch.caller_role = caller[5].substr(kSession.size());
      scratch.caller_role = scratch.caller_role.substr(0, scratch.caller_role.find('/'));
    }
  }

  Grant grant = Grant::None;
  bool trust = false;
  if (!is_service) {
    for (const std::vector<std::uint32_t>& level : applied.service_control) {
      if (denied(level, scratch)) return Outcome::ExplicitDeny;
    }
  }
  if (applied.resource != AppliedText::kNone) {
    const Document& document = documents_[applied.resource];
    trust = document.type == PolicyType::RoleTrust;
    for (const Statement& statement : document.denies) {
      const bool named = principal(statement, scratch) != Grant::None;
      if (named != statement.not_principal && applies(statement, scratch)) {
        return Outcome::ExplicitDeny;
      }
    }
  }
  if (denied(applied.identity, scratch) || denied(applied.boundary, scratch)) {
    return Outcome::ExplicitDeny;
  }
  if (!is_service) {
    for (const std::vector<std::uint32_t>& level : applied.service_control) {
      if (!allowed(level, scratch)) return Outcome::ImplicitDeny;
    }
  }
  if (applied.resource != AppliedText::kNone) {
    for (const Statement& statement : documents_[applied.resource].allows) {
      const Grant here = principal(statement, scratch);
      if (here > grant && applies(statement, scratch)) grant = here;
      if (grant == Grant::Direct) break;
    }
  }
  if (is_service) return grant == Grant::None ? Outcome::ImplicitDeny : Outcome::Allowed;
  const std::string_view named_owner = arn_fields(request.resource)[4];
  const bool same_account =
      scratch.caller_account == (named_owner.empty() ? request.owner : named_owner);
  if (same_account && grant == Grant::Direct) return Outcome::Allowed;
  if ((!same_account || trust) && grant == Grant::None) return Outcome::ImplicitDeny;
  const bool identity = allowed(applied.identity, scratch) &&
                        (applied.boundary.empty() || allowed(applied.boundary, scratch));
  return identity ? Outcome::Allowed : Outcome::ImplicitDeny;
}

}  // namespace writ::bench
