"""A Conan 2 recipe. Untried: written from Conan's documentation, with the versions of Debian 12, which writ
is tested with. Run from the root of the sources: conan create .ci
"""

import os
import re

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class WritRecipe(ConanFile):
    name = "writ"
    description = "Authorization decisions in the AWS IAM policy language"
    license = "Apache-2.0"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "portal": [True, False]}
    default_options = {"shared": False, "portal": True}

    def set_version(self):
        config = load(self, os.path.join(self.recipe_folder, "..", "include", "writ", "config.h"))
        self.version = ".".join(re.search(rf"WRIT_VERSION_{part} (\d+)", config).group(1)
                                for part in ("MAJOR", "MINOR", "PATCH"))

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "CHANGELOG.md", "include/*", "src/*",
                        "policies/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def requirements(self):
        self.requires("fmt/9.1.0")
        self.requires("re2/20220601")
        self.requires("xxhash/0.8.1")
        # Headers alone; users of the header-only target include them as well.
        self.requires("rapidjson/1.1.0", transitive_headers=True)
        self.requires("boost/1.74.0", transitive_headers=True, options={"header_only": True})

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["BUILD_SHARED_LIBS"] = bool(self.options.shared)
        toolchain.cache_variables["WRIT_BUILD_PORTAL"] = bool(self.options.portal)
        for part in ("TOOL", "TESTS", "BENCH", "EXAMPLES"):
            toolchain.cache_variables[f"WRIT_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # writ's own CMake package, which finds the dependencies.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "writ")]
