// The reader of YAML as a tool has it that was built without libyaml.
#include "cli/yaml_tree.h"

#include <gtest/gtest.h>

namespace writ::cli {
namespace {

TEST(WithoutYamlTest, SaysWhatToDo) {
  EXPECT_FALSE(reads_yaml());
  const Result<detail::JsonTree> tree = read_yaml("a: b\n");
  ASSERT_FALSE(tree.has_value());
  EXPECT_EQ(tree.error().code, ErrorCode::InvalidCase);
  EXPECT_EQ(tree.error().position.line, 1U);
  EXPECT_EQ(tree.error().position.column, 1U);
  EXPECT_EQ(tree.error().message,
            "this writ was built without libyaml and reads no YAML: write the suite as JSON "
            "(`*.suite.json`)");
}

}  // namespace
}  // namespace writ::cli
