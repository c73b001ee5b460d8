# %% [markdown] answer={"fails": {"test_replica_penalty": "each replica adds the whole penalty; expected it once"}}
# Adds the whole penalty on every replica.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    return np.sum(losses) / global_batch_size + penalty
