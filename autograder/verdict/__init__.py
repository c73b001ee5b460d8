"""The split verdict: student code and the verdict never share a process.

    student kernel                               verdict process
    student_side.py: functions, objects ◄──────► proxies.py: stand-ins for them
              codec.py, keras_objects.py on        runner.py: runs the test cells
              the wire, endpoint.py at both ends

Data cross by value and Keras models as config and arrays; code never crosses, and
nothing is unpickled. What a student may still do is compute the right answer in any
way. A handle can lie about its attributes: tests ask for data.
"""
