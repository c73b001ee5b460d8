# %% [markdown] answer={"fails": {"test_decode_special": "a fraction other than 0 makes it NaN"}}
# Returns infinity for NaN too.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    width = 15 - exponent_bits
    sign = -1.0 if pattern >> 15 else 1.0
    e = (pattern >> width) & (2**exponent_bits - 1)
    f = (pattern & (2**width - 1)) / 2**width
    bias = 2 ** (exponent_bits - 1) - 1
    if e == 2**exponent_bits - 1:
        return sign * math.inf
    if e == 0:
        return sign * 2.0 ** (1 - bias) * f
    return sign * 2.0 ** (e - bias) * (1 + f)
