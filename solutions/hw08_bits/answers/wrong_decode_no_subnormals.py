# %% [markdown] answer={"fails": {"test_decode_special": "no 1 before the fraction, and the power"}}
# Treats all zeros in the exponent like any other exponent.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    width = 15 - exponent_bits
    sign = -1.0 if pattern >> 15 else 1.0
    e = (pattern >> width) & (2**exponent_bits - 1)
    f = (pattern & (2**width - 1)) / 2**width
    bias = 2 ** (exponent_bits - 1) - 1
    if e == 2**exponent_bits - 1:
        return math.nan if f else sign * math.inf
    return sign * 2.0 ** (e - bias) * (1 + f)
