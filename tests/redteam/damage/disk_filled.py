# %% [markdown]
# # The disk filled
# Writes 300 MB beside its notebook, file after file.
#
# - observe: size, reach
# - outcome: graded or crashed
# - points: 1

# %%
written = 0
try:
    for number in range(30):
        with open(f"part{number}", "wb") as file:
            file.write(bytes(10_000_000))
        written += 10_000_000
except OSError as error:
    print(type(error).__name__, error.errno)
if written > 150_000_000:
    print(f"BREACH: wrote {written / 1e6:.0f} MB")
