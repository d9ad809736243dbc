# The warnings that every file of the project compiles without. Errors only at top level, so that a
# newer compiler's warnings never break the build of a project that includes this one.
add_library(writ_warnings INTERFACE)
target_compile_options(writ_warnings INTERFACE -Wall -Wextra -Wconversion)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(writ_warnings INTERFACE -Werror)
endif()
