"""Starts kernels warm: as forks of a parent that has imported Keras already.

`import tensorflow, keras` costs some 10 s of CPU; a fork costs hundredths of a second.

    client.py ── asks for a fork ──► forkserver.py ── fork ──► fork.py ── ipykernel
       ▲                                  │
       └── pid, exit status (reaper.py) ──┘

`provisioner.py` is a Jupyter kernel provisioner: nbclient, nbgrader, JupyterLab and
JupyterHub start kernels through it and notice no difference but the time.
"""
