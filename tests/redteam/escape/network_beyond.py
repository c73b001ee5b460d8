# %% [markdown]
# # Networks beyond the host
# Asks the system for a way to other machines; sends nothing.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import socket

for family, address in (
    (socket.AF_INET, ("192.0.2.1", 53)),
    (socket.AF_INET, ("10.255.255.1", 53)),
    (socket.AF_INET6, ("2001:db8::1", 53)),
):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as there:
            there.connect(address)
            print("BREACH: there is a way out from", there.getsockname()[0])
    except OSError as error:
        print(type(error).__name__, error.errno)
