#include <writ/account.h>
#include <writ/writ.h>

#include <cstdio>
