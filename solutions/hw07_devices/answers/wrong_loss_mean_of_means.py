# %% [markdown] answer={"fails": {"test_replica_loss": "the mean of means"}}
# Averages the replicas' means.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return np.sum(losses) / max(len(losses), 1) / replicas + penalty / replicas
