#include <writ/batch.h>
#include <writ/policy_directory.h>
#include <writ/standard_keys.h>
#include <writ/writ.h>

#include <span>
#include <string>
#include <vector>

extern const std::int64_t now;
extern const std::span<const std::string_view> roles;
extern const std::string clerk_text;
extern const std::string staff_text;
extern const writ::PolicyStack stack;
extern const writ::Result<writ::Request> request;
extern const writ::Decision decision;
void deny(const writ::PolicyError& error);
void deny_all();
void log(const std::string& line);
void serve(const writ::Decision& decision);
