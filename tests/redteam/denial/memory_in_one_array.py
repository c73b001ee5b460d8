# %% [markdown]
# # Memory in one array
# Takes 1.5 GB in one piece and writes to all of it.
#
# - observe: outcome, reach
# - outcome: out_of_memory
# - points: 1

# %%
import time

block = bytearray(1_500_000_000)
for place in range(0, len(block), 4096):
    block[place] = 1
time.sleep(1)
print("BREACH: took 1.5 GB")
