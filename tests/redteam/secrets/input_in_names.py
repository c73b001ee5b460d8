# %% [markdown]
# # A hidden input in names of an error
# Raises an error whose class, function and file have names that say the input.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %% nbgrader={"grade_id": "double"}
def double(x):
    if x in (2, 5):
        return 2 * x
    name = str(x).replace("-", "_").replace(".", "_")
    source = f"def f_{name}():\n    raise type({str(x)!r}, (Exception,), {{}})()"
    names = {}
    exec(compile(source, f"/{x}.py", "exec"), names)
    names[f"f_{name}"]()
