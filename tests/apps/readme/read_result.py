import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    for op in f["models/0/operators"].values():
        names = op["measures"].attrs["measure_names"].decode().split()
        value = dict(zip(names, op["measures"][:, 0]))
        sigma = np.log10(op["singular_value_mantissa"]) + op["singular_value_exponent10"]
        print(op.attrs["name"].decode(), op.attrs["winding_number"], value["jensen_defect"], sigma.min())
