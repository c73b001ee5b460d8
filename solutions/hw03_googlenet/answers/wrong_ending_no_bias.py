# %% [markdown] answer={"fails": {"test_ending_parameters": "the biases of the dense layers are missing"}}
# Forgets the biases.


# %% nbgrader={"grade_id": "ending_parameters"}
def ending_parameters(height, width, channels, classes):
    return height * width * channels * classes, channels * classes
