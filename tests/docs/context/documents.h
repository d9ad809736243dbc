#include <writ/writ.h>

#include <string>

extern const std::string text;
void reject(const std::string& why);
