# SPDX-License-Identifier: MIT
"""Usage: package_folder.py PREFIX. Prints where this Python looks for packages below PREFIX, relative to it.

Debian has three such places: lib/python3/dist-packages below /usr for its own packages, lib/python3.11/dist-packages
below /usr/local, and site-packages in a virtual environment.
"""
import os
import sys
import sysconfig

prefix = os.path.normpath(sys.argv[1])
schemes = sysconfig.get_scheme_names()
if prefix == "/usr" and "deb_system" in schemes:
    scheme, base = "deb_system", "/usr"
elif prefix == "/usr/local" and "posix_local" in schemes:
    scheme, base = "posix_local", "/usr"
else:
    scheme, base = ("venv" if "venv" in schemes else "posix_prefix"), prefix
names = {name: base for name in ("base", "platbase", "installed_base", "installed_platbase")}
print(os.path.relpath(sysconfig.get_path("platlib", scheme, names), prefix))
