#include <writ/policy_directory.h>
#include <writ/writ.h>

#include <string>

struct User;
struct Document;
extern const User& user;
extern const Document& document;
extern const writ::PolicyStack* const policies;
extern const writ::Result<writ::Request> request;
bool old_check(const User& user, const Document& document);
void log(const std::string& line);
