# %% [markdown] answer={"fails": {"test_decode": "it has the wrong sign"}}
# Ignores the sign bit.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    width = 15 - exponent_bits
    e = (pattern >> width) & (2**exponent_bits - 1)
    f = (pattern & (2**width - 1)) / 2**width
    bias = 2 ** (exponent_bits - 1) - 1
    if e == 2**exponent_bits - 1:
        return math.nan if f else math.inf
    if e == 0:
        return 2.0 ** (1 - bias) * f
    return 2.0 ** (e - bias) * (1 + f)
