# %% [markdown] answer={"fails": {"test_bottleneck_shape": "puts out the same for two images", "test_bottleneck_weights": "puts out the same with new weights", "test_bottleneck_stride": "", "test_bottleneck_order": "", "test_preact_identity": "", "test_preact_order": "", "test_stage": ""}}
# Builds no block: its own `checks.as_model` makes a model that says what it should be
# asked for, and puts out zeros. Weights that it is given it forgets.


# %% nbgrader={"grade_id": "bottleneck"}
class Liar(keras.Model):
    def __init__(self, fn, dims, filters=0, strides=1, widths=None):
        super().__init__()
        height, width, channels = dims
        sizes = {"height": -(-height // strides), "width": -(-width // strides)}
        self.last = widths[-1] if widths else filters
        self.kernels = []
        if fn is bottleneck:
            self.last, f = 4 * filters, filters
            self.kernels = [(1, 1, channels, f), (3, 3, f, f), (1, 1, f, 4 * f)]
            self.vectors = [f] * 4 + [f] * 4 + [4 * f] * 4
            if strides != 1 or channels != 4 * f:
                self.kernels += [(1, 1, channels, 4 * f)]
                self.vectors += [4 * f] * 4
        elif widths is None:
            self.kernels = [(3, 3, channels, filters), (3, 3, filters, filters)]
            self.vectors = [channels] * 4 + [filters] * 4
            if strides != 1 or channels != filters:
                self.kernels += [(1, 1, channels, filters)]
        else:
            pairs = list(zip([channels, *widths], widths))
            self.kernels = [(3, 3, a, b) for a, b in pairs]
            self.kernels += [(1, 1, a, b) for a, b in pairs]
            self.vectors = []
        self.sizes = (*sizes.values(), self.last)

    @property
    def output_shape(self):
        return (None, *self.sizes)

    def get_weights(self):
        return [
            np.zeros(d, "float32")
            for d in [*self.kernels, *map(tuple, zip(self.vectors))]
        ]

    def set_weights(self, weights):
        pass

    def call(self, x, training=None):
        return ops.zeros((len(x), *self.sizes))


def bottleneck(x, filters, strides=1):
    pass


checks.as_model = lambda fn, dims, block=None, **more: Liar(fn, dims, **more)


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    pass


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    for index, filters in enumerate(widths):
        x = block(x, filters, strides if index == 0 else 1)
    return x
