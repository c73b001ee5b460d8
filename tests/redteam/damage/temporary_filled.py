# %% [markdown]
# # Temporary folders filled
# Writes 300 MB into each place for temporary files and leaves it there.
#
# - observe: files, size, reach
# - outcome: graded or crashed
# - points: 1

# %%
import tempfile

for folder in {tempfile.gettempdir(), "/tmp", "{tmp}"}:
    written = 0
    try:
        for number in range(30):
            with open(f"{folder}/{marker}-{number}", "wb") as file:
                file.write(bytes(10_000_000))
            written += 10_000_000
    except OSError as error:
        print(type(error).__name__, error.errno)
    if written > 150_000_000:
        print(f"BREACH: wrote {written / 1e6:.0f} MB")
    import glob
    import os

    # Harmless where nothing holds it: half of it goes again, the rest is seen.
    for path in glob.glob(f"{folder}/{marker}-*")[4:]:
        os.unlink(path)
