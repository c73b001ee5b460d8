"""How good drawn pictures are: on the features of a network, and as pictures."""

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.neighbors import NearestNeighbors


def frechet(real, drawn):
    """Fréchet distance between two clouds of features, each taken as a normal one.

    Args:
        real: Array of shape (n, features).
        drawn: Array of shape (m, features).

    Returns:
        Float, 0 for equal means and covariances. With the features of Inception v3 it
        is the FID of Heusel et al. (2017, arXiv:1706.08500); with others its numbers
        can be compared among themselves only.
    """
    gap = real.mean(0) - drawn.mean(0)
    one, other = np.cov(real, rowvar=False), np.cov(drawn, rowvar=False)
    # The trace of the product's root is the sum of the roots of its eigenvalues, which
    # are real and not negative but for rounding.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(one @ other).real, 0))
    return float(gap @ gap + np.trace(one + other) - 2 * roots.sum())


def precision_recall(real, drawn, neighbors=3):
    """Shares of drawn pictures that are likely, and of real ones that are covered.

    A cloud is the union of balls around its points, each as large as the distance to
    the point's nearest neighbours (Kynkäänniemi et al., 2019, arXiv:1904.06991).

    Args:
        real: Array of shape (n, features).
        drawn: Array of shape (m, features).
        neighbors: Integer, which neighbour sets a ball's radius.

    Returns:
        Tuple of floats: the share of drawn points in the cloud of the real ones
        (precision), and that of real points in the cloud of the drawn ones (recall).
    """
    return _inside(drawn, real, neighbors), _inside(real, drawn, neighbors)


def nearest(points, cloud):
    """Finds the nearest neighbour of each point in a cloud.

    Args:
        points: Array of shape (n, ...), such as drawings.
        cloud: Array of shape (m, ...), such as the pictures that were trained on.

    Returns:
        Tuple of arrays of shape (n,): Euclidean distances, and indices in the cloud.
    """
    tree = NearestNeighbors(n_neighbors=1).fit(cloud.reshape(len(cloud), -1))
    distances, indices = tree.kneighbors(points.reshape(len(points), -1))
    return distances[:, 0], indices[:, 0]


def spread(pictures, most=300):
    """How different pictures are from each other: 0 where all are the same.

    Args:
        pictures: Array of shape (n, ...).
        most: Integer, pictures that are looked at.

    Returns:
        Float, the mean Euclidean distance of two of the first pictures.
    """
    return float(pdist(pictures[:most].reshape(len(pictures[:most]), -1)).mean())


def kinds(labels):
    """How many classes occur, each counted by how often it does.

    Args:
        labels: Integer array of shape (n,), the class of each picture.

    Returns:
        Float, the exponential of the entropy of the classes' shares: 1 if all pictures
        have one class, k if k classes are equally frequent.
    """
    share = np.bincount(labels) / len(labels)
    share = share[share > 0]
    return float(np.exp(-(share * np.log(share)).sum()))


def grid(pictures):
    """How much of the finest detail keeps step with a grid of two pixels.

    A transposed convolution with stride 2 computes even and odd pixels with different
    weights. Where it shows, they differ in the same way all over a picture.

    Args:
        pictures: Array of shape (n, height, width, channels).

    Returns:
        Array of shape (n,), from 0 to 1: the share of a picture's fine detail (each
        pixel less the mean of its four neighbours, squared) that is an even and odd
        pattern of columns, of rows, or of both.
    """
    inner = pictures[:, 1:-1, 1:-1]
    around = pictures[:, :-2, 1:-1] + pictures[:, 2:, 1:-1]
    around = around + pictures[:, 1:-1, :-2] + pictures[:, 1:-1, 2:]
    detail = inner - around / 4
    rows, columns = np.indices(detail.shape[1:3])[..., None]
    pattern = sum(
        (detail * (-1.0) ** step).mean((1, 2)) ** 2
        for step in (columns, rows, rows + columns)
    )
    total = (detail**2).mean((1, 2)).sum(-1)
    return pattern.sum(-1) / np.maximum(total, 1e-12)


def _inside(points, cloud, neighbors):
    """Share of points that lie in at least one ball of a cloud."""
    tree = NearestNeighbors(n_neighbors=neighbors + 1).fit(cloud)
    radius = tree.kneighbors(cloud)[0][:, -1]  # the nearest neighbour is itself
    squares = (points**2).sum(1)[:, None] + (cloud**2).sum(1) - 2 * points @ cloud.T
    return float((np.sqrt(np.maximum(squares, 0)) <= radius).any(1).mean())
