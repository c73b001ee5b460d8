# %% [markdown]
# # Names that break things
# Hands in files whose names are no text, markup, commands, very long, or end a line.
#
# - observe: batch, outcome, script
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    for name in (
        b"\xff\xfe.csv",
        b"new\nline.csv",
        b"-rf.csv",
        b"$(touch {marker}).csv",
        b"<script>{script}<.csv",
        b"a" * 250,
        "\u202egpj.csv".encode(),
        b"\x1b[31mred.csv",
    ):
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write("1,2")
