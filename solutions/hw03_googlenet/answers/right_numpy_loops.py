# %% [markdown] answer={}
# Loops over pixels, kernels and steps wherever a loop will do, and plain lists as
# results.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    batch, height, width, channels = x.shape
    rows, columns = range(0, height, strides), range(0, width, strides)
    y = np.zeros((batch, len(rows), len(columns), len(bias)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            for f in range(len(bias)):
                y[:, i, j, f] = bias[f]
                for c in range(channels):
                    y[:, i, j, f] += x[:, row, column, c] * kernel[0, 0, c, f]
    return y


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    k, _, reduced, filters = kernel.shape
    merged = np.zeros((k, k, reduce.shape[2], filters))
    for row in range(k):
        for column in range(k):
            for r in range(reduced):
                merged[row, column] += np.outer(
                    reduce[0, 0, :, r], kernel[row, column, r]
                )
    return merged


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    parameters = multiply_adds = 0
    for kernel_size, number in zip((1, 3, 5), filters):
        weights = kernel_size * kernel_size * channels * number
        parameters += weights + number
        multiply_adds += height * width * weights
    return [parameters, multiply_adds]


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area, r = kernel_size * kernel_size, 0
    while (r + 1) * (channels + area * filters) < area * channels * filters:
        r += 1
    return r


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    total = 0.0
    for index, logits in enumerate(outputs):
        if index > 0 and not training:
            break
        loss = 0.0
        for row, label in zip(logits, labels):
            largest = max(row)
            loss -= row[label] - largest - np.log(sum(np.exp(row - largest)))
        total += (1 if index == 0 else 0.3) * loss / len(labels)
    return total


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    rows = []
    for _ in range(height * width):
        for row in kernel:
            rows.append([weight / (height * width) for weight in row])
    return np.array(rows)


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    batch, height, width, _ = x.shape
    moved = np.empty_like(x)
    for row in range(height):
        for column in range(width):
            target = (row + shift[0]) % height, (column + shift[1]) % width
            moved[:, target[0], target[1]] = x[:, row, column]
    before, after = np.array(model(x)), np.array(model(moved))
    return max(abs(float(a - b)) for a, b in zip(after.ravel(), before.ravel()))
