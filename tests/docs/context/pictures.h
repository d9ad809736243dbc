#include <writ/writ.h>

#include <string>

extern const writ::PolicyStack stack;
extern const writ::Request request;
extern const std::string policy;
