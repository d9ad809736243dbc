// The `_LinearScan` baseline: an evaluator as one writes it without thinking of an index. Patterns
// and values are compiled beforehand; a decision compares the statements in order, denials first,
// and stops at the first that decides. It knows what the workloads use of the language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "questions.h"
#include "workload.h"

namespace writ::bench {

class LinearScan {
 public:
  explicit LinearScan(const Workload& work);

  [[nodiscard]] Outcome evaluate(const PlainRequest& request) const;

 private:
  // Text with wildcards; variables stand between pieces.
  struct Pattern {
    enum class Kind : std::uint8_t { Any, Exact, Prefix, Glob, Variables };
    struct Piece {
      std::string text;  ///< a pattern, or the name of a key in lower case
      bool is_key = false;
    };
    Kind kind = Kind::Exact;
    std::string text;
    std::vector<Piece> pieces;
  };
  struct Value {
    Pattern pattern;              ///< of string operators
    std::vector<Pattern> fields;  ///< of ARN operators: six
    double number = 0;            ///< of numbers, dates (seconds) and booleans
    std::uint32_t address = 0;    ///< of addresses
    std::uint32_t mask = 0;
  };
  struct Test {
    ConditionOperator op = ConditionOperator::StringEquals;
    SetQuantifier quantifier = SetQuantifier::None;
    bool if_exists = false;
    std::string key;
    std::vector<Value> values;
  };
  struct Principal {
    bool everyone = false;
    bool whole_account = false;
    std::string id;  ///< an account, an ARN or a service
  };
  struct Statement {
    bool not_action = false;
    bool not_resource = false;
    bool not_principal = false;
    std::vector<Principal> principals;
    std::vector<Pattern> actions;
    std::vector<Pattern> resources;  ///< empty for trust policies
    std::vector<Test> conditions;
  };
  struct Document {
    PolicyType type = PolicyType::IdentityBased;
    std::vector<Statement> denies;
    std::vector<Statement> allows;
  };
  struct Scratch;  // what is computed once for a request
  enum class Grant : std::uint8_t { None, Delegated, Direct };

  static Pattern compile(std::string_view text, bool wildcards, bool variables, bool fold);
  static Value compile_value(ConditionOperator op, std::string_view text, bool variables);
  static Statement compile(const writ::Statement& statement, bool variables);

  static bool matches(const Pattern& pattern, std::string_view text, const Scratch& scratch);
  static bool compare(const Test& test, const Value& value, std::string_view text,
                      const Scratch& scratch);
  static bool holds(const Test& test, const Scratch& scratch);
  static bool one_of(const Test& test, std::string_view text, const Scratch& scratch);
  static bool applies(const Statement& statement, const Scratch& scratch);
  static Grant principal(const Statement& statement, const Scratch& scratch);

  bool denied(const std::vector<std::uint32_t>& documents, const Scratch& scratch) const;
  bool allowed(const std::vector<std::uint32_t>& documents, const Scratch& scratch) const;

  std::vector<Document> documents_;
  std::vector<AppliedText> applied_;
};

}  // namespace writ::bench
