"""The split verdict: student code and the verdict never share a process.

    student kernel                               verdict process
    server.py: functions, objects, verbs ◄─────► remote.py: stand-ins for them
               codec.py, models.py on the wire   runner.py: runs the test cells

Data cross by value and Keras models as config and arrays; code never crosses, and
nothing is unpickled. What a student may still do is compute the right answer in any
way. A handle can lie about its attributes: tests ask for data.
"""
