"""How a student's Validate takes a test that logs for passed, as the engine does.

    c.ExecutePreprocessor.extra_arguments = QUIET

nbgrader scores a cell with stderr 0, and TensorFlow and Keras write log lines there. In
the kernel that Validate starts, both the stream and the descriptor are those of stdout.
"""

QUIET = [
    "--IPKernelApp.exec_lines=import os, sys; sys.stderr = sys.stdout; os.dup2(1, 2)"
]
