# Installs the headers, the compiled library, the targets as a CMake package, and a pkg-config file. The
# install components are the packages that package.cmake makes: `runtime`, `development`, `tool`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(writ_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/writ)
get_target_property(writ_library_type writ TYPE)
set(writ_is_shared FALSE)
if(writ_library_type STREQUAL "SHARED_LIBRARY")
  set(writ_is_shared TRUE)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/writ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN "*.h")

# One file of targets for each group of components that needs the same other packages.
set(writ_compiled writ)
if(WRIT_BUILD_PORTAL)
  list(APPEND writ_compiled writ_portal)
endif()
install(TARGETS ${writ_compiled} EXPORT writ_targets
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development)
install(EXPORT writ_targets FILE writTargets.cmake NAMESPACE writ::
        DESTINATION ${writ_package_dir} COMPONENT development)
install(TARGETS writ_header_only EXPORT writ_header_only_targets)
install(EXPORT writ_header_only_targets FILE writHeaderOnlyTargets.cmake NAMESPACE writ::
        DESTINATION ${writ_package_dir} COMPONENT development)
if(TARGET writ_testing)
  install(TARGETS writ_testing EXPORT writ_testing_targets)
  install(EXPORT writ_testing_targets FILE writTestingTargets.cmake NAMESPACE writ::
          DESTINATION ${writ_package_dir} COMPONENT development)
endif()

if(WRIT_BUILD_TOOL)
  install(TARGETS writ_tool RUNTIME COMPONENT tool)
  if(NOT CMAKE_CROSSCOMPILING)
    set(writ_shell_dir ${PROJECT_BINARY_DIR}/shell)
    install(DIRECTORY ${writ_shell_dir}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
            COMPONENT tool FILES_MATCHING PATTERN "*.1")
    install(FILES ${writ_shell_dir}/writ COMPONENT tool
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${writ_shell_dir}/_writ COMPONENT tool
            DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${writ_shell_dir}/writ.fish COMPONENT tool
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()
if(WRIT_BUILD_PORTAL)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/policies/portal ${PROJECT_SOURCE_DIR}/policies/partner-central
          DESTINATION ${CMAKE_INSTALL_DATADIR}/writ/policies COMPONENT tool
          FILES_MATCHING PATTERN "*.json")
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/writConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/writConfig.cmake INSTALL_DESTINATION ${writ_package_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the API.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/writConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cmake/writConfig.cmake
              ${PROJECT_BINARY_DIR}/cmake/writConfigVersion.cmake
        DESTINATION ${writ_package_dir} COMPONENT development)

# A static library cannot name what it needs itself, so its users link it by way of the .pc file. A
# shared one asks for nothing, not even at compile time.
set(writ_pc_requires "")
if(NOT writ_is_shared)
  set(writ_pc_requires "Requires: fmt re2 libxxhash")
endif()
set(writ_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH writ_pc_to_prefix ${CMAKE_INSTALL_PREFIX}/${writ_pc_dir} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" writ_pc_to_prefix "${writ_pc_to_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/src/writ.pc.in ${PROJECT_BINARY_DIR}/cmake/writ.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cmake/writ.pc DESTINATION ${writ_pc_dir} COMPONENT development)
