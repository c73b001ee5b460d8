# %% [markdown]
# # A widget
# Puts a widget and its state into the notebook: markup that a library builds.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
from IPython.display import display

KIND = "application/vnd.jupyter.widget-view+json"
display({KIND: {"model_id": "aa", "version_major": 2}}, raw=True)


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    state = {
        "aa": {
            "model_name": "HTMLModel",
            "model_module": "@jupyter-widgets/controls",
            "model_module_version": "2.0.0",
            "state": {"value": "</script><script>x='{script}'</script>"},
        }
    }
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "version_major": 2,
            "version_minor": 0,
            "state": state,
        }
    }
