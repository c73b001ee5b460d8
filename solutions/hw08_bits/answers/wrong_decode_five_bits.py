# %% [markdown] answer={"fails": {"test_decode": "it is read with 5 exponent bits", "test_decode_special": ""}}
# Takes float16 for granted.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    return float(np.array([pattern], dtype="uint16").view("float16")[0])
