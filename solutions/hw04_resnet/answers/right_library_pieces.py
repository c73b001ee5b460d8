# %% [markdown] answer={}
# Builds on the library's `conv_bn` and `shortcut`; the last normalisation of a
# bottleneck starts at zero; labels as one-hot vectors.


# %%
from layerwise.models import resnet


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = resnet.shortcut(x, 4 * filters, strides)
    y = resnet.conv_bn(x, filters, 1)
    y = resnet.conv_bn(y, filters, 3, strides)
    y = layers.Conv2D(4 * filters, 1, use_bias=False, kernel_initializer="he_normal")(y)
    y = layers.BatchNormalization(gamma_initializer="zeros")(y)
    return layers.Activation(keras.activations.relu)(layers.add([side, y]))


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    num_classes = model.output_shape[-1]
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["categorical_accuracy"],
    )
    model.fit(
        x_train,
        keras.utils.to_categorical(y_train, num_classes),
        batch_size=32,
        epochs=epochs,
        verbose=0,
    )
    results = model.evaluate(
        x_test,
        keras.utils.to_categorical(y_test, num_classes),
        verbose=0,
        return_dict=True,
    )
    return results["categorical_accuracy"]
