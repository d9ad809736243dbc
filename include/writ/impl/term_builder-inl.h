// Not API, may change in any release. ProgramBuilder's condition terms and principals.
#pragma once

#include <algorithm>

#include "writ/impl/program_builder.h"

namespace writ::inline v0 {
namespace detail {

inline std::uint32_t ProgramBuilder::term(const ConditionTest& test, Effect effect,
                                          bool variables_active) {
  bool has_variables = false;
  for (const ConditionValue& value : test.values) {
    has_variables |= variables_active && takes_variables(test.op) && has_variable(value.text);
  }
  // V-11: whether an empty variable is the empty text depends on effect and polarity.
  const bool empty_is_value = has_variables && (effect == Effect::Deny) != is_negated(test.op);
  const auto flags = static_cast<std::uint8_t>((test.if_exists ? 1 : 0) | (has_variables ? 2 : 0) |
                                               (empty_is_value ? 4 : 0));
  std::uint64_t hash = hash_folded(test.key.value, term_ids_.seed());
  hash = hash_combine(hash, (static_cast<std::uint64_t>(test.op) << 16U) |
                                (static_cast<std::uint64_t>(test.quantifier) << 8U) | flags);
  for (const ConditionValue& value : test.values) {
    hash = hash_combine(hash_bytes(value.text, hash), static_cast<std::uint64_t>(value.kind));
  }
  const std::uint32_t found = term_ids_.find_or_add(hash, size32(terms), [&](std::uint32_t other) {
    const TermRecord& record = terms[other];
    const TermNode node{code.node(record.node)};
    if (node.op() != test.op || node.quantifier() != test.quantifier ||
        term_keys_[other].flags != flags || record.values.count != test.values.size() ||
        !equals_prefolded(node.key(), test.key.value)) {
      return false;
    }
    for (std::uint32_t i = 0; i < record.values.count; ++i) {
      if (term_keys_[other].kinds[i] != test.values[i].kind ||
          view(value_texts[record.values.begin + i]) != test.values[i].text) {
        return false;
      }
    }
    return true;
  });
  if (found != InternTable::kAbsent) return found;

  TermRecord record;
  TermKey key;
  key.flags = flags;
  record.values.begin = size32(value_texts);
  record.values.count = size32(test.values);
  boost::container::small_vector<Ref, 8> value_patterns;
  bool all_text = true;
  for (const ConditionValue& value : test.values) {
    value_texts.push_back(intern(value.text));
    key.kinds.push_back(value.kind);
    const bool variable = variables_active && takes_variables(test.op) && has_variable(value.text);
    const ValueType type = value_type(test.op);
    const bool wildcard =
        takes_wildcards(test.op) && find_wildcard(value.text) != std::string_view::npos;
    const bool is_pattern =
        type == ValueType::Arn || variable || (type == ValueType::String && wildcard);
    value_patterns.push_back(is_pattern ? value_pattern(value.text, test.op, variables_active)
                                        : kNoNode);
    all_text &= type == ValueType::String && !is_pattern;
  }
  const bool sorted = all_text && test.values.size() > kSortedValues;
  const Ref node = code.begin(
      NodeTag::Term, term_head::Op::put(static_cast<Word>(test.op)) |
                         term_head::Quantifier::put(static_cast<Word>(test.quantifier)) |
                         term_head::IfExists::put(test.if_exists ? 1 : 0) |
                         term_head::EmptyIsValue::put(empty_is_value ? 1 : 0) |
                         term_head::Sorted::put(sorted ? 1 : 0) |
                         term_head::MemoPlace::put(size32(terms) & term_head::MemoPlace::kMax));
  record.node = node;
  code.put(test.values.size());
  code.put(test.key.value.size());
  code.put64(hash_folded(test.key.value));
  folded_.assign(test.key.value);
  for (char& c : folded_) c = fold_ascii(c);
  code.put_text(folded_);
  const std::size_t table = code.size();
  if (sorted) {
    for (std::size_t i = 0; i < 2 * test.values.size(); ++i) code.put(Word{0});
  }
  std::vector<std::pair<Word, Word>> order;  // hash, place
  const bool fold = test.op == ConditionOperator::StringEqualsIgnoreCase ||
                    test.op == ConditionOperator::StringNotEqualsIgnoreCase;
  for (std::size_t i = 0; i < test.values.size(); ++i) {
    const std::string_view text = test.values[i].text;
    if (sorted) {
      order.emplace_back(static_cast<Word>((fold ? hash_folded(text) : hash_bytes(text)) >> 32U),
                         static_cast<Word>(code.size() - node));
    }
    write_value(test, test.values[i], value_patterns[i]);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    code[table + 2 * i] = order[i].first;
    code[table + 2 * i + 1] = order[i].second;
  }
  terms.push_back(record);
  term_keys_.push_back(std::move(key));
  return size32(terms) - 1;
}

inline void ProgramBuilder::write_value(const ConditionTest& test, const ConditionValue& value,
                                        Ref pattern) {
  using Kind = TermValue::Kind;
  const auto head = [this](Kind kind, std::size_t size) {
    overflowed_ |= size > TermValue::SizeBits::kMax;
    code.put(TermValue::KindBits::put(static_cast<Word>(kind)) |
             TermValue::SizeBits::put(static_cast<Word>(size)));
  };
  if (pattern != kNoNode) {
    head(Kind::Pattern, 0);
    code.put(pattern);
    return;
  }
  const bool is_number = value.kind == ConditionValueKind::Number;
  switch (value_type(test.op)) {
    case ValueType::Bool:
    case ValueType::Existence:
      head(equals_folded(value.text, "true") ? Kind::True : Kind::False, 0);
      return;
    case ValueType::Ip: {
      IpRange range;
      static_cast<void>(parse_ip_range(value.text, range));
      head(Kind::Ip, range.prefix | (range.v6 ? 0x100U : 0U));
      code.put_text({reinterpret_cast<const char*>(range.bytes.data()), range.bytes.size()});
      return;
    }
    case ValueType::Date: {
      Instant instant;
      if (parse_instant(value.text, instant, is_number) && instant.fraction.empty() &&
          instant.big.empty()) {
        head(Kind::Instant, 0);
        code.put64(static_cast<std::uint64_t>(instant.seconds));
        return;
      }
      break;
    }
    case ValueType::String:
    case ValueType::Arn:
    case ValueType::Numeric:
    case ValueType::Binary:
      break;
  }
  // Only a date is read in another way when it is a number (C-65).
  const bool epoch = is_number && value_type(test.op) == ValueType::Date;
  head(epoch ? Kind::Number : Kind::Text, value.text.size());
  code.put_text(value.text);
}

inline void ProgramBuilder::write_principal(PrincipalKind kind, std::string_view text) {
  using Kind = PrincipalEntryKind;
  count_listed(text);
  PrincipalEntry entry;
  entry.text_size = size32(text);
  std::uint64_t key = 0;
  Kind entry_kind = Kind::Nobody;
  const auto part = [text](std::string_view piece) {
    return PrincipalEntry::Part{static_cast<Word>(piece.data() - text.data()), size32(piece)};
  };
  switch (kind) {
    case PrincipalKind::Service:
      entry_kind = Kind::Service;
      key = dispatch_key("service", text);
      break;
    case PrincipalKind::Federated:
      entry_kind = Kind::Federated;
      key = dispatch_key("federated", text);
      break;
    case PrincipalKind::CanonicalUser:
      entry_kind = Kind::CanonicalUser;
      key = canonical_dispatch_key(text);
      break;
    case PrincipalKind::Aws: {
      const ArnFields arn = split_arn(text, false);
      if (text == "*") {
        entry_kind = Kind::AwsStar;
      } else if (arn.count < 6) {
        if (text.substr(0, 4) == "AIDA" || text.substr(0, 4) == "AROA") {
          entry_kind = text[1] == 'I' ? Kind::UserId : Kind::RoleId;
          key = dispatch_key("id", text);
        } else {
          entry_kind = Kind::Account;
          entry.account_part = part(text);
          key = dispatch_key("account", text);
        }
      } else {
        entry.partition_part = part(arn.field[1]);
        entry.account_part = part(arn.field[4]);
        const std::string_view resource = arn.field[5];
        key = dispatch_key("arn", text);
        if (arn.field[4] == "cloudfront") {
          entry_kind = Kind::Nobody;
        } else if (resource == "root") {
          entry_kind = Kind::Root;
          key = dispatch_key("account", arn.field[4]);
        } else if (resource.substr(0, 5) == "user/") {
          entry_kind = Kind::User;
        } else if (resource.substr(0, 5) == "role/") {
          entry_kind = Kind::Role;
          entry.name_part = part(last_component(resource));
          key = role_dispatch_key(arn.field[4], last_component(resource));
        } else if (resource.substr(0, 13) == "assumed-role/") {
          entry_kind = Kind::RoleSession;
        } else if (resource.substr(0, 15) == "federated-user/") {
          entry_kind = Kind::FederatedUser;
        }
      }
      break;
    }
  }
  entry.kind_value = static_cast<Word>(entry_kind);
  code.put_record(entry);
  code.put_text(text);
  principal_keys.push_back(key);
}

inline Ref ProgramBuilder::principals_node(const PrincipalElement& element,
                                           IndexedStatement& facts) {
  std::size_t count = element.everyone ? 1 : 0;
  for (const PrincipalMember& member : element.members) count += member.values.size();
  overflowed_ |= count > CountBits::kMax;
  const Ref ref = code.begin(NodeTag::Principals, CountBits::put(static_cast<Word>(count)));
  facts.principal_keys.begin = size32(principal_keys);
  if (element.everyone) {
    PrincipalEntry entry;
    entry.kind_value = static_cast<Word>(PrincipalEntryKind::Everyone);
    entry.text_size = 1;
    code.put_record(entry);
    code.put_text("*");
    principal_keys.push_back(0);
  } else {
    for (const PrincipalMember& member : element.members) {
      for (const Text& entry : member.values) write_principal(member.kind, entry.value);
    }
  }
  facts.principal_keys.count = size32(principal_keys) - facts.principal_keys.begin;
  facts.plain_principals = !element.negated;
  for (std::uint32_t i = 0; i < facts.principal_keys.count; ++i) {
    if (principal_keys[facts.principal_keys.begin + i] == 0) facts.plain_principals = false;
  }
  return ref;
}

}  // namespace detail
}  // namespace writ::inline v0
