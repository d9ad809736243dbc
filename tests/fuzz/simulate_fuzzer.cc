// Any bytes as the input of `writ simulate`: the output is one JSON object, the exit code says
// whether it is an error.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "fuzz/require.h"
#include "writ/impl/json_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  if (size == 0) return 0;  // fmemopen takes no empty memory
  std::string input(reinterpret_cast<const char*>(data), size);
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
