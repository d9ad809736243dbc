// Any bytes as a document of any kind: the first byte chooses the kind. What is refused is refused
// with a reason; what is read is written, read again as the same, compiles, and lints without a
// refusal. The reference's reader must come to the same verdict.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.h"
#include "reference/evaluator.h"
#include "writ/writ.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  if (size == 0) return 0;
  const auto type = static_cast<writ::PolicyType>(data[0] % writ::kPolicyTypeCount);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string shown = std::string(to_string(type)) + "\n" + std::string(text);

  const writ::Result<writ::PolicyDocument> document = writ::parse_policy(text, type);
  bool refusal_found = false;
  for (const writ::Finding& finding : writ::lint_policy(text, type)) {
    refusal_found |= finding.severity == writ::FindingSeverity::Refusal;
  }
  require(refusal_found == !document.has_value(), "lint and parse agree on refusals", shown);
  const std::optional<std::string> reference = writ::reference::refusal(text, type);
  if (!document) {
    const writ::PolicyError& error = document.error();
    require(!error.rule.empty() && !error.message.empty(), "an error has a rule and a message",
            shown);
    require(error.position.offset <= text.size(), "an error points into the text", shown);
    require(reference.has_value(), "the reference refuses too", error.to_string() + "\n" + shown);
    return 0;
  }
  require(!reference.has_value(), "the reference reads it too",
          reference.value_or("") + "\n" + shown);

  const std::string written = writ::write_policy(*document);
  const writ::Result<writ::PolicyDocument> again = writ::parse_policy(written, type);
  require(again.has_value(), "what is written can be read", written + "\n" + shown);
  require(writ::write_policy(*again) == written, "writing is stable", written + "\n" + shown);
  require(again->statements().size() == document->statements().size() &&
              again->version() == document->version(),
          "the written document is the same", written + "\n" + shown);

  writ::PolicySetBuilder builder(type);
  const writ::Result<writ::PolicySet> set = builder.attach("fuzzed", *document).build();
  require(set.has_value(), "what is read compiles", shown);
  require(set->statement_count() == document->statements().size(), "no statement is lost", shown);
  writ::PolicySetBuilder second(type);
  const writ::Result<writ::PolicySet> same = second.attach("fuzzed", *again).build();
  require(same.has_value(), "what is written compiles", written + "\n" + shown);
  return 0;
}
