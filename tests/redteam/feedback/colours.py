# %% [markdown]
# # Colours without end
# Prints text that changes its colour at each character.
#
# - observe: size
# - outcome: graded
# - points: 1

# %%
print("".join(f"\x1b[3{n % 8}mx" for n in range(25_000)))
