// Not API, may change in any release. All definitions of the Portal, for those who compile them in.
#pragma once

#include "writ/portal/impl/call-inl.h"
#include "writ/portal/impl/iam-inl.h"
#include "writ/portal/impl/state-inl.h"

#include "writ/portal/impl/permission-inl.h"
#include "writ/portal/impl/registration-inl.h"
#include "writ/portal/impl/sign_in-inl.h"

#include "writ/portal/impl/ace-inl.h"
#include "writ/portal/impl/audits-inl.h"
#include "writ/portal/impl/cases-inl.h"
#include "writ/portal/impl/home-inl.h"
#include "writ/portal/impl/import-inl.h"
#include "writ/portal/impl/invariants-inl.h"
#include "writ/portal/impl/linking-inl.h"
#include "writ/portal/impl/mapping-inl.h"
#include "writ/portal/impl/tasks-inl.h"
#include "writ/portal/impl/users-inl.h"
