// The compiled library's copy of the portal's crypt_passwords.
#include "writ/portal/impl/crypt_passwords-inl.h"
