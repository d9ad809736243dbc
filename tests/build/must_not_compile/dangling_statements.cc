// A reference to the statements of a document that is gone.
#include "writ/model/policy_document.h"

writ::PolicyDocument make() { return {}; }

int main() {
#if defined(WRIT_BAD_LINE)
  const std::vector<writ::Statement>& statements = make().statements();
#else
  const writ::PolicyDocument document = make();
  const std::vector<writ::Statement>& statements = document.statements();
#endif
  return static_cast<int>(statements.size());
}
