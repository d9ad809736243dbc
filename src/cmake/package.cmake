# Debian packages by cpack, of a build with the preset `packages`: libwrit0 (the shared libraries),
# libwrit-dev (headers, CMake package, pkg-config file) and writ (the tool and the policies).
#   cmake --preset packages && ninja -C build/packages && (cd build/packages && cpack)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "writ")
set(CPACK_PACKAGE_CONTACT "writ <writ@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL runtime development tool)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libwrit0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Authorization decisions in the AWS IAM policy language
 The shared libraries: libwrit decides, libwrit_portal models a partner portal.")

set(same_version "libwrit0 (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libwrit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${same_version}")
# Of writ::header_only and writ::testing alone.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS
    "libfmt-dev, libre2-dev, libxxhash-dev, rapidjson-dev, libboost-dev, libgmock-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Authorization decisions in the AWS IAM policy language - headers
 The headers, a CMake package and a pkg-config file.")

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME writ)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOL_PACKAGE_DEPENDS "${same_version}")
set(CPACK_COMPONENT_TOOL_DESCRIPTION "Authorization decisions in the AWS IAM policy language - tool
 The command-line tool and the policies that it comes with.")

# Each package carries the licence; the tool's what there is to read besides.
foreach(package runtime:libwrit0 development:libwrit-dev tool:writ)
  string(REPLACE : ";" package ${package})
  list(GET package 0 component)
  list(GET package 1 name)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/${name} RENAME copyright
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION share/doc/writ COMPONENT tool EXCLUDE_FROM_ALL)

include(CPack)
