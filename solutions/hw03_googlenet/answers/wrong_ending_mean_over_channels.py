# %% [markdown] answer={"fails": {"test_ending_parameters": "the mean goes over the pixels"}}
# Takes the mean over the channels, and keeps the pixels.


# %% nbgrader={"grade_id": "ending_parameters"}
def ending_parameters(height, width, channels, classes):
    return (height * width * channels + 1) * classes, (height * width + 1) * classes
