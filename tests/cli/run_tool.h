// Runs the command-line tool in this process, with memory instead of streams.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "support/temporary_folder.h"

namespace writ::testing {

struct ToolRun {
  int code = -1;
  std::string out;
  std::string err;
};

inline ToolRun run_tool(const std::vector<std::string>& arguments, std::string_view input = "") {
  std::FILE* in = std::tmpfile();
  std::fwrite(input.data(), 1, input.size(), in);
  std::rewind(in);
  char* out_text = nullptr;
  char* err_text = nullptr;
  std::size_t out_size = 0;
  std::size_t err_size = 0;
  std::FILE* out = open_memstream(&out_text, &out_size);
  std::FILE* err = open_memstream(&err_text, &err_size);
  const std::vector<std::string_view> views(arguments.begin(), arguments.end());
  cli::Console console(in, out, err);
  ToolRun run;
  run.code = cli::run_tool(views, console);
  std::fclose(in);
  std::fclose(out);
  std::fclose(err);
  run.out.assign(out_text, out_size);
  run.err.assign(err_text, err_size);
  std::free(out_text);
  std::free(err_text);
  return run;
}

// A file that goes away with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) : path_(folder_.write("file", text)) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string text() const { return folder_.text("file"); }

 private:
  test::TemporaryFolder folder_;
  std::string path_;
};

}  // namespace writ::testing
