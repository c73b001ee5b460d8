# %% [markdown]
# # Threads without end
# Starts two hundred threads that sleep.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import threading
import time

started = 0
try:
    for _ in range(200):
        threading.Thread(target=time.sleep, args=[3], daemon=True).start()
        started += 1
except RuntimeError as error:
    print(error)
if started == 200:
    print("BREACH: started 200 threads")
