#include <writ/decision_log.h>

extern const int fd;
extern const writ::Request request;
extern const writ::AppliedPolicies policies;
