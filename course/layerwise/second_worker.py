"""Measures what a second worker gains: one step, alone and shared, in turn.

Two workers on the loopback, one core for each, train one dense network of 7.5 MB. For
each batch size worker 0 first takes the whole batch alone, while worker 1 waits; then
both take half of it and sum their gradients. The two alternate, round by round.

Each step is timed twice: by the clock, and in processor time, which is what the step
takes on a core of its own. On a machine that does other things only the second means
something. It leaves out the moments in which a worker waits for the other.
"""

import socket
import tempfile
import threading
import time

import numpy as np

from layerwise import distributed, multiworker, processes, workers

WIDTHS = (784, 1024, 1024, 10)
WARM_UP = 2  # the first steps compile and open connections
REDUCED = (1 << 18, 1 << 21)  # numbers in the arrays that only travel: 1 and 8 MiB


def measure(
    batch_sizes=(64, 512, 4096),
    rounds=3,
    steps=6,
    cpu_seconds=processes.CPU_SECONDS,
    wall_seconds=processes.WALL_SECONDS,
):
    """Times a training step of one worker and of two, and the sum alone.

    Args:
        batch_sizes: Sequence of even integers.
        rounds: Integer, how often all is measured.
        steps: Integer, steps of each kind in a round.
        cpu_seconds: Integer, processor time after which a worker is ended.
        wall_seconds: Float, time by the clock after which all are ended.

    Returns:
        Dictionary with `"gradient_bytes"`, an integer; `"one"` and `"two"`, lists with
        the processor seconds of a step for each batch size, of two workers those of the
        slower; `"one_clock"` and `"two_clock"`, seconds by the clock; and `"sum"`, a
        dictionary from the bytes of an array to the processor seconds in which its sum
        over both workers is made. It is always the fastest round that counts: what else
        the machine does can only slow a step down.

    Raises:
        RuntimeError: If a worker fails; the message has the logs of both.
        TimeoutError: If a worker, or both, come to a limit.
    """
    arguments = ["--rounds", str(rounds), "--steps", str(steps), "--batch-sizes"]
    arguments += map(str, batch_sizes)
    with tempfile.TemporaryDirectory() as folder:
        reports = workers.launch(
            "layerwise.second_worker",
            folder,
            arguments,
            cpu_seconds=cpu_seconds,
            wall_seconds=wall_seconds,
        )
    first, second = reports
    pairs = zip(first["two"], second["two"], strict=True)
    sums = {
        int(size): max(seconds, second["sum"][size])
        for size, seconds in first["sum"].items()
    }
    return first | {"two": [max(pair) for pair in pairs], "sum": sums}


def socket_bandwidth(size=1 << 26, repetitions=5):
    """Measures how fast plain bytes go through a socket of the loopback.

    Args:
        size: Integer, bytes sent at once.
        repetitions: Integer, of which the fastest counts.

    Returns:
        Float, bytes a second.
    """

    payload = bytes(size)

    def receive(connection):
        buffer, missing = bytearray(1 << 20), size
        while missing:
            missing -= connection.recv_into(buffer, min(missing, len(buffer)))
        connection.sendall(b".")

    def send(server):
        with socket.create_connection(server.getsockname()) as out:
            inside, _ = server.accept()
            with inside:
                receiver = threading.Thread(target=receive, args=(inside,))
                receiver.start()
                start = time.perf_counter()
                out.sendall(payload)
                out.recv(1)
                seconds = time.perf_counter() - start
                receiver.join()
        return seconds

    with socket.create_server(("127.0.0.1", 0)) as server:
        return size / min(send(server) for _ in range(repetitions))


def cluster(times, index):
    """Makes the cost model of one batch size from what was measured.

    Nothing is fitted to the steps of two workers: computing is the step of one, and
    latency and bandwidth come from arrays that only travel.

    Args:
        times: What `measure` returned.
        index: Integer, place of the batch size.

    Returns:
        `layerwise.distributed.Cluster`.
    """
    latency, bandwidth = line_through(times["sum"])
    alone = times["one"][index]
    return distributed.Cluster(alone, times["gradient_bytes"], latency, bandwidth)


def speedups(times, batch_sizes):
    """Prints and returns what a second worker gains, and what the model predicts.

    Args:
        times: What `measure` returned.
        batch_sizes: Those that it measured.

    Returns:
        Two arrays with a speed-up for each batch size.
    """
    gained = np.divide(times["one"], times["two"])
    models = [cluster(times, index) for index in range(len(batch_sizes))]
    predicted = np.array([model.speedup(2) for model in models])
    print("images   one worker   two workers   speed-up   predicted   by the clock")
    names = ("one", "two", "one_clock", "two_clock")
    columns = [batch_sizes, *(times[name] for name in names), gained, predicted]
    for size, one, two, slow, fast, gain, guess in zip(*columns, strict=True):
        print(f"{size:6}   {1e3 * one:7.1f} ms   {1e3 * two:8.1f} ms", end="")
        print(f"   {gain:8.2f}   {guess:9.2f}   {slow / fast:12.2f}")
    share = np.sum(times["two"]) / np.sum(times["two_clock"])
    print(f"processor time by clock, two workers: {share:.0%} of a core for each")
    return gained, predicted


def line_through(points):
    """Finds latency and bandwidth from the times of two sizes on two devices.

    In a ring of two each device sends its array in two messages, a half each.

    Args:
        points: Dictionary from bytes to seconds, two of them.

    Returns:
        `(latency, bandwidth)`: seconds of a message, not below 0, and bytes a second.

    Raises:
        ValueError: If the larger array took no longer than the smaller.
    """
    (small, fast), (large, slow) = sorted(points.items())
    if slow <= fast:
        raise ValueError(
            "a larger array must take longer to sum; the clock shows something else. "
            f"Received: {points}"
        )
    bandwidth = (large - small) / (slow - fast)
    return max((fast - small / bandwidth) / 2, 0), bandwidth


def network():
    """Makes the dense network that is timed."""
    import keras

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input(WIDTHS[:1])
    for width in WIDTHS[1:-1]:
        x = keras.layers.Dense(width, "relu")(x)
    model = keras.Model(inputs, keras.layers.Dense(WIDTHS[-1])(x))
    model.compile(keras.optimizers.SGD(0.01), jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def fastest(function, steps):
    """Calls a function some times.

    Returns:
        Array of two: the mean processor seconds of a call, of all threads, and the
        seconds of the fastest call by the clock.
    """
    times, start_cpu = [], time.process_time()
    for _ in range(steps):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return np.array([(time.process_time() - start_cpu) / steps, min(times)])


def work(folder, batch_sizes, rounds, steps):
    """Runs one worker: measures in turn, reports."""
    import tensorflow as tf

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    first = workers.own_index() == 0
    with strategy.scope():
        model = network()
    twin = network()

    @tf.function
    def total(value):
        return strategy.reduce("SUM", value, axis=None)

    def batch(size):
        x = tf.random.stateless_uniform((size, WIDTHS[0]), (0, size))
        return x, tf.zeros(size, tf.int64)

    def timed(function, arguments, count):
        return fastest(lambda: function(*arguments), count)

    def wait():
        total(tf.ones(()))

    arrays = {4 * size: (tf.ones(size),) for size in REDUCED}
    names = ("one", "two", "one_clock", "two_clock")
    report = {name: [] for name in names} | {"sum": {}}
    weights = sum(variable.shape.num_elements() for variable in model.trainable_weights)
    report["gradient_bytes"] = 4 * weights
    for size in batch_sizes:
        whole, half = batch(size), batch(size // 2)
        shared = multiworker.make_step(strategy, model, size)
        own = multiworker.make_step(tf.distribute.get_strategy(), twin, size)
        if first:
            timed(own, whole, WARM_UP)
        timed(shared, half, WARM_UP)
        one, two = [] if first else [(0, 0)], []
        for _ in range(rounds):
            if first:
                one.append(timed(own, whole, steps))
            wait()
            two.append(timed(shared, half, steps))
        for name, found in (("one", one), ("two", two)):
            for key, value in zip(
                (name, f"{name}_clock"), np.min(found, 0), strict=True
            ):
                report[key].append(float(value))
    for size, array in arrays.items():
        timed(total, array, WARM_UP)
        found = []
        for _ in range(rounds):
            wait()
            found.append(timed(total, array, steps))
        report["sum"][size] = float(np.min(found, 0)[0])
    workers.write_report(report, folder)


def main():
    """Runs a worker's command line."""
    line = workers.parser("layerwise.second_worker")
    line.add_argument("--batch-sizes", type=int, nargs="+", required=True)
    line.add_argument("--rounds", type=int, required=True)
    line.add_argument("--steps", type=int, required=True)
    options = line.parse_args()
    processes.limit_cpu(options.cpu_seconds)
    work(options.folder, options.batch_sizes, options.rounds, options.steps)


if __name__ == "__main__":
    main()
