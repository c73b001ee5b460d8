# %% [markdown] answer={"fails": {"test_gradient_norms": "they are those of the weights"}}
# Measures the gradient of the weights, not of what flows between the blocks.


# %%
import tensorflow as tf


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    with tf.GradientTape() as tape:
        for block in blocks:
            x = block(x)
        total = tf.reduce_sum(x)
    grads = tape.gradient(total, [block.trainable_variables[0] for block in blocks])
    return [float(tf.norm(grad)) for grad in grads]
