"""How good drawn pictures are, measured on the features of a network."""

import numpy as np
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


def _inside(points, cloud, neighbors):
    """Share of points that lie in at least one ball of a cloud."""
    tree = NearestNeighbors(n_neighbors=neighbors + 1).fit(cloud)
    radius = tree.kneighbors(cloud)[0][:, -1]  # the nearest neighbour is itself
    squares = (points**2).sum(1)[:, None] + (cloud**2).sum(1) - 2 * points @ cloud.T
    return float((np.sqrt(np.maximum(squares, 0)) <= radius).any(1).mean())
