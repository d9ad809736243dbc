#include <writ/parse.h>

#include <string>

extern const std::string text;
