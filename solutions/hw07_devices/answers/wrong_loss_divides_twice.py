# %% [markdown] answer={"fails": {"test_replica_loss": "divided by the replicas once too often"}}
# Divides by the global batch and by the replicas.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return (np.sum(losses) / global_batch_size + penalty) / replicas
