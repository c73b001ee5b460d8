# %% [markdown]
# # Raw packets
# Opens sockets that see and forge what others send.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import socket

for family, kind, number in (
    (socket.AF_PACKET, socket.SOCK_RAW, 0x0300),
    (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
):
    try:
        with socket.socket(family, kind, number):
            print("BREACH: opened a raw socket")
    except OSError as error:
        print(type(error).__name__, error.errno)
