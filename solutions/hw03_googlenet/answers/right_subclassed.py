# %% [markdown] answer={}
# A layer class of its own for a branch, whose class the test cannot know, and
# predict in place of a call.


# %%
class Branch(keras.layers.Layer):
    def __init__(self, steps, **options):
        super().__init__(**options)
        self.steps = [self.step(*step) for step in steps]

    def step(self, kind, size, kernel_size=None):
        if kind == "conv":
            return layers.Conv2D(size, kernel_size, padding="same", activation="relu")
        pool = layers.MaxPooling2D if kind == "max" else layers.AveragePooling2D
        return pool(size, 1, "same")

    def build(self, input_shape):
        for step in self.steps:
            step.build(input_shape)
            input_shape = step.compute_output_shape(input_shape)

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    return layers.Concatenate(axis=-1)([Branch(steps)(x) for steps in branches])


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    merged = np.tensordot(kernel, reduce[0, 0], axes=(2, 1))  # (k, k, f, c)
    return np.swapaxes(merged, 2, 3)


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    both = np.concatenate([x, np.roll(np.roll(x, shift[0], 1), shift[1], 2)])
    before, after = np.split(model.predict(both, verbose=0), 2)
    return np.linalg.norm((after - before).ravel(), np.inf)
