# Installs the headers, the compiled library, both targets as a CMake package, and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(writ_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/writ)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/writ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
set(writ_installed writ writ_header_only)
if(WRIT_BUILD_PORTAL)
  list(APPEND writ_installed writ_portal)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/policies/portal ${PROJECT_SOURCE_DIR}/policies/partner-central
          DESTINATION ${CMAKE_INSTALL_DATADIR}/writ/policies FILES_MATCHING PATTERN "*.json")
endif()
install(TARGETS ${writ_installed} EXPORT writ_targets)
install(EXPORT writ_targets FILE writTargets.cmake NAMESPACE writ:: DESTINATION ${writ_package_dir})
if(WRIT_BUILD_TOOL)
  install(TARGETS writ_tool)
  if(NOT CMAKE_CROSSCOMPILING)
    set(writ_shell_dir ${PROJECT_BINARY_DIR}/shell)
    install(DIRECTORY ${writ_shell_dir}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
            FILES_MATCHING PATTERN "*.1")
    install(FILES ${writ_shell_dir}/writ
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${writ_shell_dir}/_writ DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${writ_shell_dir}/writ.fish
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/writConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/writConfig.cmake INSTALL_DESTINATION ${writ_package_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the API.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/writConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cmake/writConfig.cmake
              ${PROJECT_BINARY_DIR}/cmake/writConfigVersion.cmake
        DESTINATION ${writ_package_dir})

# A static library cannot name what it needs itself, so its users link it by way of the .pc file.
get_target_property(writ_library_type writ TYPE)
if(writ_library_type STREQUAL "STATIC_LIBRARY")
  set(writ_pc_requires "Requires: fmt re2 libxxhash")
else()
  set(writ_pc_requires "Requires.private: fmt re2 libxxhash")
endif()
set(writ_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH writ_pc_to_prefix ${CMAKE_INSTALL_PREFIX}/${writ_pc_dir} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" writ_pc_to_prefix "${writ_pc_to_prefix}")
configure_file(${PROJECT_SOURCE_DIR}/src/writ.pc.in ${PROJECT_BINARY_DIR}/cmake/writ.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cmake/writ.pc DESTINATION ${writ_pc_dir})
