# %% [markdown]
# # Exceptions that take long to show
# Recurses without an end in several ways, and raises chains and groups of thousands.
#
# - observe: outcome, points
# - outcome: graded
# - points: 1

# %%
def one(n):
    return other(n + 1)


def other(n):
    return one(n + 1)


one(0)


# %%
class Shown:
    def __repr__(self):
        return repr(self)


Shown()


# %%
class ToldError(Exception):
    def __str__(self):
        return str(self)


raise ToldError

# %%
import keras


class Layer(keras.layers.Layer):
    def call(self, x):
        return self(x)


Layer()(keras.ops.ones((1, 1)))

# %%
last = ValueError("first")
for number in range(20_000):
    following = ValueError(str(number))
    following.__cause__ = following.__context__ = last
    last = following
raise last

# %%
raise ExceptionGroup("many", [ValueError(str(n)) for n in range(50_000)])

# %%
group = ValueError("innermost")
for _ in range(900):
    group = ExceptionGroup("nested", [group])
raise group
