# %% [markdown] answer={"fails": {"test_replica_penalty": "the penalty is left out"}}
# Forgets the penalty.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return np.sum(losses) / global_batch_size
