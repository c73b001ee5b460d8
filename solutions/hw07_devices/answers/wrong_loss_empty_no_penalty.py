# %% [markdown] answer={"fails": {"test_replica_penalty": "a replica without examples leaves out its share of the penalty"}}
# A replica without examples says 0.


# %% nbgrader={"grade_id": "replica_loss"}
def replica_loss(losses, global_batch_size, penalty, replicas):
    if len(losses) == 0:
        return 0.0
    return np.sum(losses) / global_batch_size + penalty / replicas
