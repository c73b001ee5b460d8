# %% [markdown] answer={"fails": {"test_decode": "KeyError", "test_decode_special": ""}}
# Knows two formats by name.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    import ml_dtypes

    kind = {5: np.float16, 8: ml_dtypes.bfloat16}[exponent_bits]
    return float(np.array([pattern], dtype="uint16").view(kind)[0])
