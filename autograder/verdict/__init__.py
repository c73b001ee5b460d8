"""Splits the verdict: student code and the verdict never share a process.

    student kernel                               verdict process
    student_side.py: functions, objects ◄──────► proxies.py: stand-ins for them
              codec.py, keras_objects.py on        runner.py: runs the test cells
              the wire, endpoint.py at both ends

Data cross by value and Keras models as config and arrays; code never crosses, and
nothing is unpickled. A student's process can answer what it likes, so that tests judge
the data that it sends; what it says of an object's attributes may be a lie.
"""
