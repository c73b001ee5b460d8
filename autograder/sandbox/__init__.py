"""What a submission's processes may touch.

`policy` says what is allowed, `enter` puts a fresh fork in its place, `rootfs`,
`landlock`, `seccomp`, `cgroups` and `rlimits` are the parts that it uses: one Linux
mechanism each. `levels` tries what this machine allows.
"""
