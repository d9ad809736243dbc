// Runs the command-line tool in this process, with memory instead of streams.
#pragma once

#include <stdlib.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"

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
  explicit TemporaryFile(std::string_view text) {
    char name[] = "/tmp/writ-test-XXXXXX";
    const int descriptor = mkstemp(name);
    path_ = name;
    std::FILE* file = fdopen(descriptor, "wb");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::string path_;
};

}  // namespace writ::testing
