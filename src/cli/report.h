// Report: the tests of a `writ check`, for the machines that show them: JUnit XML for build
// servers, SARIF 2.1.0 for code scanning, annotations for GitHub's pull requests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/suite.h"
#include "writ/error.h"

namespace writ::cli {

/// One test, or one mistake in a file.
struct ReportItem {
  enum class Kind : unsigned char { Passed, Failed, Error };
  Kind kind = Kind::Passed;
  std::string file;  ///< of the test
  Position position;
  std::string suite;    ///< what its file calls itself
  std::string name;     ///< of the test; empty for errors
  std::string message;  ///< what is wrong, in one line
  std::string policy;   ///< file of the statement that decided; empty where there is none
  Position policy_position;
};

/// A `testsuites` element with one `testsuite` a file; failures and errors carry file and line.
[[nodiscard]] std::string write_junit(const std::vector<ReportItem>& items);

/// A finding that is no test: a statement that no test covers, say.
struct ReportNote {
  std::string rule;  ///< `uncovered-statement`, or the code of a finding of lint
  std::string file;
  Position position;
  std::string message;
  std::string_view level = "note";  ///< as SARIF calls it: `error`, `warning` or `note`
};

/// One run with a result for each failure, error and note. A failure points at the deciding
/// statement where there is one, and at the test.
[[nodiscard]] std::string write_sarif(const std::vector<ReportItem>& items,
                                      const std::vector<ReportNote>& notes);

/// A workflow command of GitHub: `::error file=…,line=…,col=…,title=…::message`.
[[nodiscard]] std::string write_annotation(const ReportItem& item);
/// The same of a note: `::notice` for level `note`, titled with the rule.
[[nodiscard]] std::string write_annotation(const ReportNote& note);

}  // namespace writ::cli
