#include <writ/policy_directory.h>
#include <writ/policy_store.h>
#include <writ/published.h>
#include <writ/writ.h>

#include <string>
#include <utility>

extern writ::PolicyStack stack;
extern writ::PolicyStack next_stack;
extern const writ::Request request;
extern writ::Decision decision;
extern const std::string text;
void serve(const writ::Decision& decision);
void fail(const std::string& why);
void log(const std::string& line);
