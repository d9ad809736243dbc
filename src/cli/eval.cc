// writ eval and writ explain: one question from flags or a case, decided or explained.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/question_options.h"
#include "writ/html.h"

namespace writ::cli {
namespace {

Colour colour_of(Outcome outcome) {
  return outcome == Outcome::Allowed ? Colour::Green : Colour::Red;
}

// The deciding statement with the place of its `{` in the file that it was read from.
struct Place {
  const QuestionDocument* document = nullptr;
  const Statement* statement = nullptr;
  std::string file;
  Position position;
};

Place place_of(const OwnedQuestion& owned, const Arguments& arguments,
               const PreparedQuestion& prepared, const StatementId& id) {
  const PreparedQuestion::Located located = prepared.locate(owned.question(), id);
  Place place;
  if (located.statement == nullptr) return place;
  place.document = located.document;
  place.statement = located.statement;
  if (owned.asked) {
    place.file = display_name(*arguments.value("--case"));
    place.position = position_in(owned.asked->text, *located.document, located.statement->begin);
  } else {
    place.file = located.document->name;
    place.position = located.statement->begin;
  }
  return place;
}

std::string statement_text(const OwnedQuestion& owned, const StatementId& id, const Place& place) {
  std::string text;
  const auto out = std::back_inserter(text);
  if (owned.asked) fmt::format_to(out, "{} ", place.document->name);
  fmt::format_to(out, "statement {}", id.statement + 1);
  if (place.statement->has_sid) fmt::format_to(out, " `{}`", place.statement->sid.value);
  fmt::format_to(out, " at {}:{}:{}", place.file, place.position.line, place.position.column);
  return text;
}

void write_decision(JsonLine& json, const Decision& decision, const Place& place) {
  json.begin_object();
  json.member("decision", to_string(decision.outcome));
  json.member("reason", name_of(decision.reason));
  json.member("rule", rule_of(decision.reason));
  json.member("message", to_string(decision.reason));
  json.key("statement");
  if (place.statement == nullptr) {
    json.null();
  } else {
    json.begin_object();
    json.member("kind", to_string(decision.statement.layer));
    json.member("level", static_cast<std::uint64_t>(decision.statement.level));
    json.member("policy", place.document->name);
    json.member("document", decision.statement.document);
    json.member("statement", decision.statement.statement);
    if (place.statement->has_sid) json.member("sid", place.statement->sid.value);
    json.member("file", place.file);
    json.member("line", place.position.line);
    json.member("column", place.position.column);
    json.end_object();
  }
  json.end_object();
}

int exit_code(const Decision& decision) { return decision.is_allowed() ? kExitYes : kExitNo; }

// Reads and prepares the question; the rest is the difference between the two commands.
template <class Answer>
int ask(const Arguments& arguments, Console& console, const Command& command, Answer answer) {
  const Result<OwnedQuestion, Problem> owned = read_question(arguments, console);
  if (!owned) return fail(console, command, owned.error().text);
  const QuestionOptions options{.embedded_documents = owned->asked.has_value()};
  const Result<PreparedQuestion, QuestionError> prepared =
      PreparedQuestion::make(owned->question(), options);
  if (!prepared) {
    console.print_error("writ {}: {}\n", command.name,
                        describe_error(*owned, arguments, prepared.error()));
    return kExitBadInput;
  }
  return answer(*owned, *prepared);
}

int run_eval(const Arguments& arguments, Console& console) {
  return ask(arguments, console, kEvalCommand,
             [&](const OwnedQuestion& owned, const PreparedQuestion& prepared) {
               const Decision decision = prepared.evaluate();
               const Place place = place_of(owned, arguments, prepared, decision.statement);
               if (arguments.json()) {
                 JsonLine json;
                 write_decision(json, decision, place);
                 console.print("{}\n", json.text());
                 return exit_code(decision);
               }
               console.print(
                   "{}: {} ({})",
                   console.paint(colour_of(decision.outcome), to_string(decision.outcome)),
                   to_string(decision.reason), rule_of(decision.reason));
               if (place.statement != nullptr) {
                 console.print(", {}", statement_text(owned, decision.statement, place));
               }
               console.write("\n");
               return exit_code(decision);
             });
}

std::string page_of(const Question& question, const PreparedQuestion& prepared,
                    const Explanation& explanation) {
  std::vector<PolicyText> texts;
  for (const QuestionLayer& layer : question.layers) {
    std::uint32_t index = 0;
    for (const QuestionDocument& document : layer.documents) {
      texts.push_back({layer.type, layer.level, index++, document.name, document.text});
    }
  }
  return to_html(prepared.request(), explanation, texts);
}

int run_explain(const Arguments& arguments, Console& console) {
  return ask(arguments, console, kExplainCommand,
             [&](const OwnedQuestion& owned, const PreparedQuestion& prepared) {
               const Explanation explanation = prepared.explain();
               if (const std::optional<std::string_view> path = arguments.value("--html")) {
                 const std::string page = page_of(owned.question(), prepared, explanation);
                 if (!write_output(console, kExplainCommand, *path, page)) return kExitBadInput;
                 if (*path == "-") return exit_code(explanation.decision());
               }
               const std::string text =
                   arguments.json() ? explanation.to_json() : explanation.to_string();
               console.write(text.ends_with('\n') ? text : text + '\n');
               return exit_code(explanation.decision());
             });
}

constexpr Option kHtmlOption = {"--html", "FILE", Arity::One,
                                "write a page that shows the decision; `-` prints it instead",
                                OptionUse::Report};

constexpr auto kExplainOptions = [] {
  std::array<Option, std::size(kQuestionOptions) + 1> options = {};
  std::copy(std::begin(kQuestionOptions), std::end(kQuestionOptions), options.begin());
  options.back() = kHtmlOption;
  return options;
}();

constexpr std::string_view kExitCodes = "0 allowed, 1 denied, 2 bad usage or input";

}  // namespace

constinit const Command kEvalCommand = {
    .name = "eval",
    .operands = "",
    .summary = "decide one request: print the decision and what decided it",
    .details =
        R"(The request and its policies come from options, or from one case in the case format (--case).
Prints one line: the decision (allowed, explicitDeny, implicitDeny), the reason with its rule, and
the deciding statement with file, line and column.)",
    .exit_codes = kExitCodes,
    .options = kQuestionOptions,
    .min_operands = 0,
    .max_operands = 0,
    .run = &run_eval,
};

constinit const Command kExplainCommand = {
    .name = "explain",
    .operands = "",
    .summary = "decide one request and tell why, and what would have to change",
    .details =
        R"(Takes the options of `writ eval`. Prints the decision, the statement that made it, the other
statements that applied, what each element and condition key was compared with, missing keys, and
for a denial the nearest miss: the least that would have to change. --html writes the same as a
page that needs no network: the path through the layers, each test, the policies with marks.)",
    .exit_codes = kExitCodes,
    .options = kExplainOptions,
    .min_operands = 0,
    .max_operands = 0,
    .run = &run_explain,
};

}  // namespace writ::cli
