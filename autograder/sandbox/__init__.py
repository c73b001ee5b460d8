"""Bounds what a submission's processes may touch.

`policy` says what is allowed, and `enter` applies it to a fresh fork. `rootfs`,
`landlock`, `seccomp`, `cgroups` and `rlimits` are its parts, one Linux mechanism each.
`levels` finds out what this machine allows. What only Linux has is imported where it is
used: every module can be imported on macOS and Windows.
"""
