#include <gtest/gtest.h>
#include <writ/testing/expect.h>
#include <writ/writ.h>

#include <string>

// Of Catch2, which the page shows but does not need.
#define REQUIRE(condition) EXPECT_TRUE(condition)

std::string read(const char* path);
extern const writ::PolicyStack policies;
extern const writ::Asked get;
