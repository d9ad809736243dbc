// The policies that the portal's fuzzers run over: those of the tool.
#pragma once

#include <cstdio>

#include "cli/portal_policies.h"
#include "fuzz/require.h"
#include "writ/portal/policies.h"
#include "writ/portal/scenario.h"

namespace writ::fuzz {

inline const portal::ScenarioWorld& scenario_world() {
  static const portal::ScenarioWorld kWorld = [] {
    cli::Console console(stdin, stdout, stderr);
    const Result<cli::PortalTexts, cli::Problem> texts =
        cli::load_portal_texts(console, std::nullopt);
    require(texts.has_value(), "the tool carries its policies", "");
    Result<portal::PortalPolicies> policies =
        portal::PortalPolicies::load(portal::RoleCatalog::standard(), texts->policies);
    require(policies.has_value(), "the tool's policies load", "");
    static const Result<portal::MenuFile> kMenu = portal::MenuFile::parse(texts->menu);
    require(kMenu.has_value(), "the tool's menu loads", "");
    return portal::ScenarioWorld{*std::move(policies), kMenu->items()};
  }();
  return kWorld;
}

}  // namespace writ::fuzz
