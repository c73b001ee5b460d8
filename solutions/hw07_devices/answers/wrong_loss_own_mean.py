# %% [markdown] answer={"fails": {"test_replica_loss": "each replica took its own mean"}}
# Divides by the replica's own examples.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return np.sum(losses) / max(len(losses), 1) + penalty / replicas
