// Any bytes as the input of `writ simulate`: the output is one JSON object, the exit code says
// whether it is an error. And as that of `writ simulate-principal`, over a small account.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/simulation.h"
#include "cli/stored_policies.h"
#include "fuzz/require.h"
#include "writ/account.h"
#include "writ/impl/json_tree.h"

namespace {

// As tests/simulate/principal/account, in short.
constexpr std::string_view kExport = R"({
"UserDetailList": [{"UserName": "Alice", "Arn": "arn:aws:iam::111122223333:user/Alice", "GroupList": ["Readers"],
  "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"}}}]}],
"GroupDetailList": [{"GroupName": "Readers", "Arn": "arn:aws:iam::111122223333:group/Readers",
  "GroupPolicyList": [{"PolicyName": "Reads", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*",
    "Resource": "*"}, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]}}]}],
"RoleDetailList": [{"RoleName": "Deploy", "Arn": "arn:aws:iam::111122223333:role/Deploy",
  "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
    "Action": "sts:AssumeRole"}}}]
})";

void simulate_principal(const std::string& text) {
  static const writ::Result<writ::Account, writ::AccountErrors> account =
      writ::Account::load({{{"account.json", kExport}}, {}, {}});
  writ::fuzz::require(account.has_value(), "the account loads", "");
  writ::Result<writ::cli::SimulateInput> input =
      writ::cli::read_simulate_input(text, writ::cli::SimulateOperation::PrincipalPolicy);
  if (!input) {
    writ::fuzz::require(!input.error().message.empty(), "an error tells what is wrong", text);
    return;
  }
  if (!writ::cli::add_stored_policies(*account, *input)) return;
  const writ::Result<std::string> output = writ::cli::simulate(*input);
  const auto limits =
      writ::detail::JsonOptions{.max_bytes = std::size_t{1} << 30U, .max_depth = 64};
  writ::fuzz::require(!output || writ::detail::JsonTree::parse(*output, limits).has_value(),
                      "the output is JSON", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  if (size == 0) return 0;  // fmemopen takes no empty memory
  std::string input(reinterpret_cast<const char*>(data), size);
  simulate_principal(input);
  char* output = nullptr;
  char* complaints = nullptr;
  std::size_t output_size = 0;
  std::size_t complaints_size = 0;
  std::FILE* in = fmemopen(input.data(), input.size(), "r");
  std::FILE* out = open_memstream(&output, &output_size);
  std::FILE* err = open_memstream(&complaints, &complaints_size);
  writ::cli::Console console(in, out, err);
  const std::string_view arguments[] = {"simulate", "--cli-input-json", "-"};
  const int code = writ::cli::run_tool(arguments, console);
  std::fclose(in);
  std::fclose(out);
  std::fclose(err);
  const std::string printed(output, output_size);
  const std::string complained(complaints, complaints_size);
  std::free(output);
  std::free(complaints);

  const std::string shown = printed + "\n" + complained + "\n" + input;
  require(code == 0 || code == 2, "the exit code is 0 or 2", shown);
  const auto tree =
      writ::detail::JsonTree::parse(printed, {.max_bytes = std::size_t{1} << 30U, .max_depth = 64});
  require(tree.has_value(), "the output is JSON", shown);
  const bool is_error = tree->member(tree->root(), "Error") != nullptr;
  const bool is_result = tree->member(tree->root(), "EvaluationResults") != nullptr;
  require(is_error == (code == 2) && is_result == (code == 0), "output and exit code agree", shown);
  return 0;
}
